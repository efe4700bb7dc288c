import json
from dataclasses import replace
from math import e, exp, log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.errors import IndexCorrupt
from index.ranking import calibration
from index.ranking.calibration import Calibration, Evidence, Linear

NOTHING = Evidence(0.0, 0.0, 0.0, 0.0, 0.0)
WEIGHTS = {
    "cosine": 2.0,
    "classifier": 1.0,
    "spelling": 0.5,
    "out_of_scope_classifier": -1.0,
    "out_of_scope_lead": -4.0,
    "words": 0.25,
}
BY_HAND = Calibration(-1.0, WEIGHTS, 0.5, 0.25)
ALONE = {"cosine": 3.0, "spelling": 1.0, "out_of_scope_lead": -2.0}
DOCUMENT = {
    "intercept": -1,
    "weights": WEIGHTS,
    "answer_at": 0.5,
    "clarify_at": 0.25,
    "without_classifier": {"intercept": -2, "weights": ALONE},
}


@pytest.mark.parametrize(
    ("evidence", "odds"),
    [
        (NOTHING, exp(-1)),
        (replace(NOTHING, cosine=0.5), 1.0),
        (Evidence(1.0, 2.0, 1.0, 0.5, 0.25), exp(2.0)),  # -1 + 2 + 2 + .5 - .5 - 1
        (replace(NOTHING, words=-4.0), exp(-2)),
    ],
)
def test_probability_is_logistic_in_the_evidence(evidence: Evidence, odds: float) -> None:
    assert BY_HAND.probability(evidence) == pytest.approx(odds / (1 + odds))


@given(
    st.builds(Evidence, *[st.floats(-1e9, 1e9)] * 5),
    st.floats(-1e9, 1e9),
)
def test_probability_is_between_zero_and_one(evidence: Evidence, intercept: float) -> None:
    assert 0 < replace(BY_HAND, intercept=intercept).probability(evidence) < 1


def test_certainty_is_bounded() -> None:
    assert replace(BY_HAND, intercept=1000).probability(NOTHING) == 1 / (1 + e**-30)


@pytest.mark.parametrize(
    ("candidate", "outside", "lead"),
    [(0.5, 0.25, 0.0), (0.5, 0.5, 0.15), (0.5, 0.75, 0.4), (0.9, -1.0, 0.0)],
)
def test_outside_leads_from_the_margin_on(candidate: float, outside: float, lead: float) -> None:
    assert calibration.out_of_scope_lead(candidate, outside) == pytest.approx(lead)


def test_written_calibration_is_read() -> None:
    assert calibration.parse(json.dumps(DOCUMENT).encode()) == BY_HAND


SPARSE_WEIGHTS = {"cosine": 2.0, "lead": 4.0, "out_of_scope_lead": -4.0, "agreement": 0.5}
SPARSE = {"intercept": -3, "weights": SPARSE_WEIGHTS}
WITH_SPARSE = {**DOCUMENT, "sparse": SPARSE, "offer_at": 0.125}


@pytest.mark.parametrize(
    ("sparseness", "odds"),
    [(0.0, 1.0), (1.0, -1.0), (0.25, 0.5)],
    ids=["enough-ways", "hardly-any", "some"],
)
def test_log_odds_are_mixed_by_how_few_variants_there_are(sparseness: float, odds: float) -> None:
    read = calibration.parse(json.dumps(WITH_SPARSE).encode())
    evidence = replace(NOTHING, cosine=1.0, sparseness=sparseness)

    # -1 + 2 with enough variants, -3 + 2 with hardly any.
    assert read.probability(evidence) == pytest.approx(1 / (1 + exp(-odds)))


@pytest.mark.parametrize("feature", [{"lead": 0.5}, {"agreement": 4.0}], ids=["lead", "agreement"])
def test_evidence_on_few_variants_counts_only_there(feature: dict[str, float]) -> None:
    read = calibration.parse(json.dumps(WITH_SPARSE).encode())
    ahead = replace(NOTHING, **feature)

    assert read.probability(ahead) == read.probability(NOTHING)
    assert read.probability(replace(ahead, sparseness=1.0)) == pytest.approx(1 / (1 + e))


def test_one_set_of_coefficients_serves_for_all_where_there_is_no_other() -> None:
    assert BY_HAND.probability(replace(NOTHING, sparseness=1.0)) == BY_HAND.probability(NOTHING)
    without_classifier = calibration.parse(
        json.dumps(WITH_SPARSE).encode(), without_classifier=True
    )
    assert without_classifier.sparse is None


