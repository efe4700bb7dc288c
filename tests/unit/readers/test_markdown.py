from pathlib import Path

import pytest

from corpus import load
from corpus.importers import Question, arrange, merge, read_source
from corpus.importers.blocks import Heading, Item, Listing, Prose
from corpus.importers.readers.markdown import read_markdown
from tests.support.paths import CONTENT


def questions(text: str) -> tuple[Question, ...]:
    return arrange(read_source("file.md", text.encode(), ".md"), "File").questions


def test_blocks_are_kept_as_they_are_written() -> None:
    text = (
        "---\ntitle: Kitchen\n---\n\n# A *kitchen*\n\nWords **bold**,\ntwo lines.\n\n"
        "- one\n  more\n- two\n\n```\n# no heading\n```\n\n| a |\n|---|\n| 1 |\n\n---\n\n> said\n"
    )

    found = read_markdown(text)

    assert found.front == ("title: Kitchen",)
    assert found.blocks == (
        Heading("A kitchen", 1, 5),
        Prose("Words **bold**,\ntwo lines.", 7),
        Listing((Item("one\nmore", 10), Item("two", 12)), False, 10),
        Prose("```\n# no heading\n```", 14),
        Prose("| a |\n|---|\n| 1 |", 18),
        Prose("> said", 24),
    )


@pytest.mark.parametrize(
    "text",
    [
        "# Kitchen\n\n## Is it hot?\n\nYes.\n\n## Is it loud?\n\nNo.",
        "# Kitchen\n\n**Is it hot?**\n\nYes.\n\n**Is it loud?**\n\nNo.",
        "1. Is it hot?\n\n   Yes.\n\n2. Is it loud?\n\n   No.",
        "1. Is it hot?\n\nYes.\n\n2. Is it loud?\n\nNo.",
    ],
    ids=["headings", "bold", "items with answers", "items before answers"],
)
def test_questions_become_canned_answers(text: str) -> None:
    found = [(question.question, question.answer) for question in questions(text)]

    assert found == [("Is it hot?", "Yes."), ("Is it loud?", "No.")]


def test_answer_takes_along_the_addresses_that_it_names() -> None:
    text = "# K\n\n## Is it hot?\n\nSee [the page].\n\n[the page]: https://e.org/a\n"

    (found,) = questions(text)

    assert found.answer == "See [the page].\n\n[the page]: <https://e.org/a>"


def test_list_of_questions_without_answers_stays_a_list() -> None:
    found = read_markdown("Ask yourself:\n\n1. Is it hot?\n2. Is it loud?\n")

    assert found.blocks[1] == Listing((Item("Is it hot?", 3), Item("Is it loud?", 4)), True, 3)


def test_lone_question_at_the_end_stays_a_list() -> None:
    found = read_markdown("Ask yourself:\n\n- Is it hot?\n")

    assert found.blocks[1] == Listing((Item("Is it hot?", 3),), False, 3)


def test_article_of_ours_stays_as_it_is(tmp_path: Path) -> None:
    (article,) = (CONTENT / "articles").glob("*.md")
    draft = arrange(read_markdown(article.read_text(encoding="utf-8")), "File")
    (target,) = merge(draft, article.stem, tmp_path).targets
    (tmp_path / "articles").mkdir()
    (tmp_path / target.name).write_text(target.text, encoding="utf-8")

    (before,) = load(CONTENT).documents
    (after,) = load(tmp_path).documents

    assert draft.questions == ()
    assert [
        (section.id, section.heading, section.trail, section.html) for section in after.sections
    ] == [(section.id, section.heading, section.trail, section.html) for section in before.sections]


def test_panels_comments_and_footnotes_are_no_paragraphs() -> None:
    text = (
        "# Help\n\n<details>\n<summary>Is it <b>hot</b>?</summary>\n\nYes, **very**.[^1]\n\n"
        "</details>\n\nAfter.\n\n```\n<!-- code -->\n```\n\nOn<!-- who? --> we go.\n\n"
        "[^1]: Not in winter.\n"
    )

    found = read_source("file.md", text.encode(), ".md")

    assert [
        (question.question, question.answer, question.line) for question in found.questions
    ] == [
        ("Is it hot?", "Yes, **very**.", 3),
    ]
    assert found.blocks[1:] == (
        Prose("After.", 10),
        Prose("```\n<!-- code -->\n```", 12),
        Prose("On we go.", 16),
    )
    assert [(note.line, note.text) for note in found.notes] == [
        (16, "a comment: 'who?'"),
        (18, "a footnote: 'Not in winter.'"),
    ]
