from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from functools import partial
from math import exp
from pathlib import Path

import pytest

from corpus import load
from index import Retriever, open_index
from index.building.builder import build, recipe
from index.datatypes import Abstained, Answered, Clarify, Conversed, Kind, Reason, Suggestion, Turn
from index.decision.suggestions import MOST_SUGGESTIONS
from tests.support.encoding import HandEncoder
from tests.support.opening import FIRST_QUESTIONS, STRANGE, SURE, UNSURE, Open, passages
from tests.support.publishing import built, edit


def probability(odds: float) -> float:
    return 1 / (1 + exp(-odds))


@pytest.mark.parametrize(
    ("question", "given"),
    [
        ("Do bakers work at night?", "faq-night"),
        ("do bakers work at night", "faq-night"),
        ("[D] Do   bakers work\tat NIGHT??", "faq-night"),
        ("how to get into baking", "faq-start"),
        ("How long is the training?", "training"),
        ("When do cooks work?", "art-hours"),
        ("chef to baker", "faq-switch"),
        ("cook to bakr", "faq-switch"),
    ],
)
def test_question_of_the_corpus_is_answered_however_it_is_written(
    question: str, given: str, retriever: Retriever
) -> None:
    outcome = retriever.answer(question)

    assert isinstance(outcome, Answered)
    assert outcome.unit.id == given
    assert outcome.confidence > 0.5


def test_answer_has_the_closest_passages_and_a_trace(opened: Open) -> None:
    outcome = opened(SURE).answer("  Do bakers work at NIGHT??", limit=2)

    assert isinstance(outcome, Answered)
    assert (outcome.unit.id, outcome.confidence) == ("faq-night", probability(5.0))
    assert passages(outcome) == ["faq-night", "art-baker"]
    assert outcome.passages[0].score > outcome.passages[1].score
    assert outcome.trace.understood == "Do bakers work at NIGHT"
    assert outcome.trace.evidence["cosine"] == pytest.approx(1.0)
    assert [name for name, _ in outcome.trace.candidates[:2]] == ["faq-night", "art-baker"]


def test_smalltalk_is_conversed_with_questions_to_start_with(opened: Open) -> None:
    outcome = opened(SURE).answer("Hello!")

    assert isinstance(outcome, Conversed)
    assert outcome.unit.id == "talk-greeting"
    assert outcome.confidence == pytest.approx(1.0)
    assert outcome.suggestions == FIRST_QUESTIONS


def test_less_likely_smalltalk_has_less_confidence(opened: Open) -> None:
    outcome = opened(SURE).answer("baker, thank you kindly, thank you so")

    assert isinstance(outcome, Conversed)
    assert 0.5 < outcome.confidence < 0.95


