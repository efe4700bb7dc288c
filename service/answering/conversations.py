"""What was said before in a conversation, kept for a while in the memory of all workers."""

import json
import time
import zlib
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from index.datatypes import Turn
from index.versions.publication_history import PublishedVersion
from service.answering.common_memory import CommonTable, Layout, joined

MAX_TURNS = 5
"""A follow-up leans on the last turn or two; more only costs memory."""
MAX_CONVERSATIONS = 10_000
"""About 10 MB at five turns of 200 characters each."""
SECONDS_KEPT = 30 * 60.0
SWEEP_SECONDS = 60.0
"""Between two times that what is past its time is looked for."""
NAME = "conversations"
LAYOUT = Layout(room=1024)
"""Compressed, five turns of 200 characters take some 700 bytes; of longer ones, fewer are kept."""


@dataclass(frozen=True, slots=True)
class Said:
    """What is known of a conversation."""

    turns: tuple[Turn, ...] = ()
    """Oldest first."""
    newest: PublishedVersion | None = None
    """The newest version that it has seen, where others may answer from an older one."""


class Memory(Protocol):
    """Keeps what was said."""

    in_common: bool
    """Whether all workers know it, and not each its own."""

    async def recall(self, conversation: str) -> Said:
        """Give what was said; nothing for an unknown or expired conversation."""

    async def remember(self, conversation: str, turn: Turn | None, mark: PublishedVersion) -> None:
        """Add a turn, if there is one, and the version that answered."""

    async def close(self) -> None:
        """Let go of what is open."""


@dataclass(frozen=True, slots=True)
class _Kept:
    until: float
    turns: tuple[Turn, ...]


class Conversations:
    """The last turns of each conversation; the least recently used is dropped first.

    Belongs to one event loop and takes no lock.
    """

    in_common = False

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

    async def recall(self, conversation: str) -> Said:
        """Give what was said. Versions need no order here: a process only ever goes forward."""
        return Said(self.turns(conversation))

    async def remember(self, conversation: str, turn: Turn | None, mark: PublishedVersion) -> None:
        """Add a turn, if there is one."""
        if turn is not None:
            self.add(conversation, turn)

    async def close(self) -> None:
        """Nothing is open."""

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


class CommonConversations:
    """The last turns of each conversation, and the newest version it has seen, for all workers.

    Of what one conversation asks two workers at the same moment, one turn is forgotten.
    """

    in_common = True

    def __init__(
        self,
        table: CommonTable,
        clock: Callable[[], float] = time.monotonic,  # the same for all processes of a machine
        seconds: float = SECONDS_KEPT,
    ) -> None:
        self._table = table
        self._clock = clock
        self._seconds = seconds
        self._sweep_at = clock() + SWEEP_SECONDS

    async def recall(self, conversation: str) -> Said:
        """Give what was said to any worker."""
        return self._said(_key(conversation))

    async def remember(self, conversation: str, turn: Turn | None, mark: PublishedVersion) -> None:
        """Add a turn, if there is one, and the version that answered; of long turns the last."""
        if self._clock() >= self._sweep_at:
            self._sweep_at = self._clock() + SWEEP_SECONDS
            self._table.forget_unused(self._seconds)
        key = _key(conversation)
        said = self._said(key)
        newest = said.newest if said.newest and said.newest.at >= mark.at else mark
        turns = [*said.turns, *([turn] if turn else [])][-MAX_TURNS:]
        if self._table.put(key, self._entry(turns, newest)):
            return
        if turn and not self._fits(turn, newest):
            turns = list(said.turns)
        while not self._table.put(key, self._entry(turns, newest)):
            del turns[0]

    async def close(self) -> None:
        """Nothing is open."""

    def _fits(self, turn: Turn, newest: PublishedVersion) -> bool:
        return len(self._entry([turn], newest)) <= LAYOUT.room

    def _said(self, key: bytes) -> Said:
        entry = self._table.get(key)
        if entry is None:
            return Said()
        try:
            until, turns, newest = json.loads(
                zlib.decompress(entry).decode("utf-8", "surrogatepass")
            )
            said = Said(tuple(Turn(*turn) for turn in turns), PublishedVersion(*newest))
        except (TypeError, ValueError, zlib.error):
            return Said()  # written by another release
        return said if self._clock() < until else Said()

    def _entry(self, turns: Sequence[Turn], newest: PublishedVersion) -> bytes:
        facts = (
            self._clock() + self._seconds,
            [(turn.question, turn.unit) for turn in turns],
            (newest.at, newest.version),
        )
        text = json.dumps(facts, ensure_ascii=False).encode("utf-8", "surrogatepass")
        return zlib.compress(text, zlib.Z_BEST_SPEED)


def _key(conversation: str) -> bytes:
    return conversation.encode("utf-8", "surrogatepass")


def make_memory() -> Memory:
    """Return what keeps conversations: with other workers where there are some."""
    table = joined(NAME, LAYOUT)
    return CommonConversations(table) if table else Conversations()
