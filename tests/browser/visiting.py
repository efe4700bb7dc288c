"""The service as a process, and a visit to a page with the widget on it."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Locator, Page

ROOT = Path(__file__).parents[2]
START_SECONDS = 60.0
"""Far more than it takes, for a machine that is busy."""


CANNED = "Do florists earn more than gardeners?"
OUTCOMES = {
    "canned": CANNED,
    "passage": "What does a gardener do?",
    "comparison": "Which trade is more in demand?",
    "clarify": "Which one?",
    "refusal": "Do bees sleep?",
    "smalltalk": "thanks",
}
"""A question for each way in which a reply is shown."""


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


@dataclass
class Service:
    """The service as a process that can be stopped, killed and started again at its address."""

    folder: Path
    origins: str
    rate: str = "off"
    module: str = "tests.browser.scripted_service"
    port: int = field(default_factory=free_port)
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        arguments = [str(self.port), str(self.folder), self.origins, self.rate]
        self.process = subprocess.Popen([sys.executable, "-m", self.module, *arguments], cwd=ROOT)
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            assert self.process.poll() is None, "the service ended at its start"
            try:
                with urlopen(f"{self.origin}/readyz", timeout=2):  # noqa: S310 - our own
                    return
            except (URLError, ConnectionError, TimeoutError):
                time.sleep(0.05)
        raise TimeoutError(f"{self.origin} is not ready")

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        os.kill(self.process.pid, number)

    def stop(self) -> None:
        if self.process:
            self.process.terminate()
            self.process.wait()
            self.process = None

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()
            self.process = None


@dataclass
class Visit:
    """A page with the widget on it, and what happened there."""

    page: Page
    console: list[str]
    requests: list[str]

    @property
    def widget(self) -> Locator:
        return self.page.locator("careers-faq")

    def part(self, css: str) -> Locator:
        """Find something inside the widget."""
        return self.page.locator(f"careers-faq {css}")

    def open(self) -> None:
        self.part(".launcher").click()
        self.part(".panel[open]").wait_for()

    def ask(self, question: str) -> None:
        """Type a question, send it, and wait for what comes back."""
        before = self.part(".you").count()
        self.part(".input").fill(question)
        self.page.keyboard.press("Enter")
        self.part(".you").nth(before).wait_for()
        self.part(".thinking").wait_for(state="detached")

    def said(self) -> str:
        """Return what the live region said last, once it says anything."""
        live = self.part("[role=status]")
        self.page.wait_for_function("node => node.textContent", arg=live.element_handle())
        return live.text_content() or ""

    def advice(self) -> list[str]:
        """Return what the widget told the page's owner on the console."""
        prefix = "careers-faq: "
        return [line[len(prefix) :] for line in self.console if line.startswith(prefix)]

    def run(self, script: str) -> object:
        return self.page.evaluate(script)


Visitor = Callable[..., Visit]
