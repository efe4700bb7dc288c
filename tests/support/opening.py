"""Retrievers of the tiny corpus that decide as a test wants."""

from collections.abc import Callable

from index import Retriever
from index.datatypes import Answered, Clarify, Conversed, Outcome, Suggestion
from index.ranking.calibration import Calibration

# Each gives every question the same probability, so that what is decided is plain.
SURE = Calibration(5.0, {}, 0.5, 0.25)
UNSURE = Calibration(-1.0, {}, 0.5, 0.25)
STRANGE = Calibration(-5.0, {}, 0.5, 0.25)
FIRST_QUESTIONS = (
    Suggestion("faq-pay", "Do cooks earn more than bakers?"),
    Suggestion("faq-start", "How do I become a baker?"),
    Suggestion("faq-switch", "Can a cook work as a baker?"),
)

Open = Callable[..., Retriever]
"""Takes a calibration, and the day on which the question is asked."""


def passages(outcome: Outcome) -> list[str]:
    return [hit.unit.id for hit in outcome.passages]


def unit_of(outcome: Outcome) -> str:
    """Name an outcome as the files of dialogues do: the unit, clarify or none."""
    if isinstance(outcome, Answered | Conversed):
        return outcome.unit.id
    return "clarify" if isinstance(outcome, Clarify) else "none"
