"""Where questions wait for a thread: so many, so long, and none whose client has left."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

from service.api.errors import ClientGone, Overloaded, TooLate

T = TypeVar("T")
Leaves = Callable[[], Awaitable[None]]
"""Returns when nobody waits for a result any more."""


class WaitingRoom:
    """Runs calls in threads, so many at once, in the order of their coming."""

    def __init__(self, at_once: int, most: int, seconds: float) -> None:
        """Take the bounds.

        Args:
            at_once: How many calls may run.
            most: How many may wait.
            seconds: How long a call may take, its waiting counted.

        """
        self._threads = ThreadPoolExecutor(at_once, "answers")
        self._at_once = at_once
        self._most = most
        self._seconds = seconds
        self._lock = threading.Lock()
        self._unfinished = 0

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return max(0, self._unfinished - self._at_once)

    async def run(self, call: Callable[[], T], leaves: Leaves | None = None) -> T:
        """Run a call, at once if a thread is free.

        A call whose time passes while it waits, or whose client leaves, is never begun. One that is
        under way cannot be stopped and keeps its thread to the end.

        Raises:
            Overloaded: Too many wait.
            TooLate: It took too long.
            ClientGone: It had to wait, and `leaves` returned.

        """
        if self.waiting >= self._most:
            raise Overloaded
        has_to_wait = self._unfinished >= self._at_once
        submitted = self._submit(call)
        result = asyncio.wrap_future(submitted)
        try:
            async with asyncio.timeout(self._seconds) as limit:
                if has_to_wait and leaves is not None:
                    await _until_done_or_left(result, leaves)
                return await result
        except TimeoutError:
            if limit.expired():
                raise TooLate from None
            raise
        finally:
            submitted.cancel()  # if it has not begun

    def close(self) -> None:
        """Begin no further call, and wait for none."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def _submit(self, call: Callable[[], T]) -> Future[T]:
        with self._lock:
            self._unfinished += 1
        submitted = self._threads.submit(copy_context().run, call)
        submitted.add_done_callback(self._end)
        return submitted

    def _end(self, _: "Future[T]") -> None:
        with self._lock:
            self._unfinished -= 1


async def _until_done_or_left(result: "asyncio.Future[T]", leaves: Leaves) -> None:
    leaving = asyncio.ensure_future(leaves())
    try:
        both: set[asyncio.Future[Any]] = {result, leaving}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
    finally:
        leaving.cancel()
    if not result.done():
        raise ClientGone
