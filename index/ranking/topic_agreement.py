"""Topic agreement: how likely a question and an entry are about the same common question.

"perks" and "What benefits do you provide?" share no word and are not close, but both are closest to
the same topic of the common questions. How a text is spread over all topics is a softmax of its
cosines with their mean vectors; two texts agree as much as their spreads overlap. That is evidence
on sparse entries, which say in their own words alone what they are about. It says less where
another entry is about the same topics, as in content about a single thing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Chunk, ChunkRole, Scores, Vectors

TEMPERATURE = 0.05
"""Of the softmax; flat from 0.04 to 0.07."""
FLOOR = 1e-3
"""Least overlap that is told apart."""
NONE = float(np.log(FLOOR))
"""Agreement with a unit that has no topics."""
CROWDED = 0.5
"""Share of its agreement with the closest other unit that a unit loses, about as a fit has it."""
_ROLES = (ChunkRole.QUESTION, ChunkRole.PASSAGE)


@dataclass(frozen=True, slots=True)
class TopicModel:
    """Topics, and how each sparse unit is spread over them."""

    means: Vectors
    """Mean vector of the questions of each topic, of length 1; none where no unit is sparse."""
    units: NDArray[np.int32]
    """Positions of the sparse units, ascending."""
    spread: NDArray[np.float32]
    """Shape (units, topics)."""
    crowding: Scores
    """What each of the units loses of its agreement, since another is about the same topics."""

    def agreement(self, vector: Vectors, count: int) -> Scores:
        """Return how a question agrees with each of `count` units, on a scale of logarithms."""
        agreement = np.full(count, NONE, dtype=np.float32)
        if len(self.units):
            # Not `@`, which wakes the threads of BLAS; see `VectorIndex.scores`.
            overlap = np.vecdot(self.spread, _softmax(np.vecdot(self.means, vector)))
            agreement[self.units] = np.log(overlap + FLOOR) - self.crowding
        return agreement

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what `read` reads; the units are those of the passages."""
        return {
            "topic_means": self.means,
            "topic_spread": self.spread,
            "topic_crowding": self.crowding,
        }


def read(arrays: Mapping[str, NDArray[Any]], units: NDArray[np.int32]) -> TopicModel:
    """Read what `TopicModel.arrays` returned. Raises KeyError where some are missing."""
    spread = arrays["topic_spread"]
    crowding = arrays["topic_crowding"]
    return TopicModel(arrays["topic_means"], units[: len(spread)], spread, crowding)


def means(vectors: Vectors, sizes: Sequence[int]) -> Vectors:
    """Return the mean vector of each topic; the vectors of its questions follow each other."""
    starts = np.cumsum([0, *sizes[:-1]])
    return _normalised(np.add.reduceat(vectors, starts, axis=0))


def find(
    chunks: Sequence[Chunk], vectors: Vectors, units: NDArray[np.int32], means: Vectors
) -> TopicModel:
    """Spread the sparse units over the topics, by their titles and passages; without topics none.

    Args:
        chunks: In the order of their units.
        vectors: Of the chunks.
        units: The sparse ones, ascending.
        means: Of the topics.

    """
    if not len(means) or not len(units):
        none = np.zeros(0, dtype=np.float32)
        return TopicModel(vectors[:0], units[:0], none.reshape(0, 0), none)
    sums = np.zeros((int(units[-1]) + 1, vectors.shape[1]), dtype=np.float32)
    chosen = [at for at, c in enumerate(chunks) if c.role in _ROLES and c.unit < len(sums)]
    np.add.at(sums, [chunks[at].unit for at in chosen], vectors[chosen])
    spread = _softmax(_normalised(sums[units]) @ means.T)
    overlap = spread @ spread.T
    np.fill_diagonal(overlap, 0.0)
    crowding = CROWDED * np.log(overlap.max(axis=1) + FLOOR)
    return TopicModel(means, units, spread, np.asarray(crowding, dtype=np.float32))


def _softmax(cosines: Scores) -> NDArray[np.float32]:
    """Spread one text or several over the topics, whose cosines stand on the last axis."""
    weights = np.exp((cosines - cosines.max(axis=-1, keepdims=True)) / TEMPERATURE)
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True), dtype=np.float32)


def _normalised(vectors: Vectors) -> Vectors:
    length = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(length, 1e-9), dtype=np.float32)
