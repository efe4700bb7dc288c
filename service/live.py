"""The index that answers now, and its replacement by what is published."""

import ctypes
import logging
from collections.abc import Callable
from pathlib import Path

from anyio import CapacityLimiter, Lock, to_thread

from index import Retriever
from index.errors import RetrievalError
from service.observability import Metrics

OpenRetriever = Callable[[Path], Retriever]
"""Opens the published version of an index folder, or raises RetrievalError."""

log = logging.getLogger(__name__)


class LiveIndex:
    """Holds at most one open version. A version that is refused never replaces one that works."""

    def __init__(self, folder: Path, open_retriever: OpenRetriever, metrics: Metrics) -> None:
        self.retriever: Retriever | None = None
        """What answers now; None until a version has been opened."""
        self._folder = folder
        self._open = open_retriever
        self._metrics = metrics
        self._threads = CapacityLimiter(1)
        self._lock = Lock()

    async def reload(self) -> Retriever:
        """Open what is published and put it in place. Raises RetrievalError and keeps the old."""
        async with self._lock:
            try:
                opened = await to_thread.run_sync(self._open, self._folder, limiter=self._threads)
            except RetrievalError as error:
                self._metrics.reloads.labels(result="refused").inc()
                log.error("index refused: %s", error)
                raise
            self.retriever = opened
            _give_back_memory()
        self._metrics.reloads.labels(result="loaded").inc()
        self._metrics.show_index(opened.manifest)
        log.info("index loaded: version %s", opened.manifest.version)
        return opened


def _give_back_memory() -> None:
    """Return to the system what reading a version needed for a moment, where glibc holds on to it.

    It is 20 MB and more, and as much again for the version that was replaced.
    """
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
