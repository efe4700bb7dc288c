from pathlib import Path

from corpus import load
from index import Retriever, open_index
from index.building.builder import build, recipe
from index.quality.regression_gate import answer_changes
from index.versions.publication_history import AnswerChange
from tests.support.encoding import HandEncoder


def rebuilt(content: Path, runtime: Path, folder: Path) -> Retriever:
    encoder = HandEncoder()
    build(load(content), folder / "index", encoder, recipe(runtime), cache=folder / "cache")
    return open_index(folder / "index", encoder)


def test_same_version_changes_nothing(retriever: Retriever) -> None:
    assert answer_changes(retriever, retriever) == ()


def test_question_whose_answer_was_taken_out_is_told_with_what_comes_instead(
    retriever: Retriever, content: Path, runtime: Path, tmp_path: Path
) -> None:
    path = content / "faqs" / "jobs.yaml"
    entries = path.read_text(encoding="utf-8").split("\n- ")
    kept = [entry for entry in entries if "id: faq-night" not in entry]
    path.write_text("\n- ".join(kept).replace("faq-night", "faq-pay"), encoding="utf-8")

    found = answer_changes(retriever, rebuilt(content, runtime, tmp_path))

    lost = [change for change in found if change.before == "faq-night"]
    assert [change.question for change in lost] == [retriever.units["faq-night"].title]
    assert lost[0].after != "faq-night"
    assert all(isinstance(change, AnswerChange) for change in found)
