"""Rate limits: how often one client may ask.

The sliding window counter is what `limits` has nearest to a token bucket: a client may spend its
whole rate at once, regains it gradually, and costs two numbers however often it asks.
"""

import math
import time
from typing import Protocol

from limits import RateLimitItem, parse
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.ops.observability import Metrics
from service.settings import Settings, SettingsError


class Limiter(Protocol):
    """Counts requests."""

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count one request of this client to this kind of route; 0 lets it pass."""

    async def close(self) -> None:
        """Close what is open."""


class MemoryLimiter:
    """Counts in this process."""

    def __init__(self, rate: RateLimitItem) -> None:
        self._rate = rate
        self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count; never waits."""
        if self._strategy.hit(self._rate, client, kind):
            return 0
        return seconds_until(self._strategy.get_window_stats(self._rate, client, kind).reset_time)

    async def close(self) -> None:
        """Nothing is open."""


def memory_limiter(rate: str) -> Limiter:
    """Return one that counts in this process alone, at a rate such as `10/minute`."""
    return MemoryLimiter(parse(rate))


def make_limiter(settings: Settings, metrics: Metrics) -> Limiter:
    """Return what the settings ask for. Raises SettingsError if a package for it is missing."""
    rate = parse(settings.rate_limit)
    memory = MemoryLimiter(rate)
    url = settings.rate_limit_storage.get_secret_value()
    if url == "memory":
        return memory
    try:
        from service.api.redis_limiter import RedisLimiter

        return RedisLimiter(rate, url, memory, metrics.limits_failed.inc)
    except (ConfigurationError, ImportError):
        raise SettingsError(
            "FAQ_RATE_LIMIT_STORAGE: Redis needs a package: pip install 'careers-faq[redis]'"
        ) from None


def seconds_until(moment: float) -> int:
    """Return the whole seconds until a moment, 1 at least."""
    return max(1, math.ceil(moment - time.time()))
