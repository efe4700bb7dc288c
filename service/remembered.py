"""Answers that were given a while ago and would be the same now."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

T = TypeVar("T")


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


class Remembered(Generic[T]):
    """The answers used last, all of one moment. Belongs to one event loop and takes no lock."""

    def __init__(self, size: int) -> None:
        """Remember at most `size` answers."""
        self._size = size
        self._answers: OrderedDict[Key, T] = OrderedDict()
        self._moment: Moment | None = None

    def __len__(self) -> int:
        return len(self._answers)

    def get(self, moment: Moment, key: Key) -> T | None:
        """Return an answer, if it is remembered. Those of another moment are forgotten."""
        if moment != self._moment:
            self._answers.clear()
            self._moment = moment
        answer = self._answers.get(key)
        if answer is not None:
            self._answers.move_to_end(key)
        return answer

    def put(self, moment: Moment, key: Key, answer: T) -> None:
        """Remember an answer, unless another moment has come since it was asked for."""
        if moment != self._moment:
            return
        self._answers[key] = answer
        self._answers.move_to_end(key)
        if len(self._answers) > self._size:
            self._answers.popitem(last=False)
