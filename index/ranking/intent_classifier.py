"""Intent classifier: which unit is meant, learned from the texts that stand for each unit.

Ridge regression on one-hot targets in closed form (Hoerl and Kennard, Ridge Regression, 1970), over
the text's vector and its character n-grams. Classes count by the square root of their number of
texts, so that a unit with many variants does not drown one with few. Fitting takes a third of a
second for a few thousand texts and gives the same weights every time; in single precision, which
moves a weight by 3e-5 at most.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores, Vectors

RIDGE = 1.0
NGRAM_WEIGHT = 0.6
"""Both chosen on simulated bots (docs/quality.md); ranking is flat around them."""

LEAST_TYPICAL = 0.1
"""Below it, as with one text a class, the median means little."""

SAMPLE = 500
"""Texts from which the typical score is computed."""

_BLOCK = 128
"""Columns that are factored at once."""
_PART = 512
"""Rows or columns of one product of matrices, of which two are computed at a time."""
_THREADS = 2
"""More would take the cores from visitors' questions; those of BLAS wait by spinning."""

RECIPE = f"2 {RIDGE} {NGRAM_WEIGHT} {LEAST_TYPICAL} {SAMPLE}"
"""Names how weights are computed; raise the number with every change to that."""

Matrix: TypeAlias = NDArray[np.floating]
Weights: TypeAlias = NDArray[np.float32]
"""Shape (dimension + ngram columns + 1, classes)."""


def features(vectors: Vectors, ngrams: Vectors) -> NDArray[np.float32]:
    """Join the two views of the same texts, with a constant for the intercept."""
    width = vectors.shape[1]
    rows = np.empty((len(vectors), width + ngrams.shape[1] + 1), dtype=np.float32)
    rows[:, :width] = vectors
    np.multiply(ngrams, NGRAM_WEIGHT, out=rows[:, width:-1])
    rows[:, -1] = 1.0
    return rows


@dataclass(frozen=True, slots=True)
class IntentClassifier:
    """A fitted classifier."""

    weights: Weights
    typical: float
    """Median score of a text for its own class from a classifier fitted without it; scores are
    measured against it, since they shrink with the number of classes and their likeness."""
    leverages: NDArray[np.float32]
    """Share of the score of a text that comes from itself, in [0, 1), of the sampled texts."""


