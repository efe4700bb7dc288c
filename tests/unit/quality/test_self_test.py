import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Check
from index.errors import IndexCorrupt
from index.quality import self_test
from index.quality.leave_one_out import Said, Tried, held_out
from index.quality.self_test import Checked, Judge, Trial
from index.versions import version_store
from index.versions.version_store import Loaded
from tests.support.encoding import HandEncoder
from tests.support.publishing import built


@pytest.fixture
def loaded(content: Path, runtime: Path, tmp_path: Path) -> Loaded:
    lines = [
        {"question": "Do bakers work at night?", "expect": "faq-night"},
        {"question": "Do bakers work at night", "expect": None, "note": "fails"},
    ]
    (content / "checks.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return built(content, runtime, tmp_path / "index")


@pytest.fixture
def judge(loaded: Loaded) -> Judge:
    return Judge(loaded)


def test_version_holds_its_trial_and_its_figures(loaded: Loaded) -> None:
    kept = self_test.trial_of(loaded)

    assert kept.held_out == held_out(loaded)
    assert [check.passed for check in kept.checks] == [True, False]
    assert loaded.manifest.figures == self_test.figures(kept, Judge(loaded))
    assert loaded.manifest.figures["checks_passed"] == 0.5
    assert version_store.EVALUATION_FILE in loaded.manifest.files


def test_same_input_gives_the_same_trial(
    loaded: Loaded, content: Path, runtime: Path, tmp_path: Path
) -> None:
    again = built(content, runtime, tmp_path / "again" / "index")

    assert again.manifest.files == loaded.manifest.files
    assert again.manifest.figures == loaded.manifest.figures


def test_version_without_a_trial_is_put_to_it_when_asked(index_folder: Path) -> None:
    loaded = version_store.load(index_folder)

    assert self_test.trial_of(loaded) == Trial(held_out(loaded), ())


def test_trial_that_cannot_be_read_is_corrupt(loaded: Loaded) -> None:
    (loaded.folder / version_store.EVALUATION_FILE).write_text("[]")

    with pytest.raises(IndexCorrupt, match=r"evaluation\.json cannot be read"):
        self_test.trial_of(loaded)


def test_trial_does_not_depend_on_the_day(loaded: Loaded) -> None:
    long_ago = [
        replace(unit, valid_until=replace(unit, valid_until=None).reviewed)
        for unit in loaded.contents.units
    ]
    expired = replace(loaded, contents=replace(loaded.contents, units=tuple(long_ago)))

    held = self_test.hold_trial(expired, encoder=HandEncoder()).held_out

    assert held == self_test.trial_of(loaded).held_out


@pytest.mark.parametrize(
    ("unit", "found", "right"),
    [
        ("faq-pay", Said("answer", "faq-pay"), True),
        ("faq-pay", Said("answer", "faq-night"), False),
        ("faq-pay", Said("clarify", None), False),
        ("faq-start", Said("answer", "training"), True),
        ("art-baker-tasks", Said("answer", "art-baker-tasks"), True),
        ("out-recipes", Said("no_answer", "out-other-jobs"), True),
        ("out-recipes", Said("clarify", None), True),
        ("out-recipes", Said("answer", "faq-pay"), False),
        ("talk-greeting", Said("smalltalk", "talk-thanks"), True),
        ("talk-greeting", Said("no_answer", None), False),
    ],
)
def test_unit_expects_what_its_questions_are_to_get(
    judge: Judge, unit: str, found: Said, right: bool
) -> None:
    unit = unit if unit in judge.units else next(u for u in judge.units if u.startswith("talk"))

    assert judge.is_right(unit, found) is right


def test_list_is_right_for_its_items(judge: Judge) -> None:
    item, list_ = next(
        (name, unit.parent) for name, unit in judge.units.items() if unit.parent in judge.units
    )

    assert list_ is not None
    assert judge.answers(item, list_)
    assert not judge.answers(list_, item)


@pytest.mark.parametrize(
    ("expect", "found", "passes"),
    [
        (None, Said("no_answer", None), True),
        (None, Said("clarify", None), True),
        (None, Said("answer", "faq-pay"), False),
        ("art-hours--cook", Said("answer", "art-hours"), True),
        ("out-recipes", Said("no_answer", "out-recipes"), True),
        ("out-recipes", Said("no_answer", "out-other-jobs"), False),
        ("gone", Said("answer", "faq-pay"), False),
    ],
)
def test_check_passes_when_it_gets_what_it_expects(
    judge: Judge, expect: str | None, found: Said, passes: bool
) -> None:
    assert judge.passes(expect, found) is passes


def test_figures_are_shares_of_the_questions_that_they_name(judge: Judge) -> None:
    def tried(unit: str, found: Said) -> Tried:
        return Tried("q", unit, found, "")

    held = (
        tried("faq-pay", Said("answer", "faq-pay")),
        tried("faq-pay", Said("answer", "faq-night")),
        tried("faq-night", Said("clarify", None)),
        tried("faq-night", Said("answer", "faq-night")),
        tried("out-recipes", Said("answer", "faq-pay")),
        tried("out-recipes", Said("no_answer", None)),
    )
    checks = (Checked("q", None, Said("no_answer", None), passed=True),)

    assert self_test.figures(Trial(held, checks), judge) == {
        "held_out_questions": 4.0,
        "boundary_questions": 2.0,
        "checks_questions": 1.0,
        "held_out_right": 0.5,
        "held_out_wrong": 0.25,
        "boundary_answered": 0.5,
        "checks_passed": 1.0,
    }


def test_trial_without_questions_has_no_shares(judge: Judge) -> None:
    assert self_test.figures(Trial((), ()), judge) == {
        "held_out_questions": 0.0,
        "boundary_questions": 0.0,
        "checks_questions": 0.0,
    }


def test_check_is_asked_as_a_visitor_would(loaded: Loaded) -> None:
    checks = [Check("how do i become a baker", "faq-start", "checks.jsonl", 1)]

    found = self_test.hold_trial(loaded, checks, HandEncoder()).checks

    assert found == (
        Checked("how do i become a baker", "faq-start", Said("answer", "faq-start"), passed=True),
    )
