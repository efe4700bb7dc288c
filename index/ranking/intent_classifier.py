"""Intent classifier: which unit is meant, learned from the texts that stand for each unit.

Ridge regression on one-hot targets in closed form (Hoerl and Kennard, Ridge Regression, 1970), over
the text's vector and its character n-grams. Classes count by the square root of their number of
texts, so that a unit with many variants does not drown one with few. Fitting takes about a second
for a few thousand texts and gives the same weights every time.
"""

from collections.abc import Sequence
from dataclasses import dataclass
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

Matrix: TypeAlias = NDArray[np.float64]
Weights: TypeAlias = NDArray[np.float32]
"""Shape (dimension + ngram columns + 1, classes)."""


def features(vectors: Vectors, ngrams: Vectors) -> NDArray[np.float32]:
    """Join the two views of the same texts, with a constant for the intercept."""
    ones = np.ones((len(vectors), 1), dtype=np.float32)
    return np.hstack([vectors, NGRAM_WEIGHT * ngrams, ones])


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
    importance = np.sqrt(_importance(classes, count))
    rows = features(vectors, ngrams).astype(np.float64) * importance[:, None]
    targets = np.eye(count)[list(classes)] * importance[:, None]
    sample = np.arange(0, len(rows), max(1, len(rows) // SAMPLE))
    positions = np.concatenate([sample, np.array(sampled, dtype=np.int64)])
    weights, projected = _solve(rows, targets, positions)
    leverages = np.einsum("ij,ji->i", rows[positions], projected)
    own = (rows[sample] @ weights)[np.arange(len(sample)), np.array(classes)[sample]]
    typical = np.median(left_out(own / importance[sample], leverages[: len(sample)], 1.0))
    return IntentClassifier(
        weights.astype(np.float32),
        max(float(typical), LEAST_TYPICAL),
        leverages[len(sample) :].astype(np.float32),
    )


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


def _solve(rows: Matrix, targets: Matrix, sample: NDArray[np.int64]) -> tuple[Matrix, Matrix]:
    """Solve for the weights, and for the columns of the hat matrix's factor at `sample`."""
    texts, columns = rows.shape
    if texts < columns:
        gram = rows @ rows.T + RIDGE * np.eye(texts)
        wanted = np.hstack([targets, np.eye(texts)[:, sample]])
        solution = rows.T @ np.linalg.solve(gram, wanted)
    else:
        normal = rows.T @ rows + RIDGE * np.eye(columns)
        wanted = np.hstack([rows.T @ targets, rows[sample].T])
        solution = np.linalg.solve(normal, wanted)
    return solution[:, : targets.shape[1]], solution[:, targets.shape[1] :]


def _importance(classes: Sequence[int], count: int) -> NDArray[np.float64]:
    """Return the weight of each text, 1 on average."""
    sizes = np.bincount(classes, minlength=count)
    raw = 1 / np.sqrt(sizes[list(classes)])
    return np.asarray(raw / raw.mean(), dtype=np.float64)


def scores(weights: Weights, vector: Vectors, ngrams: Vectors) -> Scores:
    """Score every class for one text: about 1 for a text of the class, about 0 for another."""
    present, width = np.flatnonzero(ngrams[0]), vector.shape[1]
    # Not `@`, which wakes the threads of BLAS; see `VectorIndex.scores`. A question has few of the
    # n-grams, so most weights need not be read.
    by_meaning = np.einsum("i,ij->j", vector[0], weights[:width])
    by_spelling = np.einsum("i,ij->j", NGRAM_WEIGHT * ngrams[0, present], weights[width + present])
    return np.asarray(by_meaning + by_spelling + weights[-1], dtype=np.float32)
