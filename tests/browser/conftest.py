"""A real browser, the real service on one origin, and a page of somebody else on another.

Playwright's synchronous API runs its event loop in a greenlet of the thread that started it, and
that loop is never finished, only left for a while. asyncio notes the running loop per thread, not
per greenlet, so from then on `asyncio.run` fails in every test of this thread: "cannot be called
from a running event loop". So the note is taken away between the tests of the browser, which lets
one browser serve the whole session, and put back for each of them.
"""

import asyncio
import gc
import shutil
from asyncio import AbstractEventLoop
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, sync_playwright

from tests.browser.finding import browser_path
from tests.browser.host import Host
from tests.browser.scripted_service import scripted_app
from tests.browser.visiting import Service, Visit, Visitor

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
WAIT_MS = 15_000


@dataclass(frozen=True, slots=True)
class Running:
    """The browser, and the event loop that talks to it."""

    browser: Browser
    loop: AbstractEventLoop


@pytest.fixture(scope="session")
def running() -> Iterator[Running]:
    with sync_playwright() as playwright:
        loop = asyncio.get_running_loop()
        path = browser_path(shutil.which, playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        asyncio._set_running_loop(None)
        yield Running(browser, loop)
        asyncio._set_running_loop(loop)
        browser.close()


@pytest.fixture
def browser(running: Running) -> Iterator[Browser]:
    asyncio._set_running_loop(running.loop)
    yield running.browser
    asyncio._set_running_loop(None)


@pytest.fixture(scope="session")
def host() -> Iterator[Host]:
    with Host() as host:
        yield host


@pytest.fixture(scope="session")
def service(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(scripted_app(tmp_path_factory.mktemp("service"), host.origin)) as service:
        yield service
    gc.unfreeze()  # what opening an index keeps for good is of no use to later tests


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
        clock: bool = False,
    ) -> Visit:
        contexts.append(browser.new_context(**(context or {})))  # type: ignore[arg-type]
        page = contexts[-1].new_page()
        page.set_default_timeout(WAIT_MS)
        if clock:  # to be put forward by the test, so that it need not wait
            page.clock.install()
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
