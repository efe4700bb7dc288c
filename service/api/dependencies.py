"""Typed access to what start-up made."""

import hmac
from dataclasses import dataclass
from typing import Annotated, cast

from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from index import Retriever
from service.analytics.recorder import Interactions
from service.answering.pipeline import AskPipeline
from service.api.errors import AdminOff, Unauthorised
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

    @property
    def ready(self) -> Retriever:
        """The retriever that answers now. Raises NotReady without an index."""
        return self.live.ready


def get_state(request: Request) -> AppState:
    """Return what `service.app` put there at start-up."""
    return cast(AppState, request.app.state.shared)


def wants_privacy(request: Request) -> bool:
    """Tell whether the visitor's browser sends the signal of Global Privacy Control."""
    return request.headers.get("sec-gpc") == "1"


bearer = HTTPBearer(auto_error=False, description="The value of `FAQ_ADMIN_TOKEN`.")


async def require_admin(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> None:
    """Let only the administrator pass. Raises AdminOff or Unauthorised."""
    token = get_state(request).settings.admin_token
    if token is None:
        raise AdminOff
    expected = token.get_secret_value().encode()
    if credentials is None or not hmac.compare_digest(credentials.credentials.encode(), expected):
        raise Unauthorised
