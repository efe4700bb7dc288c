import math

import numpy as np
import pytest

from index.evaluation import metrics
from index.evaluation.metrics import RESAMPLES, Figure

ONCE = np.ones((1, 6))


def flags(text: str) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    return np.array([letter == "x" for letter in text])


def value(figure: Figure | None) -> float:
    assert figure is not None
    return figure.value


def test_resamples_begin_with_the_data_and_draw_groups_whole() -> None:
    drawn = metrics.resample(["a", "a", "b", "c"])

    assert drawn.shape == (1 + RESAMPLES, 4)
    assert drawn[0].tolist() == [1, 1, 1, 1]
    assert (drawn[:, 0] == drawn[:, 1]).all()
    assert (drawn[:, 1:].sum(axis=1) == 3).all()
    assert (drawn == metrics.resample(["a", "a", "b", "c"])).all()


def test_share_counts_among_the_named_alone() -> None:
    drawn = metrics.resample(list("abcdef"))

    figure = metrics.share(drawn, flags("xx--xx"), flags("xxxx--"))

    assert figure is not None
    assert (figure.value, figure.count) == (0.5, 4)
    assert figure.low < 0.5 < figure.high


def test_share_of_none_has_no_value() -> None:
    assert metrics.share(metrics.resample(["a"]), flags("x"), flags("-")) is None


@pytest.mark.parametrize(
    ("holds", "interval"),
    [("-" * 33, (0.0, 1 - 0.025 ** (1 / 33))), ("x" * 33, (0.025 ** (1 / 33), 1.0))],
    ids=["none", "all"],
)
def test_share_of_nothing_or_all_leaves_the_room_that_the_binomial_leaves(
    holds: str, interval: tuple[float, float]
) -> None:
    drawn = metrics.resample([str(number) for number in range(33)])

    figure = metrics.share(drawn, flags(holds), flags("x" * 33))

    assert figure is not None
    assert (figure.low, figure.high) == pytest.approx(interval)


def test_interval_of_a_share_is_about_the_normal_one() -> None:
    count, right = 400, 300
    drawn = metrics.resample([str(number) for number in range(count)])

    figure = metrics.share(drawn, np.arange(count) < right, np.ones(count, dtype=bool))

    spread = 1.96 * math.sqrt(0.75 * 0.25 / count)
    assert figure is not None
    assert figure.low == pytest.approx(0.75 - spread, abs=0.005)
    assert figure.high == pytest.approx(0.75 + spread, abs=0.005)


def test_auroc_is_the_share_of_pairs_in_order_and_ties_count_half() -> None:
    score = np.array([0.9, 0.5, 0.5, 0.1, 0.0, 1.0])

    figure = metrics.auroc(ONCE.repeat(2, axis=0), score, flags("xx----"), flags("xxxx--"))

    # (0.9 > 0.5), (0.9 > 0.1), (0.5 = 0.5), (0.5 > 0.1): 3.5 of 4; the last two do not count.
    assert (value(figure), figure.count if figure else 0) == (3.5 / 4, 4)


def test_auroc_of_one_class_has_no_value() -> None:
    assert metrics.auroc(ONCE, np.arange(6.0), flags("xxxxxx"), flags("xxxxxx")) is None


def test_calibration_error_is_the_mean_gap_of_bins_of_equal_weight() -> None:
    confidence = np.array([0.8, 0.2] * 10)
    right = flags("xxx-" * 5)

    # Ten bins of two: five of 0.2 with one right each, five of 0.8 with both right.
    figure = metrics.calibration_error(np.ones((2, 20)), confidence, right, np.ones(20))

    assert value(figure) == pytest.approx((5 * 0.3 + 5 * 0.2) / 10)


def test_calibration_error_of_less_questions_than_bins_is_the_mean_surprise() -> None:
    confidence = np.array([0.9, 0.2, 0.6])

    figure = metrics.calibration_error(np.ones((2, 3)), confidence, flags("x--"), np.ones(3))

    assert value(figure) == pytest.approx((0.1 + 0.2 + 0.6) / 3)


