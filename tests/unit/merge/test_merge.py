from pathlib import Path

import pytest

from corpus import load
from corpus.importers import Change, Note, NoteKind, arrange, merge, read_source
from corpus.importers.merge.merge import Merged

CSV = "question,answer\nIs it hot?,Yes.\nIs it loud?,No.\n"
TEXT = "Kitchen\n\nHeat, a lot of it.\n\nRole:\n\nWe cook, all day.\n"


def merged(out: Path, text: str = CSV, name: str = "faq", ending: str = ".csv") -> Merged:
    return merge(arrange(read_source(f"{name}{ending}", text.encode(), ending), "T"), name, out)


def written(out: Path, text: str = CSV, name: str = "faq", ending: str = ".csv") -> Path:
    (target,) = merged(out, text, name, ending).targets
    path = out / target.name
    path.parent.mkdir(exist_ok=True)
    path.write_text(target.text, encoding="utf-8")
    return path


def test_import_repeated_changes_nothing(tmp_path: Path) -> None:
    written(tmp_path)
    written(tmp_path, TEXT, "kitchen", ".txt")

    again = [*merged(tmp_path).targets, *merged(tmp_path, TEXT, "kitchen", ".txt").targets]

    assert [target.change for target in again] == [Change.SAME, Change.SAME]


def test_changed_answer_is_a_difference_under_the_same_id(tmp_path: Path) -> None:
    written(tmp_path)

    (target,) = merged(tmp_path, CSV.replace("Yes.", "Very.")).targets

    assert target.change is Change.DIFFERENT
    assert target.diff == (
        "--- faqs/faq.yaml (as it is)\n+++ faqs/faq.yaml (imported)\n@@ -2,3 +2,3 @@\n"
        "   question: Is it hot?\n-  answer: Yes.\n+  answer: Very.\n \n"
    )


def test_ids_that_an_editor_gave_are_kept(tmp_path: Path) -> None:
    faq = written(tmp_path)
    article = written(tmp_path, TEXT, "kitchen", ".txt")
    faq.write_text(faq.read_text().replace("id: is-it-hot", "id: faq-01"))
    article.write_text(article.read_text().replace("{#role}", "{#art-role}"))

    again = [*merged(tmp_path).targets, *merged(tmp_path, TEXT, "kitchen", ".txt").targets]

    assert [target.change for target in again] == [Change.SAME, Change.SAME]


EDITED = """\
- id: faq-01
  question: Is it hot?
  variants:
    - so hot
  answer: Yes.
  sources:
    - title: A page
      url: https://e.org/a
    - https://e.org/b
  related:
    - faq-02
  equivalents:
    - faq-02
  owner: Cooks
  reviewed: 2026-01-02
  valid_until: 2027-01-02

- id: faq-02
  question: Is it loud?
  answer: No.
"""


def test_what_an_editor_added_is_kept(tmp_path: Path) -> None:
    written(tmp_path).write_text(EDITED)

    (same,) = merged(tmp_path).targets
    (changed,) = merged(tmp_path, CSV.replace("Yes.", "Very.")).targets

    assert same.text == EDITED
    assert changed.text == EDITED.replace("Yes.", "Very.")


def test_owner_and_dates_of_an_article_are_kept(tmp_path: Path) -> None:
    path = written(tmp_path, TEXT, "kitchen", ".txt")
    edited = path.read_text().replace("---\n\n", "owner: Cooks\nreviewed: 2026-01-02\n---\n\n", 1)
    path.write_text(edited)

    (target,) = merged(tmp_path, TEXT, "kitchen", ".txt").targets

    assert target.text == edited


def test_headings_and_questions_of_one_name_keep_their_ids(tmp_path: Path) -> None:
    text = "# T\n\n## A\n\nOne.\n\n## A\n\nTwo.\n"
    rows = "question,answer\nIs it?,Yes.\nIs it?,No.\n"
    written(tmp_path, text, "t", ".md")
    written(tmp_path, rows)

    again = [*merged(tmp_path, text, "t", ".md").targets, *merged(tmp_path, rows).targets]

    assert [target.change for target in again] == [Change.SAME, Change.SAME]


