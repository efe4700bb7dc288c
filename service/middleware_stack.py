"""The middleware around the routes, in order."""

from collections.abc import Iterable

from starlette.middleware import Middleware
from starlette.types import ASGIApp

from service.api.middleware import (
    BodyLimit,
    Cors,
    HostCheck,
    RateLimit,
    RequestContext,
    SecurityHeaders,
)
from service.api.rate_limits import Limiter
from service.ops.observability import Metrics
from service.settings import Settings, Switch
from service.web.admin_access import is_known

DAY_IN_SECONDS = 86_400
AGENT_HEADERS = ("MCP-Protocol-Version", "Mcp-Method", "Mcp-Name")
"""What an agent that runs in a browser sends to `/mcp`."""


def layers(settings: Settings, metrics: Metrics, limiter: Limiter | None) -> list[Middleware]:
    """Return the middleware, innermost first; without a limiter there is no rate limit."""
    with_agents = settings.mcp is Switch.ON
    limit = [Middleware(RateLimit, limiter=limiter, metrics=metrics)] if limiter else []
    return [
        Middleware(BodyLimit, is_known=is_known),
        *limit,
        Middleware(
            Cors,
            allow_origins=settings.allowed_origins,
            allow_methods=["GET", "POST", "DELETE"],
            allow_headers=[
                "Content-Type",
                "X-Request-ID",
                *(AGENT_HEADERS if with_agents else ()),
            ],
            expose_headers=["Retry-After", "X-Request-ID"],
            max_age=DAY_IN_SECONDS,
        ),
        Middleware(HostCheck),
        Middleware(SecurityHeaders),
        Middleware(RequestContext, metrics=metrics),
    ]


def around(app: ASGIApp, layers_: Iterable[Middleware]) -> ASGIApp:
    """Wrap an app in middleware, innermost first."""
    for layer in layers_:
        app = layer.cls(app, *layer.args, **layer.kwargs)
    return app
