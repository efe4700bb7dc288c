"""Vector index: nearest neighbours by inner product. The only module that imports faiss.

Up to `FLAT_UP_TO` rows, one file holds all of them and every search is exact. Beyond, FAISS finds
rows near a query in inverted lists of int8 vectors (Jégou, Douze and Schmid, Product Quantization
for Nearest Neighbor Search, 2011, section 4), which are then compared in float16. Both files are
memory-mapped: pages that nobody reads are not loaded, and processes share the others.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import log2, sqrt
from pathlib import Path
from typing import Any, cast

import faiss  # noqa: TID251 - this module is where FAISS lives
import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores, VectorIndexCard, VectorIndexKind, Vectors
from index.errors import IndexCorrupt
from index.storage import tensors

FLAT_UP_TO = 50_000
"""Rows. Comparing a query with all of them takes some 5 ms, as much as encoding it."""
NEAREST = 10
WANTED_RECALL = 0.98
"""Recall of the `NEAREST` true neighbours that is required; docs/scaling.md has more."""
_REFINED = 10
"""Rows found in the lists and compared exactly, for each row that is wanted."""
_TUNED_ON = 256
"""Queries by which the number of lists to search is chosen."""
_LIKENESS = 0.8
"""Cosine of such a query with its row; about that of a question with its answer."""
_TRAINED_ON = 64
"""Rows for each list that the lists are trained on; FAISS wants 39 at least."""
_TIE = 1e-5
"""Cosines that differ by less are equal up to rounding."""
_BLOCK = 8192
_PAIRED = 512
"""Rows that are compared with all others at once; of 6,000 that takes 12 MB."""
_SEED = 1234
_AT_ONCE = 1 << 20
"""Bytes written at a time."""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The nearest rows of each query, best first; equal scores by position."""

    positions: NDArray[np.int64]
    """Shape (queries, k)."""
    scores: NDArray[np.float32]
    """Shape (queries, k): cosines."""


def kind_for(rows: int) -> VectorIndexKind:
    """Choose the kind of index for a number of rows."""
    return VectorIndexKind.FLAT if rows <= FLAT_UP_TO else VectorIndexKind.LISTS


class VectorIndex:
    """Rows of length 1 and their index. Safe to search from several threads."""

    def __init__(
        self, searched: "faiss.Index", rows: NDArray[np.floating], card: VectorIndexCard
    ) -> None:
        self._faiss = searched
        self._rows = rows
        self.card = card

    def __len__(self) -> int:
        return len(self._rows)

    @property
    def exact(self) -> bool:
        """Whether every query is compared with every row."""
        return self.card.kind is VectorIndexKind.FLAT

    @property
    def vectors(self) -> Vectors:
        """All rows; a copy in float16 precision for an index that is not exact."""
        return np.asarray(self._rows, dtype=np.float32)

    def row(self, position: int) -> Vectors:
        """Return one row, of shape (dimension,)."""
        return np.asarray(self._rows[position], dtype=np.float32)

    def search(self, vectors: Vectors, k: int) -> Neighbours:
        """Find the `k` nearest rows of each query, or all rows when there are fewer."""
        k = min(k, len(self._rows))
        if self.exact:
            scores, positions = self._faiss.search(vectors, k)
            return _ordered(positions, scores, k)
        positions = np.stack([self._refined(vector, k) for vector in vectors])
        scores = np.stack([self.cosines(v, p) for v, p in zip(vectors, positions, strict=True)])
        return _ordered(positions, scores, k)

    def close_pairs(self, positions: NDArray[np.int64], least: float) -> Iterator[tuple[int, int]]:
        """Yield those of some rows whose cosine is `least` or more, each pair once, in order."""
        rows = self.vectors[positions]
        for start in range(0, len(rows), _PAIRED):
            cosines = rows[start : start + _PAIRED] @ rows[start:].T
            for first, second in np.argwhere(np.triu(cosines >= least, 1)).tolist():
                yield int(positions[start + first]), int(positions[start + second])

    def near(self, vector: Vectors, k: int) -> NDArray[np.int64]:
        """Return up to `k` rows near one query of shape (dimension,), in no order."""
        _, found = self._faiss.search(vector[None], min(k, len(self._rows)))
        return np.asarray(found[0][found[0] >= 0], dtype=np.int64)

    def scores(self, vector: Vectors) -> Scores:
        """Return the exact cosine of every row with one query of shape (dimension,).

        On the caller's thread only: a matrix product wakes the threads of BLAS, which spin while
        they wait and so take the cores from other questions (docs/performance.md).
        """
        if self.exact:
            return np.asarray(np.vecdot(self._rows, vector), dtype=np.float32)
        return self.cosines(vector, np.arange(len(self._rows)))

    def cosines(self, vector: Vectors, positions: NDArray[np.int64]) -> Scores:
        """Return the exact cosines of some rows with one query of shape (dimension,)."""
        cosines = np.empty(len(positions), dtype=np.float32)
        for start in range(0, len(positions), _BLOCK):
            rows = self._rows[positions[start : start + _BLOCK]].astype(np.float32, copy=False)
            cosines[start : start + _BLOCK] = np.vecdot(rows, vector)
        return cosines

    def _refined(self, vector: Vectors, k: int) -> NDArray[np.int64]:
        """Return the `k` best of the rows near a query, padded with others if need be."""
        found = self.near(vector, _REFINED * k)
        if len(found) < k:  # the searched lists hold fewer
            others = np.setdiff1d(np.arange(len(self._rows)), found)
            found = np.concatenate([found, others[: k - len(found)]])
        best = np.argsort(-self.cosines(vector, found), kind="stable")[:k]
        return found[best]

    def save(self, path: Path) -> None:
        """Write the index of FAISS, and rows that it does not hold into a second file.

        Through a Python file: on a full disk FAISS' own drops the last 4 KB without an error.
        """
        with path.open("wb") as file:
            writer = faiss.PyCallbackIOWriter(file.write, _AT_ONCE)  # type: ignore[attr-defined]
            faiss.write_index(self._faiss, writer)
        if not self.exact:
            tensors.write(_rows_path(path), {"rows": self._rows})


