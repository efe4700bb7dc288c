"""What a retriever is told about its units: whose questions are whose, and who is about whom."""

from dataclasses import replace

import pytest

from index import Answered, Retriever
from index.datatypes import Unit
from index.dialogue.entity_mentions import Roles, compile_roles
from index.loading import _subject
from index.text.normalisation import fold


@pytest.fixture
def roles() -> Roles:
    return compile_roles(["Baker", "Cook"], {})


@pytest.fixture
def unit(retriever: Retriever) -> Unit:
    return retriever.units["faq-night"]


@pytest.mark.parametrize(
    ("title", "trail", "about"),
    [
        ("Do bakers work at night?", (), "baker"),
        ("Duties", ("What a cook does",), "cook"),
        ("Duties of a baker", ("Cook or baker?",), "baker"),
        ("Duties", ("Baker or cook?",), None),
        ("Do bakers earn more than cooks?", (), None),
        ("Duties", ("Jobs",), None),
    ],
    ids=["title", "heading-above", "title-before-heading", "both-above", "both", "none"],
)
def test_unit_is_about_the_one_role_that_its_nearest_heading_names(
    title: str, trail: tuple[str, ...], about: str | None, roles: Roles, unit: Unit
) -> None:
    found = _subject(replace(unit, title=title, trail=trail), roles)

    assert found == (-1 if about is None else roles.names.index(about))


def test_comparison_is_about_no_single_role(retriever: Retriever, roles: Roles) -> None:
    compared = next(unit for unit in retriever.units.values() if unit.sides)

    assert _subject(replace(compared, title="Bakers"), roles) == -1


def test_fold_leaves_the_words_of_a_question() -> None:
    assert fold("  Do BAKERS -- work, at night?! ") == "do bakers work at night"


def test_answer_about_another_role_is_not_given(retriever: Retriever) -> None:
    baker, cook = (retriever.answer(f"do {role}s work at night") for role in ("baker", "cook"))

    assert isinstance(baker, Answered)
    assert baker.unit.id == "faq-night"
    assert not (isinstance(cook, Answered) and cook.unit.id == "faq-night")
    ranked = [name for name, _ in cook.trace.candidates]
    assert ranked[:4] == ["faq-switch", "art-hours", "faq-pay", "faq-night"]
