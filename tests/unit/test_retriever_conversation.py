"""What a message means in its conversation, on the tiny corpus."""

from collections.abc import Sequence
from pathlib import Path

import pytest

from index import Retriever
from index.datatypes import Abstained, Answered, Clarify, Conversed, Reason, Suggestion, Turn
from tests.support.encoding import HandEncoder
from tests.support.opening import STRANGE, SURE, UNSURE, Open, passages
from tests.support.publishing import built

OFFERED = ("faq-pay", "faq-start", "art-hours")
ASKED = Turn("bakers and cooks", None, OFFERED)


def replied(retriever: Retriever, reply: str, *history: Turn) -> Answered:
    outcome = retriever.answer(reply, history or (ASKED,))
    assert isinstance(outcome, Answered)
    return outcome


@pytest.mark.parametrize(
    ("reply", "unit"),
    [
        ("the second one", "faq-start"),
        ("3", "art-hours"),
        ("The Working hours one", "art-hours"),
        ("How do I become a baker?", "faq-start"),
        ("i mean the one about an apprenticeship", "faq-start"),
    ],
)
def test_choice_is_answered_with_what_was_offered(
    reply: str, unit: str, retriever: Retriever
) -> None:
    outcome = replied(retriever, reply)

    assert (outcome.unit.id, outcome.confidence, passages(outcome)[0]) == (unit, 1.0, unit)


def test_several_choices_are_answered_one_by_one(retriever: Retriever) -> None:
    outcome = replied(retriever, "the first and the last", ASKED)

    assert outcome.unit.id == "faq-pay"
    assert [other.id for other in outcome.others] == ["art-hours"]
    assert outcome.related[0] == outcome.others[0]


def test_rest_of_the_choices_can_be_asked_for_afterwards(retriever: Retriever) -> None:
    chosen = Turn("How do I become a baker?", "faq-start")

    assert replied(retriever, "and the first?", ASKED, chosen).unit.id == "faq-pay"


def test_unclear_choice_gets_the_same_question_back(retriever: Retriever) -> None:
    outcome = retriever.answer("yes", (ASKED,))

    assert isinstance(outcome, Clarify)
    assert tuple(candidate.id for candidate in outcome.candidates) == OFFERED
    assert outcome.trace.understood == ASKED.question


def test_choice_of_nothing_is_refused_with_other_questions(retriever: Retriever) -> None:
    outcome = retriever.answer("none of these, sorry", (ASKED,))

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.NONE_CHOSEN
    assert outcome.nearest
    assert {unit.id for unit in outcome.nearest}.isdisjoint(OFFERED)


@pytest.mark.parametrize("offered", [(), ("gone", "faq-pay")])
def test_number_is_no_choice_where_nothing_is_on_offer(
    offered: Sequence[str], retriever: Retriever
) -> None:
    outcome = retriever.answer("2", (Turn("bakers", None, tuple(offered)),))

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.UNREADABLE


@pytest.mark.parametrize(
    "message",
    ["hi, {}?", "{}!!", "HELLO, {} PLEASE", "{} thx 🙂", "quick question: {}", "ok so {}", "¿{}?"],
)
def test_courtesy_around_a_question_changes_nothing(message: str, opened: Open) -> None:
    question = "who works at night"
    for calibration in (SURE, UNSURE, STRANGE):
        retriever = opened(calibration)
        bare, polite = retriever.answer(question), retriever.answer(message.format(question))

        assert type(polite) is type(bare)
        assert passages(polite) == passages(bare)
        assert polite.confidence == bare.confidence


@pytest.mark.parametrize(
    ("message", "unit"),
    [
        ("thank you, hello!", "talk-greeting"),
        ("hi, thanks", "talk-thanks"),
        ("🙏", "talk-thanks"),
        ("👋", "talk-greeting"),
    ],
)
def test_message_of_courtesy_alone_is_smalltalk(
    message: str, unit: str, retriever: Retriever
) -> None:
    outcome = retriever.answer(message)

    assert isinstance(outcome, Conversed)
    assert outcome.unit.id == unit


def test_second_question_of_a_message_is_offered_first(opened: Open) -> None:
    outcome = opened(SURE).answer("Do bakers work at night? And how do I become a baker?")

    assert isinstance(outcome, Answered)
    assert outcome.unit.id == "faq-night"
    assert [other.id for other in outcome.others] == ["faq-start"]
    assert outcome.related[0].id == "faq-start"
    assert not outcome.leaves_out


def test_part_of_a_message_without_an_answer_is_spoken_of(opened: Open) -> None:
    outcome = opened(SURE).answer("Do bakers work at night? What does a butcher do?")

    assert isinstance(outcome, Answered)
    assert (outcome.unit.id, outcome.leaves_out) == ("faq-night", True)


def test_one_word_gets_a_question_back_among_what_speaks_of_it(opened: Open) -> None:
    outcome = opened(SURE).answer("cooks")

    assert isinstance(outcome, Clarify)
    assert {candidate.id for candidate in outcome.candidates} >= {"faq-pay", "faq-switch"}


def test_side_that_was_asked_for_comes_first(opened: Open) -> None:
    retriever = opened(SURE)
    baker, cook = (retriever.answer(f"Working hours of a {job}") for job in ("baker", "cook"))

    assert isinstance(baker, Answered)
    assert isinstance(cook, Answered)
    assert [side.role for side in baker.unit.sides] == ["baker", "cook"]
    assert [side.role for side in cook.unit.sides] == ["cook", "baker"]
    assert (baker.asked_role, cook.asked_role) == ("baker", "cook")


@pytest.mark.parametrize(
    ("question", "role"),
    [
        ("Working hours of a chef", "cook"),
        ("Working hours of a cook or a baker", None),
        ("Working hours", None),
    ],
)
def test_side_is_asked_for_by_any_of_its_names_and_alone(
    question: str, role: str | None, opened: Open
) -> None:
    outcome = opened(SURE).answer(question)

    assert isinstance(outcome, Answered)
    assert outcome.unit.sides
    assert outcome.asked_role == role


def test_year_counts_only_where_the_content_speaks_of_it(retriever: Retriever) -> None:
    outcome = retriever.answer("do bakers work at night in 2031")

    assert isinstance(outcome, Answered)
    assert (outcome.unit.id, outcome.trace.understood) == (
        "faq-night",
        "do bakers work at night",
    )


def test_questions_to_begin_with_are_those_that_the_content_names(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    (content / "starters.yaml").write_text("- id: faq-night\n- {id: art-hours, text: The hours?}\n")
    version = built(content, runtime, tmp_path / "index")
    retriever = Retriever(version.knowledge, HandEncoder())
    named = (
        Suggestion("faq-night", "Do bakers work at night?"),
        Suggestion("art-hours", "The hours?"),
    )

    assert retriever.starters() == named
    assert retriever.suggest("", 8) == named
    asked = retriever.answer("the hours?")
    assert isinstance(asked, Answered)
    assert asked.unit.id == "art-hours"
    hello = retriever.answer("hello")
    assert isinstance(hello, Conversed)
    assert hello.suggestions == named


def test_questions_to_begin_with_are_varied_where_the_content_names_none(
    retriever: Retriever,
) -> None:
    titles = [starter.question for starter in retriever.starters(8)]

    assert len(titles) == len(set(titles)) >= 3
