import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Corpus
from index.building import builder
from index.errors import IndexCorrupt
from index.evaluation.baselines import over_questions, over_units
from index.evaluation.labelled_questions import (
    Judged,
    Labelled,
    QuestionsUnreadable,
    calibration_floor,
    differences,
    examine,
    figures,
    fold_of,
    folds,
    judge,
    read_questions,
)
from index.ranking import calibration
from index.versions import version_store
from index.versions.version_store import Loaded
from tests.support.encoding import HandEncoder
from tests.support.judging import PARENTS, answered, clarified, labelled, refused, response
from tests.support.paths import ROOT

GUIDE = ROOT / "docs" / "quality.md"
DEV = ROOT.parent / "shared" / "eval" / "dev.jsonl"
WEIGHTS = {**dict.fromkeys(calibration.FEATURES, 0.0), "cosine": 10.0}
BOLD = {"intercept": -5.0, "weights": WEIGHTS, "answer_at": 0.5, "clarify_at": 0.25}
"""Answers from a cosine of 0.5 on."""
SHY = {"intercept": -99.0, "weights": WEIGHTS}


def build(corpus: Corpus, runtime: Path, folder: Path, fitted: object) -> Loaded:
    extras = {**builder.recipe(runtime).extras, calibration.FILE: json.dumps(fitted).encode()}
    recipe = replace(builder.recipe(runtime), extras=extras)
    builder.build(corpus, folder / "index", HandEncoder(), recipe, cache=folder / "cache")
    return version_store.load(folder / "index")


@pytest.fixture
def loaded(corpus: Corpus, runtime: Path, tmp_path: Path) -> Loaded:
    return build(corpus, runtime, tmp_path, BOLD)


def test_questions_are_read_with_defaults(tmp_path: Path) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(
        '{"id": 1, "question": "a", "answerable": true, "gold": ["x"], "kind": "real", '
        '"lang": "de", "borderline": true, "page": "p"}\n\n'
        '{"id": "2", "question": "b", "answerable": false}\n'
    )

    assert read_questions(path) == (
        Labelled("1", "a", True, frozenset({"x"}), "real", "de", True, "p"),
        Labelled("2", "b", False, frozenset(), "out-of-domain", "en", False, "2"),
    )


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("{", "Expecting property name"),
        ('{"id": "1", "question": "a"}', "'answerable' is missing"),
        ('{"id": "1", "question": "a", "answerable": true}', "answerable question has gold ids"),
        ('{"id": "1", "question": "a", "answerable": false, "gold": ["x"]}', "has none"),
        ('{"id": "1", "question": "a", "answerable": true, "gold": "x"}', "gold ids"),
        ("[]", "no attribute"),
    ],
    ids=["no JSON", "nothing said", "no gold", "gold", "gold is text", "no object"],
)
def test_wrong_line_is_reported_by_file_and_line(tmp_path: Path, line: str, fault: str) -> None:
    path = tmp_path / "questions.jsonl"
    path.write_text(f"\n{line}\n")

    with pytest.raises(QuestionsUnreadable, match=fault) as error:
        read_questions(path)

    assert str(error.value).startswith(f"{path}:2: not a labelled question: ")


