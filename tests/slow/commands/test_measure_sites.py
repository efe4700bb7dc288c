import json
import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks import manysites, synthetic
from scripts.measure_sites import quantile
from service.extras.tenants.site_file import read_sites
from service.settings import Settings
from tests.support.paths import ROOT


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/measure_sites.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, check=False, text=True, timeout=500
    )


@pytest.mark.model
@pytest.mark.socket
def test_every_service_is_measured_without_an_error(encoders: Path, tmp_path: Path) -> None:
    file = tmp_path / "figures.json"
    given = ("--sites", "2", "--steps", "1", "--seconds", "1", "--json", str(file))
    done = run(*given, "--folder", str(tmp_path), "--cache", str(encoders))

    assert done.returncode == 0, done.stderr
    figures = json.loads(file.read_text())
    assert [one["sites"] for one in figures] == [0, 1, 2]
    assert [one["errors"] for one in figures] == [0, 0, 0]
    assert all(one["round_median"] > 0 < one["megabytes"] for one in figures)
    assert "alone" in done.stdout


def test_sites_differ_in_every_answer() -> None:
    texts = [one.answer for number in range(300) for one in synthetic.about(number)]

    assert len(set(texts)) == len(texts) == 300 * manysites.ANSWERS


def test_file_names_every_site(tmp_path: Path) -> None:
    sites = read_sites(manysites.write_file(3, tmp_path), Settings())

    assert list(sites) == ["site-0000", "site-0001", "site-0002"]
    assert sites["site-0002"].index_dir == tmp_path / "indexes" / "site-0002"


def test_every_site_is_asked_in_turn_and_nothing_twice() -> None:
    lines = list(manysites.requests([4, 9], rounds=2))

    assert [line.split()[1] for line in lines] == [
        "/sites/site-0004/v1/ask",
        "/sites/site-0009/v1/ask",
    ] * 2
    assert len(set(lines)) == 4
    assert next(manysites.requests([4], prefix="")).startswith("POST /v1/ask {")


def test_quantile_is_a_value_that_was_measured() -> None:
    assert [quantile([3.0, 1.0, 2.0], share) for share in (0.0, 0.5, 0.99)] == [1.0, 2.0, 3.0]
