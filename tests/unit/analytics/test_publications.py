from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus
from index.building.builder import Recipe, build
from index.versions import publication_history, version_store
from service.analytics.publications import FOLDER, WentLive, went_live
from tests.support.encoding import HandEncoder


@pytest.fixture
def out(corpus: Corpus, runtime: Path, tmp_path: Path) -> Path:
    """An index whose two versions went live in turn, and the first one again."""
    folder = tmp_path / "index"
    for name in ("one", "two"):
        changed = replace(corpus, content_hash=name)
        build(changed, folder, HandEncoder(), Recipe(runtime), cache=tmp_path / "cache")
    first, second = sorted(
        version_store.version_names(folder), key=lambda name: name == _live(folder)
    )
    with version_store.building(folder):
        publication_history.publish(folder, first, "Eve")
        publication_history.publish(folder, second, "Bob")
        publication_history.roll_back(folder, None, "Ann")
    return folder


def _live(folder: Path) -> str:
    return version_store.current(folder)


def test_notes_are_read_as_the_journal_reads_them(out: Path) -> None:
    (out / FOLDER / "000099.json").write_text("{")
    told = {
        one.version: WentLive(one.version, one.at, one.by)
        for one in publication_history.history(out)
    }

    assert went_live(out) == told
    assert told[_live(out)].by == "Ann"


def test_note_of_what_did_not_come_about_is_left_out(out: Path) -> None:
    last = sorted((out / FOLDER).glob("*.json"))[-1]
    undone = last.read_text().replace(_live(out), "never")
    (out / FOLDER / "000098.json").write_text(undone)
    told = {one.version for one in publication_history.history(out)}

    assert set(went_live(out)) == told


def test_folder_without_notes_tells_nothing(tmp_path: Path) -> None:
    assert went_live(tmp_path) == {}
