"""Per-site views of shared parts: index, rate limiter, admission queue, metrics."""

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
"""Metrics with a label for the site. Histograms have none: each is 13 time series or more."""
SHARE = 2
"""A site may fill half of the admission queue, so that none fills all of it."""


class SiteIndex(LiveIndex):
    """A live index that one task for all sites checks in turn."""

    async def catch_up(self, seen: PublishedVersion) -> None:
        """Check at once, then wait as any live index does."""
        if self.version.is_behind(seen):
            await self.look()
        await super().catch_up(seen)


class SiteLimiter:
    """Rate limits of one site, counted in the limiter of all."""

    def __init__(self, limiter: Limiter, site: str) -> None:
        self._limiter = limiter
        self._site = site

    async def seconds_to_wait(self, client: str, kind: str) -> int:
        """Count one request of this client to this kind of route; 0 lets it pass."""
        return await self._limiter.seconds_to_wait(f"{self._site}/{client}", kind)

    async def close(self) -> None:
        """Do nothing: it is shared."""


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

    async def run(
        self,
        call: Callable[[], T],
        disconnected: Disconnected | None = None,
        client: str = "",
    ) -> T:
        """Run a call in the queue of all. Raises Overloaded also when this site fills its share."""
        if self._taken >= self._places and self._queue.waiting:
            raise Overloaded
        self._taken += 1
        try:
            return await self._queue.run(call, disconnected, client)
        finally:
            self._taken -= 1

    def close(self) -> None:
        """Do nothing: it is shared."""


class MetricsBySite(Metrics):
    """Metrics of a process, labelled by site; an empty label for the process itself."""

    def __init__(self) -> None:
        super().__init__()
        self._all = dict(vars(self))
        self._label("")

    def of(self, site: str) -> Metrics:
        """Return the metrics as one site writes them."""
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
    """One metric, with the label of one site."""

    def __init__(self, metric: MetricWrapperBase, site: str) -> None:
        self._metric = metric
        self._site = site
        self._shown: set[tuple[str, ...]] = set()

    def labels(self, **labels: object) -> Any:
        """Return the time series with these labels and the site's."""
        every = {**labels, "site": self._site}
        if isinstance(self._metric, Gauge):  # a counter is never cleared
            self._shown.add(tuple(str(every[name]) for name in self._metric._labelnames))
        return self._metric.labels(**every)

    def clear(self) -> None:
        """Remove the time series of this site, without going through those of others."""
        while self._shown:
            self._metric.remove(*self._shown.pop())

    def __getattr__(self, name: str) -> Any:
        # `inc`, `set` and the like, of a metric without further labels.
        return getattr(self.labels(), name)
