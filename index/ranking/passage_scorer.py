"""Passage scores of sparse entries: units for which hardly any variants were written.

Such a unit is ranked by its passages and sentences as well, which are most of its texts. A unit
with enough variants is not, since these are the better evidence, and so content that has variants
throughout is ranked without any passage score.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Chunk, ChunkRole, Scores

FEW, ENOUGH = 1, 6
"""With up to so many variants its passages count in full, with so many or more not at all."""
MOST_UNITS = 2000
"""In an index of more, which has no intent classifier either, passages do not count."""
LEAST = 5
"""Words. A shorter text, such as a label or "Yes.", holds too little to be asked about."""
_PROSE_ROLES = (ChunkRole.PASSAGE, ChunkRole.SENTENCE, ChunkRole.TITLED)


@dataclass(frozen=True, slots=True)
class PassageScorer:
    """Scores sparse units by their passages; knows where these stand."""

    units: NDArray[np.int32]
    """Their positions, ascending."""
    share: Scores
    """How much passages count for each of them, above 0 and up to 1."""
    runs: NDArray[np.int64]
    """Shape (units, 4): start and end of the passages, then of the sentences below their title."""

    def scores(self, cosines: Scores) -> Scores:
        """Return for each of the units the mean of its best passage and its best sentence.

        Args:
            cosines: Of the question with every chunk of the index; -inf where it was not searched,
                which counts as -1.

        """
        ends = self.runs.reshape(-1)
        best = np.maximum.reduceat(cosines[: ends[-1]], ends[:-1])
        return np.asarray(np.maximum((best[::4] + best[2::4]) / 2, -1.0), dtype=np.float32)

    def lower(self, ranked: Scores, cosines: Scores, weight: float) -> None:
        """Lower units whose passages score less than another's.

        Nothing is added, so that they gain nothing over units with variants.

        Args:
            ranked: Of every unit; changed.
            cosines: Of the question with every chunk.
            weight: What a unit loses for each cosine that it is behind.

        """
        if len(self.units):
            scores = self.scores(cosines)
            ranked[self.units] -= weight * self.share * (scores.max() - scores)

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what `read` reads."""
        return {"prose_units": self.units, "prose_share": self.share, "prose_runs": self.runs}


def read(arrays: Mapping[str, NDArray[Any]]) -> PassageScorer:
    """Read what `PassageScorer.arrays` returned. Raises KeyError where some are missing."""
    return PassageScorer(arrays["prose_units"], arrays["prose_share"], arrays["prose_runs"])


def find(chunks: Sequence[Chunk]) -> PassageScorer:
    """Find the sparse units and their passages; chunks stand in the order of the units."""
    variants = Counter(chunk.unit for chunk in chunks if chunk.role is ChunkRole.VARIANT)
    passages: dict[int, list[int]] = {}
    for position, chunk in enumerate(chunks):
        if chunk.role in _PROSE_ROLES and share(variants[chunk.unit]):
            passages.setdefault(chunk.unit, []).append(position)
    substantial = {
        unit: positions
        for unit, positions in passages.items()
        if any(len(chunks[at].text.split()) >= LEAST for at in positions)
    }
    return PassageScorer(
        np.array([*substantial], dtype=np.int32),
        np.array([share(variants[unit]) for unit in substantial], dtype=np.float32),
        _runs(chunks, substantial),
    )


def share(variants: int) -> float:
    """Return how much passages count next to this many variants, from 0 to 1."""
    return max(0.0, min(1.0, (ENOUGH - variants) / (ENOUGH - FEW)))


def _runs(chunks: Sequence[Chunk], passages: Mapping[int, Sequence[int]]) -> NDArray[np.int64]:
    """Return the runs of passages, which come first, and of sentences, which come last.

    A text of one sentence has none beside its passage: then the first passage stands for the
    passages, and all of them for the sentences.
    """
    rows = []
    for positions in passages.values():
        first, end = positions[0], positions[-1] + 1
        roles = [chunks[at].role for at in positions]
        if ChunkRole.TITLED in roles:
            count = roles.count(ChunkRole.PASSAGE)
            titled = first + roles.index(ChunkRole.TITLED)
            rows.append((first, first + count, titled, end))
        else:
            rows.append((first, first, first, end))
    return np.array(rows, dtype=np.int64).reshape(-1, 4)
