import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from math import exp
from pathlib import Path

import pytest

from corpus import load
from index import open_index, ranking, store
from index.builder import Recipe, build, recipe
from index.confidence import Calibration
from index.datatypes import (
    Abstained,
    Answered,
    Clarify,
    Conversed,
    Kind,
    Outcome,
    Reason,
    Suggestion,
    Turn,
)
from index.errors import IndexCorrupt
from index.knowledge import gather
from index.retriever import MOST_SUGGESTIONS, Retriever
from index.sentences import sentence_spans
from tests.encoding import HandEncoder

# Each gives every question the same probability, so that what is decided is plain.
SURE = Calibration(5.0, {}, 0.5, 0.25)
UNSURE = Calibration(-1.0, {}, 0.5, 0.25)
STRANGE = Calibration(-5.0, {}, 0.5, 0.25)
FIRST_QUESTIONS = (
    Suggestion("faq-pay", "Do cooks earn more than bakers?"),
    Suggestion("faq-start", "How do I become a baker?"),
    Suggestion("faq-switch", "Can a cook work as a baker?"),
)

Open = Callable[..., Retriever]


def probability(odds: float) -> float:
    return 1 / (1 + exp(-odds))


@pytest.fixture
def opened(index_folder: Path) -> Open:
    """Opens the index of the tiny corpus with another calibration, on another day."""

    def opened(calibration: Calibration, today: date = date(2026, 11, 23)) -> Retriever:
        known = replace(gather(store.load(index_folder)), calibration=calibration)
        return Retriever(known, HandEncoder(), today=lambda: today)

    return opened


@pytest.fixture
def retriever(index_folder: Path) -> Retriever:
    """The index of the tiny corpus as it ships."""
    return open_index(index_folder, HandEncoder())


