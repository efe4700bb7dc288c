"""`kill -9` at each kind of change to the disk and at any instant: what was live is not lost."""

import random
import re
import shutil
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from index.errors import IndexMissing
from index.versions import version_store
from tests.support import history as works
from tests.support.dying import Place, Work, killed_after, killed_at
from tests.support.history import answer, listing

INSTANTS = 12
EVERY = slice(None)
LAST = slice(-12, None)
"""After the last file; what comes before is the same for every build."""


@pytest.fixture
def anew(history: Path, tmp_path: Path) -> Callable[[], Path]:
    """Makes a copy to work in, always at the same place."""

    def anew() -> Path:
        shutil.rmtree(tmp_path / "work", ignore_errors=True)
        return shutil.copytree(history, tmp_path / "work")

    return anew


def one_of_each_kind(places: Sequence[Place]) -> dict[int, Place]:
    """Choose by number one of the places that differ in the name of a file or version alone.

    Files of a version are opened twice, to be written and then to be flushed: two kinds.
    """
    kinds: dict[tuple[str, bool], int] = {}
    for number, place in enumerate(places):
        kind = re.sub(r"[0-9a-f]{12}|(?<=/)[a-z]\w*[.][\w.]+$", "*", place.change)
        kinds.setdefault((kind, place.earlier > 0), number)
    return {number: places[number] for number in kinds.values()}


def check_live(folder: Path, name: str, before: tuple[str, str] | None, after: set[str]) -> None:
    """What is live answers, and is what was live before or what was to be published."""
    try:
        answered = answer(folder / name)
    except IndexMissing:
        assert before is None
    else:
        assert answered == before or answered[1] in after
        for version in version_store.version_names(folder / name):
            version_store.verify(version_store.version_folder(folder / name, version))


@pytest.mark.parametrize(
    ("work", "name", "after", "places"),
    [
        (works.build_new, "index", {"Answer 3"}, EVERY),
        (works.build_first, "first", {"Answer 3"}, LAST),
        (works.build_live_again, "index", {"Answer 2"}, LAST),
        (works.roll_back, "index", {"Answer 1"}, EVERY),
        (works.prune, "index", {"Answer 2"}, EVERY),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_killed_at_a_change_to_the_disk_it_answers_and_builds_again(
    work: Work, name: str, after: set[str], places: slice, anew: Callable[[], Path]
) -> None:
    folder = anew()
    before = answer(folder / name) if name == "index" else None
    whole = killed_at(work, folder, None)
    wanted, ends = listing(folder), answer(folder / name)

    considered = range(len(whole.places))[places]
    for number, place in one_of_each_kind(whole.places).items():
        if number not in considered:
            continue
        folder = anew()
        died = killed_at(work, folder, place)

        assert died.killed, place
        assert died.places == whole.places[: number + 1]
        check_live(folder, name, before, after)
        # A second undo would go a step further.
        if work is not works.roll_back or answer(folder / name) == before:
            work(folder)
        assert (listing(folder), answer(folder / name)) == (wanted, ends), place
    assert ends[1] in after


def test_killed_at_any_instant_it_answers_and_builds_again(
    history: Path, anew: Callable[[], Path]
) -> None:
    folder = anew()
    before = answer(folder / "index")
    started = time.monotonic()
    killed_at(works.build_new, folder, None)
    seconds = time.monotonic() - started
    wanted, ends = listing(folder), answer(folder / "index")
    instants = random.Random(5)  # noqa: S311 - repeatable, no secret

    died = []
    for _ in range(INSTANTS):
        folder = anew()
        died.append(killed_after(works.build_new, folder, instants.uniform(0, seconds)))
        check_live(folder, "index", before, {"Answer 3"})
        works.build_new(folder)
        assert (listing(folder), answer(folder / "index")) == (wanted, ends)

    assert any(run.killed for run in died)
