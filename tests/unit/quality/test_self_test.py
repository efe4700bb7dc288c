import json
import shutil
from dataclasses import replace
from datetime import date
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
from tests.support.paths import CONTENT
from tests.support.publishing import built

CHECKS = (
    {"question": "Do bakers work at night?", "expect": "faq-night"},
    {"question": "Do bakers work at night", "expect": None, "note": "fails"},
)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Content with two checks, one of which fails."""
    folder = tmp_path_factory.mktemp("version")
    shutil.copytree(CONTENT, folder / "content")
    (folder / "content" / "checks.jsonl").write_text("\n".join(map(json.dumps, CHECKS)))
    return folder


@pytest.fixture(scope="module")
def version(place: Path, runtime: Path) -> OpenedVersion:
    """A version with its self-test; tests must not change it."""
    return built(place / "content", runtime, place / "index")


@pytest.fixture(scope="module")
def judge(version: OpenedVersion) -> Judge:
    return Judge(version.loaded.contents)


def test_version_holds_its_self_test_and_its_figures(version: OpenedVersion, judge: Judge) -> None:
    test, manifest = self_test.result_of(version), version.loaded.manifest

    assert test.questions == leave_one_out(version)
    assert [check.passed for check in test.checks] == [True, False]
    assert manifest.figures == self_test.figures(test, judge)
    assert manifest.figures["checks_passed"] == 0.5
    assert version_store.EVALUATION_FILE in manifest.files


def test_same_input_gives_the_same_self_test(
    version: OpenedVersion, place: Path, runtime: Path, tmp_path: Path
) -> None:
    again = built(place / "content", runtime, tmp_path / "index")

    assert again.loaded.manifest.files == version.loaded.manifest.files
    assert again.loaded.manifest.figures == version.loaded.manifest.figures


def test_version_built_without_a_self_test_is_tested_when_asked(index_folder: Path) -> None:
    version = open_version(version_store.load(index_folder), HandEncoder())

    assert self_test.result_of(version) == SelfTest(leave_one_out(version), ())


def test_self_test_that_cannot_be_read_is_corrupt(version: OpenedVersion, tmp_path: Path) -> None:
    (tmp_path / version_store.EVALUATION_FILE).write_text("[]")

    with pytest.raises(IndexCorrupt, match=r"evaluation\.json cannot be read"):
        self_test.result_of(replace(version, loaded=replace(version.loaded, folder=tmp_path)))


def test_self_test_does_not_depend_on_the_day(version: OpenedVersion) -> None:
    contents = version.loaded.contents
    units = tuple(replace(unit, valid_until=date(2000, 1, 1)) for unit in contents.units)
    expired = replace(version.loaded, contents=replace(contents, units=units))

    questions = self_test.run(open_version(expired, HandEncoder())).questions

    assert questions == self_test.result_of(version).questions


@pytest.mark.parametrize(
    ("unit", "reply", "right"),
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
def test_unit_expects_some_replies_to_its_questions(
    judge: Judge, unit: str, reply: Reply, right: bool
) -> None:
    assert judge.is_right(unit, reply) is right


def test_list_is_right_for_its_items(judge: Judge) -> None:
    item, list_ = next(
        (name, unit.parent) for name, unit in judge.units.items() if unit.parent in judge.units
    )

    assert list_ is not None
    assert judge.answers(item, list_)
    assert not judge.answers(list_, item)


@pytest.mark.parametrize(
    ("expect", "reply", "passes"),
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
    judge: Judge, expect: str | None, reply: Reply, passes: bool
) -> None:
    assert judge.passes(expect, reply) is passes


def test_figures_are_shares_of_the_questions_that_they_name(judge: Judge) -> None:
    replies = (
        ("faq-pay", Reply("answer", "faq-pay")),
        ("faq-pay", Reply("answer", "faq-night")),
        ("faq-night", Reply("clarify", None)),
        ("faq-night", Reply("answer", "faq-night")),
        ("out-recipes", Reply("answer", "faq-pay")),
        ("out-recipes", Reply("no_answer", None)),
    )
    questions = tuple(QuestionResult("q", unit, reply, "") for unit, reply in replies)
    checks = (CheckResult("q", None, Reply("no_answer", None), passed=True),)

    assert self_test.figures(SelfTest(questions, checks), judge) == {
        "held_out_questions": 4.0,
        "boundary_questions": 2.0,
        "checks_questions": 1.0,
        "held_out_right": 0.5,
        "held_out_wrong": 0.25,
        "boundary_answered": 0.5,
        "checks_passed": 1.0,
    }
    assert self_test.figures(SelfTest((), ()), judge) == {
        "held_out_questions": 0.0,
        "boundary_questions": 0.0,
        "checks_questions": 0.0,
    }


def test_check_is_asked_as_a_visitor_would(version: OpenedVersion) -> None:
    checks = [Check("how do i become a baker", "faq-start", "checks.jsonl", 1)]

    (check,) = self_test.run(version, checks).checks

    assert check == CheckResult(
        checks[0].question, "faq-start", Reply("answer", "faq-start"), passed=True
    )
