"""Middleware in plain ASGI.

Outermost first: `RequestContext` adds an id, a log line and metrics; `SecurityHeaders` says what a
browser may do with the response; `RateLimit` refuses clients that ask too often; `BodyLimit` reads
the body within bounds.
"""

import asyncio
import ipaddress
import logging
import re
import time
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.errors import problem
from service.api.rate_limits import Limiter
from service.api.security_headers import API_HEADERS, HEADERS
from service.ops.observability import Metrics, request_id

MAX_BODY = 64 * 1024
"""A question of 1000 characters takes 12 kB at most, each written as an escaped pair."""
BODY_SECONDS = 10.0
"""A body that trickles in holds a connection; one packet a second is still in time."""
API = "/v1/"
ADMIN = "/admin/"
MCP = "/mcp"
KINDS = frozenset(
    {"answers", "ask", "content", "feedback", "index", "interactions", "questions", "suggest"}
)
"""First segments of the API's routes. Others are counted together, not each for itself."""
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

log = logging.getLogger("service.access")


class RequestContext:
    """An id, a log line and metrics for every request."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self._app = app
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, then count and log, also when the route failed."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        current = _usable_id(Headers(scope=scope).get("x-request-id"))
        scope.setdefault("state", {})["request_id"] = current
        token = request_id.set(current)
        status = LEFT
        started = time.perf_counter()

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)["X-Request-ID"] = current
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except BaseException:
            status = 500
            raise
        finally:
            self._record(scope, status, time.perf_counter() - started)
            request_id.reset(token)

    def _record(self, scope: Scope, status: int, seconds: float) -> None:
        # The path as declared: the real one, or its query, may hold what a visitor typed.
        route = getattr(scope.get("route"), "path", "unmatched")
        method = scope["method"] if scope["method"] in METHODS else "other"
        self._metrics.requests.labels(method=method, route=route, status=status).inc()
        self._metrics.seconds.labels(route=route).observe(seconds)
        milliseconds = round(seconds * 1000, 1)
        fields = {"method": method, "route": route, "status": status, "ms": milliseconds}
        log.info("%s %s %d %.1f ms", method, route, status, milliseconds, extra={"fields": fields})


LEFT = 499
"""In logs and metrics, as in nginx: the client left before there was an answer."""
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
"""Any other would be a metric label of the client's choosing."""


def _usable_id(sent: str | None) -> str:
    return sent if sent and _REQUEST_ID.fullmatch(sent) else str(uuid4())


class SecurityHeaders:
    """Adds strict headers to every response that does not set its own."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, adding what is missing."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = message.setdefault("headers", [])
                names = {name.lower() for name, _ in headers}
                missing = API_HEADERS if _is_api(scope) else HEADERS
                headers.extend(header for header in missing if header[0] not in names)
            await send(message)

        await self._app(scope, receive, send_with_headers)


class RateLimit:
    """Limits requests by client and kind of route; 429 with Retry-After past the limit."""

    def __init__(self, app: ASGIApp, limiter: Limiter, metrics: Metrics) -> None:
        self._app = app
        self._limiter = limiter
        self._metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            await self._limiter.close()
            return
        kind = _kind(scope)
        if kind is None:
            await self._app(scope, receive, send)
            return
        wait = await self._limiter.seconds_to_wait(client_of(scope), kind)
        if not wait:
            await self._app(scope, receive, send)
            return
        self._metrics.limited.inc()
        refusal = problem(429, headers={"Retry-After": str(wait)})
        await refusal(scope, receive, send)


def _kind(scope: Scope) -> str | None:
    """Return the kind of route that is limited; None for pages, files and metrics."""
    if scope["type"] != "http":
        return None
    path: str = scope["path"]
    if path == MCP:
        return "mcp"
    if path.startswith(API):
        kind = path.split("/", 3)[2]
        return kind if kind in KINDS else "other"
    if f"{path}/".startswith(ADMIN) and "authorization" in Headers(scope=scope):
        return "admin"  # a token that may be a guess; who is signed in by cookie is not counted
    return None


def _is_api(scope: Scope) -> bool:
    path: str = scope.get("path", "")
    return path == MCP or path.startswith(API)


def client_of(scope: Scope) -> str:
    """Return what identifies a client. An IPv6 host usually has a whole /64 to itself."""
    host = scope["client"][0] if scope.get("client") else "unknown"
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ipaddress.ip_network((address, 64), strict=False))


class BodyLimit:
    """Reads the body before the route runs: bounded in size and time, JSON only."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse the body with 408, 413 or 415."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(scope, receive)
        except TimeoutError:
            await problem(408)(scope, receive, send)
        except _TooLarge:
            await problem(413)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            app = self._app if _is_json(scope, body) else problem(415)
            await app(scope, _replay(body, receive), send)


class _TooLarge(Exception):
    """The body is longer than allowed."""


async def _read(scope: Scope, receive: Receive) -> bytes:
    announced = Headers(scope=scope).get("content-length", "0")
    if len(announced) > 12 or (announced.isdigit() and int(announced) > MAX_BODY):
        raise _TooLarge
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > MAX_BODY:
            raise _TooLarge
        if not message.get("more_body", False):
            return bytes(body)


def _is_json(scope: Scope, body: bytes) -> bool:
    kind = Headers(scope=scope).get("content-type", "").split(";")[0].strip().lower()
    # A form of the administrator's page, which proves where it comes from.
    is_form = kind == "application/x-www-form-urlencoded" and scope["path"].startswith(ADMIN)
    return not body or kind == "application/json" or is_form


def _replay(body: bytes, receive: Receive) -> Receive:
    is_replayed = False

    async def receive_again() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
