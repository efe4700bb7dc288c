"""Answers that were given a while ago and would be the same now."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Protocol

from service.answering.common_memory import CommonTable, Layout, joined

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
    voice: str = ""
    """Of whoever answers: which site, and the words of its own around an answer."""


class Answers(Protocol):
    """Remembers answers, as many as it has room for, until there is another version or day."""

    in_common: bool
    """Whether all workers know it, and not each its own."""

    def get(self, moment: Moment, key: Key) -> bytes | None:
        """Return an answer of this moment, if it is remembered."""
        ...

    def put(self, moment: Moment, key: Key, answer: bytes) -> None:
        """Remember an answer of a moment."""
        ...


class _Now:
    """Tells when what was answered is out of date."""

    def __init__(self) -> None:
        self._day: date | None = None
        self._versions: dict[str, str] = {}

    def has_passed(self, moment: Moment, voice: str) -> bool:
        """Whether the day, or the version that this voice answers from, is a new one."""
        day, self._day = self._day, moment.day
        version = self._versions.get(voice)
        self._versions[voice] = moment.version
        return day not in (None, moment.day) or version not in (None, moment.version)


class Remembered:
    """The answers used last. Belongs to one event loop and takes no lock."""

    in_common = False

    def __init__(self, size: int) -> None:
        """Remember at most `size` answers."""
        self._size = size
        self._now = _Now()
        self._answers: OrderedDict[tuple[Moment, Key], bytes] = OrderedDict()

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, moment: Moment, key: Key) -> bytes | None:
        """Return an answer, if it is remembered."""
        if self._now.has_passed(moment, key.voice):
            self._answers.clear()
        answer = self._answers.get((moment, key))
        if answer is not None:
            self._answers.move_to_end((moment, key))
        return answer

    def put(self, moment: Moment, key: Key, answer: bytes) -> None:
        """Remember an answer, in place of the one used least lately if there is no room."""
        self._answers[moment, key] = answer
        self._answers.move_to_end((moment, key))
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)


class CommonAnswers:
    """The answers used last by any worker."""

    in_common = True

    def __init__(self, table: CommonTable) -> None:
        self._table = table
        self._now = _Now()

    def get(self, moment: Moment, key: Key) -> bytes | None:
        """Return an answer that any worker gave at this moment, if it is remembered."""
        if self._now.has_passed(moment, key.voice):
            self._begin(moment, key.voice)
        return self._table.get(_written(moment, key))

    def put(self, moment: Moment, key: Key, answer: bytes) -> None:
        """Remember an answer for all workers, unless it is too long."""
        self._table.put(_written(moment, key), answer)

    def _begin(self, moment: Moment, voice: str) -> None:
        """Forget what is out of date, unless another worker has."""
        begun, name = repr(moment).encode(), b"moment\0" + voice.encode()
        if self._table.get(name) != begun:
            self._table.clear()
            self._table.put(name, begun)


def make_answers(size: int) -> Answers:
    """Return what remembers `size` answers: with other workers where there are some."""
    table = joined(NAME, LAYOUT)
    return CommonAnswers(table) if table else Remembered(size)


def _written(moment: Moment, key: Key) -> bytes:
    # Only the question, which comes last, can hold what parts them.
    parts = (moment.version, moment.day.isoformat(), key.voice, str(key.limit), key.question)
    return "\0".join(parts).encode("utf-8", "surrogatepass")
