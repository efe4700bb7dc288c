"""Candidate search: which texts of an index are compared with a question.

In a small index, and in one with an intent classifier, all of them. In a large one, the texts of
units that are near in meaning, that share its rare words, or that list it as their own question,
and always those of boundaries and smalltalk: how near a boundary comes matters even when it is not
among the nearest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores, Vectors
from index.search.bm25 import Bm25Index
from index.search.vector_index import VectorIndex

NEAR = 256
"""Texts near in meaning that are compared."""
WORDED = 64
"""Texts with words in common that are compared."""
MOST_PROBES = 6000
"""Texts whose neighbours an audit may ask for; 6,000 searches of a flat index take seconds."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """How a question compares with every text of an index."""

    cosines: Scores
    """Of the question with every text; -inf for one that was not compared."""
    words: Scores | None
    """BM25 of the question with every text, where ranking needs it."""
    is_partial: bool = False
    """Whether some texts could not be searched, because a vector store did not answer."""


class CandidateSearch(Protocol):
    """Compares questions with texts. Safe to use from several threads."""

    @property
    def most_probes(self) -> int:
        """How many texts `neighbours` can reasonably be asked for."""
        ...

    def find(self, vector: Vectors, text: str, known: Sequence[int] = ()) -> SearchResult:
        """Compare a question with the texts that may matter.

        Args:
            vector: Of the question, shape (dimension,).
            text: The question as it was encoded.
            known: Units that list it as their own question.

        """
        ...

    def neighbours(
        self, texts: Sequence[str], vectors: Vectors, count: int, least: float
    ) -> Iterator[list[int]]:
        """For each text yield the positions of its nearest texts with a cosine of `least`."""
        ...


@dataclass(frozen=True, slots=True)
class LocalSearch:
    """Searches texts that the version holds itself."""

    dense: VectorIndex
    lexical: Bm25Index | None
    """None in an index with an intent classifier, where BM25 adds nothing."""
    bounds: NDArray[np.int64]
    """Where the texts of each unit start, and last where they all end."""
    always: NDArray[np.int64]
    """Texts that are compared with every question."""
    most_probes: int = MOST_PROBES

    def find(self, vector: Vectors, text: str, known: Sequence[int] = ()) -> SearchResult:
        """Compare a question with all texts, or with its candidates in a large index."""
        words = self.lexical.scores(text) if self.lexical else None
        if self.dense.exact or words is None:
            return SearchResult(self.dense.scores(vector), words)
        near = self.dense.near(vector, NEAR)
        worded = np.argpartition(words, -WORDED)[-WORDED:]
        texts = np.concatenate([near, worded[words[worded] > 0]])
        units = np.searchsorted(self.bounds, texts, side="right") - 1
        texts = self._texts(np.union1d(units, np.array(known, dtype=np.int64)))
        compared = np.union1d(texts, self.always)
        cosines = np.full(len(words), -np.inf, dtype=np.float32)
        cosines[compared] = self.dense.cosines(vector, compared)
        return SearchResult(cosines, words)

    def neighbours(
        self, texts: Sequence[str], vectors: Vectors, count: int, least: float
    ) -> Iterator[list[int]]:
        """For each text yield the positions of its nearest texts with a cosine of `least`."""
        nearest = self.dense.search(vectors, count)
        for positions, scores in zip(nearest.positions, nearest.scores, strict=True):
            yield positions[scores >= least].tolist()

    def _texts(self, units: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the texts of some units."""
        starts, sizes = self.bounds[units], self.bounds[units + 1] - self.bounds[units]
        within = np.arange(sizes.sum()) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        return np.asarray(np.repeat(starts, sizes) + within, dtype=np.int64)
