"""Answer cache, keyed by question and index version; one a worker."""

import zlib
from dataclasses import dataclass, replace
from datetime import date

from cachetools import LRUCache

from service.answering.cached_answer import Reply


@dataclass(frozen=True, slots=True)
class Key:
    """All that the reply to a question without history depends on."""

    question: str
    """After cleaning."""
    limit: int
    version: str
    """Of the index."""
    day: date
    """An answer may be valid until today."""
    voice: str = ""
    """Of whoever answers: which site, and its own words around an answer."""


class AnswerCache:
    """The replies used last. Belongs to one event loop and takes no lock."""

    def __init__(self, size: int) -> None:
        """Hold at most `size` replies; none with 0."""
        self._replies: LRUCache[Key, Reply] = LRUCache(size)

    def get(self, key: Key) -> Reply | None:
        """Return the cached reply, if there is one."""
        reply = self._replies.get(key)
        return None if reply is None else replace(reply, body=zlib.decompress(reply.body))

    def put(self, key: Key, reply: Reply) -> None:
        """Cache a reply, compressed: some 4 kB in place of 10."""
        body = zlib.compress(reply.body, zlib.Z_BEST_SPEED)
        self._replies[key] = replace(reply, body=body, stages=())
