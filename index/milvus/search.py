"""Candidate search in Milvus, within a deadline and behind a circuit breaker.

The texts that a version holds itself are searched here as well, so boundaries and canned answers
are compared with every question even while Milvus is down. The only module that imports pybreaker.
"""

import logging
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np
import pybreaker

from index.datatypes import Vectors
from index.errors import SearchFailed, VectorStoreUnavailable
from index.milvus.client import Milvus, MilvusHits
from index.search.bm25 import Bm25Index
from index.search.candidate_search import NEAR, SearchResult
from index.storage.atomic_files import file_digest
from index.versions import version_store
from index.versions.version_store import Contents, Digest, Loaded

MOST_FAILURES = 3
"""Searches that may fail one after the other before the circuit opens."""
REST_SECONDS = 5.0
"""For which no search is tried then, so that questions do not wait for a server that is down."""
AT_ONCE = 64
"""Searches that a process may have under way."""
COMMAND_SECONDS = 60.0
"""How long a command waits for a search."""
MOST_PROBES = 500
"""Texts whose neighbours an audit may ask for: each takes a search."""
_DOWN = "Milvus is down; the next try comes in a moment."
_SEARCHES = ThreadPoolExecutor(AT_ONCE, "milvus")

log = logging.getLogger(__name__)


class TextSearch(Protocol):
    """Searches the texts of one version."""

    def search(self, vector: Vectors, text: str, limit: int) -> MilvusHits:
        """Search as `Milvus.search` does. Raises VectorStoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class MilvusSearch:
    """Compares questions with what Milvus finds and with the texts that the version holds."""

    store: TextSearch
    contents: Contents
    lexical: Bm25Index | None
    """BM25 of the texts that the version holds; None where ranking does without BM25."""
    most_probes: int = MOST_PROBES

    def find(
        self, vector: Vectors, text: str, known: Sequence[int] = (), limit: int = NEAR
    ) -> SearchResult:
        """Compare a question with the texts that may matter."""
        count, resident = len(self.contents.chunks), self.contents.resident
        cosines = np.full(count, -np.inf, dtype=np.float32)
        cosines[resident] = self.contents.dense.scores(vector)
        words = None
        if self.lexical is not None:
            words = np.zeros(count, dtype=np.float32)
            words[resident] = self.lexical.scores(text)
        try:
            hits = self.store.search(vector, text, limit)
        except VectorStoreUnavailable as error:
            log.warning("only texts held by the version are searched: %s", error)
            return SearchResult(cosines, words, is_partial=True)
        cosines[hits.positions] = hits.cosines
        if words is not None:
            words[hits.positions] = hits.words
        return SearchResult(cosines, words)

    def neighbours(
        self, texts: Sequence[str], vectors: Vectors, count: int, least: float
    ) -> Iterator[list[int]]:
        """For each text yield the positions of its nearest texts with a cosine of `least`."""
        for text, vector in zip(texts, vectors, strict=True):
            cosines = self.find(vector, text, limit=count).cosines
            near = np.argsort(-cosines, kind="stable")[:count]
            yield near[cosines[near] >= least].tolist()


class GuardedSearch:
    """Searches one version for questions, behind a circuit breaker.

    A question waits no longer than its deadline, whatever the client is doing: connecting, or a
    search that is retried, goes on in a thread for the next question. After some failures no
    search is tried for a while; then a single one is, and decides.
    """

    def __init__(self, milvus: Milvus, version: str, seconds: float) -> None:
        self._milvus = milvus
        self._version = version
        self._seconds = seconds
        self._breaker = pybreaker.CircuitBreaker(MOST_FAILURES, REST_SECONDS)
        self._deciding = Lock()

    def search(self, vector: Vectors, text: str, limit: int) -> MilvusHits:
        """Search as `Milvus.search` does. Raises VectorStoreUnavailable, at once when down."""
        decides = self._breaker.current_state != pybreaker.STATE_CLOSED
        if decides and not self._deciding.acquire(blocking=False):
            raise VectorStoreUnavailable(_DOWN)
        try:
            # Not `call`, which runs one search at a time.
            with self._breaker.calling():
                return self._in_time(vector, text, limit)
        except pybreaker.CircuitBreakerError as error:
            raise VectorStoreUnavailable(_DOWN) from error
        finally:
            if decides:
                self._deciding.release()

    def _in_time(self, vector: Vectors, text: str, limit: int) -> MilvusHits:
        search, seconds = self._milvus.search, self._seconds
        future = _SEARCHES.submit(search, self._version, vector, text, limit, seconds)
        try:
            return future.result(seconds)
        except TimeoutError as error:
            future.cancel()
            raise VectorStoreUnavailable(f"Milvus did not answer within {seconds:g} s.") from error


@dataclass(frozen=True, slots=True)
class StrictSearch:
    """Searches one version for a command, which judges by all of its texts or not at all."""

    milvus: Milvus
    version: str

    def search(self, vector: Vectors, text: str, limit: int) -> MilvusHits:
        """Search as `Milvus.search` does. Raises SearchFailed, which ends the command."""
        try:
            return self.milvus.search(self.version, vector, text, limit, COMMAND_SECONDS)
        except VectorStoreUnavailable as error:
            raise SearchFailed(
                f"Not all texts of version {self.version} can be searched, so that nothing is"
                f" judged: {error}"
            ) from error


def load(
    milvus: Milvus,
    seconds: float | None,
    out: Path,
    version: str | None = None,
    digest: Digest = file_digest,
) -> Loaded:
    """Read a version as `version_store.load` does; its search asks Milvus where texts are there."""
    loaded = version_store.load(out, version, digest)
    if loaded.contents.resident is None:
        return loaded
    name, contents = loaded.manifest.version, loaded.contents
    store = StrictSearch(milvus, name) if seconds is None else GuardedSearch(milvus, name, seconds)

    def search(words_count: bool) -> MilvusSearch:
        return MilvusSearch(store, contents, contents.lexical if words_count else None)

    return replace(loaded, search=search)
