"""Pure: canned questions for what a visitor has typed so far."""

from collections.abc import Sequence

from index.datatypes import Kind, Suggestion, Unit
from index.text import words


def complete(prefix: str, units: Sequence[Unit], limit: int) -> tuple[Suggestion, ...]:
    """Return canned questions of which every typed word begins a word, the best first.

    A question that matches as it is titled comes before one that matches in a variant, and words
    typed in the order of the question before others. Nothing typed gives the first questions.
    """
    typed = words(prefix)
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
    """0 for the start of the title, 1 inside it, 2 in a variant; None when nothing matches."""
    title = words(unit.title)
    if all(
        t == w or (i == len(typed) - 1 and w.startswith(t))
        for i, (t, w) in enumerate(zip(typed, title, strict=False))
    ) and len(typed) <= len(title):
        return 0
    if _matches(typed, title):
        return 1
    return 2 if any(_matches(typed, words(question)) for question in unit.questions) else None


def _matches(typed: Sequence[str], question: Sequence[str]) -> bool:
    return all(any(word.startswith(part) for word in question) for part in typed)
