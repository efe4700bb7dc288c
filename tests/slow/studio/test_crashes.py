"""The service dies by SIGKILL right before any change that saving makes to the disk."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from corpus import load
from service.studio.content_store import ContentStore
from service.studio.items import ItemKind
from tests.support.dying import killed_at
from tests.support.paths import CONTENT

TODAY = date(2026, 11, 23)


def store_in(folder: Path) -> ContentStore:
    return ContentStore(folder / "content", lambda: TODAY)


def save(folder: Path) -> None:
    store = store_in(folder)
    fields = {**store.item("faq-start").fields, "answer": "Ask at a bakery."}
    store.replace(ItemKind.ENTRY, "faq-start", ["*"], fields)


def rename(folder: Path) -> None:
    """Change several files: those of the references, too."""
    store = store_in(folder)
    fields = {**store.item("faq-start").fields, "id": "faq-begin"}
    store.replace(ItemKind.ENTRY, "faq-start", ["*"], fields, "faqs/begin.yaml")


def delete(folder: Path) -> None:
    store_in(folder).delete(ItemKind.ENTRY, "faq-night", ["*"])


def files_in(folder: Path) -> dict[str, bytes]:
    paths = (path for path in (folder / "content").rglob("*") if path.is_file())
    return {path.name: path.read_bytes() for path in paths if path.name != ".lock"}


@pytest.mark.parametrize("work", [save, rename, delete])
def test_content_is_as_before_or_as_after(work: Callable[[Path], None], tmp_path: Path) -> None:
    def fresh(name: str) -> Path:
        shutil.copytree(CONTENT, tmp_path / name / "content")
        return tmp_path / name

    whole = fresh("whole")
    before = files_in(whole)
    places = killed_at(work, whole, None).places
    after = files_in(whole)
    assert after != before
    assert len(places) > 3

    seen = []
    for run, place in enumerate(places):
        folder = fresh(f"run-{run}")
        assert killed_at(work, folder, place).killed
        store_in(folder).files.recover()
        found = files_in(folder)
        assert found in (before, after), place
        seen.append(found == after)
        load(folder / "content")
        work(folder) if found == before else None
        assert files_in(folder) == after
    assert seen == sorted(seen)  # once it is done, it stays done
