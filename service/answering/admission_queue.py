"""Bounded, fair admission queue for CPU-bound work: limits length and wait, by client and in all.

Clients take turns: whoever waits with one question goes before the second question of another. One
client may fill half of the queue, and whoever left or waited too long is never served. A thread may
be kept for others, however much one client asks, and then what it asks besides its first question
runs at a lower priority.

`anyio.CapacityLimiter` with a deadline is no shorter here: it frees a place when the caller gives
up, although the thread works on, so a slow minute would put more calls to work than there are
cores.
"""

import asyncio
import os
import sys
import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from contextvars import copy_context
from functools import partial
from typing import Any, TypeAlias, TypeVar

from service.answering.errors import ClientGone, Overloaded, TooLate

T = TypeVar("T")
Disconnected: TypeAlias = Callable[[], Awaitable[None]]
"""Returns when the client has left."""
SHARE = 2
"""One client may fill this fraction of the queue: a school behind one address asks at once."""
NICENESS = 10
"""Of what a client asks besides its first question: a tenth of a core where others want it."""
_Waiting: TypeAlias = tuple[Future[Any], Callable[[], Any]]


class AdmissionQueue:
    """Runs calls in threads, a few at a time; clients take turns, each in the order it came."""

    def __init__(
        self, threads: int, max_waiting: int, seconds: float, *, kept_for_others: int = 0
    ) -> None:
        """Start no thread yet.

        Args:
            threads: How many calls may run at the same time.
            max_waiting: How many more may wait.
            seconds: How long a call may take, its waiting included.
            kept_for_others: Threads, if there are more, that no client may take beside the rest; 0
                lets one client have all there is, at the priority of any other.

        """
        self._first = ThreadPoolExecutor(threads, "answers")
        self._further = (
            ThreadPoolExecutor(threads, "answers-further", initializer=_lower_priority)
            if kept_for_others
            else self._first
        )
        self._threads = threads
        self._max_waiting = max_waiting
        self._most_of_one = threads + max(1, max_waiting // SHARE)
        self._most_run_of_one = max(1, threads - kept_for_others)
        self._seconds = seconds
        self._lock = threading.Lock()
        self._turns: dict[str, deque[_Waiting]] = {}
        """What waits, by client; whose turn it is stands first."""
        self._unfinished: Counter[str] = Counter()
        """Calls that wait or run, by client."""
        self._running: Counter[str] = Counter()
        self._all = self._all_running = 0

    @property
    def waiting(self) -> int:
        """How many calls wait."""
        return max(0, self._all - self._all_running)

    async def run(
        self,
        call: Callable[[], T],
        disconnected: Disconnected | None = None,
        client: str = "",
    ) -> T:
        """Run a call, at once if a thread is free.

        A call whose deadline passes while it waits, or whose client leaves, is never begun. One
        that has begun cannot be stopped and keeps its thread to the end.

        Raises:
            Overloaded: Too many wait, or too many of this client.
            TooLate: The deadline has passed.
            ClientGone: It had to wait, and `disconnected` returned.

        """
        if self.waiting >= self._max_waiting or self._unfinished[client] >= self._most_of_one:
            raise Overloaded
        submitted = self._submit(call, client)
        has_to_wait = not (submitted.running() or submitted.done())
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
        for result, _ in [one for own in self._turns.values() for one in own]:
            result.cancel()
        for executor in (self._first, self._further):
            executor.shutdown(wait=False, cancel_futures=True)

    def _submit(self, call: Callable[[], T], client: str) -> Future[T]:
        submitted: Future[T] = Future()
        with self._lock:
            self._unfinished[client] += 1
            self._all += 1
            own = self._turns.setdefault(client, deque())
            own.append((submitted, partial(copy_context().run, call)))
        submitted.add_done_callback(lambda _: self._finish(client))
        self._begin()
        return submitted

    def _begin(self) -> None:
        """Begin the calls whose turn it is, as long as threads are free for their clients."""
        with self._lock:
            while self._all_running < self._threads:
                free = (one for one in self._turns if self._running[one] < self._most_run_of_one)
                client = next(free, None)
                if client is None:
                    return
                own = self._turns.pop(client)
                result, call = own.popleft()
                if own:
                    self._turns[client] = own
                if result.set_running_or_notify_cancel():
                    self._running[client] += 1
                    self._all_running += 1
                    executor = self._first if self._unfinished[client] == 1 else self._further
                    executor.submit(self._run, client, result, call)

    def _run(self, client: str, result: Future[Any], call: Callable[[], Any]) -> None:
        try:
            value = call()
        except BaseException as error:  # noqa: BLE001 - it is raised where the call is awaited
            self._free(client)
            result.set_exception(error)
        else:
            self._free(client)
            result.set_result(value)
        self._begin()

    def _free(self, client: str) -> None:
        with self._lock:
            self._all_running -= 1
            self._running[client] -= 1
            if not self._running[client]:
                del self._running[client]

    def _finish(self, client: str) -> None:
        with self._lock:
            self._all -= 1
            self._unfinished[client] -= 1
            if not self._unfinished[client]:
                del self._unfinished[client]


def _lower_priority() -> None:
    """Let others go first: on Linux each thread has a niceness of its own."""
    if sys.platform == "linux":
        with suppress(OSError):  # a sandbox may forbid it
            os.nice(NICENESS)


async def _done_or_disconnected(result: "asyncio.Future[T]", disconnected: Disconnected) -> None:
    watching = asyncio.ensure_future(disconnected())
    try:
        either: set[asyncio.Future[Any]] = {result, watching}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    finally:
        watching.cancel()
    if not result.done():
        raise ClientGone