def fit(
    vectors: Vectors,
    ngrams: Vectors,
    classes: Sequence[int],
    count: int,
    sampled: Sequence[int] = (),
) -> IntentClassifier:
    """Fit one column of weights for each of `count` classes; a class without texts gets zeros.

    Args:
        vectors: Of the texts.
        ngrams: Of the same texts.
        classes: Of the same texts.
        count: How many classes there are.
        sampled: Positions of texts that will be left out in turn.

    """
    importance = np.sqrt(_importance(classes, count)).astype(np.float32)
    rows = features(vectors, ngrams)
    rows *= importance[:, None]
    targets = np.zeros((len(rows), count), dtype=np.float32)
    targets[np.arange(len(rows)), classes] = importance
    sample = np.arange(0, len(rows), max(1, len(rows) // SAMPLE))
    weights, leverages = _solve(rows, targets, np.concatenate([sample, _positions(sampled)]))
    own = np.vecdot(rows[sample], weights.T[np.array(classes)[sample]]) / importance[sample]
    typical = np.median(left_out(own, leverages[: len(sample)], 1.0))
    return IntentClassifier(weights, max(float(typical), LEAST_TYPICAL), leverages[len(sample) :])


def left_out(score: Matrix, leverage: Matrix, target: Matrix | float) -> Matrix:
    """Return what a text scores from a classifier fitted without it, in closed form (PRESS).

    Exact for weights of texts that stay as they are. (Allen, The Relationship between Variable
    Selection and Data Augmentation and a Method for Prediction, 1974.)

    Args:
        score: For a class, from the classifier fitted with the text.
        leverage: Of the text.
        target: 1 for its own class, 0 for any other.

    """
    return (score - leverage * target) / np.maximum(1 - leverage, 1e-6)


def _positions(sampled: Sequence[int]) -> NDArray[np.int64]:
    return np.array(sampled, dtype=np.int64)


def _solve(
    rows: Vectors, targets: Vectors, sample: NDArray[np.int64]
) -> tuple[Weights, NDArray[np.float32]]:
    """Solve for the weights, and for the leverages of the texts at `sample`.

    By Cholesky's factor of the normal matrix, or of the Gram matrix where that is smaller. The
    right sides stand below the matrix, so that each is substituted forwards while it is factored;
    a leverage is then the squared length of one of them. Whatever the number of cores, the blocks
    are the same, and so is the result.
    """
    classes, is_dual = targets.shape[1], len(rows) < rows.shape[1]
    sides = rows if is_dual else rows.T
    size = len(sides)
    factor = np.empty((size + classes + len(sample), size), dtype=np.float32)
    factor[size + classes :] = np.eye(size, dtype=np.float32)[sample] if is_dual else rows[sample]

    def multiply(start: int) -> None:
        columns = slice(start, start + _PART)
        factor[start:size, columns] = sides[start:] @ sides[columns].T
        below = targets.T[:, columns] if is_dual else targets.T @ rows[:, columns]
        factor[size : size + classes, columns] = below

    with ThreadPoolExecutor(_THREADS) as pool:
        _run(pool, multiply, range(0, size, _PART))
        factor[np.diag_indices(size)] += RIDGE
        _factorise(factor, pool)
    below = factor[size:]
    lengths = np.vecdot(below[classes:], below[classes:])
    weights = _substitute(factor[:size], below[:classes].T.copy())
    return (rows.T @ weights, 1 - RIDGE * lengths) if is_dual else (weights, lengths)


def _factorise(factor: Vectors, pool: Executor) -> None:
    """Turn a matrix into Cholesky's factor, below the diagonal and in place, a block at a time.

    NumPy's own uses one core and knows no right sides; SciPy takes half a second to import.
    """
    size = factor.shape[1]
    for start in range(0, size, _BLOCK):
        end = min(start + _BLOCK, size)
        _run(pool, partial(_reduce, factor, start, end), range(start, len(factor), _PART))
        corner = np.linalg.cholesky(factor[start:end, start:end])
        factor[start:end, start:end] = corner
        factor[end:, start:end] = factor[end:, start:end] @ np.linalg.inv(corner).T


def _reduce(factor: Vectors, start: int, end: int, first: int) -> None:
    rows = slice(first, first + _PART)
    factor[rows, start:end] -= factor[rows, :start] @ factor[start:end, :start].T


def _substitute(factor: Vectors, wanted: Vectors) -> Vectors:
    """Substitute backwards, in place."""
    for start in reversed(range(0, len(factor), _BLOCK)):
        end = min(start + _BLOCK, len(factor))
        wanted[start:end] -= factor[end:, start:end].T @ wanted[end:]
        corner = factor[start:end, start:end].T
        wanted[start:end] = np.linalg.solve(corner, wanted[start:end])
    return wanted


def _run(pool: Executor, work: Callable[[int], None], starts: Iterable[int]) -> None:
    for _ in pool.map(work, starts):
        pass


def _importance(classes: Sequence[int], count: int) -> NDArray[np.float64]:
    """Return the weight of each text, 1 on average."""
    sizes = np.bincount(classes, minlength=count)
    raw = 1 / np.sqrt(sizes[list(classes)])
    return np.asarray(raw / raw.mean(), dtype=np.float64)


def scores(weights: Weights, vector: Matrix, ngrams: Matrix) -> Scores:
    """Score every class for one text: about 1 for a text of the class, about 0 for another.

    Args:
        weights: Of the classifier.
        vector: Of the text, shape (dimension,).
        ngrams: Of the text, shape (columns,).

    """
    present, width = np.flatnonzero(ngrams), len(vector)
    # Not `@`, which wakes the threads of BLAS; see `VectorIndex.scores`. A question has few of the
    # n-grams, so most weights need not be read.
    by_meaning = np.einsum("i,ij->j", vector, weights[:width])
    by_spelling = np.einsum("i,ij->j", NGRAM_WEIGHT * ngrams[present], weights[width + present])
    return np.asarray(by_meaning + by_spelling + weights[-1], dtype=np.float32)
