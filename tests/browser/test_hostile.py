"""The hostile strings in the widget: typed by a visitor, and in every text of a reply."""

from typing import Any

import pytest

from tests.browser.visiting import CANNED, Service, Visit, Visitor
from tests.support.hostile import TAKEN

pytestmark = pytest.mark.browser

INTRUDERS = (
    ":is(script, iframe, img, object, embed, link, meta, base, video, template, details, math,"
    " marquee, careers-faq, [srcdoc], [formaction], [onclick], [onload], [onerror], [onfocus],"
    " [onmouseover], [ontoggle], .log [style])"
)
"""Elements and attributes of the strings, none of which the widget has."""
ELEMENT = "document.querySelector('careers-faq')"
ASK_ALL = f"""async (exchanges) => {{
  for (const [question, reply] of exchanges) {{
    window.fetch = async () => Response.json(reply);
    await {ELEMENT}.ask(question);
  }}
}}"""
"""The page stands in for the network, since there are hundreds of strings."""
LEADING_AWAY = "a:not([href^='http'], [href^='mailto:'], [href^='tel:'])"


def poisoned(reply: dict[str, Any], text: str) -> dict[str, Any]:
    """The reply with this in place of everything that somebody reads or follows."""
    place = dict.fromkeys(("title", "text", "markdown", "html", "url"), text)
    return {
        **reply,
        "message": text,
        "message_html": text,
        "contact": {"label": text, "url": text},
        "answer": {**reply["answer"], **place, "sources": [{"title": text, "url": text}]},
        "suggestions": [{"id": text, "question": text}],
        "passages": [{**passage, "heading": text, "text": text} for passage in reply["passages"]],
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


def test_hostile_text_stays_text(visitor: Visitor, service: Service) -> None:
    visit = visitor()
    visit.open()
    asking = visit.page.request.post(f"{service.origin}/v1/ask", data={"question": CANNED})
    reply = asking.json()

    for kind, texts in TAKEN.items():
        visit.run(f"{ELEMENT}.clear()")
        visit.page.evaluate(ASK_ALL, [[text, poisoned(reply, text)] for text in texts])
        assert visit.part(".card").count() == len(texts), kind
        shows_nothing_foreign(visit)
