"""The administrator's page in a real browser, from the real service as a process."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, Page

from service.analytics.database import Database
from tests.browser.visiting import ROOT, START_SECONDS, free_port
from tests.support.asking import asked, said

pytestmark = [pytest.mark.browser, pytest.mark.model]

TOKEN = "sesame-sesame-sesame"  # noqa: S105 - of the tests only
AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SETTINGS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "forced colours": {"forced_colors": "active"},
}


@pytest.fixture(scope="module")
def origin(real_index: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("admin")
    url = f"sqlite:///{folder}/interactions.db"
    database = Database(url)
    exchanges = [asked(f"What is course number {number} in the oven?") for number in range(30)]
    database.write([*exchanges, asked("x" * 300)], [said(exchanges[0], False)])
    database.close()
    port = free_port()
    given = {
        "FAQ_DATABASE_URL": url,
        "FAQ_INDEX_DIR": str(real_index),
        "FAQ_ADMIN_TOKEN": TOKEN,
    }
    command = [sys.executable, "-m", "service", "--port", str(port)]
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **given})  # noqa: TID251
    _wait(f"http://127.0.0.1:{port}", process)
    yield f"http://127.0.0.1:{port}"
    process.terminate()
    process.wait()


def _wait(origin: str, process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        assert process.poll() is None, "the service ended at its start"
        try:
            with urlopen(f"{origin}/readyz", timeout=2):  # noqa: S310 - our own
                return
        except (URLError, ConnectionError, TimeoutError):
            time.sleep(0.05)
    raise TimeoutError(origin)


def sign_in(page: Page, origin: str) -> None:
    page.goto(f"{origin}/admin")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="What people ask").wait_for()


def violations(page: Page) -> list[str]:
    page.evaluate(f"void (() => {{ {AXE} }})()")
    found = page.evaluate("axe.run(document, { resultTypes: ['violations'] })")
    return [f"{one['id']}: {one['nodes'][0]['failureSummary']}" for one in found["violations"]]


@pytest.mark.parametrize("setting", SETTINGS)
def test_everybody_can_use_the_page(setting: str, origin: str, browser: Browser) -> None:
    with browser.new_context(**SETTINGS[setting]) as context:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(f"{origin}/admin")
        assert violations(page) == []
        sign_in(page, origin)
        for details in page.locator("summary").all():
            details.click()

        assert violations(page) == []
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0
        assert [one for one in refused if "Content Security Policy" in one] == []


def test_page_works_without_script_from_signing_in_to_signing_out(
    origin: str, browser: Browser
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, origin)
        page.get_by_role("link", name="Thumbs down").click()
        assert page.locator(".gap").count() == 1
        page.get_by_role("link", name="Everything").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        assert len(download.value.path().read_text().splitlines()) == 32

        page.get_by_role("button", name="Sign out").click()
        assert page.get_by_text("You have signed out.").is_visible()
        page.goto(f"{origin}/admin")
        assert page.get_by_label("Token").is_visible()
