"""Which rows can be the nearest of their group, told by rows of one byte a number.

Every row is rounded to whole steps of its own. By the Cauchy-Schwarz inequality its cosine with a
query of length 1 is no farther from that of the rounded row than the length of what was rounded
away. So only rows that may be the best of their group are read in full: a question reads a third
of the memory that all rows take, and the best of each group is exact.

The products are one operator of ONNX Runtime in bytes (`MatMulInteger`), which NumPy has not.
"""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores, Vectors
from index.encoding.encoder import open_session

FILE = "coarse.onnx"
WORTH = 2000
"""Rows from which on it pays; fewer fit into the caches of a core."""
_QUERY_STEPS = 63
"""Of a query: products of two pairs then fit into the 16 bits in which AVX2 adds them."""
ZERO = 64
"""What stands for 0 in a rounded query."""

Exact: TypeAlias = Callable[[Vectors, NDArray[np.int64]], Scores]
"""Returns the cosines of rows at some positions with a query."""


class Groups:
    """Rows that stand one after the other, of which the best counts."""

    def __init__(self, starts: NDArray[np.int64], rows: int) -> None:
        """Take where each group starts, the first at 0, and how many rows there are."""
        self.starts = starts
        self.of_row = np.repeat(np.arange(len(starts)), np.diff(starts, append=rows))


class Coarse:
    """Rows of one byte a number. Safe to use from several threads.

    Raises IndexCorrupt when the file cannot be read.
    """

    def __init__(self, path: Path, groups: Groups) -> None:
        self._groups = groups
        self._session = open_session(path)
        dimension = self._session.get_inputs()[0].shape[1]
        nothing = np.zeros((2, dimension), dtype=np.uint8)
        feed = {"query": nothing, "steps": np.zeros((1, 2), dtype=np.float32)}
        self._away: Scores = self._session.run(["away"], feed)[0]

    def cosines(self, vector: Vectors, exact: Exact) -> Scores:
        """Return about every cosine with a query; the highest of each group is exact.

        No other is above the highest of its group.

        Args:
            vector: The query, of length 1, shape (dimension,).
            exact: Compares some rows with it as they are.

        """
        about, away = self._about(vector)
        least = np.maximum.reduceat(about - away, self._groups.starts)
        may_be_best = np.flatnonzero(about + away >= least[self._groups.of_row])
        about[may_be_best] = exact(vector, may_be_best)
        return about

    def _about(self, vector: Vectors) -> tuple[Scores, Scores]:
        """Return the cosines of the rounded rows, and how far off each is at most.

        The query is rounded, and what is left of it once more, so that hardly anything is.
        """
        first, step = _rounded(vector)
        rest = vector - step * first
        second, fine = _rounded(rest)
        left = float(np.linalg.norm(rest - fine * second))
        query = (np.stack([first, second]) + ZERO).astype(np.uint8)
        feed = {"query": query, "steps": np.array([[step, fine]], dtype=np.float32)}
        about: Scores = self._session.run(["about"], feed)[0][0]
        return about, self._away + np.float32(2 * left)


def _rounded(numbers: Vectors) -> tuple[Vectors, np.float32]:
    step = np.float32(np.abs(numbers).max() / _QUERY_STEPS or 1.0)
    return np.rint(numbers / step), step
