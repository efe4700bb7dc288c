"""Pure: canned questions for what a visitor has typed so far."""

from collections.abc import Sequence

from index.datatypes import Kind, Suggestion, Unit
from index.text import clean, words


def complete(prefix: str, units: Sequence[Unit], limit: int) -> tuple[Suggestion, ...]:
    """Return canned questions of which every typed word begins a word, the best first.

    A question whose title starts as typed comes first, then one whose title has the words in any
    order, then one that people also ask so. Nothing typed gives the first questions.
    """
    typed = words(clean(prefix))
    ranked = [
        (rank, position)
        for position, unit in enumerate(units)
        if unit.kind is Kind.FAQ and (rank := _rank(typed, unit)) is not None
    ]
    return tuple(
        Suggestion(units[position].id, units[position].title)
        for _, position in sorted(ranked)[: max(0, limit)]
    )


def _rank(typed: Sequence[str], unit: Unit) -> int | None:
    """Return 0 for the start of the title, 1 inside it, 2 in a variant; None for no match."""
    title = words(unit.title)
    if _starts(typed, title):
        return 0
    if _matches(typed, title):
        return 1
    return 2 if any(_matches(typed, words(question)) for question in unit.questions) else None


def _starts(typed: Sequence[str], title: Sequence[str]) -> bool:
    """Tell whether a title starts with what was typed, of which the last word may be unfinished."""
    if not typed:
        return True
    whole, last = len(typed) - 1, title[len(typed) - 1 : len(typed)]
    return tuple(typed[:whole]) == tuple(title[:whole]) and _matches(typed[-1:], last)


def _matches(typed: Sequence[str], question: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in question) for part in typed)
