import shutil
from pathlib import Path

import pytest

from index.versions import publication_history, version_store
from index.versions.publication_history import PublishedVersion, published_version


@pytest.fixture
def out(index_folder: Path, tmp_path: Path) -> Path:
    """An index with three versions; nothing was noted yet."""
    out = shutil.copytree(index_folder, tmp_path / "index")
    live = version_store.version_folder(out, version_store.current(out))
    for name in ("a" * 12, "b" * 12):
        copy = shutil.copytree(live, live.with_name(name))
        manifest = copy / "manifest.json"
        manifest.write_text(manifest.read_text("utf-8").replace(live.name, name), "utf-8")
    return out


def test_what_went_live_later_is_never_behind_within_one_second(out: Path) -> None:
    marks = []
    for version in ("a" * 12, "b" * 12, "a" * 12):
        publication_history.publish(out, version, "Ann")
        marks.append(published_version(out, version))

    assert [one.version for one in marks] == ["a" * 12, "b" * 12, "a" * 12]
    assert marks[0].at < marks[1].at < marks[2].at


def test_rollback_is_newer_than_what_it_takes_back(out: Path) -> None:
    publication_history.publish(out, "a" * 12, "Ann")
    publication_history.publish(out, "b" * 12, "Ann")
    before = published_version(out, "b" * 12)

    publication_history.roll_back(out, "a" * 12, "Bob")

    after = published_version(out, "a" * 12)
    assert before.is_behind(after)
    assert not after.is_behind(before)


def test_clock_that_went_back_makes_nothing_older(out: Path) -> None:
    publication_history.publish(out, "a" * 12, "Ann")
    [note] = (out / publication_history.FOLDER).iterdir()
    at = published_version(out, "a" * 12).at
    note.write_text(note.read_text("utf-8").replace(at, "2099-01-01T00:00:00Z"), "utf-8")

    publication_history.publish(out, "b" * 12, "Ann")

    assert published_version(out, "b" * 12).at == "2099-01-01T00:00:01Z"


def test_version_that_nobody_noted_is_before_everything(out: Path) -> None:
    (out / publication_history.FOLDER).mkdir()
    (out / publication_history.FOLDER / "000001.json").write_text("{")

    unnoted = published_version(out, "a" * 12)

    assert unnoted == PublishedVersion("", "a" * 12)
    assert unnoted.is_behind(PublishedVersion("2026-01-01T00:00:00Z", "b" * 12))
    assert not unnoted.is_behind(PublishedVersion("2026-01-01T00:00:00Z", "a" * 12))
