"""Publishing and undoing without pause while visitors ask without pause.

The whole of it, with the settings as they ship, takes some ten minutes and prints its figures:

    python -m pytest tests/slow/live/test_live_index_soak.py --publishes 200 -rP
"""

import json
import re
import shutil
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from corpus import load
from index.building.builder import build, recipe
from index.encoding.embedder import ExportedEmbedder
from index.encoding.export import find_model, runtime_folder
from index.versions import publication_history, version_store
from service.commands import versions
from tests.support.paths import CONTENT
from tests.support.publishing import edit
from tests.support.running import started

PAY = "Do cooks earn more than bakers?"
WRITTEN = "Pay is much the same in both jobs."
REST = " It depends on the place and on your years of work."
CLIENTS = 16
PRUNE_EVERY = 20
BEFORE_SECONDS = 1
"""Asked without publishing, to compare with."""
FEW = 50
"""Publishes up to which the service looks more often than it does as it ships."""
DEADLINE_SECONDS = 120.0
"""Far more than it takes, for a machine that is busy."""

pytestmark = [pytest.mark.model, pytest.mark.socket]


class Editor:
    """Publishes new versions and undoes every second one."""

    def __init__(self, folder: Path, encoders: Path) -> None:
        self.out = folder / "index"
        self.texts: dict[str, str] = {}
        """What each version says."""
        self._folder = folder
        self._runtime = runtime_folder(find_model(), encoders)
        self._embedder = ExportedEmbedder(self._runtime, "the exported encoder")
        self._number = 0

    def publish(self) -> str:
        """Write another answer, build it and make it live."""
        self._number += 1
        text = f"Answer {self._number}."
        content = self._folder / f"content-{self._number}"
        edit(shutil.copytree(CONTENT, content), {WRITTEN: text})
        steps, cache = recipe(self._runtime), self._folder / "vectors"
        manifest = build(load(content), self.out, self._embedder, steps, cache=cache, publish=False)
        shutil.rmtree(content)
        self.texts[manifest.version] = text + REST
        with version_store.building(self.out):
            publication_history.publish(self.out, manifest.version, "an editor")
        return manifest.version

    def undo(self) -> str:
        self._manage("rollback")
        return version_store.current(self.out)

    def prune(self) -> None:
        self._manage("prune", "--keep", "2")

    def _manage(self, *arguments: str) -> None:
        versions.app([*arguments, "--out", str(self.out)], standalone_mode=False)


@dataclass(frozen=True, slots=True, order=True)
class Answer:
    """When an answer had come, and how long it took, in seconds."""

    at: float
    took: float


@dataclass(slots=True)
class Seen:
    """What one visitor got, or all of them."""

    given: Counter[tuple[int, str, str]] = field(default_factory=Counter)
    """Status, version and answer, and how often."""
    failures: list[str] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)


def ask_until(done: threading.Event, address: str) -> Seen:
    """Ask over and over, each time over a new connection, so that any worker may answer."""
    seen = Seen()
    body = json.dumps({"question": PAY}).encode()
    headers = {"Content-Type": "application/json"}
    while not done.is_set():
        begun = time.monotonic()
        request = Request(f"{address}/v1/ask", body, headers)  # noqa: S310 - always http
        try:
            with urlopen(request, timeout=DEADLINE_SECONDS) as response:  # noqa: S310 - as above
                told = json.load(response)
                seen.given[response.status, told["index_version"], told["answer"]["text"]] += 1
        except (OSError, ValueError, TypeError) as error:
            seen.failures.append(repr(error))
        now = time.monotonic()
        seen.answers.append(Answer(now, now - begun))
    return seen


def wait_for_loads(folder: Path, count: int) -> None:
    """Wait until the log tells of so many loads, all workers together."""
    until = time.monotonic() + DEADLINE_SECONDS
    while len(re.findall("index loaded: version", (folder / "log").read_text("utf-8"))) < count:
        assert time.monotonic() < until, (folder / "log").read_text("utf-8")[-2000:]
        time.sleep(0.02)


def pauses(answers: list[Answer]) -> str:
    ended = sorted(answers)
    gaps = [later.at - answer.at for answer, later in pairwise(ended)]
    return (
        f"{len(ended)} answers in {ended[-1].at - ended[0].at:.0f} s, the slowest in "
        f"{max(one.took for one in ended):.3f} s, at most {max(gaps):.3f} s without any"
    )


def report(workers: int, delays: list[float], all_seen: list[Seen], begun: float) -> None:
    answers = [answer for seen in all_seen for answer in seen.answers]
    delays = sorted(delays)
    sys.stdout.write(
        f"{workers} workers, {len(delays)} publishes and undos, {CLIENTS} clients, "
        f"{sum(len(seen.failures) for seen in all_seen)} failed requests.\n"
        f"Before the first: {pauses([answer for answer in answers if answer.at < begun])}.\n"
        f"While publishing: {pauses([answer for answer in answers if answer.at >= begun])}.\n"
        f"All workers had a version after {delays[len(delays) // 2]:.2f} s (median), "
        f"{delays[-1]:.2f} s at most.\n"
    )


def test_no_request_fails_and_none_mixes_versions(
    encoders: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    workers = 2
    publishes = request.config.getoption("--publishes")
    editor, done = Editor(tmp_path, encoders), threading.Event()
    editor.publish()
    settings = {"FAQ_RATE_LIMIT": "off"}
    if publishes <= FEW:
        settings["FAQ_WATCH_SECONDS"] = "0.1"
    delays = []

    with (
        started(tmp_path, "--workers", str(workers), **settings) as (_, address),
        ThreadPoolExecutor(CLIENTS) as visitors,
    ):
        wait_for_loads(tmp_path, workers)
        asking = [visitors.submit(ask_until, done, address) for _ in range(CLIENTS)]
        try:
            time.sleep(BEFORE_SECONDS)
            begun = time.monotonic()
            for number in range(1, publishes + 1):
                live = editor.undo() if number % 2 == 0 else editor.publish()
                published = time.monotonic()
                wait_for_loads(tmp_path, workers * (number + 1))
                delays.append(time.monotonic() - published)
                assert version_store.current(editor.out) == live
                if number % PRUNE_EVERY == 0:
                    editor.prune()
        finally:
            done.set()
        all_seen = [future.result() for future in asking]

    report(workers, delays, all_seen, begun)
    given = {one for seen in all_seen for one in seen.given}
    assert [failure for seen in all_seen for failure in seen.failures] == []
    assert given <= {(200, version, text) for version, text in editor.texts.items()}
    assert len(given) > publishes / 4
