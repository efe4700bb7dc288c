"""Calibrated confidence: evidence -> the probability that a candidate answers the question.

A logistic regression, with other coefficients for sparse entries, which have hardly any variants:
there a good answer is less like the question; and for content without any boundary. The
coefficients in `calibration.json` were fitted by `scripts/fit_confidence.py` (docs/quality.md); an
owner with labelled questions may fit them again.
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
"""Beyond these log odds a float cannot distinguish the probability from 0 or 1."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Features for and against a candidate.

    Out of scope is whatever is not an answer: a boundary, smalltalk, or one of the sentences that
    belong to no corpus.
    """

    cosine: float
    """Best cosine of the question with a text of the candidate."""
    classifier: float
    """Natural logarithm of the intent classifier's score for the candidate and its equivalents, as
    a share of what a text of the index gets, from `CLASSIFIER_FLOOR` to `CLASSIFIER_CAP`."""
    spelling: float
    """Best n-gram cosine of the question with a text of the candidate."""
    out_of_scope_classifier: float
    """The best such share of what is out of scope, from 0 to `CLASSIFIER_CAP`."""
    out_of_scope_lead: float
    """How far the closest text out of scope is ahead of the candidate, counted from
    `OUT_OF_SCOPE_MARGIN` behind it; 0 when it is further away."""
    lead: float = 0.0
    """By how much its ranking score is ahead of the best unit that says something else, up to
    `LEAD_CAP`."""
    agreement: float = 0.0
    """Logarithm of how likely question and candidate are about the same common question; counts
    for sparse candidates."""
    sparseness: float = 0.0
    """From 0, the candidate has enough variants or the question is one, to 1, hardly any."""
    words: float = 0.0
    """Log likelihood ratio of the question's words: of the candidate against out of scope."""

    def by_name(self) -> dict[str, float]:
        """Return every feature by its name."""
        return {name: getattr(self, name) for name in self.__slots__}


WITHOUT_BOUNDARIES = (
    "cosine",
    "classifier",
    "spelling",
    "out_of_scope_classifier",
    "out_of_scope_lead",
)
"""Features in content without any boundary, with whose words others could be compared."""
FEATURES = (*WITHOUT_BOUNDARIES, "words")
SPARSE = ("cosine", "lead", "out_of_scope_lead", "agreement")
"""Features of a sparse candidate: its score by the classifier, which has hardly anything to learn
it from, is no evidence on content that the calibration was not fitted on."""
WITHOUT_CLASSIFIER = ("cosine", "spelling", "out_of_scope_lead")
"""Features in an index too large for an intent classifier."""
CLASSIFIER_CAP = 2.0
CLASSIFIER_FLOOR = 0.02
OUT_OF_SCOPE_MARGIN = 0.15
LEAD_CAP = 2.0


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
    """Coefficients, and the probabilities at which to answer, to clarify and to offer."""

    intercept: float
    weights: Mapping[str, float]
    """Of each feature of `Evidence`, by name."""
    answer_at: float
    clarify_at: float
    """At which the visitor is asked which of several close candidates is meant."""
    sparse: Linear | None = None
    """For a sparse candidate; None where these serve for all."""
    offer_at: float | None = None
    """At which a sparse candidate is offered, be it the only one: a click costs less than a
    refusal. None where it has to be clarified as any other."""

    def probability(self, evidence: Evidence) -> float:
        """Return the probability in (0, 1) that the candidate answers the question."""
        odds = Linear(self.intercept, self.weights).odds(evidence)
        if evidence.sparseness and self.sparse is not None:
            odds += evidence.sparseness * (self.sparse.odds(evidence) - odds)
        return 1 / (1 + exp(-max(-_CERTAIN, min(_CERTAIN, odds))))


def out_of_scope_lead(candidate: float, out_of_scope: float) -> float:
    """Return how far one cosine is ahead of the candidate's, plus the margin; never below 0."""
    return max(0.0, out_of_scope - candidate + OUT_OF_SCOPE_MARGIN)


def classifier_logarithm(share: float) -> float:
    """Return the logarithm of a candidate's share, clamped to floor and cap."""
    return log(min(max(share, CLASSIFIER_FLOOR), CLASSIFIER_CAP))


def parse(
    data: bytes, *, without_classifier: bool = False, without_boundaries: bool = False
) -> Calibration:
    """Read a calibration.

    Args:
        data: Of `FILE`.
        without_classifier: Whether the index has no intent classifier; its features are left out.
        without_boundaries: Whether the content has no boundary: what is out of scope is then known
            by everyday sentences alone, and says less. As ever where nothing was fitted for that.

    Raises:
        IndexCorrupt: It lacks a coefficient, or is not JSON.

    """
    try:
        values = json.loads(data)
        fitted: Any = values
        features: Sequence[str] = FEATURES
        if without_classifier:
            fitted, features = values["without_classifier"], WITHOUT_CLASSIFIER
        elif without_boundaries and "without_boundaries" in values:
            fitted, features = values["without_boundaries"], WITHOUT_BOUNDARIES
        linear = _linear(fitted, features)
        sparse = None if without_classifier else values.get("sparse")
        return Calibration(
            linear.intercept,
            linear.weights,
            _number(values["answer_at"]),
            _number(values["clarify_at"]),
            None if sparse is None else _linear(sparse, SPARSE),
            None if sparse is None else _number(values["offer_at"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        raise IndexCorrupt(f"confidence.json cannot be read ({error}).") from error


def _linear(fitted: Any, names: Sequence[str]) -> Linear:
    weights = {name: _number(fitted["weights"][name]) for name in names}
    return Linear(_number(fitted["intercept"]), weights)


def _number(value: object) -> float:
    """Return a finite number; Python reads others from JSON, too, and they would answer all."""
    number = float(str(value))
    if not isfinite(number):
        raise ValueError(f"{number} is no coefficient")
    return number
