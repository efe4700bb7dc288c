import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.models import ID_PATTERN
from corpus.slugs import slug, unique_slugs


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("What is machine learning?", "what-is-machine-learning"),
        ("A baker's day", "a-bakers-day"),
        ("Café & crème", "cafe-creme"),
        ("C++ or Java", "c-or-java"),
        ("机器学习是什么", "section-41434952"),
        ("word " * 40, ("word-" * 16)[:-1]),
        ("", ""),
    ],
)
def test_slug_is_the_words_of_the_heading(heading: str, expected: str) -> None:
    assert slug(heading) == expected


def test_headings_that_share_a_slug_are_distinguished_by_the_one_above() -> None:
    ids = unique_slugs(["Role", "Role", "Pay"], ["Baker", "Cook", "Cook"], [])

    assert ids == ("baker-role", "cook-role", "pay")


def test_headings_that_share_everything_are_numbered() -> None:
    assert unique_slugs(["Role", "Role"], ["", ""], []) == ("role", "role-2")


def test_an_id_that_somebody_wrote_is_not_taken() -> None:
    assert unique_slugs(["Role"], ["Cook"], ["role"]) == ("cook-role",)


@given(st.lists(st.text(min_size=1).filter(str.strip), max_size=6))
def test_any_headings_get_different_valid_ids(headings: list[str]) -> None:
    ids = unique_slugs(headings, [""] * len(headings), [])

    assert len(set(ids)) == len(headings)
    assert all(re.match(ID_PATTERN, found) for found in ids)


@given(st.permutations(["Role", "Pay", "Hours", "机器", "学习", "Ärzte"]))
def test_order_does_not_change_ids(headings: list[str]) -> None:
    ids = unique_slugs(headings, [""] * len(headings), [])

    assert dict(zip(headings, ids, strict=True)) == {name: slug(name) for name in headings}
