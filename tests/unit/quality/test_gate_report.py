from dataclasses import replace

import pytest

from index.quality import gate_report
from index.quality.regression_gate import Balance, FailedCheck, Review
from index.versions.publication_history import Act, AnswerChange, Publication, TextChanges

REVIEW = Review(
    TextChanges(("a", "b"), (), tuple(f"c{number}" for number in range(12))),
    (AnswerChange("why", "a", "no answer"),),
    (
        Balance("variants", 50, (AnswerChange("q", "a", "b"),), (AnswerChange("r", "b", "a"),) * 2),
        Balance("variants not misled", 50, (AnswerChange("q", "a", "b"),), ()),
        Balance("unchanged", 50, (), ()),
    ),
    (FailedCheck("x", "a", "b", passed_before=True), FailedCheck("y", None, "b", False)),
    (),
)
FIGURES = {"held_out_right": 0.5, "held_out_questions": 10.0, "checks_questions": 0.0}
FIRST = Publication(Act.PUBLISH, "v1", None, "2026-11-25T10:00:00Z", "Ann", FIGURES)


def test_review_names_texts_answers_balances_and_checks() -> None:
    assert list(gate_report.review_lines(REVIEW, compared=True)) == [
        "New: a, b",
        "Changed: c0, c1, c2, c3, c4, c5, c6, c7, c8, c9 and 2 more",
        "1 question gets another answer than before.",
        '  "why": a -> no answer',
        "Variants: 2 more, 1 fewer, of 50.",
        "Variants not misled: 0 more, 1 fewer, of 50.",
        "1 tested question answered worse:",
        '  "q": a -> b',
        "1 tested question answered better:",
        '  "r": b -> a',
        'Check passed before and fails: "x" gets b instead of a.',
        'Check fails: "y" gets b instead of no answer.',
    ]


def test_review_of_the_first_version_lists_its_failed_checks_alone() -> None:
    lines = list(gate_report.review_lines(REVIEW, compared=False))

    assert [line[:5] for line in lines] == ["Check", "Check"]


@pytest.mark.parametrize(
    ("count", "first", "last"),
    [
        (0, "No questions get another answer than before.", None),
        (12, "12 questions get another answer than before.", "  and 2 more"),
    ],
)
def test_changed_answers_are_counted(count: int, first: str, last: str | None) -> None:
    answers = (AnswerChange("q", "a", "b"),) * count
    review = replace(REVIEW, texts=TextChanges((), (), ()), answers=answers, balances=(), failed=())

    lines = list(gate_report.review_lines(review, compared=True))

    assert lines[0] == first
    assert last is None or lines[-1] == last


def test_many_tested_questions_are_cut_and_counted() -> None:
    worse = tuple(AnswerChange(f"q{number}", "a", "b") for number in range(23))
    review = replace(REVIEW, balances=(Balance("ways", 50, worse, ()),), failed=())

    lines = list(gate_report.review_lines(review, compared=True))

    assert lines[-22] == "23 tested questions answered worse:"
    assert lines[-2:] == ['  "q19": a -> b', "  and 3 more"]


def test_figures_stand_beside_those_of_before() -> None:
    words = "Self-test, each variant hidden in turn: 50.0% answered right (5 of 10)"

    assert list(gate_report.figure_lines(FIGURES)) == [f"{words}."]
    assert list(gate_report.figure_lines(FIGURES, {"held_out_right": 0.25})) == [
        f"{words}, before 25.0%."
    ]
    assert list(gate_report.figure_lines(FIGURES, FIGURES)) == [f"{words}, unchanged."]


def test_answered_examples_of_boundaries_read_as_what_should_be_few() -> None:
    lines = list(gate_report.figure_lines({"boundary_answered": 1.0, "boundary_questions": 5}))

    assert (
        lines[0] == "Examples of boundaries, hidden in turn: 100.0% answered all the same (5 of 5)."
    )
    assert lines[1].startswith("A hidden question is harder than what visitors ask")


def test_first_publication_has_nothing_to_compare() -> None:
    assert list(gate_report.publication_lines(FIRST)) == [
        "Published v1 on 2026-11-25 10:00 UTC by Ann.",
        "Self-test, each variant hidden in turn: 50.0% answered right (5 of 10).",
    ]
    assert gate_report.summary(FIRST) == "the first one"


def test_publication_lists_its_changes_and_the_objections() -> None:
    later = replace(
        FIRST,
        act=Act.ROLLBACK,
        before="v0",
        texts=TextChanges(("a",), ("b",), ()),
        answers=(AnswerChange("q", "a", "b"),),
        changed_answers=1,
        worse=(AnswerChange("r", "a", "b"),),
        count_worse=1,
        failed=("x",),
        overruled=("it is worse",),
    )

    assert list(gate_report.publication_lines(later))[1:5] == [
        "Before that, v0 was live.",
        "New: a",
        "Gone: b",
        "1 question gets another answer than before.",
    ]
    assert list(gate_report.publication_lines(later))[6:8] == [
        "1 tested question answered worse:",
        '  "r": a -> b',
    ]
    assert list(gate_report.publication_lines(later))[-2:] == [
        'Check fails: "x".',
        "Published despite: it is worse.",
    ]
    assert gate_report.summary(later) == "1 new, 1 gone, 1 with another answer, 1 worse"
    assert gate_report.summary(replace(FIRST, before="v0")) == "no answer changed"
