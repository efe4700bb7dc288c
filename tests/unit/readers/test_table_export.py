from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus import Corpus, CorpusError
from corpus.documents import Entry, Source, Span
from corpus.importers import read_source
from corpus.importers.table_export import write_table

CHARACTERS = st.characters(exclude_categories=["C", "Zl", "Zp"])
LINES = st.text(CHARACTERS, min_size=1).map(lambda text: " ".join(text.split())).filter(bool)
LINES |= st.builds(
    "{}{}".format, st.sampled_from(["=", "+", "-", "@", "'=", "''", ";", "|"]), LINES
)
TEXTS = st.lists(LINES, min_size=1, max_size=4).map("\n".join)
IDS = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,9}", fullmatch=True)
DAYS = st.none() | st.dates()
SOURCES = st.builds(Source, LINES, st.sampled_from(["https://example.org/a?b=(c)", "/faq#x"]))
ENTRIES = st.builds(
    Entry,
    id=IDS,
    question=LINES,
    variants=st.lists(LINES, max_size=3).map(tuple),
    markdown=TEXTS,
    text=st.just(""),
    html=st.just(""),
    sources=st.lists(SOURCES, max_size=2).map(tuple),
    related=st.lists(IDS, max_size=2).map(tuple),
    owner=st.just("") | LINES,
    reviewed=DAYS,
    valid_until=DAYS,
    span=st.just(Span("faqs/a.yaml", 1, 0, 1, "")),
)


def corpus_of(*entries: Entry) -> Corpus:
    return Corpus(Path(), (), entries, (), (), (), (), "")


def day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@pytest.mark.parametrize("ending", [".csv", ".xlsx"])
@given(entry=ENTRIES)
def test_any_answer_is_read_as_it_was_written(ending: str, entry: Entry) -> None:
    found = read_source("a", write_table(corpus_of(entry), ending), ending).questions

    assert [
        replace(
            entry,
            id=question.id,
            question=question.question,
            variants=question.variants,
            markdown=question.answer,
            sources=question.sources,
            related=question.related,
            owner=question.owner,
            reviewed=day(question.reviewed),
            valid_until=day(question.valid_until),
        )
        for question in found
    ] == [entry]


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "'=1"])
def test_no_cell_begins_as_a_formula(text: str, corpus: Corpus) -> None:
    entry = replace(corpus.entries[0], question=text, markdown=text, owner=text)

    written = write_table(corpus_of(entry), ".csv").decode("utf-8-sig")

    assert written.count(f"'{text}") == 3


def test_text_that_no_cell_holds_is_an_error(corpus: Corpus) -> None:
    entry = replace(corpus.entries[0], markdown="a" * 40_000)

    with pytest.raises(CorpusError, match="csv"):
        write_table(corpus_of(entry), ".xlsx")
