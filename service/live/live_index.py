"""The live index version and its hot swap.

A request gets the retriever once and keeps it to its end, so it never sees two versions. A version
that was replaced is freed when the last such request ends.
"""

import ctypes
import gc
import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from anyio import CapacityLimiter, Event, Lock, move_on_after, sleep, to_thread

from index import Retriever
from index.errors import RetrievalError
from index.freshness import Dates, Freshness
from index.versions.publication_history import PublishedVersion, published_version
from index.versions.version_store import blamed
from service.live.errors import Behind, NotReady
from service.live.published_version import PublishedFiles, Stamp, published_files
from service.ops.observability import Metrics

CATCH_UP_SECONDS = 3.0
"""How long a question may wait for a version that its conversation has seen elsewhere."""
PAUSE_SECONDS = 0.05
"""Between two checks whether it is here."""
LOOK_PAUSE_SECONDS = 0.25
"""Between two looks at what is published, however many conversations ask for one."""


class Origin(Protocol):
    """Where versions are fetched from, if not built into the folder."""

    def refresh(self) -> None:
        """Fetch what is published there into the folder. Raises RetrievalError."""


OpenRetriever = Callable[[Path], Retriever]
"""Opens the published version of an index folder, or raises RetrievalError."""

log = logging.getLogger(__name__)


class LiveIndex:
    """Holds at most one open version. One that is refused never replaces one that works."""

    def __init__(
        self,
        folder: Path,
        open_retriever: OpenRetriever,
        metrics: Metrics,
        origin: Origin | None = None,
    ) -> None:
        self.retriever: Retriever | None = None
        """What answers now; None until a version has been opened."""
        self.version = PublishedVersion("", "")
        """Its version and when that went live; changes together with it."""
        self._wanted = Event()
        self._dates = Dates(())
        self._folder = folder
        self._open = open_retriever
        self._metrics = metrics
        self._origin = origin
        self._fault = ""
        """The last error of the origin, so that it is logged once."""
        self._threads = CapacityLimiter(1)
        self._lock = Lock()
        self._seen: PublishedFiles | None = None
        """What was published at the last look: opened, refused or live already."""
        self._refused: Stamp | None = None
        """The publication that was logged as refused, so that it is logged once."""

    @property
    def ready(self) -> Retriever:
        """The retriever that answers now. Raises NotReady without one."""
        if self.retriever is None:
            raise NotReady
        return self.retriever

    async def reload(self) -> Retriever:
        """Open what is published and make it live. Raises RetrievalError and keeps the old one."""
        async with self._lock:
            self._seen = await self._look()
            try:
                return await self._replace()
            except RetrievalError as error:
                self._report_refusal(error)
                raise

    def freshness(self, today: date) -> Freshness:
        """Count the live answers that are due on a day."""
        return self._dates.freshness(today)

    async def catch_up(self, seen: PublishedVersion) -> None:
        """Wait shortly until the live version is no older than `seen`. Raises Behind."""
        if not self.version.is_behind(seen):
            return
        with move_on_after(CATCH_UP_SECONDS):
            while self.version.is_behind(seen):
                self._wanted.set()
                await sleep(PAUSE_SECONDS)
            return
        self._metrics.behind.inc()
        raise Behind

    async def warm(self) -> None:
        """Load what only some questions need, once the service is ready."""
        if self.retriever is None:
            return
        warm = self.retriever.warm
        try:
            await to_thread.run_sync(warm, limiter=self._threads, abandon_on_cancel=True)
        except Exception:  # the question that needs it will report it
            log.exception("the language model was not loaded ahead")
        await to_thread.run_sync(_freeze_and_trim, limiter=self._threads)

    async def watch(self, seconds: float) -> None:
        """Load whatever is published, checking this often and on demand; never returns."""
        pause = min(seconds, LOOK_PAUSE_SECONDS)
        while True:
            with move_on_after(seconds - pause):
                await self._wanted.wait()
            self._wanted = Event()
            await self.look()
            await sleep(pause)

    async def look(self) -> None:
        """Load what is published now, if it is new."""
        async with self._lock:
            await self._follow()

    @property
    def is_settled(self) -> bool:
        """Whether what was last seen published is live."""
        if self.retriever is None or self._seen is None:
            return False
        return self.retriever.manifest.version == self._seen.version

    async def _follow(self) -> None:
        """Open what is published if it is neither live nor refused as it is."""
        published = await self._look()
        if published is None or published == self._seen:
            return
        self._seen = published
        if self.retriever is not None and self.retriever.manifest.version == published.version:
            self.version = await self._published_version(
                published.version
            )  # it may have gone live once more
            return
        try:
            await self._replace()
        except RetrievalError as error:
            # Files that are still being copied are retried as they change: nothing new to log.
            if published.named != self._refused:
                self._report_refusal(error)

    async def _look(self) -> PublishedFiles | None:
        if self._origin is not None:
            await self._fetch(self._origin)
        # In a thread, since a network folder may be slow.
        return await to_thread.run_sync(published_files, self._folder, limiter=self._threads)

    async def _fetch(self, origin: Origin) -> None:
        message = ""
        try:
            await to_thread.run_sync(origin.refresh, limiter=self._threads, abandon_on_cancel=True)
        except RetrievalError as error:
            message = str(error)
            self._metrics.source_failed.inc()
            if message != self._fault:
                log.error("index not fetched, what is live stays live: %s", message)
        self._fault = message

    async def _published_version(self, version: str) -> PublishedVersion:
        return await to_thread.run_sync(
            published_version, self._folder, version, limiter=self._threads
        )

    async def _replace(self) -> Retriever:
        found = await to_thread.run_sync(self._opened, limiter=self._threads)
        opened = found.retriever
        self.retriever, self._dates, self.version = opened, found.dates, found.version
        self._refused = None
        self._metrics.reloads.labels(result="loaded").inc()
        self._metrics.show_index(opened.manifest, self._published())
        log.info("index loaded: version %s", opened.manifest.version)
        await to_thread.run_sync(_freeze_and_trim, limiter=self._threads)
        return opened

    def _opened(self) -> "_Opened":
        with blamed(self._folder):
            retriever = self._open(self._folder)
            dates = Dates(retriever.units.values())
            version = published_version(self._folder, retriever.manifest.version)
            return _Opened(retriever, dates, version)

    def _published(self) -> float | None:
        """Return when `current` was written, in seconds since 1970."""
        return self._seen.named[1] / 1e9 if self._seen else None

    def _report_refusal(self, error: RetrievalError) -> None:
        self._refused = self._seen.named if self._seen else None
        self._metrics.reloads.labels(result="refused").inc()
        log.error("index refused: %s", error)
        log.debug("how it was refused", exc_info=error)


@dataclass(frozen=True, slots=True)
class _Opened:
    """What changes together when a version goes live."""

    retriever: Retriever
    dates: Dates
    version: PublishedVersion


def _freeze_and_trim() -> None:
    """Freeze and trim memory after a version was opened.

    Long-lived objects are hidden from the garbage collector, which would otherwise stop every
    answer for some 75 ms to scan them; a replaced version is freed by reference counts, as a test
    shows. Memory that loading needed is returned to the system, since glibc keeps it otherwise:
    20 MB and more, and as much again for the version that was replaced.
    """
    gc.collect(1)
    gc.freeze()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
