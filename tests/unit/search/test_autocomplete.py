from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.datatypes import Kind, Unit
from index.search import autocomplete
from index.text.normalisation import clean, words
from tests.unit.ranking.test_candidates import unit


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
CANNED = autocomplete.parse(autocomplete.learn(UNITS))
WORDS = ("how", "ho", "do", "bak", "bakers", "cooks", "work", "a", "i", "pay", "C++", "x")


def ids(prefix: str, limit: int = 8) -> list[str]:
    return [UNITS[position].id for position in CANNED.complete(prefix, limit)]


def test_start_of_a_title_comes_before_its_middle_and_that_before_a_variant() -> None:
    assert ids("how") == ["start", "how", "pay"]


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
def test_empty_prefix_returns_the_first_questions(prefix: str) -> None:
    assert ids(prefix, 2) == ["pay", "start"]


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (-1, 0), (1, 1), (100, 4)])
def test_no_more_are_returned_than_the_limit(limit: int, count: int) -> None:
    assert len(ids("", limit)) == count


def test_without_canned_questions_there_is_nothing_to_suggest() -> None:
    assert autocomplete.parse(autocomplete.learn(UNITS[:1])).complete("how", 8) == ()


def test_long_input_completes_nothing() -> None:
    many = autocomplete.parse(autocomplete.learn(UNITS * 20))

    assert many.complete("how butcher " * 7000, 8) == ()


questions = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join)


@given(
    st.lists(st.lists(questions, min_size=1, max_size=3), min_size=1, max_size=5),
    st.lists(st.sampled_from(WORDS), max_size=3).map(" ".join),
)
def test_finds_what_looking_through_all_questions_finds(said: list[list[str]], typed: str) -> None:
    units = [canned(str(number), *each) for number, each in enumerate(said)]

    found = autocomplete.parse(autocomplete.learn(units)).complete(typed, 4)

    assert list(found) == looked_through(units, typed)[:4]


def looked_through(units: Sequence[Unit], prefix: str) -> list[int]:
    typed = words(clean(prefix))
    ranked = [(rank(typed, unit), position) for position, unit in enumerate(units)]
    return [position for found, position in sorted(ranked) if found < 3]


def rank(typed: Sequence[str], unit: Unit) -> int:
    if " ".join(words(unit.title)).startswith(" ".join(typed)):
        return 0
    matching = [
        all(any(word.startswith(part) for word in words(question)) for part in typed)
        for question in (unit.title, *unit.questions)
    ]
    return 1 if matching[0] else 2 if any(matching) else 3
