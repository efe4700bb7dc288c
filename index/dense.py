"""Nearest neighbours by inner product. The only module that imports faiss."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import cast

import faiss  # noqa: TID251 - this module is where FAISS lives
import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores, Vectors
from index.errors import IndexCorrupt

FLAT_UP_TO = 50_000
"""Rows. A flat search of as many takes about 10 ms on one core; a graph pays only beyond."""
_NEIGHBOURS = 32
_EF_CONSTRUCTION = 200
_EF_SEARCH = 128
"""Values at which HNSW finds 99 % of the true nearest (Malkov and Yashunin, 2018, section 5)."""
_AT_ONCE = 1 << 20
"""Bytes handed over in one piece."""


class DenseKind(StrEnum):
    """How neighbours are found."""

    FLAT = "flat"
    """Every row is compared: exact."""
    HNSW = "hnsw"
    """A graph is walked: nearly exact, and far faster in a large index."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest rows of each query, best first; equal scores by position."""

    positions: NDArray[np.int64]
    """Shape (queries, k)."""
    scores: NDArray[np.float32]
    """Shape (queries, k): cosines."""


def kind_for(rows: int) -> DenseKind:
    """Choose the kind of index for a number of rows."""
    return DenseKind.FLAT if rows <= FLAT_UP_TO else DenseKind.HNSW


class Dense:
    """Rows of length 1 and their index. Safe to search from several threads."""

    def __init__(self, searched: "faiss.Index") -> None:
        self._faiss = searched
        self.vectors = _rows(searched)

    @property
    def kind(self) -> DenseKind:
        """What this index was built as."""
        return DenseKind.HNSW if isinstance(self._faiss, faiss.IndexHNSW) else DenseKind.FLAT

    def search(self, vectors: Vectors, k: int) -> Neighbours:
        """Find the `k` nearest rows of each query, or all rows when there are fewer."""
        scores, positions = self._faiss.search(vectors, min(k, len(self.vectors)))
        order = np.lexsort((positions, -scores), axis=1)
        return Neighbours(
            np.take_along_axis(positions, order, axis=1), np.take_along_axis(scores, order, axis=1)
        )

    def scores(self, vector: Vectors) -> Scores:
        """Return the exact cosine of every row with one query of shape (dimension,).

        On the caller's thread alone: a product of matrices wakes the threads of BLAS, which wait
        for work by spinning and so take the cores from other questions (docs/performance.md).
        """
        return np.asarray(np.vecdot(self.vectors, vector), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the index as FAISS does.

        Through a file of Python's: FAISS's own drops the last 4 KB on a full disk without a word.
        """
        with path.open("wb") as file:
            writer = faiss.PyCallbackIOWriter(file.write, _AT_ONCE)  # type: ignore[attr-defined]
            faiss.write_index(self._faiss, writer)


@dataclass(frozen=True)
class _Lent:
    """Memory of a FAISS index for NumPy, whose array keeps this, and so the index, alive."""

    lender: "faiss.Index"
    __array_interface__: dict[str, object]


def _rows(searched: "faiss.Index") -> Vectors:
    """Return the rows of an index where they lie, without a copy."""
    flat = cast("faiss.IndexFlat", searched)
    if isinstance(searched, faiss.IndexHNSW):
        flat = cast("faiss.IndexFlat", faiss.downcast_index(searched.storage))
    lent = {
        "version": 3,
        "typestr": "<f4",
        "shape": (flat.ntotal, flat.d),
        "data": (int(flat.get_xb()), True),
    }
    return np.asarray(_Lent(searched, lent))


def build(vectors: Vectors, kind: DenseKind | None = None) -> Dense:
    """Index rows of length 1; the same rows give the same index.

    Args:
        vectors: The rows, at least one.
        kind: Chosen by `kind_for` unless given.

    """
    rows, dimension = vectors.shape
    if (kind or kind_for(rows)) is DenseKind.FLAT:
        flat = faiss.IndexFlatIP(dimension)
        flat.add(vectors)
        return Dense(flat)
    graph = faiss.IndexHNSWFlat(dimension, _NEIGHBOURS, faiss.METRIC_INNER_PRODUCT)
    graph.hnsw.efConstruction = _EF_CONSTRUCTION
    graph.hnsw.efSearch = _EF_SEARCH
    threads = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)  # several would link rows in an order that differs every time
    graph.add(vectors)
    faiss.omp_set_num_threads(threads)
    return Dense(graph)


def load(path: Path) -> Dense:
    """Read what `Dense.save` wrote. Raises IndexCorrupt when it cannot be read."""
    try:
        return Dense(faiss.read_index(str(path)))
    except RuntimeError as error:
        raise IndexCorrupt(f"{path.name} cannot be read. Build the index again.") from error