def _ordered(positions: NDArray[np.int64], scores: Scores, k: int) -> Neighbours:
    order = np.lexsort((positions, -scores), axis=1)[:, :k]
    return Neighbours(
        np.take_along_axis(positions, order, axis=1), np.take_along_axis(scores, order, axis=1)
    )


@dataclass(frozen=True)
class _Lent:
    """Lends the memory of a FAISS index to NumPy, whose array keeps the index alive."""

    lender: "faiss.Index"
    __array_interface__: dict[str, object]


def _lent_rows(flat: "faiss.IndexFlat") -> Vectors:
    """Return the rows of an index without a copy."""
    lent = {
        "version": 3,
        "typestr": "<f4",
        "shape": (flat.ntotal, flat.d),
        "data": (int(flat.get_xb()), True),
    }
    return np.asarray(_Lent(flat, lent))


def _rows_path(path: Path) -> Path:
    return path.with_name(f"{path.stem}.safetensors")


def build(vectors: Vectors, kind: VectorIndexKind | None = None) -> VectorIndex:
    """Index rows of length 1; the same rows give the same index.

    Args:
        vectors: The rows, at least one.
        kind: Chosen by `kind_for` unless given.

    """
    count, dimension = vectors.shape
    if (kind or kind_for(count)) is VectorIndexKind.FLAT:
        flat = faiss.IndexFlatIP(dimension)
        flat.add(vectors)
        return VectorIndex(
            flat, _lent_rows(flat), VectorIndexCard(VectorIndexKind.FLAT, count, 0, 0, 1.0)
        )
    lists = _filled_lists(vectors)
    rows = np.empty(vectors.shape, dtype=np.float16)
    for start in range(0, count, _BLOCK):
        rows[start : start + _BLOCK] = vectors[start : start + _BLOCK]
    return _tuned(lists, rows, vectors)


