"""Evidence for and against a candidate -> the probability that it answers the question.

The probability is logistic in the evidence, with other coefficients where hardly anybody wrote down
how people ask: there a good answer is less like the question. The coefficients in
`calibration.json` were fitted by `scripts/fit_confidence.py` (docs/quality.md); an owner with
labelled questions may fit them again.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, isfinite, log
from pathlib import Path
from typing import Any

from index.errors import IndexCorrupt

FILE = "confidence.json"
SHIPPED = Path(__file__).with_name("calibration.json")
_CERTAIN = 30.0
"""Beyond these log odds a float cannot tell the probability from 0 or 1."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """What speaks for a candidate and against it.

    A rival is whatever is not an answer: a boundary, smalltalk, or the background of sentences that
    belong to no corpus.
    """

    cosine: float
    """Best cosine of the question with a text of the candidate."""
    head: float
    """Natural logarithm of the head's score for the candidate and what is equivalent to it, as a
    share of what a known text gets; from log `HEAD_FLOOR` to log `HEAD_CAP`."""
    spelling: float
    """Best n-gram cosine of the question with a text of the candidate."""
    rival_head: float
    """The best rival's share of what a known text gets, from 0 to `HEAD_CAP`."""
    rival_lead: float
    """By how much the closest rival is closer than the candidate, counted from `RIVAL_MARGIN`
    before it; 0 when it is further away."""
    prose: float = 0.0
    """Best score of the candidate's prose, in [-1, 1]; 0 with enough ways of asking for it."""
    bare: float = 0.0
    """From 0, enough ways of asking for the candidate or the question is one, to 1, hardly any."""


FEATURES = ("cosine", "head", "spelling", "rival_head", "rival_lead")
SPARSE = (*FEATURES, "prose")
"""What there is to go by for a candidate with hardly any ways of asking."""
HEADLESS = ("cosine", "spelling", "rival_lead")
"""What there is to go by in an index too large for a head."""
HEAD_CAP = 2.0
HEAD_FLOOR = 0.02
RIVAL_MARGIN = 0.15


@dataclass(frozen=True, slots=True)
class Linear:
    """Log odds as a sum over evidence."""

    intercept: float
    weights: Mapping[str, float]
    """Of fields of `Evidence`, by name."""

    def odds(self, evidence: Evidence) -> float:
        """Return the logarithm of the odds."""
        weighed = (weight * getattr(evidence, name) for name, weight in self.weights.items())
        odds: float = self.intercept + sum(weighed)
        return odds


@dataclass(frozen=True, slots=True)
class Calibration:
    """Coefficients, and the probabilities from which something is said."""

    intercept: float
    weights: Mapping[str, float]
    """Of each feature of `Evidence`, by name."""
    answer_at: float
    clarify_at: float
    sparse: Linear | None = None
    """For a candidate with hardly any ways of asking; None where these serve for all."""

    def probability(self, evidence: Evidence) -> float:
        """Return the probability in (0, 1) that the candidate answers the question."""
        odds = Linear(self.intercept, self.weights).odds(evidence)
        if evidence.bare and self.sparse is not None:
            odds += evidence.bare * (self.sparse.odds(evidence) - odds)
        return 1 / (1 + exp(-max(-_CERTAIN, min(_CERTAIN, odds))))


def rival_lead(candidate: float, rival: float) -> float:
    """Return how far a rival's cosine is above the candidate's, less the margin; never below 0."""
    return max(0.0, rival - candidate + RIVAL_MARGIN)


def head_logarithm(share: float) -> float:
    """Return the logarithm of a candidate's share, kept within floor and cap."""
    return log(min(max(share, HEAD_FLOOR), HEAD_CAP))


def parse(data: bytes, *, headless: bool = False) -> Calibration:
    """Read a calibration; that of an index without a head leaves the head's features out.

    Raises:
        IndexCorrupt: It lacks a coefficient, or is not JSON.

    """
    try:
        values = json.loads(data)
        fitted = values["headless"] if headless else values
        known = _linear(fitted, HEADLESS if headless else FEATURES)
        sparse = None if headless else values.get("sparse")
        return Calibration(
            known.intercept,
            known.weights,
            _number(values["answer_at"]),
            _number(values["clarify_at"]),
            None if sparse is None else _linear(sparse, SPARSE),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise IndexCorrupt(f"confidence.json cannot be read ({error}).") from error


def _linear(fitted: Any, names: Sequence[str]) -> Linear:
    weights = {name: _number(fitted["weights"][name]) for name in names}
    return Linear(_number(fitted["intercept"]), weights)


def _number(value: object) -> float:
    """Return a finite number; JSON as Python reads it knows others, and they would answer all."""
    number = float(str(value))
    if not isfinite(number):
        raise ValueError(f"{number} is no coefficient")
    return number
