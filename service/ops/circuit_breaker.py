"""What is left alone for a while after it failed, so that not every request waits for it."""

import logging
import time
from collections.abc import Callable

REDIS_SECONDS = 0.25
"""What a request may wait for Redis; it answers in less than a millisecond on a local network."""
RETRY_SECONDS = 2.0
"""How long Redis is left alone after a failure."""

log = logging.getLogger(__name__)


class Outage:
    """Whether something is down; tells the log when that begins and when it ends, once each."""

    def __init__(
        self,
        begins: str,
        ends: str,
        on_failure: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begins = begins
        self._ends = ends
        self._on_failure = on_failure
        self._clock = clock
        self._retry_at = 0.0
        self._is_down = False

    @property
    def is_left_alone(self) -> bool:
        """Whether it failed a moment ago."""
        return self._clock() < self._retry_at

    def failed(self, error: Exception) -> None:
        """Note a failure, and leave it alone from now on."""
        self._on_failure()
        self._retry_at = self._clock() + RETRY_SECONDS
        if not self._is_down:
            self._is_down = True
            log.error("%s: %r", self._begins, error)

    def worked(self) -> None:
        """Note that it works."""
        if self._is_down:
            self._is_down = False
            log.info("%s", self._ends)