def test_question_of_another_file_is_left_out(tmp_path: Path) -> None:
    written(tmp_path)

    found = merged(tmp_path, "question,answer\nis it  HOT?,Yes.\nIs it far?,No.\n", "more")

    assert [note for note in found.notes if note.blocks] == [
        Note(2, NoteKind.LEFT_OUT, "the question 'is it HOT?' stands in faqs/faq.yaml already"),
        Note(3, NoteKind.TAKEN, "canned answer 'Is it far?'"),
    ]
    assert found.targets[0].text == "- id: is-it-far\n  question: Is it far?\n  answer: No.\n"


def test_ids_of_other_files_are_not_given_again(tmp_path: Path) -> None:
    written(tmp_path, TEXT, "kitchen", ".txt")
    written(tmp_path, TEXT.replace("Heat", "Noise"), "bar", ".txt")
    written(tmp_path, "question,answer\nRole?,Yes.\n")

    corpus = load(tmp_path)

    ids = [section.id for document in corpus.documents for section in document.sections]
    assert sorted(ids) == ["bar-kitchen", "bar-role", "kitchen", "role"]
    assert [entry.id.rsplit("-", 1)[0] for entry in corpus.entries] == ["role"]


def test_same_question_with_another_answer_gets_an_id_of_its_own(tmp_path: Path) -> None:
    path = written(tmp_path, "question,answer\nIs it?,Yes.\nIs it?,No.\nIs it?,No.\n")

    ids = [entry.id for entry in load(tmp_path).entries]

    assert len(set(ids)) == 2
    assert path.read_text().count("- id: is-it-") == 2


def test_lists_that_set_two_things_side_by_side_are_paired(tmp_path: Path) -> None:
    text = (
        "Two jobs\n\nDemand:\n\n- Bakers: high\n- Tea cooks: low\n\n"
        "Pay:\n\n- Bakers: low\n- Tea cooks: high\n\nTools:\n\n- Bakers: oven\n- Others: pan\n"
    )
    written(tmp_path, text, "jobs", ".txt")

    (document,) = load(tmp_path).documents

    assert dict(document.roles) == {"b": "Bakers", "tc": "Tea cooks"}
    assert [section.id for section in document.sections] == [
        "demand",
        "demand--b",
        "demand--tc",
        "pay",
        "pay--b",
        "pay--tc",
        "tools",
        "tools-bakers",
        "tools-others",
    ]


def test_tags_are_kept_as_a_comment(tmp_path: Path) -> None:
    path = written(tmp_path, "question,answer,tags\nIs it hot?,Yes.,heat; work\n")

    assert path.read_text().startswith("# Tags: heat, work\n- id: is-it-hot\n")
    assert len(load(tmp_path).entries) == 1


def test_label_that_would_give_an_id_twice_gives_none(tmp_path: Path) -> None:
    text = "T\n\nA:\n\n- B: one\n- C: two\n\nA B:\n\nWords, a few.\n"
    written(tmp_path, text, "t", ".txt")

    (document,) = load(tmp_path).documents

    assert [section.id for section in document.sections] == ["a", "a-b"]


def test_folder_that_cannot_be_read_keeps_nothing_from_being_imported(tmp_path: Path) -> None:
    (tmp_path / "faqs").mkdir()
    (tmp_path / "faqs" / "a.yaml").write_bytes(b"\xff")
    (tmp_path / "faqs" / "faq.yaml").write_bytes(b"\xff")

    (target,) = merged(tmp_path).targets

    assert target.change is Change.DIFFERENT


@pytest.mark.parametrize(
    "value",
    [
        "Yes",
        "no",
        "null",
        "5",
        "a: b",
        "a #b",
        "'quoted'",
        "- x",
        "a:",
        "[x]",
        "é\U0001f600",
        "\\n",
    ],
)
def test_any_value_is_written_so_that_it_is_read_again(tmp_path: Path, value: str) -> None:
    written(tmp_path, f'question;answer;variants\n{value}?;"{value}";{value}!\n')

    (entry,) = load(tmp_path).entries

    assert (entry.question, entry.variants) == (f"{value}?", (f"{value}!",))
