"""The administrator's pages: sign in and out, statistics, export, erasure."""

import csv
import io
import re
from collections.abc import Awaitable, Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import wraps
from ipaddress import ip_address
from itertools import chain
from typing import Annotated, ParamSpec, cast

from anyio import to_thread
from fastapi import APIRouter, Query, Request, Response
from starlette.responses import RedirectResponse, StreamingResponse

from service.analytics import queries
from service.analytics.database import DatabaseError
from service.analytics.queries import RecordedExchange, Topic
from service.analytics.unanswered import first_day
from service.api.dependencies import get_state, person_of, require
from service.api.errors import Unauthorised
from service.api.middleware import client_of
from service.api.people import ADMINISTRATOR, Person, Role
from service.live.errors import NotReady
from service.web.admin_access import (
    OFF,
    AdminRoute,
    base_of,
    current_session,
    get_sessions,
    html_page,
    is_same_origin,
    last_of,
    own_form,
    place_of,
    read_form,
    sign_in_page,
)
from service.web.dashboard import PERIODS, TOPICS, WORDS, View
from service.web.page_state import get_page_state
from service.web.sign_in import COOKIE, KEPT_SECONDS, SECONDS, Sessions

router = APIRouter(include_in_schema=False, route_class=AdminRoute)
SPENT = "That address worked once and is spent, or it's for another machine. Please sign in below."
WRONG = "I don't know that token. Please check it and try again."
TOO_OFTEN = "That's a lot of tries! Please wait a minute."
FOREIGN = "I can't tell where that form came from. Please reload the page and try again."
NO_DATABASE = "I can't read the database just now; the log says why. I still answer questions."
NOTHING_LIVE = "Nothing is published yet. Once it is, I show here what people ask."
SIGNED_OUT = "You've signed out."
_FORMULA = re.compile(
    r'(^|[,;|\t\r\n"])([\s\u200b-\u200f\u2060\ufeff]*)(?=[=+\-@\uff0b\uff0d\uff1d\uff20])'
)
"""Where a spreadsheet sees a formula begin, whatever separates and quotes its cells; wide signs and
what prints nothing before them count too."""
_BELOW = re.compile(r"content(?:/[A-Za-z0-9][A-Za-z0-9._-]*)*")
"""A page to which signing in may lead."""
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
            return html_page("admin_message.html", 503, message=NO_DATABASE, base=base_of(request))

    return handled


@router.get("/admin")
@_reads_database
async def admin(
    request: Request, days: Days = PERIODS[1], topic: Topic = Topic.UNANSWERED, page: Page = 1
) -> Response:
    """Show what people ask and what they did not get."""
    sessions = get_sessions(request)
    if sessions is None:
        return sign_in_page(request, 403, OFF, can_try=False)
    session = await current_session(request, sessions)
    if session is None:
        return sign_in_page(request, 401)
    view = View(days=days, topic=topic, page=page)
    has_studio = get_state(request).settings.corpus_dir is not None
    try:
        live = get_state(request).ready
    except NotReady:
        return html_page("admin_message.html", 503, message=NOTHING_LIVE, has_studio=has_studio)
    shown = await get_page_state(request).dashboard.show(live, view)
    return html_page(
        "admin.html",
        form_key=session.form_key,
        shown=shown,
        topics=TOPICS,
        words=WORDS,
        periods=PERIODS,
        has_studio=has_studio,
    )


@router.post("/admin/login")
async def login(request: Request) -> Response:
    """Exchange the token for a cookie."""
    sessions = get_sessions(request)
    if sessions is None:
        return sign_in_page(request, 403, OFF, can_try=False)
    if not is_same_origin(request):
        return sign_in_page(request, 403, FOREIGN)
    if not await sessions.may_try(client_of(request.scope)):
        return sign_in_page(request, 429, TOO_OFTEN)
    form = await read_form(request)
    to = last_of(form, "to") if _BELOW.fullmatch(last_of(form, "to")) else ""
    person = person_of(get_state(request), last_of(form, "token").strip())
    if person is None:
        return sign_in_page(request, 401, WRONG, to=to)
    return _signed_in(request, sessions, person, to or "../admin")


@router.get("/admin/enter")
async def enter(request: Request, key: str = "") -> Response:
    """Exchange the key of `careers-faq serve --sign-in` for a cookie, once and from here alone."""
    sessions = get_sessions(request)
    if sessions is None:
        return sign_in_page(request, 403, OFF, can_try=False)
    expected = getattr(request.app.state, "one_time_key", None)
    if expected is None or not _is_this_machine(request) or not expected.spend(key):
        return sign_in_page(request, 401, SPENT)
    has_studio = get_state(request).settings.corpus_dir is not None
    person = Person(ADMINISTRATOR, Role.ADMINISTRATOR)
    return _signed_in(request, sessions, person, "content" if has_studio else "../admin")


def _signed_in(request: Request, sessions: Sessions, person: Person, to: str) -> Response:
    response = RedirectResponse(to, 303)
    response.set_cookie(
        COOKIE,
        sessions.begin(person),
        max_age=KEPT_SECONDS,
        path=place_of(request),
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
    return response


def _is_this_machine(request: Request) -> bool:
    """Whether neither the client nor a proxy that speaks for it is another machine."""
    ends = {request.scope.get("state", {}).get("peer"), request.client and request.client.host}
    try:
        return all(ip_address(end).is_loopback for end in ends if end)
    except ValueError:
        return False


@router.post("/admin/logout")
@_reads_database
async def logout(request: Request) -> Response:
    """End the session, for whoever holds a copy of the cookie too."""
    session, _ = await own_form(request)
    database = get_page_state(request).dashboard.database
    longest = timedelta(seconds=SECONDS)
    await to_thread.run_sync(database.end_session, session.id, datetime.now(UTC), longest)
    response = sign_in_page(request, 200, SIGNED_OUT)
    response.delete_cookie(COOKIE, path=place_of(request), httponly=True, samesite="strict")
    return response


@router.post("/admin/erase")
@_reads_database
async def erase(request: Request) -> Response:
    """Erase the exchange that a form names."""
    session, form = await own_form(request)
    require(session.person, Role.ADMINISTRATOR)
    done = get_state(request).interactions.erase(last_of(form, "interaction").strip())
    found = await to_thread.run_sync(done.result, 10.0)
    message = "I've erased that exchange." if found else "There's no exchange with that id."
    status = 200 if found else 404
    return html_page("admin_message.html", status, message=message, base=base_of(request))


@router.get("/admin/exchanges.csv")
@_reads_database
async def export(request: Request, days: Days = PERIODS[1], topic: Topic = Topic.ASKED) -> Response:
    """Send every exchange of a topic, for a spreadsheet."""
    sessions = get_sessions(request)
    if sessions is None or await current_session(request, sessions) is None:
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
