"""The pages of the studio as one."""

from fastapi import FastAPI, Request, Response

from service.studio.pages import ask_routes, content_routes, import_routes, publish_routes
from service.studio.pages.visit import Elsewhere


def install(app: FastAPI) -> None:
    """Add the pages."""
    for pages in (publish_routes, ask_routes, import_routes, content_routes):
        app.include_router(pages.router)
    app.add_exception_handler(Elsewhere, _on_elsewhere)


async def _on_elsewhere(_: Request, error: Exception) -> Response:
    assert isinstance(error, Elsewhere)  # noqa: S101 - Starlette passes what was registered
    return error.response
