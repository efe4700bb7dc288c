"""A function mapped over many items by several processes, in order.

Not the pool of sentence-transformers (6.2): its workers run on after a build that is killed, each
with some 500 MB, and each of them encodes on as many threads as there are cores.
"""

import multiprocessing
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from typing import Any, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")

MOST = 8
"""Processes. One that encodes takes some 500 MB for the model and torch."""
_AHEAD = 2
"""Items queued for each process."""


def processes() -> int:
    """Return the number of processes to start: one for each available core, up to a limit."""
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return min(allowed or 1, MOST)


def spread(
    make: Callable[[], Callable[[Item], Result]], items: Sequence[Item], count: int
) -> Iterator[Result]:
    """Yield the result of a function for each item, in order.

    Args:
        make: Called once in every process to return the function; must be picklable.
        items: Handed over a few at a time.
        count: Number of processes. They end with this one, however it ends.

    """
    context = multiprocessing.get_context("spawn")  # a fork would copy the threads of torch badly
    pool = ProcessPoolExecutor(count, context, initializer=_start, initargs=(make,))
    waiting: deque[Future[Any]] = deque()
    try:
        for item in items:
            waiting.append(pool.submit(_apply, item))
            if len(waiting) > _AHEAD * count:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(cancel_futures=True)


_made: list[Callable[[Any], Any]] = []
"""The function of a worker process; a pool has no other place to keep it."""


def _start(make: Callable[[], Callable[[Any], Any]]) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _made.append(make())


def _end_with(parent: Any) -> None:
    """End with the parent: a killed one sends nothing, and this process would wait forever."""
    parent.join()
    os._exit(1)


def _apply(item: Any) -> Any:
    return _made[-1](item)
