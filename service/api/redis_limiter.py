"""Rate limits counted in Redis, for all workers and machines; needs the extra `redis`."""

import hashlib
import logging
from collections.abc import Callable
from typing import Any, cast

import pybreaker
from anyio import fail_after
from limits import aio, parse
from limits.aio.storage import RedisStorage
from limits.aio.storage.redis.redispy import RedispyBridge

from service.api.rate_limits import Limiter, seconds_until

REDIS_SECONDS = 0.25
"""What a request may wait for Redis; it answers in less than a millisecond on a local network."""
RETRY_SECONDS = 2.0
"""How long Redis is not asked after a failure."""

log = logging.getLogger(__name__)


class RedisLimiter:
    """Counts in Redis; with `fallback` while Redis does not answer."""

    def __init__(
        self,
        rate: str,
        url: str,
        fallback: Limiter,
        on_failure: Callable[[], None],
        retry_seconds: float = RETRY_SECONDS,
    ) -> None:
        self._rate = parse(rate)
        self._secret = hashlib.sha256(url.encode()).digest()
        self._fallback = fallback
        self._on_failure = on_failure
        self._breaker = pybreaker.CircuitBreaker(
            1, retry_seconds, listeners=[_Log()], throw_new_error_on_trip=False
        )
        self._storage = RedisStorage(f"async+{url}", implementation="redispy")
        faults = self._storage.base_exceptions
        self._faults: tuple[type[Exception], ...] = (
            *(faults if isinstance(faults, tuple) else (faults,)),
            OSError,
        )
        self._strategy = aio.strategies.SlidingWindowCounterRateLimiter(self._storage)

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count; waits for a moment at most, and never raises."""
        try:
            with self._breaker.calling(), fail_after(REDIS_SECONDS):
                return await self._count(self._digest(client), kind)
        except pybreaker.CircuitBreakerError:
            pass
        except self._faults:
            self._on_failure()
        return await self._fallback.seconds_to_wait(client, kind)

    async def close(self) -> None:
        """Close the connections."""
        await cast(RedispyBridge, self._storage.bridge).storage.aclose()

    async def _count(self, client: str, kind: str) -> int:
        if await self._strategy.hit(self._rate, client, kind):
            return 0
        stats = await self._strategy.get_window_stats(self._rate, client, kind)
        return seconds_until(stats.reset_time)

    def _digest(self, client: str) -> str:
        # Redis may write its keys to a disk, where no address of a visitor belongs.
        return hashlib.blake2b(client.encode(), key=self._secret, digest_size=16).hexdigest()


class _Log(pybreaker.CircuitBreakerListener):
    """Logs once when Redis fails, and once when it is back."""

    _is_down = False

    def failure(self, cb: pybreaker.CircuitBreaker, exc: BaseException) -> None:
        if not self._is_down:
            log.error("limits: counted by each worker for itself, as Redis fails: %r", exc)
        self._is_down = True

    def success(self, cb: Any) -> None:
        if self._is_down:
            log.info("limits: counted in Redis again")
        self._is_down = False
