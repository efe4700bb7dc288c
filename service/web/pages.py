"""Public pages: demo, FAQ, JSON-LD, the widget and its saved answers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache, lru_cache
from typing import Literal, cast
from weakref import ReferenceType, ref

from fastapi import APIRouter, Request, Response
from starlette.responses import RedirectResponse

from index import Retriever, Unit
from service.api.dependencies import get_state
from service.api.errors import problem
from service.web import faq_page
from service.web.page_state import get_page_state
from service.web.page_templates import HTML, environment, policy
from service.web.responses import BEST, Body, send, text_body
from service.web.widget_bundle import KEPT_SITES, MODULES, Bundle

SCRIPT = "text/javascript; charset=utf-8"
JSON = "application/json"
PLAIN = "text/plain; charset=utf-8"
Language = Literal["ar", "de", "es", "fr", "he", "hi", "zh"]
"""Of the widget's own texts; English is in its script."""
JSON_LD = "application/ld+json"
SHORT = "public, max-age=300"
"""Five minutes, for which a page may show an older text or widget."""
CONTACT_HOLDS = timedelta(days=90)
FOREVER = "public, max-age=31536000, immutable"
ANYWHERE = {"Access-Control-Allow-Origin": "*", "Cross-Origin-Resource-Policy": "cross-origin"}
"""Scripts of type `module` are fetched with CORS. They and the saved answers are no secret."""

router = APIRouter(include_in_schema=False)


@router.api_route("/", methods=["GET", "HEAD"])
async def demo(request: Request) -> Response:
    """Show a careers page with the widget, to try and to copy."""
    widget = get_page_state(request).widget()
    page = environment().get_template("demo.html")
    base = str(request.base_url)
    contact = get_state(request).settings.contact_url
    text = page.render(base=base, widget=widget, snippets=snippets(base, widget), contact=contact)
    headers = {
        "Cache-Control": "no-cache",
        "Content-Security-Policy": policy("pages.css", script="demo.js"),
    }
    return await send(request, text_body(text, HTML), headers)


@router.api_route("/faq", methods=["GET", "HEAD"])
async def faq(request: Request) -> Response:
    """Show the article and all canned answers on one page; script only searches in it."""
    rules = policy("pages.css", script="faq.js")
    headers = {"Cache-Control": SHORT, "Content-Security-Policy": rules}
    return await send(request, _cached(request, "faq", HTML, _faq_page), headers)


@router.api_route("/faq.jsonld", methods=["GET", "HEAD"])
async def faq_json_ld(request: Request) -> Response:
    """Send the canned answers as a FAQPage of schema.org."""
    body = _cached(request, "jsonld", JSON_LD, lambda _, units: faq_page.json_ld(units))
    return await send(request, body, {"Cache-Control": SHORT})


@router.api_route("/.well-known/gpc.json", methods=["GET", "HEAD"])
async def privacy_control(request: Request) -> Response:
    """Declare support of Global Privacy Control, as its specification asks."""
    body = text_body('{"gpc": true, "lastUpdate": "2026-11-25"}', JSON)
    return await send(request, body, {"Cache-Control": SHORT})


@router.api_route("/.well-known/security.txt", methods=["GET", "HEAD"])
async def security_contact(request: Request) -> Response:
    """Say where to report a vulnerability, as RFC 9116 has it; 404 without an address."""
    contact = get_state(request).settings.security_contact
    if contact is None:
        return problem(404)
    text = security_text(contact, datetime.now(UTC))
    return await send(request, text_body(text, PLAIN), {"Cache-Control": SHORT})


def security_text(contact: str, now: datetime) -> str:
    """Write the file; it says itself until when it holds, at most a year."""
    until = (now + CONTACT_HOLDS).replace(hour=0, minute=0, second=0, microsecond=0)
    expires = until.isoformat().replace("+00:00", "Z")
    return f"Contact: {contact}\nExpires: {expires}\nPreferred-Languages: en\n"


