"""What the index holds without a question: canned questions, autocomplete, an answer by its id."""

from datetime import UTC, date, datetime

from index import Retriever
from index.datatypes import Kind, Suggestion, Unit
from index.freshness import is_expired
from service.answering.errors import UnknownAnswer

_SPARE = 24
"""Suggestions to fetch beyond the limit, in place of those that are out of date."""


def canned_questions(retriever: Retriever) -> list[Suggestion]:
    """List the canned questions whose answers are current, in the order of the corpus."""
    return [
        Suggestion(id=unit.id, question=unit.title)
        for unit in retriever.units.values()
        if unit.kind is Kind.FAQ and _is_current(unit)
    ]


def suggestions_for(retriever: Retriever, prefix: str, limit: int) -> list[Suggestion]:
    """Complete what a visitor has typed with canned questions whose answers are current."""
    suggestions = retriever.suggest(prefix, limit=limit + _SPARE)
    return [
        suggestion for suggestion in suggestions if _is_current(retriever.units[suggestion.id])
    ][:limit]


def answer_unit(retriever: Retriever, id_: str) -> Unit:
    """Return a unit. Raises UnknownAnswer when there is none or it is past its `valid_until`."""
    unit = retriever.units.get(id_)
    if unit is None or not _is_current(unit):
        raise UnknownAnswer
    return unit


def _is_current(unit: Unit) -> bool:
    return not is_expired(unit, today())


def today() -> date:
    """Return the day by which answers expire: that of UTC."""
    return datetime.now(UTC).date()
