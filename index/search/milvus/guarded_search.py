"""Searches of Milvus for questions: in time, side by side, and not while it is down.

Only this imports pybreaker.
"""

from concurrent.futures import ThreadPoolExecutor
from threading import Lock

import pybreaker

from index.datatypes import Vectors
from index.errors import StoreUnavailable
from index.search.milvus.collections import Milvus
from index.search.vector_store import Remote

MOST_FAILURES = 3
"""Searches that may fail one after the other before none is tried for a while."""
REST_SECONDS = 5.0
"""For which none is tried then, so that a question does not wait for what is known to be down."""
AT_ONCE = 64
"""Searches that a process may have under way."""
_DOWN = "Milvus is down; the next try comes in a moment."
_SEARCHES = ThreadPoolExecutor(AT_ONCE, "milvus")


class Guarded:
    """Searches one version for questions, and stops asking a server that is down.

    A question waits no longer than it may, whatever the client is at: a connection, or a search
    that is retried, goes on in a thread for the sake of the next question. After some failures no
    search is tried for a while; then one is, and decides.
    """

    def __init__(self, milvus: Milvus, version: str, seconds: float) -> None:
        self._milvus = milvus
        self._version = version
        self._seconds = seconds
        self._breaker = pybreaker.CircuitBreaker(MOST_FAILURES, REST_SECONDS)
        self._deciding = Lock()

    def search(self, vector: Vectors, text: str, limit: int) -> Remote:
        """Search as `Milvus.search` does. Raises StoreUnavailable, at once while it is known."""
        decides = self._breaker.current_state != pybreaker.STATE_CLOSED
        if decides and not self._deciding.acquire(blocking=False):
            raise StoreUnavailable(_DOWN)
        try:
            # Not `call`, which lets in one at a time.
            with self._breaker.calling():
                return self._in_time(vector, text, limit)
        except pybreaker.CircuitBreakerError as error:
            raise StoreUnavailable(_DOWN) from error
        finally:
            if decides:
                self._deciding.release()

    def _in_time(self, vector: Vectors, text: str, limit: int) -> Remote:
        search, seconds = self._milvus.search, self._seconds
        begun = _SEARCHES.submit(search, self._version, vector, text, limit, seconds)
        try:
            return begun.result(seconds)
        except TimeoutError as error:
            begun.cancel()
            raise StoreUnavailable(f"Milvus did not answer within {seconds:g} s.") from error
