"""Ranked units -> hits, each with its part that fits best and the best sentence highlighted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.datatypes import Chunk, ChunkRole, Hit, Scores, Unit

_WHOLE = 1400
"""A unit with at most as many characters is shown whole."""
_LEANS = re.compile(
    r"(?:that|this|these|those|it|its|it's|they|their|them|he|she|such|both|still|also|so|but|yet|and"
    r"|or|then|thus|hence|therefore|however|instead|otherwise|moreover|besides|similarly|likewise"
    r"|nevertheless|in addition|as a result|for example|for instance|to do so|the same)\b",
    re.IGNORECASE,
)
"""How a sentence opens that needs the one before it."""
_BEST = 1.7
"""About the highest ranking score: 1 of the classifier, half a cosine, a fifth of spelling."""


@dataclass(frozen=True, slots=True)
class Shelf:
    """A unit and its chunks, as they stand in the index."""

    unit: Unit
    chunks: Sequence[Chunk]
    cosines: Scores
    """Of the question with each chunk."""


def hit(shelf: Shelf, total: float) -> Hit:
    """Show a unit for a question; `total` is its ranking score."""
    text = _shown(shelf)
    score = round(max(0.0, min(1.0, total / _BEST)), 4)
    return Hit(shelf.unit, score, text, _marks(shelf, text))


def _shown(shelf: Shelf) -> str:
    """Return the whole text, or of a long one the passage that is closest to the question."""
    if len(shelf.unit.text) <= _WHOLE:
        return shelf.unit.text
    best = _best(shelf, ChunkRole.PASSAGE, shelf.unit.text)
    return best.text if best else shelf.unit.text


def _marks(shelf: Shelf, text: str) -> tuple[tuple[int, int], ...]:
    """Highlight the sentence of `text` closest to the question, if it can stand alone.

    A text of a single sentence has no mark.
    """
    best = _best(shelf, ChunkRole.SENTENCE, text)
    if best is None or _LEANS.match(best.text):
        return ()
    start = text.index(best.text)
    return ((start, start + len(best.text)),)


def _best(shelf: Shelf, role: ChunkRole, text: str) -> Chunk | None:
    """Return the closest chunk of a role that stands in `text`; of equals the first."""
    order: list[int] = np.argsort(-shelf.cosines, kind="stable").tolist()
    for at in order:
        chunk = shelf.chunks[at]
        if chunk.role is role and chunk.text in text:
            return chunk
    return None
