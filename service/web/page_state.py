"""State of the pages, made at start-up."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from fastapi import Request

from service.web.dashboard import Dashboard
from service.web.widget_bundle import Bundle, load_bundle


@dataclass(frozen=True, slots=True)
class PageState:
    """What the pages of one site share."""

    dashboard: Dashboard
    widget: Callable[[], Bundle] = load_bundle
    """Returns the script of the widget."""


def get_page_state(request: Request) -> PageState:
    """Return the state that `service.app` put there at start-up."""
    return cast(PageState, request.app.state.page_state)
