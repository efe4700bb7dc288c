import json
import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from index.quality import regression_gate
from index.quality.opened_version import OpenedVersion
from index.quality.regression_gate import Balance, FailedCheck, Review
from index.versions.publication_history import AnswerChange, TextChanges
from tests.support.paths import CONTENT
from tests.support.publishing import built, edit

NIGHT = {"question": "do bakers work at night", "expect": "faq-night"}
MOVED = {
    "Do bakers work at night?": "Butcher?",
    "[night work in a bakery]": "[butcher]",
    "are cooks better paid": "do bakers work at night",
}
"""Edits by which the question of the check gets the answer on pay."""
NOTHING = TextChanges((), (), ())


def write_checks(content: Path, *checks: Mapping[str, str | None]) -> None:
    (content / "checks.jsonl").write_text("\n".join(map(json.dumps, checks)))


@pytest.fixture(scope="module")
def live(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> OpenedVersion:
    """The version of the tiny corpus with a check that passes; tests must not change it."""
    folder = tmp_path_factory.mktemp("live")
    content = shutil.copytree(CONTENT, folder / "content")
    write_checks(content, NIGHT)
    return built(content, runtime, folder / "index")


@pytest.fixture
def content(content: Path) -> Path:
    write_checks(content, NIGHT)
    return content


def test_same_version_changes_nothing(live: OpenedVersion) -> None:
    review = regression_gate.review(live, live)

    assert (review.texts, review.answers, review.failed, review.refusals) == (NOTHING, (), (), ())
    assert [(balance.worse, balance.better) for balance in review.balances] == [((), ())] * 4
    assert all(balance.asked for balance in review.balances)


def test_changed_texts_and_a_renamed_answer_are_listed_and_no_loss(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    edit(content, {"Pay is much the same": "Pay is the same", "faq-switch": "faq-move"})

    review = regression_gate.review(live, built(content, runtime, tmp_path / "index"))

    assert review.texts == TextChanges(("faq-move",), ("faq-switch",), ("faq-pay",))
    moved = AnswerChange("Can a cook work as a baker?", "faq-switch", "faq-move")
    assert moved in review.answers
    assert review.refusals == ()


def test_changed_side_of_a_comparison_is_listed(live: OpenedVersion) -> None:
    units = live.loaded.contents.units
    pair = next(unit for unit in units if unit.sides)
    sides = (replace(pair.sides[0], text="Another text."), *pair.sides[1:])
    after = [replace(unit, sides=sides) if unit is pair else unit for unit in units]

    assert regression_gate.text_changes(units, after) == TextChanges((), (), (pair.id,))


def test_removed_answer_is_listed_with_what_comes_instead(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    path = content / "faqs" / "jobs.yaml"
    entries = path.read_text(encoding="utf-8").split("\n- ")
    kept = [entry for entry in entries if "id: faq-night" not in entry]
    path.write_text("\n- ".join(kept).replace("faq-night", "faq-pay"), encoding="utf-8")
    write_checks(content)

    after = built(content, runtime, tmp_path / "index")
    changes = regression_gate.answer_changes(live.retriever(), after.retriever())

    (lost,) = (change for change in changes if change.before == "faq-night")
    assert lost.question == live.knowledge.units["faq-night"].title
    assert lost.after != "faq-night"


def test_check_that_passed_on_the_live_version_and_fails_is_refused(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    edit(content, MOVED)
    question = NIGHT["question"]

    review = regression_gate.review(live, built(content, runtime, tmp_path / "index"))

    assert review.failed == (FailedCheck(question, "faq-night", "faq-pay", passed_before=True),)
    assert AnswerChange(question, "faq-night", "faq-pay") in review.worse
    assert question in review.refusals[0]
    assert "faq-pay" in review.refusals[0]


def test_check_that_passes_at_last_is_better_and_a_new_failing_one_no_refusal(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    question = NIGHT["question"]
    write_checks(content, {**NIGHT, "expect": "faq-pay"})
    before = built(content, runtime, tmp_path / "index")
    pay = {"question": "Do cooks earn more than bakers?", "expect": None}
    write_checks(content, {**NIGHT, "expect": "faq-pay"}, pay)
    edit(content, MOVED)

    review = regression_gate.review(before, built(content, runtime, tmp_path / "index"))

    first = FailedCheck(question, "faq-pay", "faq-night", passed_before=False)
    assert regression_gate.first_review(before) == Review(NOTHING, (), (), (first,), ())
    assert AnswerChange(question, "faq-night", "faq-pay") in review.better
    failed = FailedCheck("Do cooks earn more than bakers?", None, "faq-pay", passed_before=False)
    assert (review.failed, review.refusals) == ((failed,), ())


def test_questions_of_either_version_are_asked_of_both(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    edit(content, {"night work in a bakery": "night shift of a baker"})
    after = built(content, runtime, tmp_path / "index")

    compared = regression_gate._compared(*regression_gate._sides(live, after))

    asked = {question.question for question in compared}
    assert {"night work in a bakery", "night shift of a baker"} <= asked


def test_first_version_has_nothing_to_be_compared_with(live: OpenedVersion) -> None:
    assert regression_gate.first_review(live) == Review(NOTHING, (), (), (), ())


def balance(worse: int, better: int = 0, asked: int = 1000) -> Balance:
    lost, won = AnswerChange("q", "a", "b"), AnswerChange("r", "b", "a")
    return Balance("questions", asked, (lost,) * worse, (won,) * better)


@pytest.mark.parametrize(
    ("balance", "refused"),
    [
        (balance(20), False),
        (balance(21), True),
        (balance(41, better=21), False),
        (balance(3, asked=10), False),
        (balance(4, asked=10), True),
    ],
    ids=["at-the-limit", "past-it", "made-up-for", "few-of-few", "too-many-of-few"],
)
def test_losses_past_the_limit_are_refused(balance: Balance, refused: bool) -> None:
    refusals = list(regression_gate._losses([balance], 0.02))

    assert bool(refusals) is refused
    # At most 5 are quoted.
    assert [reason.count("->") for reason in refusals] in ([], [min(5, len(balance.worse))])
