"""ASGI routing by path prefix: passes a request to the site that its path names.

`/sites/KEY/v1/ask` becomes `/v1/ask` of the site KEY, with `/sites/KEY` as its root path: no route
knows of a prefix. Around each site lie layers of its own, so that origins, limits and figures are
its own. What belongs to no site is a few routes of the service itself.
"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.errors import problem, refusal_response
from service.api.rate_limits import Limiter
from service.extras.tenants.site_state import SiteLimiter
from service.extras.tenants.sites import PREFIX, Hosted, Sites, serving
from service.live.errors import NotReady
from service.middleware_stack import around, layers
from service.ops.observability import METRICS_TYPE
from service.web import pages

NO_SITE = "There is nothing at this address. The address of a site begins with /sites/ and its key."
NOT_OF_A_SITE = frozenset({"/metrics"})
"""Routes that would disclose other sites."""

Answer = Callable[[Request], Awaitable[Response]]


class SiteLayer:
    """The outermost layer of a service with several sites."""

    def __init__(self, app: ASGIApp, sites: Sites, limiter: Limiter | None) -> None:
        self._sites = sites
        root = _Root(app, sites)
        self._root = around(root, layers(sites.settings, sites.metrics, limiter))
        self._chains = {hosted.key: _chain(app, hosted, limiter) for hosted in sites}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve from the site that the path names, or from none."""
        if scope["type"] != "http" or not scope["path"].startswith(PREFIX):
            await self._root(scope, receive, send)
            return
        key, slash, rest = scope["path"].removeprefix(PREFIX).partition("/")
        hosted = self._sites.get(key)
        # A path within a site that begins like that of a site would lose its prefix twice.
        is_hidden = f"/{rest}" in NOT_OF_A_SITE or f"/{rest}".startswith(PREFIX)
        if hosted is None or not slash or is_hidden:
            await self._root(scope, receive, send)
            return
        scope.setdefault("state", {})  # so that an error outside finds the request's id there
        within = _within(scope, hosted, f"/{rest}")
        try:
            with serving(key):
                await self._chains[key](within, receive, send)
        finally:
            # For the trace, which lies around this layer.
            scope["site"] = key
            if "route" in within:
                scope["route"] = within["route"]


def _chain(app: ASGIApp, hosted: Hosted, limiter: Limiter | None) -> ASGIApp:
    own = SiteLimiter(limiter, hosted.key) if limiter else None
    return around(app, layers(hosted.settings, hosted.metrics, own))


def _within(scope: Scope, hosted: Hosted, path: str) -> Scope:
    """Return the scope as the site sees it."""
    return {
        **scope,
        "app": hosted.inside,
        "path": path,
        "raw_path": scope.get("raw_path", b"").removeprefix(hosted.address.encode()),
        "root_path": f"{scope.get('root_path', '')}{hosted.address}",
    }


class _Root:
    """Routes that belong to no site."""

    def __init__(self, app: ASGIApp, sites: Sites) -> None:
        self._app = app
        self._sites = sites
        self._routes: dict[str, Answer] = {
            "/healthz": self._alive,
            "/readyz": self._ready,
            "/metrics": self._metrics,
            "/.well-known/gpc.json": pages.privacy_control,
            "/.well-known/security.txt": pages.security_contact,
        }

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path, is_reading = scope["path"], scope["method"] in ("GET", "HEAD")
        key = path.removeprefix(PREFIX)
        if path.startswith(PREFIX) and is_reading and self._sites.get(key) is not None:
            # Without the slash, relative links of the page would leave the site.
            response: Response = RedirectResponse(f"{scope.get('root_path', '')}{path}/", 308)
        elif (answer := self._routes.get(path)) is None:
            response = problem(404, NO_SITE)
        elif is_reading:
            scope["route"] = _Named(path)
            response = await answer(Request(scope, receive))
        else:
            response = problem(405, headers={"Allow": "GET, HEAD"})
        await response(scope, receive, send)

    async def _alive(self, _: Request) -> Response:
        return JSONResponse({"status": "ok"})

    async def _ready(self, _: Request) -> Response:
        if not self._sites.are_ready:
            return refusal_response(NotReady)
        return JSONResponse({"status": "ready"})

    async def _metrics(self, _: Request) -> Response:
        self._sites.show_freshness()
        return Response(self._sites.metrics.render(), media_type=METRICS_TYPE)


class _Named:
    """A route under the name that the log and the metrics use."""

    def __init__(self, path: str) -> None:
        self.path = path
