from pathlib import Path

import pytest

from corpus import CorpusError, load
from corpus.documents import Starter

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

    found = [(one.file, one.line, one.problem) for one in caught.value.faults]
    assert found == [("starters.yaml", line, problem)]
