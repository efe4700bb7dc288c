import json
from dataclasses import replace
from pathlib import Path

import pytest

from corpus import Check
from index.errors import IndexCorrupt
from index.quality import self_test
from index.quality.leave_one_out import QuestionResult, leave_one_out
from index.quality.opened_version import OpenedVersion, Reply, open_version
from index.quality.self_test import CheckResult, Judge, SelfTest
from index.versions import version_store
from tests.support.encoding import HandEncoder
from tests.support.publishing import built


@pytest.fixture
def version(content: Path, runtime: Path, tmp_path: Path) -> OpenedVersion:
    lines = [
        {"question": "Do bakers work at night?", "expect": "faq-night"},
        {"question": "Do bakers work at night", "expect": None, "note": "fails"},
    ]
    (content / "checks.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return built(content, runtime, tmp_path / "index")


@pytest.fixture
def judge(version: OpenedVersion) -> Judge:
    return Judge(version.loaded.contents)


def test_version_holds_its_trial_and_its_figures(version: OpenedVersion) -> None:
    kept = self_test.result_of(version)

    assert kept.questions == leave_one_out(version)
    assert [check.passed for check in kept.checks] == [True, False]
    assert version.loaded.manifest.figures == self_test.figures(
        kept, Judge(version.loaded.contents)
    )
    assert version.loaded.manifest.figures["checks_passed"] == 0.5
    assert version_store.EVALUATION_FILE in version.loaded.manifest.files


def test_same_input_gives_the_same_trial(
    version: OpenedVersion, content: Path, runtime: Path, tmp_path: Path
) -> None:
    again = built(content, runtime, tmp_path / "again" / "index")

    assert again.loaded.manifest.files == version.loaded.manifest.files
    assert again.loaded.manifest.figures == version.loaded.manifest.figures


def test_version_without_a_trial_is_put_to_it_when_asked(index_folder: Path) -> None:
    version = open_version(version_store.load(index_folder), HandEncoder())

    assert self_test.result_of(version) == SelfTest(leave_one_out(version), ())


def test_trial_that_cannot_be_read_is_corrupt(version: OpenedVersion) -> None:
    (version.loaded.folder / version_store.EVALUATION_FILE).write_text("[]")

    with pytest.raises(IndexCorrupt, match=r"evaluation\.json cannot be read"):
        self_test.result_of(version)


def test_trial_does_not_depend_on_the_day(version: OpenedVersion) -> None:
    long_ago = [
        replace(unit, valid_until=replace(unit, valid_until=None).reviewed)
        for unit in version.loaded.contents.units
    ]
    contents = replace(version.loaded.contents, units=tuple(long_ago))
    expired = open_version(replace(version.loaded, contents=contents), HandEncoder())

    questions = self_test.run(expired).questions

    assert questions == self_test.result_of(version).questions


@pytest.mark.parametrize(
    ("unit", "found", "right"),
    [
        ("faq-pay", Reply("answer", "faq-pay"), True),
        ("faq-pay", Reply("answer", "faq-night"), False),
        ("faq-pay", Reply("clarify", None), False),
        ("faq-start", Reply("answer", "training"), True),
        ("art-baker-tasks", Reply("answer", "art-baker-tasks"), True),
        ("out-recipes", Reply("no_answer", "out-other-jobs"), True),
        ("out-recipes", Reply("clarify", None), True),
        ("out-recipes", Reply("answer", "faq-pay"), False),
        ("talk-greeting", Reply("smalltalk", "talk-thanks"), True),
        ("talk-greeting", Reply("no_answer", None), False),
    ],
)
def test_unit_expects_what_its_questions_are_to_get(
    judge: Judge, unit: str, found: Reply, right: bool
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
        (None, Reply("no_answer", None), True),
        (None, Reply("clarify", None), True),
        (None, Reply("answer", "faq-pay"), False),
        ("art-hours--cook", Reply("answer", "art-hours"), True),
        ("out-recipes", Reply("no_answer", "out-recipes"), True),
        ("out-recipes", Reply("no_answer", "out-other-jobs"), False),
        ("gone", Reply("answer", "faq-pay"), False),
    ],
)
def test_check_passes_when_it_gets_what_it_expects(
    judge: Judge, expect: str | None, found: Reply, passes: bool
) -> None:
    assert judge.passes(expect, found) is passes


def test_figures_are_shares_of_the_questions_that_they_name(judge: Judge) -> None:
    def tried(unit: str, found: Reply) -> QuestionResult:
        return QuestionResult("q", unit, found, "")

    held = (
        tried("faq-pay", Reply("answer", "faq-pay")),
        tried("faq-pay", Reply("answer", "faq-night")),
        tried("faq-night", Reply("clarify", None)),
        tried("faq-night", Reply("answer", "faq-night")),
        tried("out-recipes", Reply("answer", "faq-pay")),
        tried("out-recipes", Reply("no_answer", None)),
    )
    checks = (CheckResult("q", None, Reply("no_answer", None), passed=True),)

    assert self_test.figures(SelfTest(held, checks), judge) == {
        "held_out_questions": 4.0,
        "boundary_questions": 2.0,
        "checks_questions": 1.0,
        "held_out_right": 0.5,
        "held_out_wrong": 0.25,
        "boundary_answered": 0.5,
        "checks_passed": 1.0,
    }


def test_trial_without_questions_has_no_shares(judge: Judge) -> None:
    assert self_test.figures(SelfTest((), ()), judge) == {
        "held_out_questions": 0.0,
        "boundary_questions": 0.0,
        "checks_questions": 0.0,
    }


def test_check_is_asked_as_a_visitor_would(version: OpenedVersion) -> None:
    checks = [Check("how do i become a baker", "faq-start", "checks.jsonl", 1)]

    found = self_test.run(version, checks).checks

    assert found == (
        CheckResult(
            "how do i become a baker", "faq-start", Reply("answer", "faq-start"), passed=True
        ),
    )
