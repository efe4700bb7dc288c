"""Typed access to what start-up made."""

import hmac
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from index import Retriever
from service.analytics.recorder import Interactions
from service.answering.admission_queue import WaitingRoom
from service.answering.answer_cache import AnswerCache
from service.answering.messages import USUAL, Sentences
from service.api.errors import AdminOff, NotReady, Unauthorised
from service.live.live_index import LiveIndex
from service.ops.observability import Metrics
from service.settings import Settings
from service.web.dashboard import Dashboard
from service.web.widget_bundle import Bundle, load_bundle

if TYPE_CHECKING:
    from service.ops.tracing import Tracing


@dataclass(frozen=True, slots=True)
class State:
    """What the routes share. One a process, made by `service.app`."""

    settings: Settings
    live: LiveIndex
    interactions: Interactions
    metrics: Metrics
    dashboard: Dashboard
    tracing: "Tracing | None"
    """None when nothing is traced."""
    waiting: WaitingRoom
    """Where questions are answered: about as many at once as there are cores."""
    cache: AnswerCache
    voice: str
    """Who answers and in which words, for the key of the cache."""
    site: str = ""
    """Key of the site; empty where there is only one."""
    sentences: Sentences = USUAL
    """What is said around an answer."""
    widget: Callable[[], Bundle] = load_bundle
    """Gives the script of the widget."""

    @property
    def retriever(self) -> Retriever | None:
        """What answers now; None without an index."""
        return self.live.retriever

    @property
    def ready(self) -> Retriever:
        """What answers now. Raises NotReady without an index."""
        if self.live.retriever is None:
            raise NotReady
        return self.live.retriever


def get_state(request: Request) -> State:
    """Get what `service.app` put there at start-up."""
    return cast(State, request.app.state.shared)


def wants_privacy(request: Request) -> bool:
    """Tell whether the visitor's browser sends the signal of Global Privacy Control."""
    return request.headers.get("sec-gpc") == "1"


_bearer = HTTPBearer(auto_error=False, description="The value of `FAQ_ADMIN_TOKEN`.")


async def require_admin(
    request: Request,
    given: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
) -> None:
    """Let only the administrator pass. Raises AdminOff or Unauthorised."""
    token = get_state(request).settings.admin_token
    if token is None:
        raise AdminOff
    expected = token.get_secret_value().encode()
    if given is None or not hmac.compare_digest(given.credentials.encode(), expected):
        raise Unauthorised
