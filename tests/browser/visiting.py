"""The service over a socket, and a visit to a page with the widget on it."""

import socket
import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Thread
from types import TracebackType
from typing import Self

import uvicorn
from fastapi import FastAPI
from playwright.sync_api import FloatRect, Locator, Page, Request

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


class Service:
    """A service on a port of its own, in a thread of this process: it starts in no time."""

    def __init__(self, app: FastAPI) -> None:
        self._socket = socket.create_server(("127.0.0.1", 0))
        self.origin = f"http://127.0.0.1:{self._socket.getsockname()[1]}"
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None, access_log=False))
        self._thread = Thread(target=self._server.run, args=[[self._socket]], daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        until = time.monotonic() + START_SECONDS
        while not self._server.started:
            assert self._thread.is_alive(), "the service ended at its start"
            assert time.monotonic() < until, f"{self.origin} is not ready"
            time.sleep(0.01)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.should_exit = True
        self._thread.join()
        self._socket.close()


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

    def send(self, question: str) -> None:
        """Type a question and send it; wait until it stands in the log."""
        before = self.part(".you").count()
        self.part(".input").fill(question)
        self.page.keyboard.press("Enter")
        self.part(".you").nth(before).wait_for()

    def ask(self, question: str) -> None:
        """Send a question, and wait for what comes back."""
        self.send(question)
        self.part(".thinking").wait_for(state="detached")

    def box(self, css: str) -> FloatRect:
        """Return where the first of these is in the window."""
        box = self.part(css).first.bounding_box()
        assert box, f"{css} is not shown"
        return box

    def answers(self) -> list[str | None]:
        """List the ids of all answers that are shown."""
        return [card.get_attribute("data-id") for card in self.part(".card").all()]

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


GROUND = """(node) => {
  const pixel = new OffscreenCanvas(1, 1).getContext('2d');
  pixel.fillStyle = getComputedStyle(node).backgroundColor;
  pixel.fillRect(0, 0, 1, 1);
  return '#' + [...pixel.getImageData(0, 0, 1, 1).data].slice(0, 3)
    .map((byte) => byte.toString(16).padStart(2, '0')).join('');
}"""
"""Colour behind an element, as six digits, in whichever way it is written."""


def question(request: Request) -> str:
    """Return the question that a request asks."""
    return str((request.post_data_json or {})["question"])


Visitor = Callable[..., Visit]
