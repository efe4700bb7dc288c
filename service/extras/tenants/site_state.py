"""What one site among many has for itself of parts that all of them share."""

from collections.abc import Callable
from copy import copy
from typing import Any, TypeVar

from prometheus_client import Counter, Gauge
from prometheus_client.metrics import MetricWrapperBase

from index.versions.publication_history import PublishedVersion
from service.answering.admission_queue import AdmissionQueue, Disconnected
from service.answering.errors import Overloaded
from service.api.rate_limits import Limiter
from service.live.live_index import LiveIndex
from service.ops.observability import Metrics

T = TypeVar("T")
BY_SITE = frozenset(
    {
        *("requests", "outcomes", "feedback", "limited", "overloaded", "late", "remembered"),
        *("behind", "partial", "index_reloads", "index_info", "index_age_seconds", "index_units"),
        "answers_due",
    }
)
"""Metrics that say of which site they are. Times do not: each has 13 figures or more."""
SHARE = 2
"""One site may have every second place at most where questions wait, so that none takes all."""


class SiteIndex(LiveIndex):
    """An index that is looked at in turn with those of other sites."""

    async def catch_up(self, seen: PublishedVersion) -> None:
        """Look at once, then wait as any index does."""
        if self.version.is_behind(seen):
            await self.look()
        await super().catch_up(seen)


class SiteLimiter:
    """Counts the requests to one site."""

    def __init__(self, limiter: Limiter, site: str) -> None:
        self._limiter = limiter
        self._site = site

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count one request of this client to this kind of route; 0 lets it pass."""
        return await self._limiter.seconds_to_wait(f"{self._site}/{client}", kind)

    async def close(self) -> None:
        """Leave it open for the others."""


class SiteQueue(AdmissionQueue):
    """The share of one site in the admission queue of all."""

    def __init__(self, queue: AdmissionQueue, max_waiting: int) -> None:
        self._queue = queue
        self._places = max(1, max_waiting // SHARE)
        self._taken = 0

    @property
    def waiting(self) -> int:
        """How many calls of all sites wait."""
        return self._queue.waiting

    async def run(self, call: Callable[[], T], disconnected: Disconnected | None = None) -> T:
        """Run a call in the queue of all. Raises Overloaded also when this site fills its share."""
        if self._taken >= self._places and self._queue.waiting:
            raise Overloaded
        self._taken += 1
        try:
            return await self._queue.run(call, disconnected)
        finally:
            self._taken -= 1

    def close(self) -> None:
        """Leave it open for the others."""


class MetricsBySite(Metrics):
    """The figures of one process, by site; those of the process itself have an empty one."""

    def __init__(self) -> None:
        super().__init__()
        self._all = dict(vars(self))
        self._label("")

    def of(self, site: str) -> Metrics:
        """Return the figures as one site writes them."""
        other = copy(self)
        other._label(site)
        return other

    def _label(self, site: str) -> None:
        for name, metric in self._all.items():
            if isinstance(metric, MetricWrapperBase) and "site" in metric._labelnames:
                setattr(self, name, _OfSite(metric, site))

    def _counter(self, name: str, sentence: str, *labels: str) -> Counter:
        return super()._counter(name, sentence, *labels, *_further(name))

    def _gauge(self, name: str, sentence: str, *labels: str) -> Gauge:
        return super()._gauge(name, sentence, *labels, *_further(name))


def _further(name: str) -> tuple[str, ...]:
    return ("site",) if name in BY_SITE else ()


class _OfSite:
    """One metric as one site writes it."""

    def __init__(self, metric: MetricWrapperBase, site: str) -> None:
        self._metric = metric
        self._site = site
        self._shown: set[tuple[str, ...]] = set()

    def labels(self, **given: object) -> Any:
        """Give the figure with these labels, and the site's own."""
        every = {**given, "site": self._site}
        if isinstance(self._metric, Gauge):  # a counter is never cleared
            self._shown.add(tuple(str(every[name]) for name in self._metric._labelnames))
        return self._metric.labels(**every)

    def clear(self) -> None:
        """Forget the figures of this site. Goes through none of the others, which are many."""
        while self._shown:
            self._metric.remove(*self._shown.pop())

    def __getattr__(self, name: str) -> Any:
        # `inc`, `set` and what else a figure without further labels has.
        return getattr(self.labels(), name)
