"""What docs/content-guide.md shows of a check that searches the whole content."""

import shutil
from pathlib import Path

import pytest

from tests.support.commands import run
from tests.support.paths import ROOT

GUIDE = (ROOT / "docs" / "content-guide.md").read_text(encoding="utf-8")


@pytest.mark.model
def test_check_of_a_changed_answer_prints_what_the_guide_shows(cache: Path, tmp_path: Path) -> None:
    shipped = shutil.copytree(ROOT / "corpus", tmp_path / "corpus")
    path = shipped / "faqs" / "learning.yaml"
    text = path.read_text(encoding="utf-8")
    changed = text.replace("  answer: Yes. ", "  answer: Yes, many people do. ", 1)
    path.write_text(changed, encoding="utf-8")

    result = run("check", "--corpus", shipped, "--cache", cache)

    assert result.exit_code == 0
    assert f"```text\n{result.stdout.rstrip()}\n```" in GUIDE
