"""Pure: a follow-up and what came before -> the ways it can be read so that it stands alone."""

from collections.abc import Sequence

from index.datatypes import Turn


def readings(question: str, history: Sequence[Turn], roles: Sequence[str]) -> tuple[str, ...]:
    """Return the readings of a question, itself alone when it needs nothing from before."""
    return (question,)
