"""The command that takes the pictures of the documentation."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser

from benchmarks.servers import free_port
from scripts.screenshots import take
from tests.browser.visiting import Service
from tests.support.running import run_script

pytestmark = pytest.mark.browser

PICTURES = ("desktop-light", "theme-green-round", "suggestions", "faq-page", "first-visit")


def test_pictures_are_taken_of_a_running_service(
    browser: Browser, service: Service, tmp_path: Path
) -> None:
    take(browser, service.origin, tmp_path, PICTURES)

    assert {path.stem for path in tmp_path.iterdir()} == set(PICTURES)
    for path in tmp_path.iterdir():
        data = path.read_bytes()
        assert (data[:4], data[8:12]) == (b"RIFF", b"WEBP")


def test_missing_service_is_said_without_a_traceback(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    completed = run_script("screenshots.py", "--url", address, "--out", tmp_path)

    assert completed.returncode == 1
    assert address in completed.stderr
