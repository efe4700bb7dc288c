"""The hostile strings in the widget: typed by a visitor, and in every text of a reply."""

import json
from typing import Any
from urllib.request import Request, urlopen

import pytest

from tests.browser.visiting import CANNED, Service, Visit, Visitor
from tests.support.hostile import TAKEN

pytestmark = pytest.mark.browser

INTRUDERS = (
    ":is(script, iframe, img, object, embed, link, meta, base, video, template, details, math,"
    " marquee, careers-faq, [srcdoc], [formaction], [onclick], [onload], [onerror], [onfocus],"
    " [onmouseover], [ontoggle], [style])"
)
"""Elements and attributes of the strings, none of which the widget has."""
OPEN = {"Access-Control-Allow-Origin": "*"}
LEADING_AWAY = "a:not([href^='http://']):not([href^='https://']):not([href^='mailto:'])"


@pytest.fixture(scope="module")
def reply(service: Service) -> dict[str, Any]:
    """A real one, with an answer in it."""
    body = json.dumps({"question": CANNED}).encode()
    request = Request(f"{service.origin}/v1/ask", body, {"Content-Type": "application/json"})  # noqa: S310 - our own
    with urlopen(request, timeout=20) as response:  # noqa: S310 - as above
        received: dict[str, Any] = json.load(response)
    return received


def poisoned(reply: dict[str, Any], text: str) -> dict[str, Any]:
    """The reply with this in place of everything that somebody reads or follows."""
    place = dict.fromkeys(("title", "text", "markdown", "html", "url"), text)
    return {
        **reply,
        "message": text,
        "answer": {**reply["answer"], **place, "sources": [{"title": text, "url": text}]},
        "suggestions": [{"id": text, "question": text}],
        "passages": [{**one, "heading": text, "text": text} for one in reply["passages"]],
    }


def shows_nothing_foreign(visit: Visit) -> None:
    assert visit.part(INTRUDERS).count() == 0
    assert visit.part(LEADING_AWAY).count() == 0
    assert visit.run("[...document.body.querySelectorAll('*')].map(one => one.localName)") == [
        "main",
        "script",
        "h1",
        "careers-faq",
    ]
    assert visit.run("window.pwned ?? Object.prototype.pwned ?? null") is None
    assert visit.run("getComputedStyle(document.querySelector('careers-faq')).display") != "none"
    assert [line for line in visit.console if line.startswith("uncaught")] == []
    elsewhere = ("http://127.0.0.1:", "http://localhost:", "data:")
    assert [url for url in visit.requests if not url.startswith(elsewhere)] == []


@pytest.mark.parametrize("kind", TAKEN)
def test_hostile_text_stays_text(
    kind: str, visitor: Visitor, service: Service, reply: dict[str, Any]
) -> None:
    visit = visitor()
    visit.open()
    texts = iter(TAKEN[kind])
    visit.page.route(
        "**/v1/ask", lambda route: route.fulfill(json=poisoned(reply, next(texts)), headers=OPEN)
    )

    for text in TAKEN[kind]:
        visit.ask(text)

    assert visit.part(".card").count() == len(TAKEN[kind])
    shows_nothing_foreign(visit)
