"""Bounded admission queue for CPU-bound work: limits length and wait, drops clients that left.

`anyio.CapacityLimiter` with a deadline is no shorter here: it frees a place when the caller gives
up, although the thread works on, so a slow minute would put more calls to work than there are
cores.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeAlias, TypeVar

from service.answering.errors import ClientGone, Overloaded, TooLate

T = TypeVar("T")
Disconnected: TypeAlias = Callable[[], Awaitable[None]]
"""Returns when the client has left."""


class AdmissionQueue:
    """Runs calls in threads, a few at a time, first come first served."""

    def __init__(self, threads: int, max_waiting: int, seconds: float) -> None:
        """Start no thread yet.

        Args:
            threads: How many calls may run at the same time.
            max_waiting: How many more may wait.
            seconds: How long a call may take, its waiting included.

        """
        self._executor = ThreadPoolExecutor(threads, "answers")
        self._threads = threads
        self._max_waiting = max_waiting
        self._seconds = seconds
        self._lock = threading.Lock()
        self._unfinished = 0

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return max(0, self._unfinished - self._threads)

    async def run(self, call: Callable[[], T], disconnected: Disconnected | None = None) -> T:
        """Run a call, at once if a thread is free.

        A call whose deadline passes while it waits, or whose client leaves, is never begun. One
        that has begun cannot be stopped and keeps its thread to the end.

        Raises:
            Overloaded: Too many wait.
            TooLate: The deadline has passed.
            ClientGone: It had to wait, and `disconnected` returned.

        """
        if self.waiting >= self._max_waiting:
            raise Overloaded
        has_to_wait = self._unfinished >= self._threads
        submitted = self._submit(call)
        result = asyncio.wrap_future(submitted)
        try:
            async with asyncio.timeout(self._seconds) as deadline:
                if has_to_wait and disconnected is not None:
                    await _done_or_disconnected(result, disconnected)
                return await result
        except TimeoutError:
            if deadline.expired():
                raise TooLate from None
            raise
        finally:
            submitted.cancel()  # if it has not begun

    def close(self) -> None:
        """Begin no further call, and wait for none."""
        self._executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, call: Callable[[], T]) -> Future[T]:
        with self._lock:
            self._unfinished += 1
        submitted = self._executor.submit(copy_context().run, call)
        submitted.add_done_callback(self._finish)
        return submitted

    def _finish(self, _: "Future[T]") -> None:
        with self._lock:
            self._unfinished -= 1


async def _done_or_disconnected(result: "asyncio.Future[T]", disconnected: Disconnected) -> None:
    watching = asyncio.ensure_future(disconnected())
    try:
        either: set[asyncio.Future[Any]] = {result, watching}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        watching.cancel()
    if not result.done():
        raise ClientGone