def test_calibration_error_counts_a_question_by_its_weight() -> None:
    confidence = np.array([0.9, 0.2, 0.6])
    weight = np.array([1.0, 2.0, 0.0])

    figure = metrics.calibration_error(np.ones((2, 3)), confidence, flags("x--"), weight)

    assert value(figure) == pytest.approx((0.1 + 2 * 0.2) / 3)


def test_precision_is_that_of_as_many_questions_of_both_kinds() -> None:
    answerable, near = flags("xxxx--"), flags("----xx")
    right, wrong, false = (
        metrics.share(np.ones((2, 6)), flags(holds), among)
        for holds, among in (("xxx---", answerable), ("---x--", answerable), ("----x-", near))
    )

    assert right is not None
    assert wrong is not None
    assert false is not None
    figure = metrics.precision(right, wrong, false)
    assert (figure.value, figure.count) == (0.75 / (0.75 + 0.25 + 0.5), 6)


def test_calibration_error_of_no_answer_has_no_value() -> None:
    nothing = np.zeros(6)

    assert metrics.calibration_error(ONCE, nothing, flags("------"), nothing) is None


def test_perfect_confidence_has_an_error_by_chance_alone() -> None:
    # One answer of confidence 0.8: off by 0.2 four times of five, by 0.8 once: 0.32 on average.
    assert value(metrics.calibration_floor(np.array([0.8]), np.ones(1))) == pytest.approx(
        0.32, abs=0.02
    )
    # Of many answers, bins are off by little.
    assert value(metrics.calibration_floor(np.full(2000, 0.8), np.ones(2000))) < 0.03
    assert metrics.calibration_floor(np.array([]), np.array([])) is None


def test_matthews_of_two_classes_is_the_known_formula() -> None:
    # 2 true positives, 1 false positive, 1 false negative, 2 true negatives:
    # (2 * 2 - 1 * 1) / sqrt(3 * 3 * 3 * 3) = 1/3.
    figure = metrics.matthews(ONCE.repeat(2, axis=0), list("yyynnn"), list("yynynn"))

    assert value(figure) == pytest.approx(1 / 3)


def test_matthews_of_three_classes_by_hand() -> None:
    # s = 6, c = 4; given a 3, b 2, c 1; wanted a 2, b 2, c 2.
    # (4 * 6 - (3 * 2 + 2 * 2 + 1 * 2)) / sqrt((36 - 14) * (36 - 12)) = 12 / sqrt(528).
    figure = metrics.matthews(ONCE.repeat(2, axis=0), list("aabbca"), list("aabccb"))

    assert value(figure) == pytest.approx(12 / math.sqrt(528))


@pytest.mark.parametrize(
    ("given", "expected"), [("abcabc", 1.0), ("aaaaaa", 0.0)], ids=["all right", "all alike"]
)
def test_matthews_at_its_ends(given: str, expected: float) -> None:
    figure = metrics.matthews(ONCE.repeat(2, axis=0), list(given), list("abcabc"))

    assert value(figure) == pytest.approx(expected)


def test_difference_is_paired() -> None:
    """What both get right or wrong together leaves no doubt about the difference."""
    drawn = metrics.resample([str(number) for number in range(100)])
    all_ = np.ones(100, dtype=bool)
    first = metrics.share(drawn, np.arange(100) < 50, all_)
    second = metrics.share(drawn, np.arange(100) < 50, all_)
    third = metrics.share(drawn, np.arange(100) < 60, all_)
    assert first is not None
    assert second is not None
    assert third is not None

    same, better = metrics.difference(first, second), metrics.difference(first, third)

    assert (same.value, same.low, same.high) == (0, 0, 0)
    assert better.value == pytest.approx(0.1)
    assert 0 < better.low < 0.1 < better.high < 0.2


def test_wilson_interval_of_a_textbook_example() -> None:
    # 81 of 263: 0.2553 to 0.3662 (Newcombe, Statistics in Medicine 17, 1998, table I).
    assert metrics.wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)