def test_missing_and_empty_files_are_rejected(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere.jsonl"
    with pytest.raises(QuestionsUnreadable) as error:
        read_questions(missing)
    remedy = "Name a file of labelled questions; see docs/quality.md."
    assert str(error.value) == f"{missing} does not exist. {remedy}"

    with pytest.raises(QuestionsUnreadable, match="cannot be read"):
        read_questions(tmp_path)
    (tmp_path / "empty.jsonl").write_text("\n")
    with pytest.raises(QuestionsUnreadable, match="holds no questions"):
        read_questions(tmp_path / "empty.jsonl")


@pytest.mark.parametrize(
    ("given", "right"),
    [("bread", True), ("tasks", True), ("dough", False), (None, False)],
    ids=["gold", "the list that holds it", "another item", "nothing"],
)
def test_given_id_is_right_when_it_is_gold_or_holds_gold(given: str | None, right: bool) -> None:
    judged = judge(labelled("q", "bread"), response("answer", given), PARENTS)

    assert (judged.right, judged.found) == (right, right)


def test_gold_list_is_not_answered_by_its_item() -> None:
    assert not judge(labelled("q", "tasks"), response("answer", "bread"), PARENTS).right


def test_only_the_first_three_passages_count() -> None:
    third, fourth = ("pay", "dough", "tasks"), ("pay", "dough", "x", "tasks")

    found = [
        judge(labelled("q", "bread"), response(shown=shown), PARENTS).found
        for shown in (third, fourth)
    ]

    assert found == [True, False]


def test_nothing_is_right_about_a_question_without_an_answer() -> None:
    asked = response("clarify", "pay", shown=("pay",), offered=("pay",))

    judged = judge(labelled("q"), asked, PARENTS)

    assert judged == Judged(labelled("q"), asked, False, False, False, False)


ROWS = (
    answered(labelled("a", "pay"), "pay", 0.9),
    answered(labelled("b", "bread"), "dough", 0.8),
    clarified(labelled("c", "pay"), "bread", "pay", confidence=0.4),
    answered(replace(labelled("d", "pay"), borderline=True), "pay", 0.6),
    answered(labelled("e"), "pay", 0.7),
    refused(labelled("f"), confidence=0.1),
    refused(labelled("g", kind="far"), confidence=0.0),
    answered(labelled("h", "pay", language="de"), "bread"),
)


def test_figures_are_those_of_the_definitions() -> None:
    table = figures(ROWS)

    assert {name: (figure.value, figure.count) for name, figure in table.items()} == {
        "answer accuracy": (pytest.approx(1 / 3), 3),
        "wrong-answer rate": (0.25, 4),
        "right or offered": (0.75, 4),
        "clarify hit": (1.0, 1),
        "passage recall@3": (0.5, 4),
        "false-answer rate, far": (0.0, 1),
        "asked back, far": (0.0, 1),
        "false-answer rate, near": (0.5, 2),
        "asked back, near": (0.0, 2),
        "precision, balanced": (0.5 / (0.5 + 0.25 + 0.5), 6),
        "AUROC, far": (1.0, 5),
        "AUROC, near": (pytest.approx(6 / 8), 6),
        "AUROC, all": (pytest.approx(10 / 12), 7),
        # The near one counts as one of two, each answerable one as one of four.
        "calibration error, balanced": (pytest.approx((0.1 + 0.8 + 0.4 + 2 * 0.7) / 5), 4),
    }


def test_perfect_confidence_is_over_the_answers_that_were_given() -> None:
    floor = calibration_floor(ROWS)

    assert floor is not None
    assert floor.count == 4
    # Each bin holds one answer, which is off by twice c (1 - c) on average.
    assert floor.value == pytest.approx((0.18 + 0.32 + 0.48 + 2 * 0.42) / 5, abs=0.01)


def test_figures_of_other_languages_alone_are_none() -> None:
    assert figures(ROWS[-1:]) == {}


def test_differences_are_those_of_the_figures_that_both_have() -> None:
    better = (*ROWS[:1], answered(labelled("b", "bread"), "bread", 0.8), *ROWS[2:])

    gaps = differences(ROWS, better)

    assert gaps["answer accuracy"].value == pytest.approx(1 / 3)
    assert gaps["wrong-answer rate"].value == -0.25
    assert gaps["AUROC, all"].value == 0
    assert list(gaps) == list(figures(ROWS))


QUESTIONS = (
    labelled("do bakers work at night", "faq-night"),
    labelled("how do I become a baker", "faq-start", "training"),
    labelled("price of a butcher"),
)


def test_index_is_asked_every_question(loaded: Loaded) -> None:
    judged = examine(QUESTIONS, loaded, HandEncoder())

    assert [row.question for row in judged] == list(QUESTIONS)
    assert [row.right for row in judged] == [True, True, False]
    assert [row.response.outcome == "answer" for row in judged] == [True, True, False]
    assert judged[0].response.given == judged[0].response.candidate == "faq-night"
    assert judged[0].response.trace.understood == "do bakers work at night"


def test_each_question_is_answered_by_the_fold_that_has_not_seen_it(
    corpus: Corpus, runtime: Path, tmp_path: Path
) -> None:
    loaded = build(corpus, runtime, tmp_path, {**BOLD, "folds": [BOLD, SHY]})
    calibrations = folds(loaded)

    judged = examine(QUESTIONS[:2], loaded, HandEncoder(), calibrations)

    assert [calibration.intercept for calibration in calibrations] == [-5.0, -99.0]
    assert [calibration.answer_at for calibration in calibrations] == [0.5, 0.5]
    bold = [fold_of(question.group, 2) == 0 for question in QUESTIONS[:2]]
    assert [row.response.outcome == "answer" for row in judged] == bold
    assert [row.candidate_right for row in judged] == [True, True]


def test_version_without_folds_has_none(loaded: Loaded) -> None:
    assert folds(loaded) == ()


def test_broken_folds_are_rejected(corpus: Corpus, runtime: Path, tmp_path: Path) -> None:
    loaded = build(corpus, runtime, tmp_path, {**BOLD, "folds": [1]})

    with pytest.raises(IndexCorrupt, match="folds"):
        folds(loaded)


def test_baseline_ranks_content_by_one_text_a_unit(loaded: Loaded) -> None:
    plain = over_units(loaded.contents, HandEncoder())

    night = plain.respond("night morning", 0.5)

    assert night.given == "faq-night"
    assert night.shown[0] == "faq-night"
    assert not {id_ for id_ in night.shown if id_.startswith(("talk-", "out-"))}
    assert night.confidence == pytest.approx(night.trace.evidence["cosine"])


def test_baseline_answers_from_its_threshold_on(loaded: Loaded) -> None:
    plain = over_questions(loaded.contents, HandEncoder())
    cosine = plain.respond(QUESTIONS[0].question, 0.0).confidence

    at, above = (plain.examine(QUESTIONS[:1], cosine + more) for more in (0.0, 0.01))

    assert [row.response.outcome for row in (*at, *above)] == ["answer", "no_answer"]
    assert above[0].candidate_right


def test_example_of_the_guide_can_be_read(tmp_path: Path) -> None:
    example = GUIDE.read_text().split("```json\n")[1].split("```")[0]
    (tmp_path / "q.jsonl").write_text(example)

    questions = read_questions(tmp_path / "q.jsonl")

    assert [(question.id, question.answerable, question.kind) for question in questions] == [
        ("q1", True, "search log"),
        ("q2", False, "near"),
    ]


def test_questions_of_this_project_can_be_read() -> None:
    if not DEV.exists():
        pytest.skip("../shared/eval/dev.jsonl is not there")

    questions = read_questions(DEV)

    assert len({question.id for question in questions}) == len(questions)
    assert {question.language for question in questions} >= {"en"}
