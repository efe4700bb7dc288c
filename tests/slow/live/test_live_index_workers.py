"""The real server with two workers, which take what is published each by itself."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from corpus import load
from index.versions import version_store
from tests.support.building import build_real
from tests.support.paths import CONTENT, ROOT
from tests.support.running import environment, started, worker_ids

PAY = "Do cooks earn more than bakers?"
ANSWER = "Pay is much the same in both jobs."
WORKERS = 2
CLIENTS = 4
DEADLINE_SECONDS = 120.0
"""Far more than it takes, for a machine that is busy."""

pytestmark = [pytest.mark.model, pytest.mark.socket]


@pytest.fixture
def folder(encoders: Path, tmp_path: Path) -> Path:
    """Holds an index with two versions; the later one is live and answers otherwise."""
    build_real(load(CONTENT), encoders, tmp_path)
    content = shutil.copytree(CONTENT, tmp_path / "content")
    for file in (content / "faqs").iterdir():
        text = file.read_text("utf-8")
        file.write_text(text.replace(ANSWER, "Cooks earn a little more."), "utf-8")
    build_real(load(content), encoders, tmp_path)
    return tmp_path


def ask(address: str, conversation: str | None = None) -> tuple[int, str, str]:
    """Status, version and answer; over a connection of its own, so that any worker may answer."""
    body = json.dumps({"question": PAY, "conversation_id": conversation}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{address}/v1/ask", body, headers)  # noqa: S310 - always http
    with urlopen(request, timeout=DEADLINE_SECONDS) as response:  # noqa: S310 - as above
        given = json.load(response)
        return response.status, given["index_version"], given["answer"]["text"]


def wait_for_all_workers(folder: Path, loads: dict[str, int]) -> None:
    """Wait until the log tells that every version was loaded so often, all workers together."""
    until = time.monotonic() + DEADLINE_SECONDS
    while _loads(folder) != loads:
        assert time.monotonic() < until, (folder / "log").read_text("utf-8")
        time.sleep(0.05)


def _loads(folder: Path) -> dict[str, int]:
    loaded = re.findall(r"index loaded: version (\w+)", (folder / "log").read_text("utf-8"))
    return {name: loaded.count(name) for name in loaded}


def roll_back(folder: Path, version: str) -> None:
    arguments = ["rollback", version, "--out", str(folder / "index")]
    subprocess.run(
        [sys.executable, "scripts/manage_index.py", *arguments],
        cwd=ROOT,
        env=environment(folder),
        check=True,
    )


def test_every_worker_takes_what_is_published_and_no_request_is_lost(folder: Path) -> None:
    new = version_store.current(folder / "index")
    [old] = {*version_store.version_names(folder / "index")} - {new}
    done = threading.Event()

    def ask_on() -> list[tuple[int, str, str]]:
        given = []
        while not done.is_set():
            given.append(ask(address))
        return given

    settings = {"FAQ_RATE_LIMIT": "off", "FAQ_WATCH_SECONDS": "0.2"}
    with (
        started(folder, "--workers", str(WORKERS), **settings) as (_, address),
        ThreadPoolExecutor(CLIENTS) as visitors,
    ):
        wait_for_all_workers(folder, {new: WORKERS})
        asking = [visitors.submit(ask_on) for _ in range(CLIENTS)]
        try:
            roll_back(folder, old)
            wait_for_all_workers(folder, {new: WORKERS, old: WORKERS})
            after_rollback = {ask(address) for _ in range(10)}
            version_store.publish(folder / "index", new)
            wait_for_all_workers(folder, {new: 2 * WORKERS, old: WORKERS})
            after_publish = {ask(address) for _ in range(10)}
        finally:
            done.set()
        given = {one for visitor in asking for one in visitor.result()}

    [(status, version, _)] = after_rollback
    assert (status, version) == (200, old)
    [(status, version, _)] = after_publish
    assert (status, version) == (200, new)
    assert given == after_rollback | after_publish


def told(address: str) -> tuple[int, int]:
    """How many questions the worker that happens to answer found in memory, and how many not."""
    with urlopen(f"{address}/metrics", timeout=DEADLINE_SECONDS) as response:  # noqa: S310 - as above
        text = response.read().decode()
    found = dict(re.findall(r'^faq_remembered_total\{result="(\w+)"\} (\d+)', text, re.MULTILINE))
    return int(found.get("hit", 0)), int(found.get("miss", 0))


def ask_every_worker(address: str, conversation: str | None = None) -> tuple[int, int]:
    """Ask until every worker has found the question in memory; how many did, and how many not."""
    until = time.monotonic() + DEADLINE_SECONDS
    counts: set[tuple[int, int]] = set()
    while len(counts) < WORKERS or not all(hits for hits, _ in counts):
        assert time.monotonic() < until, f"one worker took every connection: {counts}"
        for _ in range(5):  # so that two workers hardly ever tell the same
            ask(address, conversation)
        counts = {told(address) for _ in range(20)}
    return sum(hits for hits, _ in counts), sum(misses for _, misses in counts)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such memory")
def test_what_one_worker_has_answered_every_worker_remembers(folder: Path) -> None:
    version = version_store.current(folder / "index")
    with started(folder, "--workers", str(WORKERS), FAQ_RATE_LIMIT="off") as (_, address):
        wait_for_all_workers(folder, {version: WORKERS})
        hits, misses = ask_every_worker(address)
        for _ in range(20):
            ask(address, "a-chat")
        chat = ask_every_worker(address, "a-chat")

        for worker in worker_ids(folder, WORKERS):
            os.kill(worker, signal.SIGKILL)
        wait_for_all_workers(folder, {version: 2 * WORKERS})
        for _ in range(20):
            ask(address, "a-chat")
        afterwards = ask_every_worker(address)

    assert misses == 1
    # Questions of a conversation are not looked for, but for its first.
    assert chat == (hits + 1, misses)
    assert afterwards[0] > 0
    assert afterwards[1] == 0
