"""What the index can be asked for without a question: the canned questions, an answer by its id."""

from datetime import UTC, datetime

from index import Retriever
from index.datatypes import Kind, Suggestion, Unit
from service.errors import UnknownAnswer


def canned_questions(retriever: Retriever) -> list[Suggestion]:
    """List the canned questions whose answers are current, in the order of the corpus."""
    return [
        Suggestion(id=unit.id, question=unit.title)
        for unit in retriever.units.values()
        if unit.kind is Kind.FAQ and _is_current(unit)
    ]


def answer_unit(retriever: Retriever, id_: str) -> Unit:
    """Find the unit. Raises UnknownAnswer when there is none or it is past its `valid_until`."""
    unit = retriever.units.get(id_)
    if unit is None or not _is_current(unit):
        raise UnknownAnswer
    return unit


def _is_current(unit: Unit) -> bool:
    return unit.valid_until is None or unit.valid_until >= datetime.now(UTC).date()
