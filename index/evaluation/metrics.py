"""Pure: figures over labelled questions, each with a 95 % bootstrap interval.

A resample is a row of weights: how often each question was drawn. Every measure takes all resamples
at once, and the first of them is the data itself, so its value is the figure. Two systems measured
on the same resamples are compared pair by pair. Intervals are percentiles of the resamples (Efron
and Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13); questions of one group are
drawn together, since questions of one page or thread are alike (the same, section 8.5).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
CALIBRATION_BINS = 10
_Z = 1.96
"""Standard deviations of a normal distribution that hold 95 % of it."""
_TAIL = 2.5
"""Percent of the resamples left out at each end."""

Resamples: TypeAlias = NDArray[np.float64]
"""Shape (1 + RESAMPLES, questions): weights; the first row is all ones."""
Flags: TypeAlias = NDArray[np.bool_]
"""Shape (questions,)."""
Values: TypeAlias = NDArray[np.float64]
"""Shape (questions,), or one value a resample."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its 95 % interval and the number of questions it is over."""

    value: float
    low: float
    high: float
    count: int
    samples: Values = field(repr=False, compare=False)
    """The figure in every resample, the data itself first; nan where it has no value."""


def resample(groups: Sequence[str]) -> Resamples:
    """Draw resamples of questions by group; the same groups give the same resamples."""
    names, members = np.unique(np.array(groups, dtype=object).astype(str), return_inverse=True)
    draws = np.random.default_rng(0).multinomial(
        len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES
    )
    return np.vstack([np.ones(len(groups)), draws[:, members].astype(np.float64)])


def share(resamples: Resamples, holds: Flags, among: Flags) -> Figure | None:
    """Share of the questions `among` for which something holds; None when there are none.

    Where it holds for none or for all, resamples do not vary, and the interval is the exact
    binomial one (Clopper and Pearson, 1934): none of 33 leaves room for one in ten.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        samples = (resamples @ (holds & among)) / (resamples @ among.astype(np.float64))
    count = int(among.sum())
    found = figure(samples, count)
    if found is None or 0 < found.value < 1:
        return found
    room = 1 - (_TAIL / 100) ** (1 / count)
    return replace(found, high=room) if found.value == 0 else replace(found, low=1 - room)


def auroc(resamples: Resamples, score: Values, positive: Flags, among: Flags) -> Figure | None:
    """Chance that a positive question scores higher than another one; ties count half.

    None unless there are both. (Hanley and McNeil, The Meaning and Use of the Area under a ROC
    Curve, 1982.)
    """
    ups, downs = positive & among, ~positive & among
    if not ups.any() or not downs.any():
        return None
    gaps = score[ups][:, None] - score[downs][None, :]
    wins = (gaps > 0) + 0.5 * (gaps == 0)
    up, down = resamples[:, ups], resamples[:, downs]
    with np.errstate(invalid="ignore", divide="ignore"):
        samples = ((up @ wins) * down).sum(axis=1) / (up.sum(axis=1) * down.sum(axis=1))
    return figure(samples, int(among.sum()))


def calibration_error(
    resamples: Resamples, confidence: Values, right: Flags, weight: Values
) -> Figure | None:
    """Compute the expected calibration error in bins of equal weight (Nguyen and O'Connor, 2015).

    A resample repeats questions, which widens the gaps in its bins, so the interval lies higher
    than that of an unbiased measure would.

    Args:
        resamples: Of the questions.
        confidence: Of each question.
        right: Whether its candidate is right.
        weight: Of each question; those with 0 do not count.

    """
    order = np.flatnonzero(weight)[np.argsort(confidence[weight > 0], kind="stable")]
    surprise = confidence[order] - right[order]
    samples = [_binned_gap(surprise, row) for row in resamples[:, order] * weight[order]]
    return figure(np.array(samples), len(order))


def calibration_floor(confidence: Values, weight: Values) -> Figure | None:
    """Calibration error that chance alone gives a perfect confidence on as many answers.

    Small samples never show 0: each answer is right or wrong, its confidence lies between.
    """
    order = np.argsort(confidence, kind="stable")
    certainty, weights = confidence[order], weight[order]
    draws = np.random.default_rng(0).random((RESAMPLES, len(order))) < certainty
    gaps = np.array([_binned_gap(certainty - right, weights) for right in draws])
    return figure(np.append(gaps.mean(), gaps), len(order)) if len(order) else None


def _binned_gap(surprise: Values, weight: Values) -> float:
    """Mean by weight of how far each bin is off; questions in the order of their confidence."""
    total = weight.sum()
    if not total:
        return float("nan")
    middles = (np.cumsum(weight) - weight / 2) / total
    bins = np.minimum((CALIBRATION_BINS * middles).astype(int), CALIBRATION_BINS - 1)
    return float(np.abs(np.bincount(bins, weight * surprise)).sum() / total)


def precision(right: Figure, wrong: Figure, false: Figure) -> Figure:
    """Share of answers that are right, where as many questions have an answer as have none.

    Args:
        right: Share of right answers to questions that have one.
        wrong: Share of wrong ones.
        false: Share of answers to questions that have none.

    """
    with np.errstate(invalid="ignore", divide="ignore"):
        samples = right.samples / (right.samples + wrong.samples + false.samples)
    return _summary(samples, right.count + false.count)


def matthews(resamples: Resamples, given: Sequence[str], wanted: Sequence[str]) -> Figure | None:
    """Matthews correlation of the classes given with those wanted; none is a class like others."""
    return figure(correlation(resamples, given, wanted), len(given))


def correlation(resamples: Resamples, given: Sequence[str], wanted: Sequence[str]) -> Values:
    """Compute the Matthews correlation for many classes; 0 when all are given the same.

    With s questions, c of them right, p_k given class k and t_k wanting it:
    (c s - sum p_k t_k) / sqrt((s^2 - sum p_k^2)(s^2 - sum t_k^2)).
    (Gorodkin, Comparing two K-category assignments by a K-category correlation coefficient,
    Computational Biology and Chemistry 28, 2004.)
    """
    classes = np.unique([*given, *wanted])
    gives = (np.array(given)[:, None] == classes).astype(np.float64)
    wants = (np.array(wanted)[:, None] == classes).astype(np.float64)
    total, right = resamples.sum(axis=1), resamples @ (gives * wants).sum(axis=1)
    p, t = resamples @ gives, resamples @ wants
    above = right * total - (p * t).sum(axis=1)
    below = (total**2 - (p**2).sum(axis=1)) * (total**2 - (t**2).sum(axis=1))
    found: Values = np.where(below > 0, above / np.sqrt(np.maximum(below, 1.0)), 0.0)
    return found


def wilson(right: int, count: int) -> tuple[float, float]:
    """Return the 95 % score interval of a share (Wilson, 1927)."""
    middle, spread = right + _Z**2 / 2, _Z * (right * (count - right) / count + _Z**2 / 4) ** 0.5
    return (middle - spread) / (count + _Z**2), (middle + spread) / (count + _Z**2)


def difference(first: Figure, second: Figure) -> Figure:
    """`second` less `first`, of figures on the same resamples, with a paired interval."""
    return _summary(second.samples - first.samples, second.count)


def figure(samples: Values, count: int) -> Figure | None:
    """Sum up the values of a figure in all resamples; None when it is over no questions."""
    return _summary(samples, count) if count else None


def _summary(samples: Values, count: int) -> Figure:
    low, high = np.nanpercentile(samples[1:], (_TAIL, 100 - _TAIL))
    return Figure(float(samples[0]), float(low), float(high), count, samples)
