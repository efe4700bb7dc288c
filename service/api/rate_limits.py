"""Rate limits: how often one client may ask.

The sliding window counter is what `limits` has nearest to a token bucket: a client may spend its
whole rate at once, regains it gradually, and costs two numbers however often it asks.
"""

import math
import time
from typing import Protocol

from limits import parse
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter


class Limiter(Protocol):
    """Counts requests."""

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count one request of this client to this kind of route; 0 lets it pass."""

    async def close(self) -> None:
        """Close what is open."""


class MemoryLimiter:
    """Counts in this process, at a rate such as `10/minute`."""

    def __init__(self, rate: str) -> None:
        self._rate = parse(rate)
        self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count; never waits."""
        if self._strategy.hit(self._rate, client, kind):
            return 0
        return seconds_until(self._strategy.get_window_stats(self._rate, client, kind).reset_time)

    async def close(self) -> None:
        """Nothing is open."""


def seconds_until(moment: float) -> int:
    """Return the whole seconds until a moment, 1 at least."""
    return max(1, math.ceil(moment - time.time()))
