"""The command that takes the pictures of the documentation."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.browser.visiting import ROOT, Service, free_port

pytestmark = pytest.mark.browser

PICTURES = ("desktop-light", "theme-green-round", "suggestions", "faq-page")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "scripts/screenshots.py", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_pictures_are_taken_of_a_running_service(service: Service, tmp_path: Path) -> None:
    only = [part for name in PICTURES for part in ("--only", name)]
    done = run("--url", service.origin, "--out", str(tmp_path), *only)

    assert done.stderr == ""
    assert done.returncode == 0
    for name in PICTURES:
        data = (tmp_path / f"{name}.webp").read_bytes()
        assert (data[:4], data[8:12]) == (b"RIFF", b"WEBP")


def test_missing_service_is_said_without_a_traceback(tmp_path: Path) -> None:
    done = run("--url", f"http://127.0.0.1:{free_port()}", "--out", str(tmp_path))

    assert done.returncode == 1
    assert "Is the service running at" in done.stderr
    assert "Traceback" not in done.stderr
