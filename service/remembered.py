"""Answers that were given a while ago and would be the same now."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from service.common_memory import CommonTable, Layout, joined

NAME = "answers"
LAYOUT = Layout(room=16_384, again_ns=600 * 10**9)
"""Most answers are never asked for again; many that come and go would push out what is asked for
often, if that did not count as used ten minutes later."""


@dataclass(frozen=True, slots=True)
class Moment:
    """All beside the question that an answer depends on."""

    version: str
    day: date
    """An answer may be valid until today."""


@dataclass(frozen=True, slots=True)
class Key:
    """A question with nothing before it."""

    question: str
    """After cleaning: what is cleaned alike is answered alike."""
    limit: int
    site: str = ""
    """The one that was asked, where there are several."""


class Answers(Protocol):
    """Remembers answers, as many as it has room for."""

    def get(self, moment: Moment, key: Key) -> bytes | None:
        """Return an answer of this moment, if it is remembered."""
        ...

    def put(self, moment: Moment, key: Key, answer: bytes) -> None:
        """Remember an answer of a moment."""
        ...


class Remembered:
    """The answers used last. Belongs to one event loop and takes no lock."""

    def __init__(self, size: int) -> None:
        """Remember at most `size` answers."""
        self._size = size
        self._answers: OrderedDict[Key, tuple[Moment, bytes]] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, moment: Moment, key: Key) -> bytes | None:
        """Return an answer, if it is remembered; one of another moment is forgotten."""
        kept = self._answers.get(key)
        if kept is None:
            return None
        if kept[0] != moment:
            del self._answers[key]
            return None
        self._answers.move_to_end(key)
        return kept[1]

    def put(self, moment: Moment, key: Key, answer: bytes) -> None:
        """Remember an answer, in place of the one used least lately if there is no room."""
        self._answers[key] = (moment, answer)
        self._answers.move_to_end(key)
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)


class CommonAnswers:
    """The answers used last by any worker."""

    def __init__(self, table: CommonTable) -> None:
        self._table = table

    def get(self, moment: Moment, key: Key) -> bytes | None:
        """Return an answer that any worker gave at this moment, if it is remembered."""
        return self._table.get(_written(moment, key))

    def put(self, moment: Moment, key: Key, answer: bytes) -> None:
        """Remember an answer for all workers, unless it is too long."""
        self._table.put(_written(moment, key), answer)


def make_answers(size: int) -> Answers:
    """Return what remembers `size` answers: with other workers where there are some."""
    table = joined(NAME, LAYOUT)
    return CommonAnswers(table) if table else Remembered(size)


def _written(moment: Moment, key: Key) -> bytes:
    # Only the question, which comes last, can hold what parts them.
    parts = (moment.version, moment.day.isoformat(), key.site, str(key.limit), key.question)
    return "\0".join(parts).encode("utf-8", "surrogatepass")
