"""Workers take connections by turns, so that none answers for most clients.

All workers listen on one socket. An event loop that finds connections waiting takes all of them: of
32 that came together one worker had 30, and most clients waited twice as long as need be. Here a
worker takes one and leaves the next to others. `SO_REUSEPORT` would deal them out by chance, and
drop those that wait for a worker that dies.

The only module that knows uvloop; uvicorn imports it by name where there are several workers.
"""

import asyncio
import logging
import socket
from asyncio import TimerHandle
from collections.abc import Callable
from typing import Any

import uvloop

TURN_SECONDS = 0.001
"""How long a worker leaves the next connection to others: the shortest time of a libuv timer."""
FULL_SECONDS = 1.0
"""How long it waits when the system gives it no further file."""

log = logging.getLogger(__name__)


class Loop(uvloop.Loop):
    """An event loop whose servers take connections by turns, on a socket that others share."""

    async def create_server(
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        *arguments: Any,
        sock: socket.socket | None = None,
        backlog: int = 100,
        **named: Any,
    ) -> Any:
        """Serve on a bound socket by turns; with addresses instead, as uvloop does."""
        if sock is None:
            return await super().create_server(
                protocol_factory, *arguments, backlog=backlog, **named
            )
        sock.setblocking(False)
        sock.listen(backlog)
        return Turns(self, protocol_factory, sock)


class Turns:
    """Takes one connection at a time from a listening socket, which stays its owner's.

    Of an `asyncio.Server` it has what uvicorn uses.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        sock: socket.socket,
    ) -> None:
        """Begin to take connections; the socket must listen and not block."""
        self._loop = loop
        self._factory = protocol_factory
        self._socket = sock
        self._pause: TimerHandle | None = None
        self._opening: set[asyncio.Task[Any]] = set()
        self._listen()

    def close(self) -> None:
        """Take no further connection; those that were taken go on."""
        if self._pause is not None:
            self._pause.cancel()
        self._loop.remove_reader(self._socket)

    async def wait_closed(self) -> None:
        """Wait until what was taken last is open."""
        if self._opening:
            await asyncio.wait(self._opening)

    def _listen(self) -> None:
        self._pause = None
        self._loop.add_reader(self._socket, self._take)

    def _take(self) -> None:
        try:
            taken, _ = self._socket.accept()
        except (BlockingIOError, InterruptedError, ConnectionAbortedError):
            return  # another worker was faster, or the client has left
        except OSError as error:
            log.warning("no connection can be taken: %s", error)
            self._rest(FULL_SECONDS)
            return
        opening = self._loop.create_task(self._open(taken))
        self._opening.add(opening)
        opening.add_done_callback(self._opening.discard)
        self._rest(TURN_SECONDS)

    async def _open(self, taken: socket.socket) -> None:
        try:
            taken.setblocking(False)
            taken.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            await self._loop.connect_accepted_socket(self._factory, taken)
        except OSError:  # the client left meanwhile
            taken.close()

    def _rest(self, seconds: float) -> None:
        self._loop.remove_reader(self._socket)
        self._pause = self._loop.call_later(seconds, self._listen)
