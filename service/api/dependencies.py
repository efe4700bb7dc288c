"""Typed access to what start-up made."""

import hmac
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from index import Retriever
from service.analytics.recorder import Interactions
from service.answering.pipeline import AskPipeline
from service.api.errors import AdminOff, Forbidden, Unauthorised
from service.api.people import ADMINISTRATOR, People, Person, Role
from service.live.live_index import LiveIndex
from service.ops.observability import Metrics
from service.settings import Settings


@dataclass(frozen=True, slots=True)
class AppState:
    """What the routes of one site share. Made by `service.app`, one a process and site."""

    settings: Settings
    live: LiveIndex
    interactions: Interactions
    metrics: Metrics
    pipeline: AskPipeline
    people: People

    @property
    def ready(self) -> Retriever:
        """The retriever that answers now. Raises NotReady without an index."""
        return self.live.ready


def get_state(request: Request) -> AppState:
    """Return what `service.app` put there at start-up."""
    return cast(AppState, request.app.state.shared)


def wants_privacy(request: Request) -> bool:
    """Return whether the visitor's browser sends the signal of Global Privacy Control."""
    return request.headers.get("sec-gpc") == "1"


bearer = HTTPBearer(auto_error=False, description="The value of `FAQ_ADMIN_TOKEN`.")


async def signed_in(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Person:
    """Return who sends a request. Raises AdminOff or Unauthorised."""
    state = get_state(request)
    if state.settings.admin_token is None:
        raise AdminOff
    if credentials is not None:
        person = person_of(state, credentials.credentials)
    else:
        person = state.people.by_proxy(request)
    if person is None:
        raise Unauthorised
    return person


def person_of(state: AppState, token: str) -> Person | None:
    """Return whose token it is; None if it is nobody's."""
    expected = state.settings.admin_token
    if expected and hmac.compare_digest(token.encode(), expected.get_secret_value().encode()):
        return Person(ADMINISTRATOR, Role.ADMINISTRATOR)
    return state.people.by_token(token)


SignedIn = Annotated[Person, Depends(signed_in)]


async def require_admin(person: SignedIn) -> None:
    """Let only administrators pass. Raises AdminOff, Unauthorised or Forbidden."""
    require(person, Role.ADMINISTRATOR)


def require(person: Person, role: Role) -> None:
    """Raise Forbidden unless somebody has a role, or one above it."""
    if person.role < role:
        raise Forbidden
