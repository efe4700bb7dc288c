import json
from dataclasses import replace
from pathlib import Path

import pytest

from index.quality import regression_gate
from index.quality.opened_version import OpenedVersion
from index.quality.regression_gate import Balance, FailedCheck, Review
from index.versions.publication_history import AnswerChange, TextChanges
from tests.support.publishing import built, edit

NIGHT = {"question": "do bakers work at night", "expect": "faq-night"}


@pytest.fixture
def live(content: Path, runtime: Path, tmp_path: Path) -> OpenedVersion:
    (content / "checks.jsonl").write_text(json.dumps(NIGHT))
    return built(content, runtime, tmp_path / "index")


def test_same_version_changes_nothing(live: OpenedVersion) -> None:
    review = regression_gate.review(live, live)

    assert review.texts == TextChanges((), (), ())
    assert (review.answers, review.failed, review.refusals) == ((), (), ())
    assert [(balance.worse, balance.better) for balance in review.balances] == [((), ())] * 4
    assert all(balance.asked for balance in review.balances)


def test_texts_that_are_new_gone_or_changed_are_named(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    edit(content, {"Pay is much the same": "Pay is the same", "faq-switch": "faq-move"})

    review = regression_gate.review(live, built(content, runtime, tmp_path / "index"))

    assert review.texts == TextChanges(("faq-move",), ("faq-switch",), ("faq-pay",))


def test_side_of_a_comparison_that_changes_is_named(live: OpenedVersion) -> None:
    units = live.loaded.contents.units
    pair = next(unit for unit in units if unit.sides)
    sides = (replace(pair.sides[0], text="Another text."), *pair.sides[1:])
    after = [replace(unit, sides=sides) if unit is pair else unit for unit in units]

    assert regression_gate.text_changes(units, after) == TextChanges((), (), (pair.id,))


def test_renamed_answer_is_no_loss(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    edit(content, {"faq-switch": "faq-move"})

    review = regression_gate.review(live, built(content, runtime, tmp_path / "index"))

    assert AnswerChange("Can a cook work as a baker?", "faq-switch", "faq-move") in review.answers
    assert review.refusals == ()


def test_check_that_passed_until_now_and_fails_is_refused(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    edit(content, {"Do bakers work at night?": "Butcher?", "[night work in a bakery]": "[butcher]"})
    edit(content, {"are cooks better paid": "do bakers work at night"})

    review = regression_gate.review(live, built(content, runtime, tmp_path / "index"))

    assert review.failed == (
        FailedCheck("do bakers work at night", "faq-night", "faq-pay", passed_before=True),
    )
    assert review.refusals[0] == (
        'the check "do bakers work at night" gets faq-pay instead of faq-night'
    )
    assert AnswerChange("do bakers work at night", "faq-night", "faq-pay") in review.worse


def test_check_that_passes_at_last_is_told_as_better(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    check = {"question": "do bakers work at night", "expect": "faq-pay"}
    (content / "checks.jsonl").write_text(json.dumps(check))
    live = built(content, runtime, tmp_path / "index")
    edit(content, {"Do bakers work at night?": "Butcher?", "[night work in a bakery]": "[butcher]"})
    edit(content, {"are cooks better paid": "do bakers work at night"})

    review = regression_gate.review(live, built(content, runtime, tmp_path / "index"))

    assert AnswerChange("do bakers work at night", "faq-night", "faq-pay") in review.better
    assert (review.balances[-1].asked, review.failed, review.refusals) == (1, (), ())


def test_new_check_that_fails_on_both_is_told_and_not_refused(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    more = {"question": "Do cooks earn more than bakers?", "expect": None}
    (content / "checks.jsonl").write_text(f"{json.dumps(NIGHT)}\n{json.dumps(more)}\n")

    review = regression_gate.review(live, built(content, runtime, tmp_path / "index"))

    assert review.failed == (
        FailedCheck("Do cooks earn more than bakers?", None, "faq-pay", passed_before=False),
    )
    assert review.refusals == ()


def test_loss_is_told_with_the_limit_and_examples() -> None:
    worse = tuple(AnswerChange(f"q{number}", "a", "no answer") for number in range(7))

    (told,) = regression_gate._losses(
        [Balance("questions with an answer", 40, worse, worse[:1])], 0.05
    )

    assert told.startswith(
        "6 of 40 questions with an answer are lost on balance (limit 5.0%, 3 at least): "
        '"q0": a -> no answer; "q1"'
    )
    assert told.count("->") == 5


def balance(worse: int, better: int = 0, asked: int = 1000) -> Balance:
    return Balance(
        "questions",
        asked,
        (AnswerChange("q", "a", "b"),) * worse,
        (AnswerChange("r", "b", "a"),) * better,
    )


@pytest.mark.parametrize(
    ("one", "refused"),
    [
        (balance(20), False),
        (balance(21), True),
        (balance(41, better=21), False),
        (balance(3, asked=10), False),
        (balance(4, asked=10), True),
    ],
    ids=["at-the-limit", "past-it", "made-up-for", "few-of-few", "too-many-of-few"],
)
def test_losses_past_the_limit_are_refused(one: Balance, refused: bool) -> None:
    assert bool(list(regression_gate._losses([one], 0.02))) is refused


def test_questions_of_either_version_are_asked_of_both(
    live: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    edit(content, {"night work in a bakery": "night shift of a baker"})
    after = built(content, runtime, tmp_path / "index")
    one, other = regression_gate._sides(live, after)

    asked = {compared.question for compared in regression_gate._compared(one, other)}

    assert {"night work in a bakery", "night shift of a baker"} <= asked


def test_first_version_has_nothing_to_be_compared_with(live: OpenedVersion) -> None:
    review = regression_gate.first_review(live)

    assert review == Review(TextChanges((), (), ()), (), (), (), ())


def test_failed_checks_of_the_first_version_are_told(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    (content / "checks.jsonl").write_text(json.dumps({**NIGHT, "expect": None}))

    review = regression_gate.first_review(built(content, runtime, tmp_path / "index"))

    assert review.failed == (
        FailedCheck("do bakers work at night", None, "faq-night", passed_before=False),
    )
    assert review.refusals == ()
