from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from index.ranking import calibration
from index.ranking.calibration import FEATURES, Calibration, Evidence
from index.training import fitting
from index.training.fitting import RIDGE, SampleSource
from index.training.simulated_bots import Sample


def sample(right: bool, cosine: float, head: float = 0.0) -> Sample:
    return Sample(Evidence(cosine, head, 0.0, 0.0, 0.0), right, True, "")


def drawn(count: int) -> list[Sample]:
    """Samples that are right with a probability that is logistic in two features."""
    random = np.random.default_rng(5)
    rows = random.uniform(size=(count, 2))
    chance = 1 / (1 + np.exp(1.0 - 4.0 * rows[:, 0] - 2.0 * rows[:, 1]))
    wins = random.uniform(size=count) < chance
    return [sample(bool(won), *map(float, row)) for won, row in zip(wins, rows, strict=True)]


def test_evidence_that_never_differs_gives_the_share_that_is_right() -> None:
    found = fitting.fit([SampleSource([sample(True, 0.5)] * 3 + [sample(False, 0.5)])])

    assert found.intercept == pytest.approx(log(3), abs=1e-3)
    assert found.weights == dict.fromkeys(FEATURES, 0.0)


def test_sources_count_by_their_weight_whatever_their_size() -> None:
    rights, wrongs = [sample(True, 0.5)] * 2, [sample(False, 0.5)] * 50

    found = fitting.fit([SampleSource(rights, 3.0), SampleSource(wrongs)])

    assert found.intercept == pytest.approx(log(3), abs=1e-3)


def test_questions_with_and_without_an_answer_have_the_weights_asked_for() -> None:
    without = replace(sample(False, 0.5), covered=False)

    found = fitting.fit([SampleSource([sample(True, 0.5), *[without] * 50])], covered=0.75)

    assert found.intercept == pytest.approx(log(3), abs=1e-3)


def test_source_without_samples_changes_nothing() -> None:
    sources = [SampleSource([sample(True, 0.5)] * 3 + [sample(False, 0.5)])]

    assert fitting.fit([*sources, SampleSource([])]) == fitting.fit(sources)


def test_coefficients_are_where_the_penalised_likelihood_is_flat() -> None:
    samples = drawn(300)

    found = fitting.fit([SampleSource(samples)], ("cosine", "classifier"))

    rows = np.array([[s.evidence.cosine, s.evidence.classifier] for s in samples])
    mean, deviation = rows.mean(axis=0), rows.std(axis=0)
    slopes = np.array([found.weights["cosine"], found.weights["classifier"]])
    right = np.array([s.right for s in samples])
    residual = right - 1 / (1 + np.exp(-found.intercept - rows @ slopes))
    each = fitting.SOURCE_WEIGHT / len(samples)
    assert each * residual.sum() == pytest.approx(0.0, abs=0.05)
    assert each * ((rows - mean) / deviation).T @ residual == pytest.approx(
        RIDGE * slopes * deviation, abs=0.05
    )


def test_coefficients_of_many_samples_are_those_they_were_drawn_with() -> None:
    found = fitting.fit([SampleSource(drawn(20_000))], ("cosine", "classifier"))

    assert found.intercept == pytest.approx(-1.0, abs=0.15)
    assert found.weights == {
        "cosine": pytest.approx(4.0, abs=0.3),
        "classifier": pytest.approx(2.0, abs=0.3),
    }


def test_samples_that_one_feature_divides_have_finite_coefficients() -> None:
    found = fitting.fit([SampleSource([sample(True, 1.0)] * 20 + [sample(False, 0.0)] * 20)])

    calibration = Calibration(found.intercept, found.weights, 0.5, 0.25)
    assert calibration.probability(sample(True, 1.0).evidence) > 0.9
    assert calibration.probability(sample(False, 0.0).evidence) < 0.1
    assert abs(found.weights["cosine"]) < exp(3)


def test_only_the_named_features_are_fitted() -> None:
    found = fitting.fit([SampleSource(drawn(50))], calibration.WITHOUT_CLASSIFIER)

    assert tuple(found.weights) == calibration.WITHOUT_CLASSIFIER
