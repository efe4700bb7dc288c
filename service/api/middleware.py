"""Middleware in plain ASGI.

Outermost first: `RequestContext` adds an id, a log line and metrics; `SecurityHeaders` says what a
browser may do with the response; `HostCheck` wants one Host header; `Cors` says who may ask from a
browser; `RateLimit` refuses clients that ask too often; `BodyLimit` reads the body within bounds.
"""

import asyncio
import ipaddress
import logging
import random
import re
import time
from collections.abc import Callable
from typing import TypeAlias
from uuid import UUID

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from service.api.errors import problem
from service.api.rate_limits import Limiter
from service.api.security_headers import API_HEADERS, HEADERS
from service.ops.observability import Metrics, request_id

MAX_BODY = 64 * 1024
"""A question of 1000 characters takes 12 kB at most, each written as an escaped pair."""
MAX_STUDIO_BODY = 4 * 1024 * 1024
"""A file to import, encoded, or a long text whose letters a form writes in six bytes each; only of
somebody known, since what one stranger may send counts for each connection."""
STUDIO = "/admin/content/"
BODY_SECONDS = 10.0
"""A body that trickles in holds a connection; one packet a second is still in time."""
REFUSED_SECONDS = 0.2
"""What a client past its rate waits for its refusal."""
API = "/v1/"
ADMIN = "/admin/"
MCP = "/mcp"
KINDS = frozenset(
    {
        "answers",
        "ask",
        "clicks",
        "content",
        "feedback",
        "index",
        "interactions",
        "questions",
        "suggest",
    }
)
"""First segments of the API's routes. Others are counted together, not each for itself."""
ONE_HOST = "Send one Host header, with the name of the server alone."
NOT_ALLOWED = (
    "Pages of this origin may not send such a request. The operator of the service can list the "
    "origin in FAQ_ALLOWED_ORIGINS; the methods and headers of the API are fixed."
)
NOT_ENCODED = "Send the body as it is, without a Content-Encoding."
_HOST = re.compile(rb"(?:[A-Za-z0-9._~%!$&'()*+,;=-]+|\[[0-9A-Fa-f:.]+\])(?::\d{1,5})?")
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
    if sent and _REQUEST_ID.fullmatch(sent):
        return sent
    # No secret; asking the system for each would let another thread have the interpreter.
    return str(UUID(int=random.getrandbits(128), version=4))


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


class HostCheck:
    """Refuses a request without exactly one Host header that can be one, as RFC 9112 (3.2) asks."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse with 400."""
        is_fine = scope["type"] != "http" or _has_one_host(scope)
        await (self._app if is_fine else problem(400, ONE_HOST))(scope, receive, send)


def _has_one_host(scope: Scope) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    if not hosts:
        return scope.get("http_version") == "1.0"  # which may do without
    return len(hosts) == 1 and _HOST.fullmatch(hosts[0]) is not None


class Cors(CORSMiddleware):
    """Starlette's, with refusals in the one envelope."""

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer whether a browser may send what it asks about."""
        response = super().preflight_response(request_headers)
        if response.status_code < 400:
            return response
        kept = {name: text for name, text in response.headers.items() if name[:8] != "content-"}
        return problem(response.status_code, NOT_ALLOWED, kept)


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
        # A client that asks again at once, over many connections, would keep the event loop busy;
        # refusals at the same moment would come back as one burst.
        await asyncio.sleep(REFUSED_SECONDS * random.uniform(0.5, 1.5))  # noqa: S311 - no secret
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


IsKnown: TypeAlias = Callable[[Scope], bool]
"""Whether a request comes from somebody who may edit content."""


class BodyLimit:
    """Reads the body before the route runs: bounded in size and time, JSON only."""

    def __init__(self, app: ASGIApp, is_known: IsKnown = lambda _: False) -> None:
        self._app = app
        self._is_known = is_known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve, or refuse the body with 408, 413 or 415."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD", "OPTIONS"):
            await self._app(scope, receive, send)
            return
        try:
            async with asyncio.timeout(BODY_SECONDS):
                body = await _read(scope, receive, self._is_known)
        except TimeoutError:
            await problem(408)(scope, receive, send)
        except _TooLarge:
            await problem(413)(scope, receive, send)
        except ClientDisconnect:
            return
        else:
            app = _refusal(scope, body) or self._app
            await app(scope, _replay(body, receive), send)


class _TooLarge(Exception):
    """The body is longer than allowed."""


async def _read(scope: Scope, receive: Receive, is_known: IsKnown) -> bytes:
    is_large = scope["path"].startswith(STUDIO) and is_known(scope)
    most = MAX_STUDIO_BODY if is_large else MAX_BODY
    announced = Headers(scope=scope).get("content-length", "0")
    if len(announced) > 12 or (announced.isdigit() and int(announced) > most):
        raise _TooLarge
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        if len(body) > most:
            raise _TooLarge
        if not message.get("more_body", False):
            return bytes(body)


def _refusal(scope: Scope, body: bytes) -> Response | None:
    """Return what a body is refused with: only JSON in UTF-8 is read, as it stands."""
    headers = Headers(scope=scope)
    encodings = {
        encoding.strip().lower()
        for name in ("content-encoding", "transfer-encoding")
        for encoding in headers.getlist(name)
    }
    if not encodings <= {"identity", "chunked"}:
        return problem(415, NOT_ENCODED, {"Accept-Encoding": "identity"})
    if not body:
        return None
    kinds = headers.getlist("content-type")
    if len(kinds) != 1 or not _is_readable(kinds[0].lower(), scope["path"]):
        return problem(415)
    # A mark of the byte order, or another width of characters, which Python's reader would guess.
    if body.startswith(b"\xef\xbb\xbf") or b"\0" in body or not _is_utf8(body):
        return problem(400)
    return None


def _is_readable(content_type: str, path: str) -> bool:
    kind, *parameters = (part.strip() for part in content_type.split(";"))
    # A form of the administrator's page, which proves where it comes from.
    is_form = kind == "application/x-www-form-urlencoded" and path.startswith(ADMIN)
    charsets = {part[8:].strip('"') for part in parameters if part.startswith("charset=")}
    return (kind == "application/json" or is_form) and charsets <= {"utf-8", "utf8"}


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _replay(body: bytes, receive: Receive) -> Receive:
    is_replayed = False

    async def receive_again() -> Message:
        nonlocal is_replayed
        if is_replayed:
            return await receive()
        is_replayed = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
