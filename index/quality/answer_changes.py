"""Two versions of an index -> the questions that now get another answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from zlib import crc32

from index.datatypes import Abstained, Answered, Clarify, Kind, Outcome
from index.retriever import Retriever
from index.search.autocomplete import question_of


@dataclass(frozen=True, slots=True)
class Change:
    """A question that two versions answer differently."""

    question: str
    before: str
    """Id of the answer, or what was said instead of one."""
    after: str


MOST_ASKED = 500
"""Answers whose question is asked; of more, the same ones every time."""


def changes(before: Retriever, after: Retriever) -> tuple[Change, ...]:
    """Ask both versions one question for every answer that either has, up to `MOST_ASKED`."""
    found = []
    for question in _questions((before, after)):
        was, now = (_given(retriever.answer(question)) for retriever in (before, after))
        if was != now:
            found.append(Change(question, was, now))
    return tuple(found)


def _questions(retrievers: Sequence[Retriever]) -> tuple[str, ...]:
    """List each question once, in the order of the content."""
    found = tuple(
        dict.fromkeys(
            question_of(unit)
            for retriever in retrievers
            for unit in retriever.units.values()
            if unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)
        )
    )
    chosen = set(sorted(found, key=lambda question: crc32(question.encode()))[:MOST_ASKED])
    return tuple(question for question in found if question in chosen)


def _given(outcome: Outcome) -> str:
    if isinstance(outcome, Answered):
        return outcome.unit.id
    if isinstance(outcome, Clarify):
        return "a question back"
    return "no answer" if isinstance(outcome, Abstained) else "smalltalk"
