"""From a saved edit to the answer over HTTP: by `build --watch`, by the studio, by txtai's API.

Ours lints, builds, tests and compares a version before it is live; txtai embeds a text and is done.
"""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from pathlib import Path
from statistics import median
from threading import Event

from benchmarks import targets
from benchmarks.load import Load, lines, send
from benchmarks.servers import (
    NotServing,
    Recipe,
    Server,
    processor_seconds,
    running,
    stop,
)

QUESTION = "How many times was this answer edited?"
_ENTRY = "faqs/edited-by-the-benchmark.yaml"
_VARIANTS = ("edits of this answer", "how often was this answer changed", "number of edits here")
_LONGEST = 120.0
_PAUSE = 0.05


CONNECTIONS = 16
"""That ask while edits are made, in one of the runs."""
_TOKEN = "token-of-the-benchmark"  # noqa: S105 - of a server on loopback, for a minute


@dataclass(frozen=True, slots=True)
class Edits:
    """How long edits took to be live, in seconds, in the order in which they were made."""

    name: str
    seconds: tuple[float, ...]
    processor: float | None = None
    """Seconds of processor time of whoever builds, an edit, its audit included."""

    def __str__(self) -> str:
        spent = f"; {self.processor:.2f} s of processor time each" if self.processor else ""
        return (
            f"{self.name}: edit to live {median(self.seconds):.2f} s in the median,"
            f" {max(self.seconds):.2f} s at most of {len(self.seconds)}{spent}"
        )


def ours(corpus: Path, published: Path, scratch: Path, count: int) -> list[Edits]:
    """Edit one answer so many times, in the studio, in its file, under load; then add variants.

    Raises NotServing.

    Args:
        corpus: The content, which is copied.
        published: Its index, which is copied; what is in the cache beside it is used.
        scratch: For the copies.
        count: Of each kind of edit.

    """
    content, out = scratch / "content", scratch / "edited" / "index"
    shutil.copytree(corpus, content)
    shutil.copytree(published, out)
    (out.parent / "cache").symlink_to(published.resolve().parent / "cache")
    _write(content, 0, 0)
    recipe = targets.ours(out, scratch)
    environment = {"FAQ_CORPUS_DIR": str(content), "FAQ_ADMIN_TOKEN": _TOKEN}
    recipe = replace(recipe, environment={**recipe.environment, **environment})
    questions = list(lines(recipe.route, targets.asked(published)))
    with running(recipe, targets.ROOT, scratch / "edited.log") as server:
        numbers = iter([*range(1, count + 1), *range(count + 2, 4 * count + 2)])

        def shown() -> str:
            return _ask(f"{server.url}{server.route.path}", {"question": QUESTION})

        def timed(
            name: str,
            pid: int | None,
            edit: Callable[[int], None],
            settle: Callable[[], None] = lambda: None,
        ) -> Edits:
            before, seconds = _spent(pid), []
            for number in islice(numbers, count):
                seconds.append(_seconds(partial(edit, number), shown, _answer(number)))
                settle()
            return Edits(name, tuple(seconds), (_spent(pid) - before) / count if pid else None)

        with ThreadPoolExecutor(1) as pool:
            editor = _StudioEditor(server.url, pool)
            editor.save_and_publish(0)
            editor.settle()  # the first build is over
            name = "careers-faq, an answer, in the studio"
            studio = timed(name, server.pid, editor.save_and_publish, editor.settle)
        _write(content, count + 1, 0)
        with _watching(content, out) as pid:
            _wait(shown, _answer(count + 1))
            watched = [timed("careers-faq, an answer", pid, partial(_write, content, variants=0))]
            with _loaded(server, questions):
                name = f"careers-faq, an answer, {CONNECTIONS} connections asking"
                watched.append(timed(name, pid, partial(_write, content, variants=0)))
            first = 3 * count + 1
            watched.append(
                timed("careers-faq, a variant", pid, lambda n: _write(content, n, n - first))
            )
    return [*watched, studio]


def _spent(pid: int | None) -> float:
    return (processor_seconds(pid) if pid else None) or 0.0


