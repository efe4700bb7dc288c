"""What the retriever shows beside an answer: passages and further questions."""

import pytest

from index import Retriever
from index.datatypes import Answered, Kind, Suggestion
from index.text.sentences import sentence_spans
from tests.support.opening import FIRST_QUESTIONS, STRANGE, SURE, Open, passages


def test_mark_of_a_passage_is_a_sentence_of_it(opened: Open) -> None:
    hits = opened(SURE).answer("is bread fresh in the morning, or made at night").passages

    hit = next(hit for hit in hits if hit.unit.id == "art-baker")
    assert [hit.text[start:end] for start, end in hit.highlights] == [
        "Most of the work is done at night, so that the bread is fresh in the morning."
    ]
    assert set(hit.highlights) <= set(sentence_spans(hit.text))


@pytest.mark.parametrize("question", ["what does a butcher earn", "hello", "night work"])
def test_boundaries_and_smalltalk_are_never_passages(question: str, opened: Open) -> None:
    retriever = opened(STRANGE)
    content = {
        name
        for name, unit in retriever.units.items()
        if unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)
    }

    shown = passages(retriever.answer(question, limit=20))
    assert set(shown) <= content


@pytest.mark.parametrize(("limit", "count"), [(0, 0), (1, 1), (5, 5), (20, 7)])
def test_as_many_passages_are_given_as_asked_for_and_there_are_families(
    limit: int, count: int, retriever: Retriever
) -> None:
    assert len(retriever.answer("night work", limit=limit).passages) == count


def test_passages_hold_one_of_each_family(retriever: Retriever) -> None:
    shown = passages(retriever.answer("night work", limit=20))

    units = [retriever.units[name] for name in shown]
    lists = [unit.parent or unit.id for unit in units]
    assert len(set(lists)) == len(lists)
    assert not {"faq-start", "training"} <= set(shown)


def test_related_questions_are_those_that_the_content_names(opened: Open) -> None:
    outcome = opened(SURE).answer("are cooks better paid")

    assert isinstance(outcome, Answered)
    # A passage is offered by a question that people ask for it.
    assert outcome.related == (
        Suggestion("faq-start", "How do I become a baker?"),
        Suggestion("art-hours", "Who gets up earlier, bakers or cooks?"),
    )


def test_related_questions_are_else_the_nearest_that_say_something_else(opened: Open) -> None:
    outcome = opened(SURE).answer("How long is the training?")

    assert isinstance(outcome, Answered)
    assert outcome.unit.id == "training"
    # Not "How do I become a baker?", whose answer is equivalent.
    assert [unit.id for unit in outcome.related] == ["faq-switch", "faq-pay", "faq-night"]


def test_typed_start_is_completed(retriever: Retriever) -> None:
    assert retriever.suggest("how do i be") == (FIRST_QUESTIONS[1],)
    assert retriever.suggest("", 3) == FIRST_QUESTIONS
    assert [unit.id for unit in retriever.suggest("")] == [
        *(question.id for question in FIRST_QUESTIONS),
        "faq-night",
    ]
