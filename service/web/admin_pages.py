"""The administrator's page: sign in, look, take away, erase. Templates in, HTML out."""

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from typing import Annotated, cast
from urllib.parse import parse_qs, urlencode

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse, StreamingResponse

from service.analytics import queries
from service.analytics.database import DatabaseError
from service.analytics.queries import Asked, Topic
from service.analytics.unanswered import first_day
from service.api.dependencies import State, get_state
from service.api.errors import Unauthorised
from service.api.middleware import client_of
from service.web.dashboard import PERIODS, TOPICS, WORDS, View
from service.web.page_state import get_page_state
from service.web.page_templates import HTML, environment, policy
from service.web.sign_in import COOKIE, PATH, SECONDS, Session, Sessions

router = APIRouter(include_in_schema=False)
OFF = "The administrator's pages are off. Set FAQ_ADMIN_TOKEN and start the service again."
WRONG = "This is not the administrator's token."
TOO_OFTEN = "Too many tries. Wait a minute, then try again."
FOREIGN = "This form was not sent from this site. Open this page anew and try again."
NO_DATABASE = "The database cannot be read just now; the log says why. Answers flow all the same."
SIGNED_OUT = "You have signed out."
_RISKY = ("=", "+", "-", "@", "\t", "\r")
"""A spreadsheet takes a cell that begins so for a formula."""
Days = Annotated[int, Query(ge=1, le=3650)]
Page = Annotated[int, Query(ge=1, le=100_000)]


@router.get("/admin")
async def admin(
    request: Request, days: Days = PERIODS[1], topic: Topic = Topic.UNANSWERED, page: Page = 1
) -> Response:
    """Show what people ask and what they did not get."""
    state = get_state(request)
    sessions = _sessions(request)
    if sessions is None:
        return _sign_in(request, 403, OFF, can_try=False)
    session = _session(request, sessions)
    if session is None:
        return _sign_in(request, 401)
    view = View(days=days, topic=topic, page=page)
    try:
        shown = await get_page_state(request).dashboard.show(state.ready, view)
    except DatabaseError:
        return _html("admin_message.html", 503, message=NO_DATABASE, base=_base(request))
    return _html(
        "admin.html",
        form_key=session.form_key,
        shown=shown,
        topics=TOPICS,
        words=WORDS,
        periods=PERIODS,
    )


@router.post("/admin/login")
async def login(request: Request) -> Response:
    """Trade the token for a cookie."""
    sessions = _sessions(request)
    if sessions is None:
        return _sign_in(request, 403, OFF, can_try=False)
    if not _is_same_origin(request):
        return _sign_in(request, 403, FOREIGN)
    if not await sessions.may_try(client_of(request.scope)):
        return _sign_in(request, 429, TOO_OFTEN)
    if not sessions.accepts((await _form(request)).get("token", "")):
        return _sign_in(request, 401, WRONG)
    response = RedirectResponse("../admin", 303)
    response.set_cookie(
        COOKIE,
        sessions.begin(),
        max_age=SECONDS,
        path=_place(request),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


@router.post("/admin/logout")
async def logout(request: Request) -> Response:
    """Take the cookie back."""
    await _own_form(request)
    response = _sign_in(request, 200, SIGNED_OUT)
    response.delete_cookie(COOKIE, path=_place(request), httponly=True, samesite="strict")
    return response


@router.post("/admin/erase")
async def erase(request: Request) -> Response:
    """Erase the exchange that a form names."""
    form = await _own_form(request)
    id_ = form.get("interaction", "").strip()
    try:
        done = get_state(request).interactions.erase(id_)
        found = await to_thread.run_sync(done.result, 10.0)
    except (DatabaseError, TimeoutError):
        return _html("admin_message.html", 503, message=NO_DATABASE, base=_base(request))
    message = "The exchange is erased." if found else "There is no such exchange, or no longer."
    status = 200 if found else 404
    return _html("admin_message.html", status, message=message, base=_base(request))


@router.get("/admin/exchanges.csv")
async def export(request: Request, days: Days = PERIODS[1], topic: Topic = Topic.ASKED) -> Response:
    """Give every exchange of a topic, for a spreadsheet."""
    sessions = _sessions(request)
    if sessions is None or _session(request, sessions) is None:
        raise Unauthorised
    database = get_page_state(request).dashboard.database
    rows = queries.exchanges(database, first_day(days), topic)
    try:
        first = await to_thread.run_sync(next, rows, None)
    except DatabaseError:
        return _html("admin_message.html", 503, message=NO_DATABASE, base=_base(request))
    rows = chain([] if first is None else [first], rows)
    name = f"{topic}-{datetime.now(UTC).date()}.csv"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_lines(rows), 200, headers, media_type="text/csv; charset=utf-8")


def _lines(rows: Iterator[Asked]) -> Iterator[str]:
    """Write a line of CSV for each exchange, a thousand at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(Asked.__slots__)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(getattr(row, name)) for name in Asked.__slots__])
        if number % 1000 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _taken(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return f"'{value}" if isinstance(value, str) and value.startswith(_RISKY) else value


def _sessions(request: Request) -> Sessions | None:
    """Return what signs the cookies; None while there is no token."""
    state: State = get_state(request)
    if state.settings.admin_token is None:
        return None
    if not hasattr(request.app.state, "sessions"):
        token = state.settings.admin_token.get_secret_value()
        request.app.state.sessions = Sessions(token, request.scope.get("root_path", ""))
    return cast(Sessions, request.app.state.sessions)


def _session(request: Request, sessions: Sessions) -> Session | None:
    """Find who is signed in: by cookie, or by bearer token as programs send it."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and sessions.accepts(token.strip()):
        return sessions.find(sessions.begin())
    return sessions.find(request.cookies.get(COOKIE))


async def _own_form(request: Request) -> dict[str, str]:
    """Read a form of a session's own page. Raises Unauthorised for any other."""
    sessions = _sessions(request)
    session = _session(request, sessions) if sessions else None
    form = await _form(request)
    is_own = (
        sessions is not None
        and session is not None
        and _is_same_origin(request)
        and sessions.is_own_form(session, form.get("form_key", ""))
    )
    if not is_own:
        raise Unauthorised
    return form


async def _form(request: Request) -> dict[str, str]:
    fields = parse_qs((await request.body()).decode("utf-8", "replace"), max_num_fields=8)
    return {name: values[-1] for name, values in fields.items()}


def _is_same_origin(request: Request) -> bool:
    """Tell what a page of another site made a browser send; a program sends neither header."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _place(request: Request) -> str:
    """Return the path of these pages as a browser has it."""
    return f"{request.scope.get('root_path', '')}{PATH}"


def _base(request: Request) -> str:
    """Return the way from here to the root of the site."""
    return "" if request.scope["path"] == PATH else "../"


def _sign_in(request: Request, status: int, message: str = "", *, can_try: bool = True) -> Response:
    base = _base(request)
    return _html("admin_login.html", status, message=message, can_try=can_try, base=base)


def _html(template: str, status: int = 200, **given: object) -> Response:
    page = environment().get_template(template).render(query=urlencode, **given)
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy("pages.css", "admin.css", form="'self'"),
        "Referrer-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
    }
    return Response(page, status, headers, media_type=HTML)
