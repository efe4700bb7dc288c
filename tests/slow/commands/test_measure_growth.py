import subprocess
import sys
from pathlib import Path

import pytest

from index import Retriever
from scripts.measure_growth import SHAPES, exponent, measured, steps
from tests.support.paths import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/measure_growth.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=300
    )


@pytest.mark.parametrize("power", [0.0, 1.0, 2.0])
def test_exponent_is_that_of_the_power(power: float) -> None:
    lengths = [100, 200, 400, 800]

    assert exponent(lengths, [3e-6 * one**power for one in lengths]) == pytest.approx(power)


def test_every_step_takes_a_text_past_the_limit(retriever: Retriever) -> None:
    for step in steps(retriever).values():
        for piece in SHAPES.values():
            assert measured(step, (piece * 1500)[:1500], 1) > 0


@pytest.mark.model
def test_table_has_a_row_for_every_shape(real_index: Path) -> None:
    done = run("--index", str(real_index), "--longest", "160", "--repeats", "1")

    assert done.returncode == 0, done.stderr
    assert [shape for shape in SHAPES if f" {shape} " not in done.stdout] == []


def test_missing_index_is_a_sentence(tmp_path: Path) -> None:
    done = run("--index", str(tmp_path))

    assert (done.returncode, done.stdout) == (1, "")
    assert "build_index.py" in done.stderr
