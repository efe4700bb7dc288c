"""How often one client may ask; the only module that imports limits.

The sliding window counter is what `limits` has nearest to a token bucket: a client may spend all it
has at once, gets it back little by little, and costs two numbers, however often it asks.
"""

import hashlib
import math
import time
from collections.abc import Callable
from typing import Protocol, cast

from anyio import fail_after
from limits import RateLimitItem, aio, parse
from limits.aio.storage import RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge
from limits.errors import ConfigurationError
from limits.storage import MemoryStorage
from limits.strategies import SlidingWindowCounterRateLimiter

from service.ops.circuit_breaker import REDIS_SECONDS, Outage
from service.ops.observability import Metrics
from service.settings import Settings, SettingsError


class Limiter(Protocol):
    """Counts requests."""

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count one request of this client to this kind of route; 0 lets it pass."""

    async def close(self) -> None:
        """Let go of what is open."""


class MemoryLimiter:
    """Counts in this process."""

    def __init__(self, rate: RateLimitItem) -> None:
        self._rate = rate
        self._strategy = SlidingWindowCounterRateLimiter(MemoryStorage())

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count; never waits."""
        if self._strategy.hit(self._rate, client, kind):
            return 0
        return _seconds_until(self._strategy.get_window_stats(self._rate, client, kind).reset_time)

    async def close(self) -> None:
        """Nothing is open."""


class RedisLimiter:
    """Counts in Redis, for all workers and machines; in `spare` while Redis does not answer."""

    def __init__(
        self,
        rate: RateLimitItem,
        url: str,
        spare: Limiter,
        on_failure: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._rate = rate
        self._secret = hashlib.sha256(url.encode()).digest()
        self._spare = spare
        self._outage = Outage(
            "limits: counted by each worker for itself, as Redis fails",
            "limits: counted in Redis again",
            on_failure,
            clock,
        )
        self._storage = storage = RedisStorage(f"async+{url}", implementation="redispy")
        faults = storage.base_exceptions
        self._faults: tuple[type[Exception], ...] = (
            *(faults if isinstance(faults, tuple) else (faults,)),
            OSError,
        )
        self._strategy = aio.strategies.SlidingWindowCounterRateLimiter(storage)

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count; waits for a moment at most, and never raises."""
        if self._outage.is_left_alone:
            return await self._spare.seconds_to_wait(client, kind)
        try:
            with fail_after(REDIS_SECONDS):
                wait = await self._count(self._digest(client), kind)
        except self._faults as error:
            self._outage.failed(error)
            return await self._spare.seconds_to_wait(client, kind)
        self._outage.worked()
        return wait

    async def close(self) -> None:
        """Let go of the connections."""
        await cast(RedispyBridge, self._storage.bridge).storage.aclose()

    async def _count(self, client: str, kind: str) -> int:
        if await self._strategy.hit(self._rate, client, kind):
            return 0
        stats = await self._strategy.get_window_stats(self._rate, client, kind)
        return _seconds_until(stats.reset_time)

    def _digest(self, client: str) -> str:
        # Redis may write its keys to a disk, where no address of a visitor belongs.
        return hashlib.blake2b(client.encode(), key=self._secret, digest_size=16).hexdigest()


def memory_limiter(rate: str) -> Limiter:
    """Make one that counts in this process alone, at a rate such as `10/minute`."""
    return MemoryLimiter(parse(rate))


def make_limiter(settings: Settings, metrics: Metrics) -> Limiter:
    """Make what the settings ask for. Raises SettingsError if a package for it is missing."""
    rate = parse(settings.rate_limit)
    memory = MemoryLimiter(rate)
    url = settings.rate_limit_storage.get_secret_value()
    if url == "memory":
        return memory
    try:
        return RedisLimiter(rate, url, memory, metrics.limits_failed.inc)
    except ConfigurationError:
        raise SettingsError(
            "FAQ_RATE_LIMIT_STORAGE: Redis needs a package: pip install 'careers-faq[redis]'"
        ) from None


def _seconds_until(moment: float) -> int:
    return max(1, math.ceil(moment - time.time()))
