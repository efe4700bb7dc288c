"""The soak in short: the real service under mixed load, also while other versions are published."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.soaking import Tally
from corpus import load
from tests.support.building import build_real
from tests.support.paths import CONTENT, ROOT

SOAK = (sys.executable, "scripts/soak.py")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*SOAK, *arguments], cwd=ROOT, capture_output=True, check=False, text=True, timeout=300
    )


@pytest.fixture
def folder(encoders: Path, real_index: Path, tmp_path: Path) -> Path:
    """Holds an index with two versions."""
    shutil.copytree(real_index, tmp_path / "index")
    content = shutil.copytree(CONTENT, tmp_path / "content")
    for file in (content / "faqs").iterdir():
        text = file.read_text("utf-8").replace("Pay is much the same", "Pay is nearly the same")
        file.write_text(text, "utf-8")
    build_real(load(content), encoders, tmp_path)
    return tmp_path / "index"


@pytest.mark.model
@pytest.mark.socket
@pytest.mark.parametrize("workers", ["1", "2"])
def test_mixed_load_brings_nothing_unexpected(folder: Path, tmp_path: Path, workers: str) -> None:
    figures = tmp_path / "figures.json"

    done = run(
        *("--index", str(folder), "--minutes", "0.2", "--clients", "4", "--pause", "0.05"),
        *("--json", str(figures), "--workers", workers),
    )

    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads(figures.read_text("utf-8"))
    assert seen["unexpected"] == 0
    assert seen["statuses"]["ask 200"] > 10
    assert {"feedback 204", "leave gone", "page 200", "reload 200", "suggest 200"} <= set(
        seen["statuses"]
    )
    assert seen["memory_mb"]["at_end"] > 0


def test_what_is_unexpected_is_counted_and_named() -> None:
    tally = Tally()

    for status in (200, 500, "TimeoutError"):
        tally.note("ask", status, [200])

    assert dict(tally.statuses) == {"ask 200": 1, "ask 500": 1, "ask TimeoutError": 1}
    assert (tally.count_unexpected, tally.unexpected) == (
        2,
        ["ask got 500", "ask got TimeoutError"],
    )


def test_missing_index_is_a_sentence(tmp_path: Path) -> None:
    done = run("--index", str(tmp_path / "nothing"), "--minutes", "0.05")

    assert (done.returncode, done.stdout) == (1, "")
    assert "build_index.py" in done.stderr
    assert "Traceback" not in done.stderr


def test_help_has_an_example() -> None:
    done = run("--help")

    assert done.returncode == 0
    assert "python scripts/soak.py --minutes 30" in done.stdout
