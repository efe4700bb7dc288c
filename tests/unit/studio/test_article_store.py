from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from corpus import load
from service.studio.article_store import ArticleStore, SectionEdit, StoredSection
from service.studio.content_store import ContentStore
from service.studio.errors import ContentFaulty, EditConflict
from tests.support.content_files import write
from tests.unit.studio.test_edits import TODAY

ARTICLE = """\
---
title: Two jobs
owner: HR  # ask Eve
---

## Pay {#pay}

Pay is good.

- In towns: it is
  better. {#pay-towns}
- On farms: it is worse. {#pay-farms}

## Work

There is a lot.
"""
QUESTIONS = """\
# How people ask.

pay:
  - is the pay good  # asked the most
  - "how much: a lot?"

pay-towns:
  - city pay
"""
NAMES = ("articles/jobs.md", "articles/jobs.questions.yaml")


@pytest.fixture
def articles(tmp_path: Path) -> ArticleStore:
    files = dict(zip(NAMES, (ARTICLE, QUESTIONS), strict=True))
    return ArticleStore(ContentStore(write(tmp_path, files), lambda: TODAY))


def texts(folder: Path) -> tuple[str, ...]:
    return tuple((folder / name).read_text("utf-8") for name in NAMES)


def edit_of(section: StoredSection, **changes: Any) -> SectionEdit:
    same = SectionEdit(
        section.text, section.questions, section.owner, section.reviewed, section.valid_until
    )
    return replace(same, **changes)


def test_sections_are_those_of_the_corpus(articles: ArticleStore, tmp_path: Path) -> None:
    loaded = [section for document in load(tmp_path).documents for section in document.sections]

    sections = articles.sections()

    assert [(section.id, section.heading, section.questions) for section in sections] == [
        (section.id, section.heading, section.questions) for section in loaded
    ]
    assert articles.section("pay-towns").text == "In towns: it is\nbetter."
    assert articles.section("pay").text.endswith("{#pay-farms}")


def test_section_that_was_not_changed_is_left_as_it_is(
    articles: ArticleStore, tmp_path: Path
) -> None:
    for section in articles.sections():
        articles.replace(section.id, [section.etag], edit_of(section))

    assert texts(tmp_path) == (ARTICLE, QUESTIONS)


def test_what_changes_is_written_and_nothing_else(articles: ArticleStore, tmp_path: Path) -> None:
    section = articles.section("pay-towns")
    edit = edit_of(
        section,
        text="In towns: fine.\r\nIn cities: better.",
        questions=["city pay", "pay in: towns"],
        valid_until="2027-01-01",
    )

    saved = articles.replace("pay-towns", [section.etag], edit)

    assert saved.text == "In towns: fine.\nIn cities: better."
    assert saved.valid_until == "2027-01-01"
    assert texts(tmp_path) == (
        ARTICLE.replace("it is\n  better.", "fine.\n  In cities: better.").replace(
            "Eve\n", "Eve\nvalid_until: 2027-01-01\n"
        ),
        QUESTIONS + '  - "pay in: towns"\n',
    )


def test_first_question_of_a_section_gets_a_place(articles: ArticleStore, tmp_path: Path) -> None:
    articles.add_question("work", "is there much to do")

    assert texts(tmp_path)[1] == QUESTIONS + "\nwork:\n  - is there much to do\n"


def test_added_question_is_taken_back(articles: ArticleStore, tmp_path: Path) -> None:
    articles.add_question("pay", "does it pay")
    assert "  - does it pay\n" in texts(tmp_path)[1]

    articles.remove_question("pay", "does it pay")

    assert texts(tmp_path) == (ARTICLE, QUESTIONS)


def test_section_without_its_ids_is_refused(articles: ArticleStore, tmp_path: Path) -> None:
    section = articles.section("pay")

    with pytest.raises(ContentFaulty):
        articles.replace("pay", [section.etag], edit_of(section, text="Pay is good."))

    assert texts(tmp_path) == (ARTICLE, QUESTIONS)


def test_second_editor_of_a_section_is_shown_the_difference(articles: ArticleStore) -> None:
    section = articles.section("work")
    articles.replace("work", [section.etag], edit_of(section, text="None."))

    with pytest.raises(EditConflict) as caught:
        articles.replace("work", [section.etag], edit_of(section, owner="IT"))

    assert [change.field for change in caught.value.difference] == ["text", "owner"]
