"""Weight rounding: a matrix -> int8, exact on processors with and without VNNI.

AVX2 multiplies unsigned by signed bytes and adds two neighbouring products in 16 bits (the
instruction `vpmaddubsw`), which saturates at 255 x 127 twice. It cannot where neighbours of the
same sign sum to 128 at most, since 255 x 128 fits. The few neighbours that do not are adjusted;
halving all weights instead would cost each of them one bit.

Rows are rounded one after the other, and the following rows compensate for the error of each, as
far as their inputs are correlated (Frantar et al., GPTQ, 2023).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Vectors

LARGEST = 127
LARGEST_SUM = 128
_DAMPING = 0.05
"""Share of the mean variance that is added to each variance: samples do not show everything."""
_BLOCK = 64
"""Rows that are rounded before the error is passed on to those below."""
_SCALES = (0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5)
"""Scales tried for each column, relative to the one at which its largest weight is `LARGEST`."""


@dataclass(frozen=True, slots=True)
class Int8Matrix:
    """A matrix as integers and the scale of each column."""

    numbers: NDArray[np.int8]
    scales: NDArray[np.float32]
    """One for each column."""

    @property
    def weights(self) -> Vectors:
        """The matrix that the integers represent."""
        return np.asarray(self.numbers * self.scales, dtype=np.float32)


def round_columns(weights: Vectors) -> Int8Matrix:
    """Round every column at the scale with the least squared error.

    `weights` has the shape (inputs, outputs), with an even number of inputs.
    """
    largest = np.maximum(np.abs(weights).max(axis=0), np.finfo(np.float32).tiny)
    numbers = np.zeros(weights.shape, dtype=np.int8)
    scales = (largest / LARGEST).astype(np.float32)
    least = np.full(weights.shape[1], np.inf)
    for share in _SCALES:
        scale = (largest / LARGEST * share).astype(np.float32)
        tried = _fitting(np.clip(np.round(weights / scale), -LARGEST, LARGEST))
        lost = ((tried * scale - weights) ** 2).sum(axis=0)
        better = lost < least
        numbers[:, better], scales[better] = tried[:, better], scale[better]
        least[better] = lost[better]
    return Int8Matrix(numbers, scales)


def round_for_inputs(
    weights: Vectors, covariance: NDArray[np.float32] | NDArray[np.float64]
) -> Int8Matrix:
    """Round so that products with the inputs change least, at the scales of `round_columns`.

    Args:
        weights: Shape (inputs, outputs), with an even number of inputs.
        covariance: Of the inputs.

    """
    count = len(weights)
    scales = round_columns(weights).scales
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
    return Int8Matrix(numbers.astype(np.int8), scales)


def _beside(above: Vectors, numbers: Vectors) -> Vectors:
    """Clip numbers to what may follow their neighbours."""
    most = np.where(above > 0, np.minimum(LARGEST, LARGEST_SUM - above), LARGEST)
    least = np.where(above < 0, np.maximum(-LARGEST, -LARGEST_SUM - above), -LARGEST)
    return np.clip(numbers, least, most)


def _fitting(numbers: Vectors) -> Vectors:
    """Reduce neighbours of the same sign with too large a sum, each by half of the excess."""
    pairs = numbers.reshape(-1, 2, numbers.shape[1])
    too_much = np.maximum(np.abs(pairs.sum(axis=1)) - LARGEST_SUM, 0)
    too_much *= pairs[:, 0] * pairs[:, 1] > 0
    first = np.floor(too_much / 2)
    moved = pairs - np.sign(pairs) * np.stack([first, too_much - first], axis=1)
    return np.asarray(moved.reshape(numbers.shape), dtype=np.float32)