def _filled_lists(vectors: Vectors) -> "faiss.IndexIVFScalarQuantizer":
    count, dimension = vectors.shape
    number = 1 << round(log2(2 * sqrt(count)))
    lists = faiss.IndexIVFScalarQuantizer(
        faiss.IndexFlatIP(dimension),
        dimension,
        number,
        faiss.ScalarQuantizer.QT_8bit,
        faiss.METRIC_INNER_PRODUCT,
    )
    lists.cp.max_points_per_centroid = _TRAINED_ON
    lists.cp.min_points_per_centroid = 1  # a test may have few rows; FAISS would warn
    sample = np.arange(0, count, max(1, count // (_TRAINED_ON * number)))
    lists.train(vectors[sample])
    for start in range(0, count, _BLOCK):
        lists.add(vectors[start : start + _BLOCK])
    return lists


def _tuned(
    lists: "faiss.IndexIVFScalarQuantizer", rows: NDArray[np.float16], vectors: Vectors
) -> VectorIndex:
    """Choose the number of lists to search that reaches the required recall."""
    queries = _queries(vectors)
    true = true_nearest(vectors, queries)
    probes, recall = 4, 0.0
    while recall < WANTED_RECALL and probes < lists.nlist:
        probes = min(2 * probes, lists.nlist)
        lists.nprobe = probes
        card = VectorIndexCard(VectorIndexKind.LISTS, len(rows), lists.nlist, probes, 1.0)
        found = VectorIndex(lists, rows, card).search(queries, NEAREST).positions
        recall = _recall(vectors, queries, true, found)
    card = VectorIndexCard(VectorIndexKind.LISTS, len(rows), lists.nlist, probes, round(recall, 4))
    return VectorIndex(lists, rows, card)


def _recall(
    vectors: Vectors, queries: Vectors, true: NDArray[np.int64], found: NDArray[np.int64]
) -> float:
    """Return the share of found rows that are as near as the last of the true neighbours.

    By distance and not by position, since a text that occurs twice is equally near both times
    (Aumüller, Bernhardsson and Faithfull, ANN-Benchmarks, 2020, section 3.2).
    """
    least = np.vecdot(vectors[true[:, -1]], queries)
    near = np.vecdot(vectors[found], queries[:, None]) >= least[:, None] - _TIE
    return float(near.mean())


def _queries(vectors: Vectors) -> Vectors:
    """Draw queries that are as near to some rows as questions are to their answers."""
    draw = np.random.default_rng(_SEED)
    chosen = vectors[draw.choice(len(vectors), min(_TUNED_ON, len(vectors)), replace=False)]
    noise = draw.normal(size=chosen.shape).astype(np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    queries = _LIKENESS * chosen + np.float32(sqrt(1 - _LIKENESS**2)) * noise
    queries /= np.linalg.norm(queries, axis=1, keepdims=True)
    return np.asarray(queries, dtype=np.float32)


def true_nearest(vectors: Vectors, queries: Vectors) -> NDArray[np.int64]:
    """Return the positions of the `NEAREST` rows of each query by brute force."""
    k = min(NEAREST, len(vectors))
    _, positions = faiss.knn(queries, vectors, k, metric=faiss.METRIC_INNER_PRODUCT)
    return np.asarray(positions, dtype=np.int64)


def recall_of(true: NDArray[np.int64], found: NDArray[np.int64]) -> float:
    """Return the share of the true neighbours of each query that was found."""
    shared = sum(len(np.intersect1d(a, b)) for a, b in zip(true, found, strict=True))
    return shared / true.size


def load(path: Path, card: VectorIndexCard) -> VectorIndex:
    """Read what `VectorIndex.save` wrote. Raises IndexCorrupt when it cannot be read."""
    try:
        if card.kind is VectorIndexKind.FLAT:
            flat = cast("faiss.IndexFlat", faiss.read_index(str(path)))
            return VectorIndex(flat, _lent_rows(flat), card)
        lists: Any = faiss.read_index(str(path), faiss.IO_FLAG_MMAP | faiss.IO_FLAG_READ_ONLY)
        lists.nprobe = card.probes
        # Otherwise every search starts 32 threads to prefetch the lists.
        inverted: Any = faiss.downcast_InvertedLists(lists.invlists)
        inverted.prefetch_nthread = 0
        rows = tensors.parse(tensors.read(_rows_path(path)))["rows"]
        return VectorIndex(lists, rows, card)
    except (OSError, RuntimeError, ValueError, KeyError, AttributeError) as error:
        raise IndexCorrupt(f"{path.name} cannot be read. Build the index again.") from error
