"""Word counts, by hand: two answers, a boundary, and the words they are asked in."""

from math import log

import numpy as np
import pytest

from index.ranking import word_counts
from index.ranking.word_counts import CAP, UNSEEN

QUESTIONS = (
    ("is baking hard?", 0),
    ("how hard is baking", 0),
    ("is baking well paid", 1),
    ("disadvantages of baking", 2),
    ("disadvantages of baking at night", 2),
)
OUTSIDE = np.array([2])


def ratio(here: float, there: float) -> float:
    return log((here + UNSEEN) / (there + UNSEEN))


def test_words_count_once_a_question_of_each_unit_in_the_same_order_in_every_process() -> None:
    uses = word_counts.count(QUESTIONS, 3).of("is BAKING hard, hard?")

    assert uses.counts.tolist() == [[2.0, 1.0, 2.0], [2.0, 0.0, 0.0]]
    assert uses.questions.tolist() == [2.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("question", "members", "expected"),
    [
        pytest.param("is baking hard", [0], ratio(1, 0) + ratio(1, 1), id="its own words"),
        pytest.param(
            "disadvantages of baking", [0], ratio(0, 1) + ratio(1, 1), id="words of another"
        ),
        pytest.param("hard", [0, 1], ratio(2 / 3, 0), id="equivalents together"),
        pytest.param("is rowing fun", [0], 0.0, id="words of none"),
        pytest.param("", [0], 0.0, id="no words"),
    ],
)
def test_likelihood_is_the_log_ratio_over_the_words(
    question: str, members: list[int], expected: float
) -> None:
    uses = word_counts.count(QUESTIONS, 3).of(question)

    assert word_counts.likelihood(uses, np.array(members), OUTSIDE) == pytest.approx(
        expected, abs=1e-5
    )


def test_many_words_say_no_more_than_the_cap() -> None:
    uses = word_counts.count([("one two three four", 0), ("five", 1)], 2).of("four three two one")

    assert word_counts.likelihood(uses, np.array([0]), np.array([1])) == CAP
    assert word_counts.likelihood(uses, np.array([1]), np.array([0])) == -CAP


@pytest.mark.parametrize("outside", [[], [1, 2]])
def test_words_say_nothing_without_questions_out_of_scope(outside: list[int]) -> None:
    uses = word_counts.count(QUESTIONS[:2], 3).of("disadvantages")

    assert word_counts.likelihood(uses, np.array([0]), np.array(outside, dtype=int)) == 0.0


def test_words_say_nothing_of_a_unit_without_questions() -> None:
    uses = word_counts.count(QUESTIONS[2:], 3).of("disadvantages")

    assert word_counts.likelihood(uses, np.array([0]), OUTSIDE) == 0.0


@pytest.mark.parametrize("questions", [QUESTIONS, ()], ids=["some", "none"])
def test_counts_are_read_as_they_were_written(questions: tuple[tuple[str, int], ...]) -> None:
    counted = word_counts.count(questions, 3)

    read = word_counts.read(counted.arrays())

    assert read.places == counted.places
    for name, array in counted.arrays().items():
        assert array.tolist() == read.arrays()[name].tolist()
