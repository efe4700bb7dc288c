"""A function applied to many things by several processes, in order."""

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
"""Processes. One that encodes holds the model and torch, some 500 MB."""
_AHEAD = 2
"""Things for each process that are handed over before the first of them is done."""


def processes() -> int:
    """Return how many processes to start: one for each core that may be used, up to a limit."""
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return min(allowed or 1, MOST)


def spread(
    make: Callable[[], Callable[[Item], Result]], items: Sequence[Item], count: int
) -> Iterator[Result]:
    """Yield what a function gives for each thing, in order.

    Args:
        make: Called once in every process, where it returns the function; it has to be picklable.
        items: Handed over a few at a time.
        count: Of processes. They end with this one, however it ends.

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
"""In a process that was started here, its function; a pool has no other place to keep it."""


def _start(make: Callable[[], Callable[[Any], Any]]) -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    _made.append(make())


def _end_with(parent: Any) -> None:
    """End when the parent has: one that is killed says nothing, and this one would wait."""
    parent.join()
    os._exit(1)


def _apply(item: Any) -> Any:
    return _made[-1](item)
