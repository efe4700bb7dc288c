"""A small index with a history, and the works that change it, each below one folder."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

from corpus import load
from index import open_index
from index.building.builder import Recipe, build, recipe
from index.datatypes import Answered
from index.versions import publication_history, version_store
from service.commands import versions
from tests.support.encoding import HandEncoder
from tests.support.paths import CONTENT

PAY = "Do cooks earn more than bakers?"
WRITTEN = "Pay is much the same in both jobs."


def prepare(folder: Path, runtime: Path) -> Path:
    """Put three published versions below a folder, and content that gives a fourth."""
    shutil.copytree(runtime, folder / "runtime")
    shutil.copytree(CONTENT, folder / "content")
    for number in range(4):
        edit(folder, number)
        if number < 3:
            build_new(folder)
    return folder


def edit(folder: Path, number: int) -> None:
    """Change one answer of the content."""
    file, first = "faqs/jobs.yaml", CONTENT / "faqs" / "jobs.yaml"
    text = first.read_text("utf-8").replace(WRITTEN, f"Answer {number}.")
    (folder / "content" / file).write_text(text, "utf-8")


def build_new(folder: Path, *, force: bool = False) -> None:
    """Build the content as it is and publish it."""
    _build_and_publish(folder, "index", force=force)


def build_first(folder: Path) -> None:
    """Build where nothing was ever built."""
    _build_and_publish(folder, "first", force=False)


def _build_and_publish(folder: Path, name: str, *, force: bool) -> None:
    content, cache, out = load(folder / "content"), folder / f"{name}-cache", folder / name
    manifest = build(
        content, out, HandEncoder(), _steps(folder), cache=cache, publish=False, force=force
    )
    with version_store.building(out):
        publication_history.publish(out, manifest.version, "an editor")


def _steps(folder: Path) -> Recipe:
    """All steps of a real build, with less to weigh them against: a build takes 0.1 s."""
    steps = recipe(folder / "runtime")
    return replace(steps, out_of_scope=steps.out_of_scope[:20])


def build_live_again(folder: Path) -> None:
    """Write the live version once more."""
    edit(folder, 2)
    build_new(folder, force=True)


def roll_back(folder: Path) -> None:
    """Go back to the version before."""
    _manage("rollback", "--out", str(folder / "index"))


def prune(folder: Path) -> None:
    """Delete all but the live version and the one before."""
    _manage("prune", "--keep", "1", "--out", str(folder / "index"))


def _manage(*arguments: str) -> None:
    versions.app(list(arguments), standalone_mode=False)


def answer(folder: Path) -> tuple[str, str]:
    """The live version and what it answers, read from the disk and verified."""
    retriever = open_index(folder, HandEncoder())
    outcome = retriever.answer(PAY)
    assert isinstance(outcome, Answered), outcome
    return retriever.manifest.version, outcome.unit.text.partition(".")[0]


def listing(folder: Path) -> list[str]:
    """Every name below a folder; notes of publications without their numbers, each once."""
    names = {path.relative_to(folder).as_posix() for path in folder.rglob("*")}
    return sorted({re.sub(r"publications/\d+[.]json", "publications/N", name) for name in names})
