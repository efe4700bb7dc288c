"""Where the time of one question goes."""

import time
from collections.abc import Callable

from index.datatypes import Stage


class Stopwatch:
    """Cuts the time since it was made into stages, without a gap. Belongs to one thread."""

    def __init__(self, clock: Callable[[], float] = time.perf_counter) -> None:
        self._clock = clock
        self._mark = clock()
        self._stages: list[Stage] = []

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What was cut so far, in order; a stage that came twice stands there twice."""
        return tuple(self._stages)

    def lap(self, name: str) -> None:
        """End a stage, which began where the one before ended."""
        now = self._clock()
        self._stages.append(Stage(name, self._mark, now - self._mark))
        self._mark = now
