"""Limits connections in time, size and number; the only module that knows uvicorn's protocol.

Uvicorn closes a connection that is idle after a response. But it waits for ever for the head of a
first request, for a head of any length, for the rest of a refused body, and for a client that does
not read its response. A proxy in front may bound these too; a service on its own must.
"""

import asyncio
import logging
from asyncio import TimerHandle
from typing import Any, ClassVar

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from service.api.errors import problem
from service.api.security_headers import SECURITY_HEADERS

HEAD_SECONDS = 10.0
"""From the opening of a connection, or the first byte of a later request, to its last header."""
HEAD_BYTES = 32 * 1024
"""Address and headers: what nginx accepts by default (four buffers of 8 KiB)."""
_SEPARATORS = len(b": \r\n")
"""Of each header; thousands of empty ones count, too."""
_REQUEST_LINE = len(b"GET  HTTP/1.1\r\n")
TAKE_SECONDS = 30.0
"""For a client to read what was written; 64 KiB in that time is slower than any phone."""
LINGER_SECONDS = 5.0
"""A refused body is read and dropped meanwhile, so that the client reads the refusal."""
MAX_CONNECTIONS = 900
"""Of one process: with the files of the index, fewer than the usual limit of 1024 open files."""
QUIET_SECONDS = 60.0

log = logging.getLogger(__name__)


class Connection(HttpToolsProtocol):
    """A client's connection with a time limit on everything it waits for."""

    _next_word: ClassVar[float] = 0.0
    """When, on the loop's clock, too many connections may be logged next."""

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        self._watch: TimerHandle | None = None
        self._head_bytes = 0
        self._is_in_head = False
        self._refusal = 400

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Accept the connection, or refuse one too many."""
        super().connection_made(transport)
        if len(self.connections) > MAX_CONNECTIONS:
            self._report_too_many()
            self._refuse(503, "Too many connections. Try again in a moment.")
        else:
            self._allow(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._stop_watch()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Parse the data, unless the head is too large."""
        if self.transport.is_closing():
            return
        was_in_head = self._is_in_head
        super().data_received(data)
        if was_in_head and self._is_in_head:
            self._head_bytes += len(data)
            if self._head_bytes > HEAD_BYTES:
                self._refuse(431)
        if self._is_waiting and self._watch is None:
            self._allow(HEAD_SECONDS)

    def on_message_begin(self) -> None:
        """Start to count the bytes of a head."""
        self._is_in_head = True
        self._head_bytes = _REQUEST_LINE
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """Count a part of the address."""
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """Count a header; one that follows a chunked body is dropped, as it may be forged.

        A proxy that writes X-Forwarded-For need not do so there.
        """
        self._count(len(name) + len(value) + _SEPARATORS)
        if self._is_in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """Pass the request to the app, whose own limits apply from here."""
        self._is_in_head = False
        # Behind a trusted proxy `client` becomes the visitor; who is connected stays known here.
        self.scope["state"]["peer"] = self.client[0] if self.client else None
        # A client that does not read its responses may send the next request all the same.
        if not self.flow.write_paused:
            self._stop_watch()
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        """Wait for the next request, but not for ever for the rest of this one."""
        super().on_response_complete()
        if self.transport.is_closing():
            self._allow(TAKE_SECONDS)
        elif self.cycle.response_complete and self.cycle.more_body:
            self._allow(LINGER_SECONDS)

    def pause_writing(self) -> None:
        """Wait for the client to read what it was sent."""
        super().pause_writing()
        self._allow(TAKE_SECONDS)

    def resume_writing(self) -> None:
        """Continue: the client reads its response."""
        self._stop_watch()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        """Close an idle connection, also if the client has not read its last response."""
        self.transport.abort()

    def send_400_response(self, msg: str) -> None:
        """Refuse what the parser stopped at, in the one envelope."""
        self._refuse(self._refusal)

    @property
    def _is_waiting(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    def _count(self, size: int) -> None:
        self._head_bytes += size
        if self._head_bytes > HEAD_BYTES:
            self._refusal = 431
            raise _HeadTooLarge

    def _refuse(self, status: int, detail: str | None = None) -> None:
        headers = {**SECURITY_HEADERS, "Connection": "close"}
        if status == 503:
            headers["Retry-After"] = "1"
        response = problem(status, detail, headers)
        lines = [name + b": " + value + b"\r\n" for name, value in response.raw_headers]
        self.transport.write(b"".join([STATUS_LINE[status], *lines, b"\r\n", response.body]))
        self.transport.close()
        self._allow(TAKE_SECONDS)

    def _report_too_many(self) -> None:
        now = self.loop.time()
        if now >= Connection._next_word:
            Connection._next_word = now + QUIET_SECONDS
            log.warning("more than %d connections: further ones get 503", MAX_CONNECTIONS)

    def _allow(self, seconds: float) -> None:
        """Abort the connection after this many seconds, unless something happens first."""
        self._stop_watch()
        self._watch = self.loop.call_later(seconds, self.transport.abort)

    def _stop_watch(self) -> None:
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None


class _HeadTooLarge(Exception):
    """Stops the parser, which reports it as a fault of the request."""
