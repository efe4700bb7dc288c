"""From a saved edit to the answer over HTTP: this service with `build --watch`, txtai by its API.

Ours lints, builds, tests and compares a version before it is live; txtai embeds a text and is done.
"""

import json
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks import targets
from benchmarks.servers import NotServing, Recipe, running, stop

QUESTION = "How many times was this answer edited?"
_ENTRY = "faqs/edited-by-the-benchmark.yaml"
_VARIANTS = ("edits of this answer", "how often was this answer changed", "number of edits here")
_LONGEST = 120.0
_PAUSE = 0.05


@dataclass(frozen=True, slots=True)
class Edits:
    """How long edits took to be live, in seconds, in the order in which they were made."""

    name: str
    seconds: tuple[float, ...]

    def __str__(self) -> str:
        return (
            f"{self.name}: edit to live {median(self.seconds):.2f} s in the median,"
            f" {max(self.seconds):.2f} s at most of {len(self.seconds)}"
        )


def ours(corpus: Path, published: Path, scratch: Path, count: int) -> list[Edits]:
    """Edit one answer so many times, then add as many variants. Raises NotServing.

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
    with running(recipe, targets.ROOT, scratch / "edited.log") as server, _watching(content, out):

        def shown() -> str:
            return _ask(f"{server.url}{server.route.path}", {"question": QUESTION})

        _wait(shown, _answer(0))  # the first build is over
        answers = [
            _seconds(partial(_write, content, n, 0), shown, _answer(n)) for n in range(1, count + 1)
        ]
        variants = [
            _seconds(partial(_write, content, count + n, n), shown, _answer(count + n))
            for n in range(1, count + 1)
        ]
    return [
        Edits("careers-faq, an answer", tuple(answers)),
        Edits("careers-faq, a variant", tuple(variants)),
    ]


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
    entry = {
        "id": "edited-by-the-benchmark",
        "question": QUESTION,
        "variants": [*_VARIANTS, *more],
        "answer": _answer(number),
    }
    path = content / _ENTRY
    temporary = path.with_suffix(".new")
    temporary.write_text(json.dumps([entry]), encoding="utf-8")
    temporary.replace(path)


@contextmanager
def _watching(content: Path, out: Path) -> Iterator[None]:
    command = [sys.executable, "scripts/build_index.py", "--watch", "--corpus", str(content)]
    process = subprocess.Popen(  # noqa: S603 - fixed command
        [*command, "--out", str(out)], cwd=targets.ROOT, stdout=subprocess.DEVNULL
    )
    try:
        yield
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


def _ask(url: str, body: object = None) -> str:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, {"Content-Type": "application/json"})  # noqa: S310 - loopback
    with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310 - loopback
        text: str = response.read().decode()
    return text
