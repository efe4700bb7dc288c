"""Stopwatch: how long each stage of a question takes."""

import time
from collections.abc import Callable

from index.datatypes import Stage


class Stopwatch:
    """Divides time into consecutive stages. For one thread."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._mark = clock()
        self._stages: list[Stage] = []

    @property
    def stages(self) -> tuple[Stage, ...]:
        """Stages so far, in order; a stage that was repeated is listed twice."""
        return tuple(self._stages)

    def lap(self, name: str) -> None:
        """End a stage, which began when the one before ended."""
        now = self._clock()
        self._stages.append(Stage(name, self._mark, now - self._mark))
        self._mark = now