def built(folder: Path, runtime: Path, **files: str) -> Retriever:
    """An index of a corpus of these files; `__` in a name stands for the slash."""
    for name, text in files.items():
        path = folder / "corpus" / f"{name.replace('__', '/')}"
        path = path.with_suffix(".md" if "articles" in name else ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    corpus = load(folder / "corpus")
    build(corpus, folder / "index", HandEncoder(), recipe(runtime), cache=folder / "cache")
    return open_index(folder / "index", HandEncoder())


def passages(outcome: Outcome) -> list[str]:
    return [hit.unit.id for hit in outcome.passages]


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
    assert outcome.unit is retriever.units[given]
    assert outcome.confidence > 0.5


def test_answer_has_the_closest_passages_and_tells_how_it_came_about(opened: Open) -> None:
    outcome = opened(SURE).answer("  Do bakers work at NIGHT??", limit=2)

    assert isinstance(outcome, Answered)
    assert (outcome.unit.id, outcome.confidence) == ("faq-night", probability(5.0))
    assert passages(outcome) == ["faq-night", "art-baker"]
    assert outcome.passages[0].score > outcome.passages[1].score
    assert outcome.trace.understood == "Do bakers work at NIGHT?"
    assert outcome.trace.evidence["cosine"] == pytest.approx(1.0)
    assert [name for name, _ in outcome.trace.candidates[:2]] == ["faq-night", "art-baker"]


def test_mark_of_a_passage_is_a_sentence_of_it(opened: Open) -> None:
    hits = opened(SURE).answer("is bread fresh in the morning, or made at night").passages

    hit = next(hit for hit in hits if hit.unit.id == "art-baker")
    assert [hit.text[start:end] for start, end in hit.highlights] == [
        "Most of the work is done at night, so that the bread is fresh in the morning."
    ]
    assert set(hit.highlights) <= set(sentence_spans(hit.text))


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
    assert [one.id for one in outcome.related] == ["faq-switch", "faq-night", "faq-pay"]


def test_unit_is_offered_by_its_title_when_nobody_asks_for_it(
    tmp_path: Path, runtime: Path
) -> None:
    entry = "- {id: pay, question: Who earns more?, answer: Cooks., related: [oven, b--se]}\n"
    article = (
        "---\ntitle: Jobs\nroles: {se: Baker}\n---\n\n"
        "## The oven {#oven}\n\nHot.\n\n## Baker {#b}\n\n- Dough is soft. {#b--se}\n"
    )
    retriever = built(tmp_path, runtime, faqs__a=entry, articles__b=article)

    outcome = retriever.answer("Who earns more?")

    assert isinstance(outcome, Answered)
    # A side is no unit of its own, and so is not offered.
    assert outcome.related == (Suggestion("oven", "The oven"),)


def test_smalltalk_is_conversed_with_questions_to_start_with(opened: Open) -> None:
    outcome = opened(SURE).answer("Hello!")

    assert isinstance(outcome, Conversed)
    assert outcome.unit.id == "talk-greeting"
    assert outcome.confidence == pytest.approx(1.0)
    assert outcome.suggestions == FIRST_QUESTIONS


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


def test_question_between_two_answers_is_clarified(opened: Open) -> None:
    outcome = opened(UNSURE).answer("bakers and cooks")

    assert isinstance(outcome, Clarify)
    assert outcome.confidence == probability(-1.0)
    assert outcome.candidates[:2] == (
        Suggestion("art-hours", "Who gets up earlier, bakers or cooks?"),
        Suggestion("faq-switch", "Can a cook work as a baker?"),
    )
    assert passages(outcome)[0] == "art-hours"


def test_unsure_question_near_one_answer_alone_is_not_covered(opened: Open) -> None:
    outcome = opened(UNSURE).answer("night work")

    assert isinstance(outcome, Abstained)
    assert (outcome.reason, outcome.boundary, outcome.language) == (Reason.NOT_COVERED, None, None)
    assert passages(outcome)[0] == "faq-night"


def test_question_that_nothing_answers_has_the_nearest_questions(opened: Open) -> None:
    outcome = opened(STRANGE).answer("which oven for bread")

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.NOT_COVERED
    assert outcome.confidence == probability(-5.0)
    assert len(outcome.nearest) == MOST_SUGGESTIONS
    assert {one.id for one in outcome.nearest} <= {
        "faq-pay",
        "faq-start",
        "faq-switch",
        "faq-night",
    }


@pytest.mark.parametrize("question", ["???", "", "🙂🙂🙂", "\x00", "[D]", "bread " * 20])
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


def test_typed_start_is_completed(retriever: Retriever) -> None:
    assert retriever.suggest("how do i be") == (FIRST_QUESTIONS[1],)
    assert retriever.suggest("", 3) == FIRST_QUESTIONS


ARTICLE = "# Jobs\n\n## What a baker does {#baker}\n\nA baker bakes bread.\n"
ENTRY = "- {id: pay, question: What do cooks earn?, answer: Enough.}\n"


@pytest.mark.parametrize(
    ("files", "question", "given", "suggested"),
    [
        ({"articles__a": ARTICLE}, "what does a baker do", "baker", ()),
        ({"faqs__a": ENTRY}, "what do cooks earn", "pay", ()),
        (
            {"articles__a": ARTICLE, "faqs__a": ENTRY},
            "what does a baker do",
            "baker",
            (Suggestion("pay", "What do cooks earn?"),),
        ),
        ({"faqs__a": f"{ENTRY}- {{id: b, question: '?', answer: 🙂}}\n"}, "cooks earn", "pay", ()),
    ],
    ids=["article", "entry", "both", "wordless-entry"],
)
def test_smallest_corpora_are_answered_from(
    files: dict[str, str],
    question: str,
    given: str,
    suggested: tuple[Suggestion, ...],
    tmp_path: Path,
    runtime: Path,
) -> None:
    retriever = built(tmp_path, runtime, **files)

    outcome = retriever.answer(question)

    assert isinstance(outcome, Answered)
    assert outcome.unit.id == given
    assert outcome.related[:1] == suggested or not suggested


def test_building_twice_gives_the_same_bytes(
    content: Path, runtime: Path, tmp_path: Path, index_folder: Path
) -> None:
    build(load(content), tmp_path / "index", HandEncoder(), recipe(runtime), cache=tmp_path / "c")

    one, two = (store.load(folder).folder for folder in (index_folder, tmp_path / "index"))
    assert (one / ranking.FILE).read_bytes() == (two / ranking.FILE).read_bytes()


@pytest.mark.parametrize("name", ["ranking.npz", "confidence.json"])
def test_version_without_a_learned_file_is_reported(
    name: str, content: Path, runtime: Path, tmp_path: Path
) -> None:
    whole = recipe(runtime)
    extras = {other: data for other, data in whole.extras.items() if other != name}
    lacking = Recipe(runtime, extras, whole.learn if name != ranking.FILE else None)
    build(load(content), tmp_path / "index", HandEncoder(), lacking, cache=tmp_path / "cache")

    with pytest.raises(IndexCorrupt, match=rf"has no {name}\. Run: python scripts/build_index"):
        open_index(tmp_path / "index", HandEncoder())


def test_calibration_of_a_version_is_what_its_answers_are_weighed_by(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    whole = recipe(runtime)
    shipped = json.loads(whole.extras["confidence.json"])
    timid = json.dumps({**shipped, "answer_at": 1.0, "clarify_at": 1.0}).encode()
    other = replace(whole, extras={**whole.extras, "confidence.json": timid})
    build(load(content), tmp_path / "index", HandEncoder(), other, cache=tmp_path / "cache")

    outcome = open_index(tmp_path / "index", HandEncoder()).answer("Do bakers work at night?")

    assert isinstance(outcome, Abstained)
    assert outcome.reason is Reason.NOT_COVERED
