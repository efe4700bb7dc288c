import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus, load
from corpus.documents import Entry, Span
from tests.support.commands import run
from tests.support.paths import CONTENT


def placeless(entry: Entry) -> Entry:
    """The entry without the lines on which it stands."""
    return replace(entry, span=Span("", 0, 0, 0, ""), asked_at=())


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_exported_answers_import_to_the_same(ending: str, corpus: Corpus, tmp_path: Path) -> None:
    table, out = tmp_path / f"jobs.{ending}", tmp_path / "out"
    shutil.copytree(CONTENT / "articles", out / "articles")

    exported = run("export", table, "--corpus", CONTENT)
    imported = run("import", table, "--out", out, "--alone")

    assert (exported.exit_code, imported.exit_code) == (0, 0), exported.output + imported.output
    again = load(out)
    assert list(map(placeless, again.entries)) == list(map(placeless, corpus.entries))
    assert again.equivalents == corpus.equivalents


def test_content_at_fault_exits_with_1(tmp_path: Path) -> None:
    result = run("export", tmp_path / "a.csv", "--corpus", tmp_path / "nowhere")

    assert result.exit_code == 1
    assert not (tmp_path / "a.csv").exists()


def test_folder_that_does_not_exist_exits_with_1(tmp_path: Path) -> None:
    assert run("export", tmp_path / "no" / "a.csv", "--corpus", CONTENT).exit_code == 1
