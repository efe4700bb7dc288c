"""Who may do what in the studio."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from enum import IntEnum
from typing import Annotated, Any

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from fastapi.security import HTTPAuthorizationCredentials

from service.api.dependencies import bearer, require_admin


class Role(IntEnum):
    """What somebody may do; each may do what those before it may."""

    VIEWER = 1
    EDITOR = 2
    PUBLISHER = 3
    ADMINISTRATOR = 4


@dataclass(frozen=True, slots=True)
class Person:
    """Who is at work."""

    name: str
    role: Role


async def signed_in(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)],
) -> Person:
    """Return who sends a request. Raises AdminOff or Unauthorised."""
    await require_admin(request, credentials)
    return Person("administrator", Role.ADMINISTRATOR)


class GuardedRoute(APIRoute):
    """Asks who sends a request before anything of it is parsed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def handle_known(request: Request) -> Response:
            await signed_in(request, await bearer(request))
            return await handle(request)

        return handle_known
