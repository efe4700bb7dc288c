"""What was said before in a conversation, kept in memory for a while."""

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from index.datatypes import Turn

MAX_TURNS = 5
"""A follow-up leans on the last turn or two; more only costs memory."""
MAX_CONVERSATIONS = 10_000
"""About 10 MB at five turns of 200 characters each."""
SECONDS_KEPT = 30 * 60.0


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    turns: tuple[Turn, ...]


class Conversations:
    """The last turns of each conversation; the least recently used is dropped first.

    Belongs to one event loop and takes no lock.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        size: int = MAX_CONVERSATIONS,
        seconds: float = SECONDS_KEPT,
    ) -> None:
        self._clock = clock
        self._size = size
        self._seconds = seconds
        self._kept: OrderedDict[str, _Kept] = OrderedDict()

    def turns(self, conversation: str) -> tuple[Turn, ...]:
        """List what was said, oldest first; nothing for an unknown or expired conversation."""
        kept = self._kept.get(conversation)
        if kept is None or kept.until <= self._clock():
            return ()
        return kept.turns

    def add(self, conversation: str, turn: Turn) -> None:
        """Remember one more turn."""
        turns = (*self.turns(conversation), turn)[-MAX_TURNS:]
        self._kept[conversation] = _Kept(self._clock() + self._seconds, turns)
        self._kept.move_to_end(conversation)
        self._drop()

    def _drop(self) -> None:
        # The order of use is the order of expiry, so the expired ones stand at the front.
        now = self._clock()
        while self._kept:
            oldest = next(iter(self._kept.values()))
            if len(self._kept) <= self._size and oldest.until > now:
                return
            self._kept.popitem(last=False)
