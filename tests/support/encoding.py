"""An encoder whose vectors can be worked out on paper."""

import re
from collections.abc import Sequence

import numpy as np

from index.datatypes import Vectors

VOCABULARY = (
    *("baker", "cook", "butcher", "bread", "dough", "oven", "hour", "night", "morning"),
    *("earn", "pay", "apprenticeship", "become", "switch", "training", "recipe", "hello", "thank"),
)


class HandEncoder:
    """Counts known words, plurals folded, and scales the counts to length 1.

    Axis 0 stands for texts without any known word, axis n for word n of the vocabulary.
    So "baker" is at 1, and "cook, baker!" halfway between 1 and 2: (0, 0.707, 0.707, 0, …).
    """

    name = "by-hand"
    sha256 = "0" * 64

    def __init__(self, vocabulary: Sequence[str] = VOCABULARY) -> None:
        self._axes = {word: number for number, word in enumerate(vocabulary, start=1)}
        self.encoded: list[str] = []
        """Every text that was encoded, in order."""

    def encode(self, texts: Sequence[str], /) -> Vectors:
        self.encoded.extend(texts)
        rows = np.zeros((len(texts), len(self._axes) + 1), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            for word in re.findall(r"[a-z]+", text.lower()):
                axis = self._axes.get(word) or self._axes.get(word.removesuffix("s"))
                if axis is not None:
                    row[axis] += 1
            row[0] = not row.any()
            row /= np.linalg.norm(row)
        return rows


class Remembering(HandEncoder):
    """The hand-written encoder, which has nothing to remember."""

    def cached(self, texts: Sequence[str], /) -> Vectors:
        return self.encode(texts)
