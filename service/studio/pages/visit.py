"""A visit to a page of the studio: who is there, what they may do, and what they sent."""

import hmac
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import Any

from fastapi import Request, Response

from service.api.errors import Unauthorised
from service.api.middleware import client_of
from service.studio.access import Person, Role
from service.studio.errors import StudioError, StudioOff, UnknownContent
from service.studio.studio import Studio, get_studio
from service.web import admin_access

MOST_FIELDS = 2000
EXPIRED = "You were signed out. Sign in on another tab, then send this again: I've kept it."
RESENT = "This page was open for a long time. I haven't saved anything yet: send it again."
GONE = "I can't find that content; it may be gone."
FORBIDDEN = "Your role doesn't allow that. Please ask an administrator."
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")

Form = dict[str, list[str]]


class Elsewhere(Exception):
    """Whoever asks may not see this page; carries the page to show instead."""

    def __init__(self, response: Response) -> None:
        super().__init__()
        self.response = response


class PageRoute(admin_access.AdminRoute):
    """Shows an error of the studio as a page."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def handled(request: Request) -> Response:
            try:
                return await handle(request)
            except StudioError as error:
                gone = isinstance(error, UnknownContent)
                return admin_access.html_page(
                    "admin_message.html",
                    int(error.status),
                    message=GONE if gone else str(error),
                    heading="Content",
                    base=admin_access.base_of(request),
                )

        return handled


@dataclass(frozen=True, slots=True)
class Visit:
    """Who is on a page, and what they sent."""

    request: Request
    studio: Studio
    person: Person
    form_key: str
    form: Form = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a field that was sent, without space around it."""
        return clean(admin_access.last_of(self.form, name)).strip()

    def texts(self, name: str) -> list[str]:
        """Return all fields of a name, those that are empty too."""
        return [clean(value).strip() for value in self.form.get(name, [])]

    def lines(self, name: str) -> list[str]:
        """Return the lines of a field that hold something."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def may(self, role: Role) -> bool:
        """Whether whoever is here has this role."""
        return self.person.role >= role

    def page(self, template: str, status: int = 200, **values: Any) -> Response:
        """Render a page of the studio."""
        return admin_access.html_page(
            template,
            status,
            styles=("studio.css",),
            script="studio.js",
            base=admin_access.base_of(self.request),
            form_key=self.form_key,
            person=self.person,
            can_edit=self.may(Role.EDITOR),
            can_publish=self.may(Role.PUBLISHER),
            **values,
        )

    def go(self, place: str) -> Response:
        """Send the browser to another page of the studio, which it fetches."""
        base = admin_access.base_of(self.request)
        return Response(status_code=303, headers={"Location": f"{base}{place}"})


def clean(text: str) -> str:
    """Return what somebody typed, lines ended as in files, without signs that none can see."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


async def visit(request: Request) -> Visit:
    """Return who looks at a page. Raises Elsewhere."""
    sessions = admin_access.get_sessions(request)
    if sessions is None:
        raise Elsewhere(admin_access.sign_in_page(request, 403, admin_access.OFF, can_try=False))
    session = await admin_access.current_session(request, sessions)
    if session is None:
        raise Elsewhere(admin_access.sign_in_page(request, 401, to=_place(request)))
    try:
        studio = get_studio(request)
    except StudioOff as error:
        base = admin_access.base_of(request)
        page = admin_access.html_page("admin_message.html", 404, message=str(error), base=base)
        raise Elsewhere(page) from None
    return Visit(request, studio.by(session.person.name), session.person, session.form_key)


async def sent(request: Request, role: Role = Role.EDITOR) -> Visit:
    """Return who sends a form of ours.

    Raises Elsewhere with a page that keeps what was sent, where the session is over or its role is
    not enough, and Unauthorised for a form of another site.
    """
    if not admin_access.is_same_origin(request):
        raise Unauthorised
    try:
        here = await visit(request)
    except Elsewhere as error:
        if error.response.status_code == HTTPStatus.UNAUTHORIZED and await _may_keep(request):
            form = await admin_access.read_form(request, MOST_FIELDS)
            if form:
                raise Elsewhere(_kept(request, form, 401, EXPIRED)) from None
        raise
    form = await admin_access.read_form(request, MOST_FIELDS)
    if not hmac.compare_digest(
        admin_access.last_of(form, "form_key").encode(), here.form_key.encode()
    ):
        raise Elsewhere(_kept(request, form, 403, RESENT, here.form_key))
    if not here.may(role):
        raise Elsewhere(_kept(request, form, 403, FORBIDDEN))
    return replace(here, form=form)


async def _may_keep(request: Request) -> bool:
    """Whether this client had only few forms shown again lately: it may be anybody."""
    sessions = admin_access.get_sessions(request)
    client = client_of(request.scope)
    return sessions is not None and await sessions.may_try(client, "kept form")


def _kept(request: Request, form: Form, status: int, message: str, form_key: str = "") -> Response:
    """Show what was sent, to be sent again."""
    fields = [
        (name, clean(value))
        for name, values in form.items()
        if name != "form_key"
        for value in values
    ]
    return admin_access.html_page(
        "studio_kept.html",
        status,
        styles=("studio.css",),
        base=admin_access.base_of(request),
        message=message,
        fields=fields,
        form_key=form_key,
        can_send=message != FORBIDDEN,
    )


def _place(request: Request) -> str:
    path: str = request.scope["path"]
    return path.removeprefix("/admin/") if request.method == "GET" else "content"
