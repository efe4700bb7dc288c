"""The pages of the studio as one."""

from fastapi import FastAPI, Request, Response

from service.studio.pages import ask_routes, content_routes, publish_routes
from service.studio.pages.visit import Elsewhere


def install(app: FastAPI) -> None:
    """Add the pages."""
    for router in (publish_routes.router, ask_routes.router, content_routes.router):
        app.include_router(router)
    app.add_exception_handler(Elsewhere, _on_elsewhere)


async def _on_elsewhere(_: Request, error: Exception) -> Response:
    assert isinstance(error, Elsewhere)  # noqa: S101 - Starlette passes what was registered
    return error.response
