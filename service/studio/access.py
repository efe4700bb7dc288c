"""Who may do what in the studio."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from service.api.dependencies import SignedIn, bearer, require, signed_in
from service.api.people import Person, Role
from service.studio.studio import get_studio

__all__ = ["GuardedRoute", "Person", "Role", "SignedIn", "require"]


class GuardedRoute(APIRoute):
    """Authenticates a request before any of it is parsed."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler."""
        handle = super().get_route_handler()

        async def handle_known(request: Request) -> Response:
            get_studio(request)  # raises StudioOff, whoever asks
            await signed_in(request, await bearer(request))
            return await handle(request)

        return handle_known
