"""What docs/content-guide.md shows of what commands print.

What a check prints is run and compared to the letter. Of a build, whose figures and names of
versions change with the content, the wording is compared: each line of the guide's samples is one
that such a result is told in. What the samples say was copied from runs.
"""

import re
import shutil
from pathlib import Path

import pytest

from index.quality import gate_report
from index.quality.regression_gate import Balance, FailedCheck, Review
from index.versions.publication_history import Act, AnswerChange, Publication, TextChanges
from tests.support.commands import run
from tests.support.paths import ROOT

GUIDE = (ROOT / "docs" / "content-guide.md").read_text(encoding="utf-8")


@pytest.fixture
def shipped(tmp_path: Path) -> Path:
    return shutil.copytree(ROOT / "corpus", tmp_path / "corpus")


def test_check_of_a_fault_prints_what_the_guide_shows(shipped: Path) -> None:
    path = shipped / "faqs" / "learning.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("  answer: Yes. ", "  anwser: Yes. ", 1), encoding="utf-8")

    done = run("check", "--corpus", shipped)

    assert done.exit_code == 1
    assert f"```text\n{done.stdout.rstrip()}\n```" in GUIDE


def test_entry_that_the_guide_changes_is_there(shipped: Path) -> None:
    text = (shipped / "faqs" / "learning.yaml").read_text(encoding="utf-8")

    assert "- id: faq-04\n  question: Can you learn machine learning on your own?" in text
    assert "id: faq-15" in (shipped / "faqs" / "pay.yaml").read_text(encoding="utf-8")


LOST = "in which places do ML engineers get the highest pay"
BOUNDARY = "no answer (out-exact-salary)"
NAMES = (
    "variants that get their answer",
    "variants that get no wrong answer",
    "out-of-scope questions that get no answer",
    "checks that pass",
)
FIGURES = {"held_out_right": 0.5, "held_out_wrong": 0.5, "held_out_questions": 9} | {
    "boundary_answered": 0.5,
    "boundary_questions": 9,
    "checks_passed": 1,
    "checks_questions": 9,
}


def told() -> list[str]:
    """Tell a review and a publication of everything that the samples show."""
    worse, better = (
        (AnswerChange("q", "faq-15", BOUNDARY),),
        (AnswerChange("r", "faq-15", "faq-07"),),
    )
    for_one = tuple(Balance(name, 9, worse, better) for name in NAMES)
    for_more = tuple(Balance(name, 9, worse + better, worse + better) for name in NAMES)
    texts, failed = TextChanges((), (), ("faq-04",)), FailedCheck(LOST, "faq-15", BOUNDARY, True)
    none = Review(texts, (), for_one, (failed,), ())
    some = Review(texts, worse * 2, for_more, (failed,), ())
    act = Publication(Act.ROLLBACK, "d9800d5b8f96", "9755e3c786ba", "at", "Ada", FIGURES)
    return [
        *(line for one in (none, some) for line in gate_report.review_lines(one, compared=True)),
        *gate_report.publication_lines(act),
        *gate_report.figure_lines(FIGURES),
        *gate_report.figure_lines(FIGURES, FIGURES),
        *gate_report.figure_lines(FIGURES, dict.fromkeys(FIGURES, 0.1)),
    ]


def form(line: str) -> str:
    """Return a line without what differs from one run to the next."""
    line = re.sub(r'"[^"]*": .* -> .*', "CHANGE", line)
    line = re.sub(r'"[^"]*" gets .* instead of .*', "CHECK", line)
    line = re.sub(r"on \S+ by .*", "WHEN", line)
    return re.sub(r"\b[0-9a-f]{12}\b|\d+(\.\d+)?", "#", line)


def test_lines_of_a_review_in_the_guide_are_worded_as_a_build_words_them() -> None:
    samples = re.findall(r"```text\n(.*?)```", GUIDE, re.DOTALL)
    shown = [
        line
        for sample in samples
        if "another answer than before" in sample
        for line in sample.splitlines()
    ]
    elsewhere = re.compile(r"\d+ documents?|Model |Version |Refused: |I published nothing; ")

    forms = {form(line) for line in told()}

    assert len(shown) > 20
    assert [line for line in shown if not elsewhere.match(line) and form(line) not in forms] == []
