"""Scripts that measure, each run once on something small."""

import json
from pathlib import Path

import pytest

from benchmarks.fairness import SHAPES
from tests.support.running import run_script


@pytest.mark.model
@pytest.mark.socket
def test_soak_sees_nothing_unexpected(real_index: Path, tmp_path: Path) -> None:
    figures = tmp_path / "figures.json"

    completed = run_script(
        "soak.py",
        *("--index", real_index, "--minutes", "0.1", "--clients", "4", "--pause", "0.05"),
        *("--fairness-seconds", "0.2", "--json", figures),
    )

    assert completed.returncode == 0, completed.stdout + completed.stderr
    seen = json.loads(figures.read_text("utf-8"))
    assert seen["unexpected"] == 0
    assert seen["statuses"]["ask 200"] > 10
    assert seen["memory_mb"]["at_end"] > 0
    shapes = seen["fairness"]
    assert [shape["shape"] for shape in shapes] == list(SHAPES)
    assert all(shape["attacked"] > 0 and shape["statuses"].keys() == {"200"} for shape in shapes)


@pytest.mark.model
def test_growth_is_measured_for_every_shape(real_index: Path) -> None:
    completed = run_script(
        "measure_growth.py", "--index", real_index, "--longest", "160", "--repeats", "1"
    )

    assert completed.returncode == 0, completed.stderr
    assert len(completed.stdout.splitlines()) > 5


@pytest.mark.model
def test_small_scales_are_measured(encoders: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "encoders").symlink_to(encoders)

    completed = run_script(
        "measure_scale.py",
        *("--sizes", "30", "--rows", "300", "--real", "100"),
        *("--work", tmp_path / "work", "--cache", tmp_path / "cache"),
        *("--json", tmp_path / "found.json", "--plots", tmp_path / "plots"),
    )

    assert completed.returncode == 0, completed.stderr
    assert "| answers | 30 |" in completed.stdout
    assert (tmp_path / "plots" / "scale-answers.svg").exists()
    assert json.loads((tmp_path / "found.json").read_text())


@pytest.mark.model
@pytest.mark.socket
def test_sites_are_measured_without_an_error(encoders: Path, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"

    completed = run_script(
        "measure_sites.py",
        *("--sites", "2", "--steps", "1", "--seconds", "1", "--json", file),
        *("--folder", tmp_path, "--cache", encoders),
    )

    assert completed.returncode == 0, completed.stderr
    figures = json.loads(file.read_text())
    assert [(figure["sites"], figure["errors"]) for figure in figures] == [(0, 0), (1, 0), (2, 0)]