@contextmanager
def _loaded(server: Server, questions: Sequence[str]) -> Iterator[None]:
    """Keep connections asking."""
    done = Event()

    def ask() -> None:
        while not done.is_set():
            send(server, questions, Load(CONNECTIONS, 2.0))

    with ThreadPoolExecutor(1) as visitors:
        asking = visitors.submit(ask)
        try:
            yield
        finally:
            done.set()
            asking.result()


class _StudioEditor:
    """Saves an answer and publishes it, as a program does; what goes live is seen meanwhile."""

    def __init__(self, url: str, pool: ThreadPoolExecutor) -> None:
        self._url, self._pool = url, pool
        self._publishing: Future[str] | None = None

    def save_and_publish(self, number: int) -> None:
        """Save, and let the publication begin."""
        place = f"{self._url}/v1/content/entries/edited-by-the-benchmark"
        entry = {"id": "edited-by-the-benchmark", "question": QUESTION, "variants": [*_VARIANTS]}
        headers = {"Authorization": f"Bearer {_TOKEN}", "If-Match": "*"}
        _ask(place, {**entry, "answer": _answer(number)}, headers, "PUT")
        publish = partial(_ask, f"{self._url}/v1/content/publish", {"force": False}, headers)
        self._publishing = self._pool.submit(publish)

    def settle(self) -> None:
        """Wait for the report of the publication, which comes after the audit."""
        if self._publishing:
            self._publishing.result()


def txtai(recipe: Recipe, scratch: Path, count: int) -> Edits:
    """Upsert one text so many times over the API of txtai. Raises NotServing."""
    recipe = replace(recipe, build=[*recipe.build, "writable"])
    with running(recipe, targets.ROOT, scratch / "txtai-edits.log") as server:

        def shown() -> str:
            return _ask(f"{server.url}/search?query=how+many+times+was+this+answer+edited&limit=3")

        def upsert(number: int) -> None:
            row = {"id": "edited", "text": f"{QUESTION}\n{_answer(number)}"}
            _ask(f"{server.url}/add", [row])
            _ask(f"{server.url}/upsert")

        upsert(0)
        return Edits(
            recipe.name,
            tuple(_seconds(partial(upsert, n), shown, _answer(n)) for n in range(1, count + 1)),
        )


def _answer(number: int) -> str:
    return f"It was edited {number} times."


def _write(content: Path, number: int, variants: int) -> None:
    """Save the entry as an editor does: the whole file, by one rename."""
    more = [f"how often was this edited, asked for the {n}th time" for n in range(variants)]
    text = "\n".join(
        [
            "- id: edited-by-the-benchmark",
            f"  question: {json.dumps(QUESTION)}",
            "  variants:",
            *(f"    - {json.dumps(one)}" for one in (*_VARIANTS, *more)),
            f"  answer: {json.dumps(_answer(number))}\n",
        ]
    )
    path = content / _ENTRY
    temporary = path.with_suffix(".new")
    temporary.write_text(text, encoding="utf-8")
    temporary.replace(path)


@contextmanager
def _watching(content: Path, out: Path) -> Iterator[int]:
    """Publish whatever changes; the id of the process that does."""
    command = [sys.executable, "scripts/build_index.py", "--watch", "--corpus", str(content)]
    process = subprocess.Popen(  # noqa: S603 - fixed command
        [*command, "--out", str(out)], cwd=targets.ROOT, stdout=subprocess.DEVNULL
    )
    try:
        yield process.pid
    finally:
        stop(process)


def _seconds(edit: Callable[[], None], shown: Callable[[], str], wanted: str) -> float:
    started = time.perf_counter()
    edit()
    _wait(shown, wanted)
    return time.perf_counter() - started


def _wait(shown: Callable[[], str], wanted: str) -> None:
    deadline = time.monotonic() + _LONGEST
    while wanted not in shown():
        if time.monotonic() > deadline:
            raise NotServing(f"An edit was not live within {_LONGEST:.0f} s.")
        time.sleep(_PAUSE)


def _ask(
    url: str, body: object = None, headers: Mapping[str, str] | None = None, method: str = ""
) -> str:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310 - loopback
        url,
        data,
        {"Content-Type": "application/json", **(headers or {})},
        method=method or ("GET" if data is None else "POST"),
    )
    with urllib.request.urlopen(request, timeout=_LONGEST) as response:  # noqa: S310 - loopback
        text: str = response.read().decode()
    return text
