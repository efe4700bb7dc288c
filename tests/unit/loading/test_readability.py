import time

import pytest

from corpus.linter import grade, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # 3 words, 1 sentence, 3 syllables: 0.39 * 3 + 11.8 * 1 - 15.59
        ("The cat sat.", -2.62),
        # 6 words, 2 sentences, 14 syllables: 0.39 * 3 + 11.8 * 14 / 6 - 15.59
        ("Machines learn. Engineers develop reliable software.", 13.11),
        ("", 0.0),
        ("机器学习", 0.0),
    ],
)
def test_grade_follows_the_formula(text: str, expected: float) -> None:
    assert grade(text) == pytest.approx(expected, abs=0.01)


def test_words_are_letters_and_an_apostrophe_inside() -> None:
    assert words("A baker's day: 3 rolls, C++") == ["A", "baker's", "day", "rolls", "C"]


def test_many_full_stops_are_read_in_no_time() -> None:
    """Each of 40,000 was read to the last one: 10 s, in which no other thread could run."""
    started = time.thread_time()

    grade("a" + "." * 40_000 + "a")

    assert time.thread_time() - started < 2
