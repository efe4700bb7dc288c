"""The administrator's pages: sign in and out, statistics, export, erasure."""

import csv
import io
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps
from itertools import chain
from typing import Annotated, ParamSpec, cast
from urllib.parse import parse_qs, urlencode

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse, StreamingResponse

from service.analytics import queries
from service.analytics.database import DatabaseError
from service.analytics.queries import RecordedExchange, Topic
from service.analytics.unanswered import first_day
from service.api.dependencies import get_state
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
FOREIGN = "This form was not sent from this site. Reload the page and try again."
NO_DATABASE = "The database cannot be read just now; see the log. Questions are still answered."
SIGNED_OUT = "You have signed out."
MOST_FIELDS = 8
_FORMULA = re.compile(r"(^|[,;|\t\r\n])(\s*)(?=[=+\-@\uff0b\uff0d\uff1d\uff20])")
"""Where a spreadsheet sees a formula begin, whatever separates its cells; wide signs count too."""
Days = Annotated[int, Query(ge=1, le=3650)]
Page = Annotated[int, Query(ge=1, le=100_000)]


P = ParamSpec("P")


def _reads_database(
    handle: Callable[P, Awaitable[Response]],
) -> Callable[P, Awaitable[Response]]:
    """Answer with a page that says so while the database cannot be read."""

    @wraps(handle)
    async def handled(*args: P.args, **kwargs: P.kwargs) -> Response:
        try:
            return await handle(*args, **kwargs)
        except (DatabaseError, TimeoutError):
            request = cast(Request, kwargs["request"])
            return _html("admin_message.html", 503, message=NO_DATABASE, base=_base(request))

    return handled


@router.get("/admin")
@_reads_database
async def admin(
    request: Request, days: Days = PERIODS[1], topic: Topic = Topic.UNANSWERED, page: Page = 1
) -> Response:
    """Show what people ask and what they did not get."""
    sessions = _sessions(request)
    if sessions is None:
        return _sign_in(request, 403, OFF, can_try=False)
    session = await _session(request, sessions)
    if session is None:
        return _sign_in(request, 401)
    view = View(days=days, topic=topic, page=page)
    shown = await get_page_state(request).dashboard.show(get_state(request).ready, view)
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
    """Exchange the token for a cookie."""
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
@_reads_database
async def logout(request: Request) -> Response:
    """End the session, for whoever holds a copy of the cookie too."""
    session, _ = await _own_form(request)
    database = get_page_state(request).dashboard.database
    longest = timedelta(seconds=SECONDS)
    await to_thread.run_sync(database.end_session, session.id, datetime.now(UTC), longest)
    response = _sign_in(request, 200, SIGNED_OUT)
    response.delete_cookie(COOKIE, path=_place(request), httponly=True, samesite="strict")
    return response


@router.post("/admin/erase")
@_reads_database
async def erase(request: Request) -> Response:
    """Erase the exchange that a form names."""
    _, form = await _own_form(request)
    done = get_state(request).interactions.erase(form.get("interaction", "").strip())
    found = await to_thread.run_sync(done.result, 10.0)
    message = "The exchange has been erased." if found else "There is no exchange with this id."
    status = 200 if found else 404
    return _html("admin_message.html", status, message=message, base=_base(request))


@router.get("/admin/exchanges.csv")
@_reads_database
async def export(request: Request, days: Days = PERIODS[1], topic: Topic = Topic.ASKED) -> Response:
    """Send every exchange of a topic, for a spreadsheet."""
    sessions = _sessions(request)
    if sessions is None or await _session(request, sessions) is None:
        raise Unauthorised
    database = get_page_state(request).dashboard.database
    rows = queries.exchanges(database, first_day(days), topic)
    first = await to_thread.run_sync(next, rows, None)
    rows = chain([] if first is None else [first], rows)
    headers = {
        "Content-Disposition": f'attachment; filename="{topic}-{datetime.now(UTC).date()}.csv"',
        "Cache-Control": "no-store",
    }
    return StreamingResponse(_lines(rows), 200, headers, media_type="text/csv; charset=utf-8")


def _lines(rows: Iterator[RecordedExchange]) -> Iterator[str]:
    """Write a line of CSV for each exchange, a thousand at a time."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(RecordedExchange.__slots__)
    for number, row in enumerate(rows, 1):
        writer.writerow([_cell(getattr(row, name)) for name in RecordedExchange.__slots__])
        if number % 1000 == 0:
            yield _drain(buffer)
    yield _drain(buffer)


def _drain(buffer: io.StringIO) -> str:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text


def _cell(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat(timespec="seconds")
    return _FORMULA.sub(r"\1'\2", value) if isinstance(value, str) else value


def _sessions(request: Request) -> Sessions | None:
    """Return what signs the cookies; None while there is no token."""
    state = get_state(request)
    if state.settings.admin_token is None:
        return None
    if not hasattr(request.app.state, "sessions"):
        token = state.settings.admin_token.get_secret_value()
        request.app.state.sessions = Sessions(token, request.scope.get("root_path", ""))
    return cast(Sessions, request.app.state.sessions)


async def _session(request: Request, sessions: Sessions) -> Session | None:
    """Find who is signed in: by cookie, or by bearer token as programs send it."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and sessions.accepts(token.strip()):
        return sessions.find(sessions.begin())
    session = sessions.find(request.cookies.get(COOKIE, ""))
    if session is None:
        return None
    database = get_page_state(request).dashboard.database
    return None if await to_thread.run_sync(database.has_ended, session.id) else session


async def _own_form(request: Request) -> tuple[Session, dict[str, str]]:
    """Read a form that a page of this session sent. Raises Unauthorised for any other."""
    sessions = _sessions(request)
    session = await _session(request, sessions) if sessions else None
    if sessions is None or session is None or not _is_same_origin(request):
        raise Unauthorised
    form = await _form(request)
    if not sessions.is_own_form(session, form.get("form_key", "")):
        raise Unauthorised
    return session, form


async def _form(request: Request) -> dict[str, str]:
    """Read a form; one with more fields than any of ours counts as empty."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        fields = parse_qs(text, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[-1] for name, values in fields.items()}


def _is_same_origin(request: Request) -> bool:
    """Whether no page of another site made a browser send this; a program sends neither header."""
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


def _html(template: str, status: int = 200, **values: object) -> Response:
    page = environment().get_template(template).render(query=urlencode, **values)
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": policy("pages.css", "admin.css", form="'self'"),
        "Referrer-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
    }
    return Response(page, status, headers, media_type=HTML)
