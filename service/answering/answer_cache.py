"""Answer cache, keyed by question and index version; one a worker."""

from dataclasses import dataclass, replace
from datetime import date

from cachetools import LRUCache

from service.answering.reply import RenderedReply


@dataclass(frozen=True, slots=True)
class CacheKey:
    """All that the reply to a question without history depends on."""

    question: str
    """After cleaning."""
    limit: int
    version: str
    """Of the index."""
    day: date
    """An answer may be valid until today."""
    site: str = ""
    """Each says it in words of its own."""


class AnswerCache:
    """The replies used last. Belongs to one event loop and takes no lock."""

    def __init__(self, size: int) -> None:
        """Hold at most `size` replies."""
        self._replies: LRUCache[CacheKey, RenderedReply] = LRUCache(size)

    def get(self, key: CacheKey) -> RenderedReply | None:
        """Return the cached reply, if there is one."""
        return self._replies.get(key)

    def put(self, key: CacheKey, reply: RenderedReply) -> None:
        """Cache a reply: some 3 kB, since replies share the JSON of units."""
        self._replies[key] = replace(reply, stages=())
