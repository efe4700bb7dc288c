from datetime import date
from pathlib import Path

import pytest

from corpus import CorpusError, load
from corpus.documents import Starter
from corpus.linter import lint
from tests.support.content_files import write

ENTRY = "- {id: faq-tea, question: Is tea free?, answer: Yes.}\n"


def written(folder: Path, starters: str) -> Path:
    (folder / "faqs").mkdir()
    (folder / "faqs" / "a.yaml").write_text(ENTRY)
    (folder / "starters.yaml").write_text(starters)
    return folder


def test_questions_to_begin_with_are_read_in_order(tmp_path: Path) -> None:
    corpus = load(written(tmp_path, "- id: faq-tea\n  text: Tea?\n"))

    assert corpus.starters == (Starter("faq-tea", "Tea?"),)


@pytest.mark.parametrize(
    ("first", "second", "alike"),
    [
        ("Is there parking?", "Can I park here?", True),
        ("What does it cost?", "How much does it cost?", True),
        ("Who hires devs?", "Who hires software engineers?", True),
        ("May I bring a dog?", "Something else?", True),
        ("What does a baker do?", "What does a baker earn?", False),
        ("Is tea free?", "Is lunch free?", False),
    ],
    ids=["endings", "common words", "synonyms", "asked there", "other verb", "other noun"],
)
def test_question_to_begin_with_that_says_the_same_as_another_is_noted(
    first: str, second: str, alike: bool, tmp_path: Path
) -> None:
    files = {
        "faqs/a.yaml": "".join(
            f"- {{id: {name}, question: About {name}?, variants: [{variant}], answer: Yes.,"
            " owner: Ann, reviewed: 2026-11-01}\n"
            for name, variant in (("aa", "anything"), ("bb", "May I bring a dog?"))
        ),
        "synonyms.yaml": "- [software engineer, dev]\n- [software engineers, devs]\n",
        "starters.yaml": f"- {{id: aa, text: '{first}'}}\n- {{id: bb, text: '{second}'}}\n",
    }

    found = [str(finding) for finding in lint(load(write(tmp_path, files)), date(2026, 11, 23))]

    said = f"starters.yaml:2: note: to begin with, '{second}' says the same as '{first}'"
    assert found == ([f"{said}. Keep one of them, or word them apart"] if alike else [])


@pytest.mark.parametrize("more", ["aa", "bb"])
def test_two_starters_of_one_answer_are_noted(more: str, tmp_path: Path) -> None:
    entry = "owner: Ann, reviewed: 2026-11-01, answer: Yes.}\n"
    files = {
        "faqs/a.yaml": f"- {{id: aa, question: Is tea free?, variants: [tea price], {entry}"
        f"- {{id: bb, question: Who pays for tea?, variants: [cup], equivalents: [aa], {entry}",
        "starters.yaml": f"- id: aa\n- {{id: {more}, text: Hot drinks?}}\n",
    }

    found = [finding.problem for finding in lint(load(write(tmp_path, files)), date(2026, 11, 23))]

    assert found == ["to begin with, 'Hot drinks?' says the same as 'Is tea free?'"]


@pytest.mark.parametrize(
    ("starters", "line", "problem"),
    [
        ("- id: faq-tee\n", 1, "there is no unit with the id 'faq-tee'"),
        ("- text: Tea?\n", 1, "'id' is missing"),
    ],
)
def test_question_to_begin_with_that_nothing_answers_is_a_fault(
    starters: str, line: int, problem: str, tmp_path: Path
) -> None:
    with pytest.raises(CorpusError) as caught:
        load(written(tmp_path, starters))

    found = [(fault.file, fault.line, fault.problem) for fault in caught.value.faults]
    assert found == [("starters.yaml", line, problem)]