def test_smalltalk_past_its_last_day_is_not_given(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    dated = {"  question: Hello\n": "  question: Hello\n  valid_until: 2026-12-31\n"}
    version = built(edit(content, dated, "smalltalk.yaml"), runtime, tmp_path / "index")
    last, after = (
        Retriever(version.knowledge, HandEncoder(), today=partial(date, *day)).answer("Hello!")
        for day in ((2026, 12, 31), (2027, 1, 1))
    )

    assert isinstance(last, Conversed)
    assert isinstance(after, Abstained)
    assert (after.reason, after.boundary) == (Reason.NOT_COVERED, None)


def test_question_on_a_boundary_is_abstained_with_its_reply(opened: Open) -> None:
    retriever = opened(STRANGE)

    outcome = retriever.answer("what does a butcher earn")

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.BOUNDARY
    assert outcome.boundary is retriever.units["out-other-jobs"]
    assert outcome.confidence == probability(-5.0)
    assert outcome.nearest[0] == FIRST_QUESTIONS[0]


def test_sure_answer_is_given_although_a_boundary_is_near(opened: Open) -> None:
    outcome = opened(SURE).answer("what does a butcher earn")

    assert isinstance(outcome, Answered)
    assert outcome.unit.kind is Kind.FAQ


def test_question_between_two_answers_is_clarified(opened: Open) -> None:
    outcome = opened(UNSURE).answer("bakers and cooks")

    assert isinstance(outcome, Clarify)
    assert outcome.confidence == probability(-1.0)
    assert outcome.candidates[:2] == (
        Suggestion("faq-switch", "Can a cook work as a baker?"),
        Suggestion("faq-pay", "Do cooks earn more than bakers?"),
    )
    assert passages(outcome)[0] == "faq-switch"


def test_unsure_question_near_one_answer_alone_is_not_covered(opened: Open) -> None:
    outcome = opened(UNSURE).answer("is work hard at night")

    assert isinstance(outcome, Abstained)
    assert (outcome.reason, outcome.boundary, outcome.language) == (Reason.NOT_COVERED, None, None)
    assert passages(outcome)[0] == "faq-night"


def test_question_near_a_sparse_answer_alone_is_asked_back(opened: Open) -> None:
    offering = replace(UNSURE, offer_at=0.1)

    outcome = opened(offering).answer("is work hard at night")

    assert isinstance(outcome, Clarify)
    assert outcome.candidates[0].id == "faq-night"


def test_question_that_nothing_answers_has_the_nearest_questions(opened: Open) -> None:
    outcome = opened(STRANGE).answer("which oven for bread")

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.NOT_COVERED
    assert outcome.confidence == probability(-5.0)
    assert len(outcome.nearest) == MOST_SUGGESTIONS
    assert {unit.id for unit in outcome.nearest} <= {
        "faq-pay",
        "faq-start",
        "faq-switch",
        "faq-night",
    }


@pytest.mark.parametrize("question", ["%%%", "", "12", "\x00", "[D]", "bread " * 20])
def test_question_without_words_is_unreadable(question: str, opened: Open) -> None:
    outcome = opened(SURE).answer(question)

    assert isinstance(outcome, Abstained)
    assert (outcome.reason, outcome.confidence) == (Reason.UNREADABLE, 0.0)


def test_question_in_another_language_is_named(opened: Open) -> None:
    outcome = opened(SURE).answer("¿Cuánto gana un panadero en la ciudad de Madrid?")

    assert isinstance(outcome, Abstained)
    assert (outcome.reason, outcome.language) == (Reason.LANGUAGE, "es")


def test_answer_is_given_to_the_end_of_its_last_day_and_then_expired(opened: Open) -> None:
    last = opened(SURE, date(2099, 12, 31)).answer("cook to baker")
    after = opened(SURE, date(2100, 1, 1)).answer("cook to baker")

    assert isinstance(last, Answered)
    assert last.unit.id == "faq-switch"
    assert isinstance(after, Abstained)
    assert after.reason is Reason.EXPIRED


def test_question_inside_a_long_post_is_found(retriever: Retriever) -> None:
    post = (
        "Changing jobs at forty\n\n"
        "I have been in an office for a long time and my sister says that I should move on. "
        "Do bakers work at night? I have two children and a dog, and my husband travels a lot, "
        "so that would be hard. Thanks to everybody who reads all of this."
    )

    outcome = retriever.answer(post)

    assert isinstance(outcome, Answered)
    assert outcome.unit.id == "faq-night"
    assert outcome.trace.understood == "Do bakers work at night?"


@pytest.mark.parametrize(
    "question",
    [
        "x" * 8000,
        "baker " + "🙂" * 7994,
        "why? " * 1600,
        "bread. " * 1100,
        "\n" * 8000,
        "half \ud83d pair \x00 of bakers",
        "a\u0301" * 4000,
    ],
    ids=["letters", "emoji", "questions", "sentences", "lines", "surrogate", "accents"],
)
def test_hostile_question_gets_some_outcome_at_once(question: str, retriever: Retriever) -> None:
    outcome = retriever.answer(question)

    assert 0 <= outcome.confidence <= 1
    assert outcome.trace.understood.encode().decode() == outcome.trace.understood


def test_earlier_exchanges_do_not_change_a_question_that_stands_alone(
    retriever: Retriever,
) -> None:
    before = (Turn("How long is the training?", "training"),)

    assert retriever.answer("Do bakers work at night?", before) == retriever.answer(
        "Do bakers work at night?"
    )


def test_threads_get_the_same_outcomes(retriever: Retriever) -> None:
    questions = ["night work", "hello", "cook to baker", "what does a butcher earn"] * 5

    with ThreadPoolExecutor(4) as threads:
        together = list(threads.map(retriever.answer, questions))

    assert together == [retriever.answer(question) for question in questions]


def test_observation_is_the_candidate_whatever_is_decided(opened: Open) -> None:
    seen = opened(STRANGE).observe("  are cooks better paid?")

    assert seen.unit == "faq-pay"
    assert seen.evidence.cosine == pytest.approx(1.0)


def test_answer_that_says_the_same_is_given_when_the_first_is_out_of_date(
    opened: Open,
) -> None:
    retriever = opened(SURE)
    units = tuple(
        replace(unit, valid_until=date(2026, 1, 1)) if unit.id == "faq-start" else unit
        for unit in retriever._units
    )
    known = retriever._knowledge
    expired = replace(known, contents=replace(known.contents, units=units))
    later = Retriever(expired, HandEncoder(), today=lambda: date(2026, 11, 23))

    outcome = later.answer("How do I become a baker?")

    assert isinstance(outcome, Answered)
    assert outcome.unit.id == "training"


def test_question_whose_answer_is_out_of_date_is_not_offered(opened: Open) -> None:
    retriever = opened(STRANGE, today=date(2100, 1, 1))

    outcome = retriever.answer("Can a cook work as a baker?")

    assert isinstance(outcome, Abstained)
    assert outcome.nearest
    assert "faq-switch" not in {unit.id for unit in outcome.nearest}


def test_question_that_the_content_lists_as_outside_gets_no_answer_however_sure(
    opened: Open,
) -> None:
    outcome = opened(SURE).answer("Recipe for onion soup?")

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.BOUNDARY
    assert outcome.confidence == 0.0


PLAIN = """\
- id: {0}-day
  question: What is the day of a {0}?
  answer: A {0} has long hours. {1}
"""


def test_answer_that_nobody_wrote_variants_for_is_found_by_the_words_of_its_passage(
    runtime: Path, tmp_path: Path
) -> None:
    entries = [("baker", "Dough comes first."), ("cook", "The oven comes first.")]
    (tmp_path / "corpus" / "faqs").mkdir(parents=True)
    written = "".join(PLAIN.format(job, order) for job, order in entries)
    (tmp_path / "corpus" / "faqs" / "days.yaml").write_text(written)
    content = load(tmp_path / "corpus")
    build(content, tmp_path / "index", HandEncoder(), recipe(runtime), cache=tmp_path / "cache")
    plain = open_index(tmp_path / "index", HandEncoder())

    assert passages(plain.answer("when does the dough come"))[0] == "baker-day"
    assert passages(plain.answer("when does the oven come"))[0] == "cook-day"
    assert plain.observe("when does the oven come").evidence.lead > 0


def test_listed_question_is_weighed_as_if_there_were_many_variants(
    retriever: Retriever,
) -> None:
    assert retriever.observe("night work in a bakery").evidence.sparseness == 0.0
    assert retriever.observe("night work in bakeries").evidence.sparseness == 1.0
