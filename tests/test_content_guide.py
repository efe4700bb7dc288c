"""What docs/content-guide.md says that a command prints is what it prints."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
GUIDE = (ROOT / "docs" / "content-guide.md").read_text(encoding="utf-8")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "corpus", tmp_path / "corpus")


@pytest.mark.parametrize(
    ("written", "code"), [("  answer: Yes, many people do. ", 0), ("  anwser: Yes. ", 1)]
)
def test_check_of_the_first_five_minutes_prints_what_the_guide_shows(
    written: str, code: int, shipped: Path
) -> None:
    path = shipped / "faqs" / "learning.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  answer: Yes. ", written, 1), encoding="utf-8")

    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "check_content.py", "--corpus", shipped],
        capture_output=True,
        text=True,
    )

    assert done.returncode == code
    assert f"```text\n{done.stdout.rstrip()}\n```" in GUIDE


def test_entry_that_the_guide_changes_is_there(shipped: Path) -> None:
    text = (shipped / "faqs" / "learning.yaml").read_text(encoding="utf-8")

    assert "- id: faq-04\n  question: Can you learn machine learning on your own?" in text
    assert "id: faq-15" in (shipped / "faqs" / "pay.yaml").read_text(encoding="utf-8")