def test_coefficients_for_few_variants_are_read() -> None:
    read = calibration.parse(json.dumps(WITH_SPARSE).encode())

    assert read == replace(BY_HAND, sparse=Linear(-3.0, SPARSE_WEIGHTS), offer_at=0.125)


def test_index_without_a_classifier_is_weighed_without_it() -> None:
    read = calibration.parse(json.dumps(DOCUMENT).encode(), without_classifier=True)

    assert read == Calibration(-2.0, ALONE, 0.5, 0.25)
    assert read.probability(
        replace(NOTHING, classifier=9.0, out_of_scope_classifier=9.0)
    ) == read.probability(NOTHING)


def test_content_without_boundaries_is_weighed_by_coefficients_of_its_own() -> None:
    other = {"intercept": -3, "weights": dict.fromkeys(calibration.WITHOUT_BOUNDARIES, 1.0)}
    document = json.dumps({**WITH_SPARSE, "without_boundaries": other}).encode()

    read = calibration.parse(document, without_boundaries=True)

    assert (read.intercept, read.weights) == (-3.0, other["weights"])
    assert read.sparse == Linear(-3.0, SPARSE_WEIGHTS)
    assert calibration.parse(document).weights == WEIGHTS
    assert calibration.parse(json.dumps(DOCUMENT).encode(), without_boundaries=True) == BY_HAND


@pytest.mark.parametrize(
    ("share", "logarithm"),
    [(1.0, 0.0), (2.0, log(2)), (9.0, log(2)), (0.5, -log(2)), (0.0, log(0.02)), (-1.0, log(0.02))],
)
def test_share_of_the_classifier_counts_by_its_logarithm_within_bounds(
    share: float, logarithm: float
) -> None:
    assert calibration.classifier_logarithm(share) == pytest.approx(logarithm)


def test_what_a_calibration_says_beside_its_coefficients_is_left_alone() -> None:
    document = {**DOCUMENT, "weights": {**WEIGHTS, "later": 1.0}, "fitted_on": {"own": 1}}

    assert calibration.parse(json.dumps(document).encode()) == BY_HAND


def test_shipped_calibration_has_every_coefficient_and_sane_limits() -> None:
    shipped = calibration.parse(calibration.SHIPPED.read_bytes())

    assert set(shipped.weights) == set(calibration.FEATURES)
    assert shipped.sparse is not None
    assert set(shipped.sparse.weights) == set(calibration.SPARSE)
    assert 0 < shipped.clarify_at < shipped.answer_at < 1
    assert shipped.offer_at is not None
    assert 0 < shipped.offer_at < shipped.answer_at
    assert shipped.probability(Evidence(0.0, log(0.02), 0.0, 0.0, 0.0)) < shipped.clarify_at
    assert shipped.probability(Evidence(1.0, 0.0, 1.0, 0.0, 0.0)) > 0.9
    unbounded = calibration.parse(calibration.SHIPPED.read_bytes(), without_boundaries=True)
    assert set(unbounded.weights) == set(calibration.WITHOUT_BOUNDARIES)
    assert unbounded.weights != shipped.weights
    without_classifier = calibration.parse(
        calibration.SHIPPED.read_bytes(), without_classifier=True
    )
    assert set(without_classifier.weights) == set(calibration.WITHOUT_CLASSIFIER)


@pytest.mark.parametrize(
    "document",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        json.dumps({**DOCUMENT, "weights": []}).encode(),
        json.dumps({**DOCUMENT, "weights": {"cosine": 1.0}}).encode(),
        json.dumps({**DOCUMENT, "intercept": float("nan")}).encode(),
        json.dumps({**DOCUMENT, "weights": {**WEIGHTS, "classifier": float("inf")}}).encode(),
        json.dumps({**DOCUMENT, "answer_at": "high"}).encode(),
        json.dumps({**DOCUMENT, "clarify_at": None}).encode(),
        json.dumps({**WITH_SPARSE, "sparse": {"intercept": 0, "weights": WEIGHTS}}).encode(),
        json.dumps({**DOCUMENT, "sparse": SPARSE}).encode(),
    ],
    ids=[
        "empty",
        "no-utf-8",
        "list",
        "object",
        "no-weights",
        "lacks",
        "nan",
        "inf",
        "word",
        "null",
        "no-prose",
        "no-offer",
    ],
)
def test_incomplete_calibration_is_reported(document: bytes) -> None:
    with pytest.raises(IndexCorrupt, match=r"confidence\.json cannot be read"):
        calibration.parse(document)