@router.api_route("/widget.js", methods=["GET", "HEAD"])
async def widget_js(request: Request) -> Response:
    """Send the current widget."""
    return await send(request, _widget_body(request), {"Cache-Control": SHORT, **ANYWHERE})


@router.api_route("/widget/{version}/widget.js", methods=["GET", "HEAD"])
async def widget_version_js(request: Request, version: str) -> Response:
    """Send this version of the widget; redirect from any other to the current one."""
    if version != get_page_state(request).widget().version:
        headers = {"Cache-Control": "no-cache", **ANYWHERE}
        return RedirectResponse("../../widget.js", headers=headers)
    return await send(request, _widget_body(request), {"Cache-Control": FOREVER, **ANYWHERE})


@router.api_route("/widget/{version}/answers.json", methods=["GET", "HEAD"])
async def widget_answers(request: Request, version: str) -> Response:
    """Send the saved answers for when `/v1/ask` fails; the same for every version of the widget."""
    body = _cached(request, "answers", JSON, faq_page.saved_answers)
    return await send(request, body, {"Cache-Control": SHORT, **ANYWHERE})


@router.api_route("/widget/{version}/texts/{language}.json", methods=["GET", "HEAD"])
async def widget_texts(request: Request, version: str, language: Language) -> Response:
    """Send what the widget says in a language; the same for every version of the widget."""
    return await send(request, _texts_body(language), {"Cache-Control": SHORT, **ANYWHERE})


@dataclass(frozen=True, slots=True)
class _CachedPage:
    """A page made from an index on a day; on the next, an answer may have expired."""

    retriever: ReferenceType[Retriever]
    """Weak, so that a cached page does not keep a replaced version in memory."""
    day: date
    body: Body


def _cached(
    request: Request,
    name: str,
    media_type: str,
    make: Callable[[str, Mapping[str, Unit]], str],
) -> Body:
    """Return the page made from the live index, or make it."""
    retriever = get_state(request).ready
    today = datetime.now(UTC).date()
    pages = _pages(request)
    cached = pages.get(name)
    if cached is None or cached.retriever() is not retriever or cached.day != today:
        units = faq_page.current(retriever.units, today)
        body = text_body(make(retriever.manifest.version, units), media_type)
        cached = pages[name] = _CachedPage(ref(retriever), today, body)
    return cached.body


def _pages(request: Request) -> dict[str, _CachedPage]:
    state = request.app.state
    if not hasattr(state, "pages"):
        state.pages = {}
    return cast(dict[str, _CachedPage], state.pages)


def _faq_page(version: str, units: Mapping[str, Unit]) -> str:
    return (
        environment()
        .get_template("faq.html")
        .render(
            articles=faq_page.articles(units),
            topics=faq_page.topics(units),
            json_ld=faq_page.json_ld(units),
            version=version,
        )
    )


def snippets(base: str, widget: Bundle) -> dict[str, str]:
    """Write the HTML that an owner puts on a page; `base` ends with a slash."""
    element = f'<careers-faq>\n  <a href="{base}faq">Questions and answers</a>\n</careers-faq>'
    pinned = (
        f'<script type="module" crossorigin="anonymous"\n'
        f'  src="{base}widget/{widget.version}/widget.js"\n'
        f'  integrity="{widget.integrity}"></script>\n{element}'
    )
    script = f'<script type="module" src="{base}widget.js"></script>'
    return {"short": f"{script}\n<careers-faq></careers-faq>", "pinned": pinned}


@cache
def _texts_body(language: Language) -> Body:
    return text_body((MODULES / "texts" / f"{language}.json").read_text("utf-8"), JSON)


def _widget_body(request: Request) -> Body:
    return _script_body(get_page_state(request).widget())


@lru_cache(maxsize=KEPT_SITES)
def _script_body(bundle: Bundle) -> Body:
    return Body(bundle.content, SCRIPT, f'"{bundle.version}"', BEST)
