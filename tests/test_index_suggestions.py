from dataclasses import replace

import pytest

from index.datatypes import Kind, Suggestion, Unit
from index.suggestions import complete
from tests.test_index_candidates import unit


def canned(name: str, question: str, *variants: str) -> Unit:
    return replace(unit(name), title=question, questions=(question, *variants))


UNITS = (
    replace(unit("art", Kind.PASSAGE), title="How bakers work"),
    canned("pay", "Do cooks earn more than bakers?", "how is the pay"),
    canned("start", "How do I become a baker?", "bakery, how to start"),
    canned("c", "Is C++ a language of cooks?"),
    canned("how", "Why and how do bakers work?"),
    replace(unit("hello", Kind.SMALLTALK), title="How are you?"),
)


def ids(prefix: str, limit: int = 8) -> list[str]:
    return [one.id for one in complete(prefix, UNITS, limit)]


def test_start_of_a_title_comes_before_its_middle_and_that_before_a_variant() -> None:
    assert complete("how", UNITS, 8) == (
        Suggestion("start", "How do I become a baker?"),
        Suggestion("how", "Why and how do bakers work?"),
        Suggestion("pay", "Do cooks earn more than bakers?"),
    )


@pytest.mark.parametrize(
    ("prefix", "found"),
    [
        ("How do I bec", ["start"]),
        ("how do i become a baker", ["start"]),
        ("ho do", ["start", "how"]),
        ("bak coo", ["pay"]),
        ("baker start", ["start"]),
        ("c++", ["c"]),
        ("is C ++ a lang", ["c"]),
        ("HOW", ["start", "how", "pay"]),
        ("how do I become a baker and then some", []),
        ("butcher", []),
        ("\ud83d", ["pay", "start", "c", "how"]),
    ],
)
def test_every_typed_word_begins_a_word(prefix: str, found: list[str]) -> None:
    assert ids(prefix) == found


@pytest.mark.parametrize("prefix", ["", "  ", "?"])
def test_nothing_typed_gives_the_first_questions(prefix: str) -> None:
    assert ids(prefix, 2) == ["pay", "start"]


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (-1, 0), (1, 1), (100, 4)])
def test_at_most_as_many_are_given_as_asked_for(limit: int, count: int) -> None:
    assert len(ids("", limit)) == count


def test_without_canned_questions_there_is_nothing_to_suggest() -> None:
    assert complete("how", UNITS[:1], 8) == ()


def test_long_input_completes_nothing() -> None:
    assert complete("how butcher " * 7000, UNITS * 20, 8) == ()
