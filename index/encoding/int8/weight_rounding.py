"""Pure: a matrix of weights -> int8 that the fast products of a processor without VNNI get right.

AVX2 multiplies unsigned by signed bytes and adds two neighbouring products in 16 bits (the
instruction `vpmaddubsw`), which saturates: 255 x 127, twice, is too much. As long as neighbours of
the same sign sum to 128 at most, nothing can: 255 x 128 fits. Few neighbours do not, and those are
moved; halving all weights instead would cost every one of them a bit.

Rows are rounded one after the other, and what the rounding of one adds is made good by those that
come after, as far as they come in together (Frantar et al., GPTQ, 2023).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Vectors

MOST = 127
MOST_OF_TWO = 128
_DAMPING = 0.05
"""Part of the mean variance that is added to each: sample texts do not show everything."""
_BLOCK = 64
"""Rows after which those further down learn of what was added."""
_SCALES = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
"""Tried for each column, as parts of the scale at which its largest weight is `MOST`."""


@dataclass(frozen=True, slots=True)
class Rounded:
    """A matrix as whole numbers and what one of them is worth."""

    numbers: NDArray[np.int8]
    scales: NDArray[np.float32]
    """One a column."""

    @property
    def weights(self) -> Vectors:
        """What the numbers stand for."""
        return np.asarray(self.numbers * self.scales, dtype=np.float32)


def rounded(weights: Vectors) -> Rounded:
    """Round every column at the scale that loses least.

    Args:
        weights: Shape (inputs, outputs), with an even number of inputs.

    """
    largest = np.maximum(np.abs(weights).max(axis=0), np.finfo(np.float32).tiny)
    numbers = np.zeros(weights.shape, dtype=np.int8)
    scales = (largest / MOST).astype(np.float32)
    least = np.full(weights.shape[1], np.inf)
    for share in _SCALES:
        scale = (largest / MOST * share).astype(np.float32)
        tried = _fitting(np.clip(np.round(weights / scale), -MOST, MOST))
        lost = ((tried * scale - weights) ** 2).sum(axis=0)
        better = lost < least
        numbers[:, better], scales[better] = tried[:, better], scale[better]
        least[better] = lost[better]
    return Rounded(numbers, scales)


def rounded_together(
    weights: Vectors, covariance: NDArray[np.float32] | NDArray[np.float64]
) -> Rounded:
    """Round so that the products of what comes in change least, at the scales of `rounded`.

    Args:
        weights: Shape (inputs, outputs), with an even number of inputs.
        covariance: Of the inputs.

    """
    count = len(weights)
    scales = rounded(weights).scales
    damping = max(_DAMPING * float(covariance.trace()) / count, 1e-12)
    damped = (covariance + np.eye(count) * damping).astype(np.float32)
    spread = np.linalg.cholesky(np.linalg.inv(damped)).T
    left = weights.astype(np.float32)
    numbers = np.zeros_like(left)
    for start in range(0, count, _BLOCK):
        end = min(start + _BLOCK, count)
        added = np.zeros((end - start, left.shape[1]), dtype=np.float32)
        for row in range(start, end):
            above = numbers[row - 1] if row % 2 else np.zeros_like(scales)
            numbers[row] = _beside(above, np.round(left[row] / scales))
            added[row - start] = (left[row] - numbers[row] * scales) / spread[row, row]
            left[row + 1 : end] -= np.outer(spread[row, row + 1 : end], added[row - start])
        left[end:] -= spread[start:end, end:].T @ added
    return Rounded(numbers.astype(np.int8), scales)


def _beside(above: Vectors, numbers: Vectors) -> Vectors:
    """Clip numbers to what may stand below their neighbours."""
    most = np.where(above > 0, np.minimum(MOST, MOST_OF_TWO - above), MOST)
    least = np.where(above < 0, np.maximum(-MOST, -MOST_OF_TWO - above), -MOST)
    return np.clip(numbers, least, most)


def _fitting(numbers: Vectors) -> Vectors:
    """Move neighbours of the same sign that sum to more than may be, each by half of it."""
    pairs = numbers.reshape(-1, 2, numbers.shape[1])
    too_much = np.maximum(np.abs(pairs.sum(axis=1)) - MOST_OF_TWO, 0)
    too_much *= pairs[:, 0] * pairs[:, 1] > 0
    first = np.floor(too_much / 2)
    moved = pairs - np.sign(pairs) * np.stack([first, too_much - first], axis=1)
    return np.asarray(moved.reshape(numbers.shape), dtype=np.float32)
