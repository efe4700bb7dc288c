"""The administrator's page in a real browser."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service.analytics.database import Database
from service.app import create_app
from tests.browser.axe import faults, violations
from tests.browser.visiting import Service
from tests.support.asking import asked, said
from tests.support.serving import TOKEN, open_small, settings_for

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def admin(index_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("admin")
    settings = settings_for(folder, index_dir=index_folder)
    database = Database(settings.database_url.get_secret_value())
    exchanges = [asked(f"What is course number {number} in the oven?") for number in range(5)]
    long = asked("x" * 300)
    ratings = [said(exchanges[0], False), said(long, False, "Which oven do you mean? " * 20)]
    database.write([*exchanges, long], ratings)
    database.close()
    with Service(create_app(settings, open_small)) as service:
        yield service


def sign_in(page: Page, admin: Service) -> None:
    page.goto(f"{admin.origin}/admin")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("heading", name="What people ask").wait_for()


def test_everybody_can_use_the_page(admin: Service, browser: Browser) -> None:
    with browser.new_context() as context:
        page = context.new_page()
        refused: list[str] = []
        page.on("console", lambda message: refused.append(message.text))
        page.goto(f"{admin.origin}/admin")
        assert violations(page) == []
        sign_in(page, admin)
        for details in page.locator("summary").all():
            details.click()

        assert faults(page, sizes=["320 px"]) == []
        page.set_viewport_size({"width": 1440, "height": 900})
        tables = page.locator(".scroll")
        assert tables.count() > 2
        assert (
            tables.evaluate_all("all => all.filter(one => one.scrollWidth > one.clientWidth)") == []
        )
        assert [message for message in refused if "Content Security Policy" in message] == []


def test_page_works_without_script_from_signing_in_to_signing_out(
    admin: Service, browser: Browser
) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        sign_in(page, admin)
        page.get_by_role("link", name="Thumbs down").click()
        assert page.locator(".gap").count() == 2
        page.get_by_role("link", name="Everything").click()
        with page.expect_download() as download:
            page.get_by_role("link", name="CSV").click()
        assert len(download.value.path().read_text().splitlines()) == 7

        page.get_by_role("button", name="Sign out").click()
        assert page.get_by_text("You've signed out.").is_visible()
        page.goto(f"{admin.origin}/admin")
        assert page.get_by_label("Token").is_visible()
