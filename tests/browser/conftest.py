"""A real browser, the real service on one origin, and a page of somebody else on another."""

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

from tests.browser.finding import browser_path
from tests.browser.host import Host
from tests.browser.visiting import Service, Visit, Visitor

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WAIT_MS = 15_000


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


@pytest.fixture(scope="session")
def service(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    service = Service(tmp_path_factory.mktemp("service"), host.origin)
    service.start()
    yield service
    service.stop()


@pytest.fixture
def own_service(host: Host, tmp_path: Path) -> Iterator[Service]:
    """A service of this test alone, which may come to harm. Not started yet."""
    service = Service(tmp_path, host.origin)
    yield service
    service.stop()


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    """Not for the whole session: its event loop would be in the way of other modules' tests."""
    with sync_playwright() as playwright:
        yield playwright


@pytest.fixture(scope="module")
def browser(playwright: Playwright) -> Iterator[Browser]:
    path = browser_path(shutil.which, playwright.chromium.executable_path)
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


@pytest.fixture
def visitor(browser: Browser, host: Host, service: Service) -> Iterator[Visitor]:
    """Open a page of another origin with the widget on it; see `visit` for the arguments."""
    contexts: list[BrowserContext] = []

    def visit(
        body: str = "<careers-faq></careers-faq>",
        *,
        of: Service = service,
        head: str = "",
        policy: str = "",
        scripted: bool = True,
        url: str = "",
        context: Mapping[str, object] | None = None,
    ) -> Visit:
        contexts.append(browser.new_context(**(context or {})))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(WAIT_MS)
        seen = Visit(page, [], [])
        page.on("console", lambda message: seen.console.append(message.text))
        page.on("pageerror", lambda error: seen.console.append(f"uncaught: {error}"))
        page.on("request", lambda request: seen.requests.append(request.url))
        script = f'<script type="module" src="{of.origin}/widget.js"></script>' if scripted else ""
        page.goto(url or host.show(f"{head}{script}<h1>Careers</h1>{body}", policy))
        if scripted:
            page.wait_for_function("Boolean(customElements.get('careers-faq'))")
        return seen

    yield visit
    for context in contexts:
        context.close()
