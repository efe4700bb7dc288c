"""What the prose of a unit says, where hardly anybody wrote down how people ask for it.

Such a unit is ranked by its passages and sentences as well: they are most of what there is to go
by. A unit with ways of asking is not, since these tell more, and so content that has them for
everything is ranked without any of this.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Chunk, ChunkRole, Scores

FEW, ENOUGH = 1, 6
"""Up to so many ways of asking for a unit its prose counts in full, from so many on not at all."""
MOST_UNITS = 2000
"""In an index of more, which has no head either, prose does not count."""
LEAST = 5
"""Words. A shorter text, such as a bare label or "Yes.", says too little to be asked about."""
_TOLD = (ChunkRole.PASSAGE, ChunkRole.SENTENCE, ChunkRole.TITLED)


@dataclass(frozen=True, slots=True)
class Prose:
    """Where the prose of the units stands that it counts for."""

    units: NDArray[np.int32]
    """Their positions, ascending."""
    share: Scores
    """How much it counts for each of them, above 0 and up to 1."""
    runs: NDArray[np.int64]
    """Shape (units, 4): start and end of the passages, then of the sentences below their title."""

    def scores(self, cosines: Scores) -> Scores:
        """Return for each of the units the mean of its best passage and its best sentence.

        Args:
            cosines: Of the question with every chunk of the index; -inf where it was not looked at,
                which counts as -1.

        """
        ends = self.runs.reshape(-1)
        best = np.maximum.reduceat(cosines[: ends[-1]], ends[:-1])
        return np.asarray(np.maximum((best[::4] + best[2::4]) / 2, -1.0), dtype=np.float32)

    def lower(self, ranked: Scores, cosines: Scores, weight: float) -> Scores:
        """Lower the rank of units whose prose is behind another's, and return what it scores.

        Nothing is added, so that they gain nothing over units with ways of asking.

        Args:
            ranked: Of every unit; changed.
            cosines: Of the question with every chunk.
            weight: What a unit loses for each cosine that it is behind.

        """
        said = np.zeros_like(ranked)
        if len(self.units):
            found = self.scores(cosines)
            said[self.units] = found
            ranked[self.units] -= weight * self.share * (found.max() - found)
        return said

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what `read` reads."""
        return {"prose_units": self.units, "prose_share": self.share, "prose_runs": self.runs}


def read(arrays: Mapping[str, NDArray[Any]]) -> Prose:
    """Read what `Prose.arrays` returned. Raises KeyError where some are missing."""
    return Prose(arrays["prose_units"], arrays["prose_share"], arrays["prose_runs"])


def find(chunks: Sequence[Chunk]) -> Prose:
    """Find the units with prose and few ways of asking; chunks stand in the order of the units."""
    ways = Counter(chunk.unit for chunk in chunks if chunk.role is ChunkRole.VARIANT)
    said: dict[int, list[int]] = {}
    for position, chunk in enumerate(chunks):
        if chunk.role in _TOLD and share(ways[chunk.unit]):
            said.setdefault(chunk.unit, []).append(position)
    telling = {
        unit: positions
        for unit, positions in said.items()
        if any(len(chunks[at].text.split()) >= LEAST for at in positions)
    }
    return Prose(
        np.array([*telling], dtype=np.int32),
        np.array([share(ways[unit]) for unit in telling], dtype=np.float32),
        _runs(chunks, telling),
    )


def share(ways: int) -> float:
    """Return how much prose counts beside so many ways of asking, from 0 to 1."""
    return max(0.0, min(1.0, (ENOUGH - ways) / (ENOUGH - FEW)))


def _runs(chunks: Sequence[Chunk], said: Mapping[int, Sequence[int]]) -> NDArray[np.int64]:
    """Return the runs of passages, of which the first texts are, and of sentences, the last.

    A text of one sentence has none beside its passage: then the first passage stands for the
    passages, and all of them for the sentences.
    """
    rows = []
    for positions in said.values():
        first, end = positions[0], positions[-1] + 1
        roles = [chunks[at].role for at in positions]
        if ChunkRole.TITLED in roles:
            passages = roles.count(ChunkRole.PASSAGE)
            titled = first + roles.index(ChunkRole.TITLED)
            rows.append((first, first + passages, titled, end))
        else:
            rows.append((first, first, first, end))
    return np.array(rows, dtype=np.int64).reshape(-1, 4)
