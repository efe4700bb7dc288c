"""Who is signed in on the administrator's pages, and the forms that these pages send."""

from collections.abc import Callable, Coroutine, Mapping, Sequence
from typing import Any, cast
from urllib.parse import parse_qsl, urlencode

from anyio import to_thread
from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.types import Scope

from service.api.dependencies import get_state, person_of
from service.api.errors import Unauthorised
from service.api.people import Person
from service.web.page_state import get_page_state
from service.web.page_templates import HTML, environment, policy
from service.web.sign_in import COOKIE, KEPT_SECONDS, PATH, Session, Sessions

MOST_FIELDS = 8
OFF = "These pages are off. Set FAQ_ADMIN_TOKEN and start the service again."


class AdminRoute(APIRoute):
    """Says what is wrong with a request only to those who are signed in."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def handle_known(request: Request) -> Response:
            try:
                return await handle(request)
            except RequestValidationError:
                sessions = get_sessions(request)
                if sessions is None:
                    return sign_in_page(request, 403, OFF, can_try=False)
                if await current_session(request, sessions) is None:
                    return sign_in_page(request, 401)
                raise

        return handle_known


def get_sessions(request: Request) -> Sessions | None:
    """Return what signs the cookies; None while there is no token."""
    state = get_state(request)
    if state.settings.admin_token is None:
        return None
    if not hasattr(request.app.state, "sessions"):
        token = state.settings.admin_token.get_secret_value()
        root = request.scope.get("root_path", "")
        request.app.state.sessions = Sessions(token, state.people, root)
    return cast(Sessions, request.app.state.sessions)


async def current_session(request: Request, sessions: Sessions) -> Session | None:
    """Find who is signed in: by bearer token as programs send it, by a proxy, or by cookie."""
    if person := _without_cookie(request):
        return sessions.of(person.key, person)
    session = sessions.find(request.cookies.get(COOKIE, ""))
    if session is None:
        return None
    database = get_page_state(request).dashboard.database
    return None if await to_thread.run_sync(database.has_ended, session.id) else session


def is_known(scope: Scope) -> bool:
    """Whether somebody is signed in, or was until lately; without looking into the database."""
    request = Request(scope)
    sessions = get_sessions(request)
    return sessions is not None and (
        _without_cookie(request) is not None
        or sessions.find(request.cookies.get(COOKIE, ""), KEPT_SECONDS) is not None
    )


def _without_cookie(request: Request) -> Person | None:
    state = get_state(request)
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer" and (person := person_of(state, token.strip())):
        return person
    return state.people.by_proxy(request)


async def own_form(
    request: Request, most_fields: int = MOST_FIELDS
) -> tuple[Session, dict[str, list[str]]]:
    """Read a form that a page of this session sent. Raises Unauthorised for any other."""
    sessions = get_sessions(request)
    session = await current_session(request, sessions) if sessions else None
    if sessions is None or session is None or not is_same_origin(request):
        raise Unauthorised
    form = await read_form(request, most_fields)
    if not sessions.is_own_form(session, last_of(form, "form_key")):
        raise Unauthorised
    return session, form


async def read_form(request: Request, most_fields: int = MOST_FIELDS) -> dict[str, list[str]]:
    """Read a form; one with more fields than any of ours counts as empty."""
    text = (await request.body()).decode("utf-8", "replace")
    try:
        pairs = parse_qsl(text, keep_blank_values=True, max_num_fields=most_fields)
    except ValueError:
        return {}
    form: dict[str, list[str]] = {}
    for name, value in pairs:
        form.setdefault(name, []).append(value)
    return form


def last_of(form: Mapping[str, Sequence[str]], name: str) -> str:
    """Return a field's value, the last one where there are several."""
    return form.get(name, [""])[-1]


def is_same_origin(request: Request) -> bool:
    """Whether no page of another site made a browser send this; a program sends neither header."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    return origin is None or origin.partition("://")[2] == request.headers.get("host")


def place_of(request: Request) -> str:
    """Return the path of these pages as a browser has it."""
    return f"{request.scope.get('root_path', '')}{PATH}"


def base_of(request: Request) -> str:
    """Return the way from here to the root of the site."""
    path: str = request.scope["path"]
    return "../" * (path.count("/") - 1)


def sign_in_page(
    request: Request, status: int, message: str = "", *, can_try: bool = True, to: str = ""
) -> Response:
    """Ask for the token; `to` is the page below /admin/ that is shown then."""
    base = base_of(request)
    return html_page("admin_login.html", status, message=message, can_try=can_try, base=base, to=to)


def html_page(
    template: str,
    status: int = 200,
    *,
    styles: Sequence[str] = (),
    script: str = "",
    **values: object,
) -> Response:
    """Render a page of the administrator's; `styles` and `script` are files that it holds besides.

    None of it is kept by the browser.
    """
    page = environment().get_template(template).render(query=urlencode, **values)
    own = policy("pages.css", "admin.css", *styles, script=script, form="'self'")
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": own,
        "Referrer-Policy": "same-origin",
        "X-Robots-Tag": "noindex",
    }
    return Response(page, status, headers, media_type=HTML)
