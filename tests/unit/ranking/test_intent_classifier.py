import numpy as np
import pytest
from numpy.typing import NDArray

from index.datatypes import Vectors
from index.ranking import intent_classifier

SHAPES = [
    pytest.param((7, 4, 3), id="fewer-texts-than-columns"),
    pytest.param((40, 3, 2), id="more-texts-than-columns"),
]
CLASSES = 3
Exact = NDArray[np.float64]


def views(shape: tuple[int, int, int]) -> tuple[Vectors, Vectors, list[int]]:
    """Vectors, n-grams and classes of some texts; class 2 has one text alone."""
    texts, dimension, columns = shape
    random = np.random.default_rng(7)
    vectors = random.normal(size=(texts, dimension)).astype(np.float32)
    grams = random.normal(size=(texts, columns)).astype(np.float32)
    return vectors, grams, [*(row % 2 for row in range(texts - 1)), 2]


def row(values: list[list[float]]) -> Vectors:
    return np.array(values, dtype=np.float32)


def weights_of_texts(classes: list[int]) -> Exact:
    raw = np.array([1 / classes.count(label) ** 0.5 for label in classes])
    return np.asarray(raw / raw.mean(), dtype=np.float64)


def ridge(rows: Exact, targets: Exact, weight: Exact) -> Exact:
    """The second formulation: least squares on rows to which the penalty was added."""
    scale = np.sqrt(weight)[:, None]
    columns = rows.shape[1]
    penalty = np.sqrt(intent_classifier.RIDGE) * np.eye(columns)
    left = np.vstack([rows * scale, penalty])
    right = np.vstack([targets * scale, np.zeros((columns, targets.shape[1]))])
    return np.asarray(np.linalg.lstsq(left, right, rcond=None)[0], dtype=np.float64)


def test_features_are_both_views_and_a_constant() -> None:
    joined = intent_classifier.features(row([[1, 2]]), row([[10]]))

    assert joined.tolist() == [[1.0, 2.0, pytest.approx(10 * intent_classifier.NGRAM_WEIGHT), 1.0]]


def test_text_of_a_class_counts_by_the_root_of_its_size_and_one_on_average() -> None:
    # A class of four: 1/2 each; a class of one: 1. Their mean is 3/5.
    assert intent_classifier._importance([0, 0, 0, 0, 1], 2).tolist() == pytest.approx(
        [5 / 6, 5 / 6, 5 / 6, 5 / 6, 5 / 3]
    )


@pytest.mark.parametrize("shape", SHAPES)
def test_weights_are_those_of_a_second_formulation(shape: tuple[int, int, int]) -> None:
    vectors, grams, classes = views(shape)

    head = intent_classifier.fit(vectors, grams, classes, CLASSES)

    rows = intent_classifier.features(vectors, grams).astype(np.float64)
    expected = ridge(rows, np.eye(CLASSES)[classes], weights_of_texts(classes))
    assert head.weights == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("shape", SHAPES)
def test_typical_score_is_that_of_refits_without_each_text(shape: tuple[int, int, int]) -> None:
    vectors, grams, classes = views(shape)
    rows = intent_classifier.features(vectors, grams).astype(np.float64)
    targets, weight = np.eye(CLASSES)[classes], weights_of_texts(classes)

    left_out = []
    for number in range(len(rows)):
        others = np.arange(len(rows)) != number
        refit = ridge(rows[others], targets[others], weight[others])
        left_out.append(float(rows[number] @ refit[:, classes[number]]))

    expected = max(float(np.median(left_out)), intent_classifier.LEAST_TYPICAL)
    assert expected > intent_classifier.LEAST_TYPICAL
    assert intent_classifier.fit(vectors, grams, classes, CLASSES).typical == pytest.approx(
        expected, abs=1e-5
    )


def test_one_text_a_class_is_typically_a_out_of_scope_question() -> None:
    vectors = np.eye(4, dtype=np.float32)

    head = intent_classifier.fit(vectors, np.zeros((4, 1), dtype=np.float32), [0, 1, 2, 3], 4)

    assert head.typical == intent_classifier.LEAST_TYPICAL


def test_class_without_texts_scores_zero() -> None:
    vectors = np.eye(3, dtype=np.float32)
    grams = np.zeros((3, 2), dtype=np.float32)

    head = intent_classifier.fit(vectors, grams, [0, 0, 2], 4)

    assert head.weights[:, [1, 3]].tolist() == [[0.0, 0.0]] * 6


def test_single_class_with_a_single_text_is_scored_by_hand() -> None:
    # One row x = (1, 0, 1) with target 1: weights are x / (x.x + 1) = x / 3.
    head = intent_classifier.fit(row([[1]]), row([[0]]), [0], 1)

    assert head.weights.tolist() == [[pytest.approx(1 / 3)], [0.0], [pytest.approx(1 / 3)]]
    assert intent_classifier.scores(head.weights, row([[1]])[0], row([[0]])[0]).tolist() == [
        pytest.approx(2 / 3)
    ]


def test_known_text_scores_higher_for_its_class_than_for_another() -> None:
    vectors = np.repeat(np.eye(3, dtype=np.float32), 5, axis=0)
    grams = np.zeros((15, 2), dtype=np.float32)
    head = intent_classifier.fit(vectors, grams, [0] * 5 + [1] * 5 + [2] * 5, 3)

    found = intent_classifier.scores(head.weights, row([[0, 1, 0]])[0], grams[0])

    assert int(found.argmax()) == 1
    assert found[1] > 0.7
    assert max(found[0], found[2]) < 0.2


def test_large_corpus_is_sampled_for_the_typical_score() -> None:
    random = np.random.default_rng(3)
    classes = [row % 2 for row in range(3 * intent_classifier.SAMPLE)]
    vectors = (np.eye(2)[classes] + random.normal(0, 0.1, (len(classes), 2))).astype(np.float32)

    head = intent_classifier.fit(vectors, np.zeros((len(classes), 1), dtype=np.float32), classes, 2)

    assert head.typical == pytest.approx(1.0, abs=0.1)


def test_same_texts_give_the_same_bytes() -> None:
    vectors, grams, classes = views((40, 3, 2))

    one, two = (intent_classifier.fit(vectors, grams, classes, CLASSES) for _ in range(2))

    assert one.weights.tobytes() == two.weights.tobytes()
    assert one.typical == two.typical


@pytest.mark.parametrize("shape", SHAPES)
def test_text_left_out_scores_as_from_a_refit_without_it(shape: tuple[int, int, int]) -> None:
    vectors, grams, classes = views(shape)
    rows = intent_classifier.features(vectors, grams).astype(np.float64)
    targets, weight = np.eye(CLASSES)[classes], weights_of_texts(classes)
    asked = [0, 3, len(rows) - 1]

    head = intent_classifier.fit(vectors, grams, classes, CLASSES, asked)

    for place, one in enumerate(asked):
        others = np.arange(len(rows)) != one
        expected = rows[one] @ ridge(rows[others], targets[others], weight[others])
        scores = rows[one] @ head.weights
        found = intent_classifier.left_out(scores, head.leverages[place], targets[one])
        assert found == pytest.approx(expected, abs=1e-4)


def test_texts_to_leave_out_do_not_change_the_classifier() -> None:
    vectors, grams, classes = views((40, 3, 2))

    plain, other = (
        intent_classifier.fit(vectors, grams, classes, CLASSES, h) for h in ((), (1, 2))
    )

    assert other.weights.tolist() == plain.weights.tolist()
    assert other.typical == plain.typical
    assert (len(plain.leverages), len(other.leverages)) == (0, 2)
