"""Fitting: samples of evidence -> the coefficients of the confidence model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.ranking.calibration import FEATURES
from index.training.simulated_bots import Sample

RIDGE = 1.0
SOURCE_WEIGHT = 400.0
"""Weight of a source of samples, whatever its number of questions."""


@dataclass(frozen=True, slots=True)
class Coefficients:
    """Of a logistic regression over the evidence."""

    intercept: float
    weights: dict[str, float]


@dataclass(frozen=True, slots=True)
class SampleSource:
    """Samples of one origin."""

    samples: Sequence[Sample]
    weight: float = 1.0
    """Of all of them together, beside the other sources."""


def fit(
    sources: Sequence[SampleSource], features: Sequence[str] = FEATURES, covered: float = 0.5
) -> Coefficients:
    """Fit coefficients of the named features.

    Args:
        sources: Each with questions that have an answer, and some that have none.
        features: Fields of `Evidence`.
        covered: Weight of the questions that have an answer, as a share of each source.

    """
    samples = [sample for source in sources for sample in source.samples]
    rows = np.array([[getattr(s.evidence, name) for name in features] for s in samples])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    weight = np.concatenate([_weights(source, covered) for source in sources])
    right = np.array([sample.right for sample in samples], dtype=np.float64)
    fitted = _newton((rows - mean) / deviation, right, weight)
    slopes = fitted[1:] / deviation
    return Coefficients(
        round(float(fitted[0] - slopes @ mean), 4),
        {name: round(float(value), 4) for name, value in zip(features, slopes, strict=True)},
    )


def _weights(source: SampleSource, covered: float) -> NDArray[np.float64]:
    """Return the weight of each sample, so that both kinds count as they should in sum."""
    has_answer = np.array([sample.covered for sample in source.samples], dtype=np.bool_)
    each = np.where(has_answer, covered / max(1, has_answer.sum()), 0.0)
    each += np.where(has_answer, 0.0, (1 - covered) / max(1, (~has_answer).sum()))
    return np.asarray(source.weight * SOURCE_WEIGHT * each / each.sum(), dtype=np.float64)


def _newton(
    rows: NDArray[np.float64], right: NDArray[np.float64], weight: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Return intercept and slopes of the ridge-penalised maximum likelihood.

    Iteratively reweighted least squares (McCullagh and Nelder, Generalized Linear Models, 1989,
    section 4.4).
    """
    design = np.hstack([np.ones((len(rows), 1)), rows])
    penalty = RIDGE * np.diag([0.0, *np.ones(rows.shape[1])])
    fitted = np.zeros(design.shape[1])
    for _ in range(50):
        probability = 1 / (1 + np.exp(-design @ fitted))
        gradient = design.T @ (weight * (right - probability)) - penalty @ fitted
        curvature = weight * probability * (1 - probability)
        fitted += np.linalg.solve((design * curvature[:, None]).T @ design + penalty, gradient)
    return fitted
