"""Which texts of an index are compared with a question.

In a small index, and in one with a head, all of them. In a large one those of the units that come
near by meaning, that share its rare words, or whose own question it is, and always those of what
is no answer: how near a boundary comes matters even when it is not among the nearest.

Where a vector store holds the vectors, it names the texts that come near, and the version itself
holds those of the canned answers and of what is no answer, so that these are given without it.
"""

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Vectors
from index.errors import StoreUnavailable
from index.search.bm25 import Lexical
from index.search.vector_index import Dense
from index.search.vector_store import Found, Positions, Remote

NEAR = 256
"""Texts that are looked at for their meaning."""
WORDED = 64
"""Texts that are looked at for their words."""


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Finder:
    """Compares questions with texts. Safe to use from several threads."""

    dense: Dense
    lexical: Lexical | None
    """None in an index with a head, where words bring nothing."""
    bounds: NDArray[np.int64]
    """Where the texts of each unit start, and last where they all end."""
    always: NDArray[np.int64]
    """Texts that are looked at whatever is asked."""

    def find(self, vector: Vectors, text: str, known: Sequence[int] = ()) -> Found:
        """Compare a question with the texts that may matter.

        Args:
            vector: Of the question, shape (dimension,).
            text: The question as it was encoded.
            known: Units whose own question it is.

        """
        words = self.lexical.scores(text) if self.lexical else None
        if self.dense.exact or words is None:
            return Found(self.dense.scores(vector), words)
        near = self.dense.near(vector, NEAR)
        worded = np.argpartition(words, -WORDED)[-WORDED:]
        texts = np.concatenate([near, worded[words[worded] > 0]])
        units = np.searchsorted(self.bounds, texts, side="right") - 1
        texts = self._texts(np.union1d(units, np.array(known, dtype=np.int64)))
        looked_at = np.union1d(texts, self.always)
        cosines = np.full(len(words), -np.inf, dtype=np.float32)
        cosines[looked_at] = self.dense.cosines(vector, looked_at)
        return Found(cosines, words)

    def _texts(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the texts of some units."""
        starts, sizes = self.bounds[units], self.bounds[units + 1] - self.bounds[units]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.asarray(np.repeat(starts, sizes) + within, dtype=np.int64)


class VectorStore(Protocol):
    """A vector store that holds the texts of one version."""

    def search(self, vector: Vectors, text: str, limit: int) -> Remote:
        """Find up to `limit` texts by meaning and as many by words. Raises StoreUnavailable."""
        ...


@dataclass(frozen=True, slots=True)
class RemoteFinder:
    """Compares questions with the texts that a vector store finds, and with those held here."""

    store: VectorStore
    resident: Positions
    """The texts that are held here."""
    dense: Dense
    """One row for each of these."""
    lexical: Lexical | None
    """Of these texts; None in an index with a head, where words bring nothing."""
    texts: int
    """How many there are in all."""

    def find(
        self, vector: Vectors, text: str, known: Sequence[int] = (), limit: int = NEAR
    ) -> Found:
        """Compare a question with the texts that may matter; with those held here, at least."""
        cosines = np.full(self.texts, -np.inf, dtype=np.float32)
        cosines[self.resident] = self.dense.scores(vector)
        words = None
        if self.lexical is not None:
            words = np.zeros(self.texts, dtype=np.float32)
            words[self.resident] = self.lexical.scores(text)
        try:
            found = self.store.search(vector, text, limit)
        except StoreUnavailable as error:
            log.warning("only what is held here is searched: %s", error)
            return Found(cosines, words, is_partial=True)
        cosines[found.positions] = found.cosines
        if words is not None:
            words[found.positions] = found.words
        return Found(cosines, words)
