"""Any bytes in, either content that loads or a clear error out."""

import io
import json
import re
import tempfile
import time
import zipfile
from contextlib import suppress
from pathlib import Path

import pytest
from docx import Document
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from corpus import Corpus, CorpusError, load
from corpus.importers import FORMATS, Change, arrange, merge, read_source

PIECES = st.sampled_from(
    [
        "\n", "\n\n", "# ", "## ", "FAQ:", "1. ", "- ", "  • ", "Is it hot?", "Title", "Role:",
        "Software Engineers: so", "Waiters: so", "Q: Why?", "A: So.", "---", "===", "***", "**",
        "`", "```", "{#an-id}", "{#", "}", "[x]: y", "[x]", "<p>", "</p>", "<h1>", "<h2>Why?</h2>",
        "<details><summary>Why?", "</details>", "<dl><dt>a<dd>b", "<ul><li>", "<table><tr><td>",
        "<script type='application/ld+json'>", "</script>", '{"@type": "Question", "name": "Why?",',
        '"acceptedAnswer": {"text": "So."}}', "question,answer", "a;b", "\t", '"', ",", ";", "|",
        "id: ", "title: x", ": ", " #", "&amp;", "https://e.org/a", "References:", "\\", "é",
        "\x00",
        "\u2028", "\ufeff", "\U0001f600", "~", "Useful video: x",
    ]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=8)), max_size=30).map("".join)
SOUND = [".txt", ".html", ".csv", ".tsv", ".json"]
"""Formats of which everything that can be read also loads; Markdown is kept as it is written."""


def imported(raw: bytes, ending: str) -> Corpus | None:
    """Return what a source becomes, with a report that adds up; None when it is refused."""
    try:
        found = read_source(f"x{ending}", raw, ending)
    except CorpusError:
        return None
    with tempfile.TemporaryDirectory() as name:
        draft = arrange(found, "X")
        merged = merge(draft, "x", Path(name))
        assert sum(note.blocks for note in merged.notes) == draft.seen > 0
        targets = merged.targets
        for target in targets:
            (Path(name) / target.name).parent.mkdir()
            (Path(name) / target.name).write_text(target.text, encoding="utf-8")
        return load(Path(name)) if targets else None


@pytest.mark.parametrize("ending", SOUND)
@given(text=TEXTS)
@example(text="FAQ:\n\n1. Is it hot?\n\n{#an-id}\n")
@example(text="question,answer\n{#,{#\n")
def test_any_text_becomes_content_that_loads_or_is_refused(ending: str, text: str) -> None:
    imported(text.encode(errors="replace"), ending)


@given(text=TEXTS)
def test_any_markdown_becomes_content_or_is_refused(text: str) -> None:
    with suppress(CorpusError):
        imported(text.encode(errors="replace"), ".md")


@pytest.mark.parametrize("ending", FORMATS)
@given(raw=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(ending: str, raw: bytes) -> None:
    with suppress(CorpusError):
        imported(raw, ending)


@pytest.mark.parametrize(
    ("ending", "raw"),
    [
        (".txt", b"a" * 10_000_001),
        (".html", b"<p>" * 200_001),
        (".html", b"<div>" * 7000),
        (".html", b"<main>" + b"<div>" * 400 + b"x"),
        (".jsonld", b"[" * 100_000),
    ],
    ids=["long", "tags", "deep and open", "deep", "deep data"],
)
def test_what_would_take_too_long_is_refused_at_once(ending: str, raw: bytes) -> None:
    with pytest.raises(CorpusError):
        read_source(f"x{ending}", raw, ending)


@pytest.mark.parametrize("ending", [".docx", ".xlsx"])
@pytest.mark.parametrize("member", ["[Content_Types].xml", "_rels/.rels", "word/document.xml"])
def test_archive_that_is_no_document_is_refused(ending: str, member: str) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr(member, "<broken")

    assert imported(stream.getvalue(), ending) is None


STYLES = st.sampled_from(
    ["Normal", "Title", "Heading 1", "Heading 2", "List Bullet", "List Number"]
)
PARAGRAPHS = st.lists(st.tuples(STYLES, TEXTS, st.booleans()), max_size=6)
ROWS = st.lists(st.lists(TEXTS, min_size=3, max_size=3), max_size=4)
BOUNDED = settings(
    max_examples=15, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow]
)


def holdable(text: str) -> str:
    """Leave out what no file of an office program can hold."""
    return re.sub("[^\\t\\n\\x20-\ud7ff\ue000-\ufffd]", "", text)


@BOUNDED
@given(paragraphs=PARAGRAPHS, rows=ROWS)
def test_any_document_becomes_content_that_loads_or_is_refused(
    paragraphs: list[tuple[str, str, bool]], rows: list[list[str]]
) -> None:
    document = Document()
    for style, text, bold in paragraphs:
        document.add_paragraph(style=style).add_run(holdable(text)).bold = bold
    if rows:
        table = document.add_table(rows=0, cols=3)
        for texts in rows:
            for cell, text in zip(table.add_row().cells, texts, strict=True):
                cell.text = holdable(text)
    stream = io.BytesIO()
    document.save(stream)

    imported(stream.getvalue(), ".docx")


@BOUNDED
@given(rows=ROWS, named=st.booleans())
def test_any_workbook_becomes_content_that_loads_or_is_refused(
    rows: list[list[str]], named: bool
) -> None:
    book = Workbook()
    for texts in [["question", "answer", "variants"], *rows] if named else rows:
        book.worksheets[0].append([holdable(text) for text in texts])
    stream = io.BytesIO()
    book.save(stream)

    imported(stream.getvalue(), ".xlsx")


@pytest.mark.parametrize("ending", [".docx", ".xlsx"])
@BOUNDED
@example(place=0.3, byte=0, cut=False)
@given(place=st.floats(0, 1), byte=st.integers(0, 255), cut=st.booleans())
def test_damaged_document_is_read_or_refused(
    ending: str, place: float, byte: int, cut: bool
) -> None:
    stream = io.BytesIO()
    book = Workbook()
    book.worksheets[0].append(["question", "answer"])
    book.worksheets[0].append(["Is it hot?", "Yes."])
    document = Document()
    document.add_heading("Is it hot?")
    document.add_paragraph("Yes.")
    (document if ending == ".docx" else book).save(stream)
    raw = bytearray(stream.getvalue())
    spot = int(place * (len(raw) - 1))
    raw[spot] = byte

    with suppress(CorpusError):
        imported(bytes(raw[:spot]) if cut else bytes(raw), ending)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["@graph", "@id", "name", "text", "acceptedAnswer", "mainEntity"]),
            inner,
            max_size=4,
        ).map(lambda node: {"@type": "Question", **node}),
    ),
    max_leaves=8,
)


@BOUNDED
@given(data=JSON)
def test_any_json_becomes_content_that_loads_or_is_refused(data: object) -> None:
    imported(json.dumps(data).encode(errors="replace"), ".jsonld")


@given(order=st.permutations(["Role", "Pay", "Hours", "Is it C++?", "\u673a\u5668", "Pay back"]))
def test_ids_stay_when_the_parts_change_places(order: list[str]) -> None:
    text = "# Kitchen\n\n" + "".join(f"## {name}\n\nAbout {name}.\n\n" for name in order)

    corpus = imported(text.encode(), ".md")

    assert corpus is not None
    sections = {part.heading: part.id for part in corpus.documents[0].sections}
    entries = {entry.question: entry.id for entry in corpus.entries}
    assert (sections, entries) == (
        {
            "Role": "role",
            "Pay": "pay",
            "Hours": "hours",
            "\u673a\u5668": "section-ece969c3",
            "Pay back": "pay-back",
        },
        {"Is it C++?": "is-it-c"},
    )


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(
                ["Is it C?", "Is it C++?", "Is it hot?", "???", "Ist es groß?", "是吗?"]
            ),
            st.sampled_from(["Yes.", "No.", "Often."]),
        ),
        unique=True,
        max_size=8,
    ).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows)))
)
def test_ids_stay_when_the_rows_change_places(
    rows: tuple[list[tuple[str, str]], list[tuple[str, str]]],
) -> None:
    def ids(pairs: list[tuple[str, str]]) -> dict[tuple[str, str], str]:
        lines = "".join(f'"{question}";"{answer}"\n' for question, answer in pairs)
        corpus = imported(f"question;answer\n{lines}".encode(), ".csv")
        entries = corpus.entries if corpus else ()
        return {(entry.question, entry.text): entry.id for entry in entries}

    before, after = rows
    assert ids(before) == ids(after)
    assert len(ids(before)) == len(before)


@pytest.mark.parametrize("ending", [*SOUND, ".md"])
@given(text=TEXTS)
def test_import_repeated_changes_nothing(ending: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as name, suppress(CorpusError):
        draft = arrange(read_source(f"x{ending}", text.encode(errors="replace"), ending), "X")
        for target in merge(draft, "x", Path(name)).targets:
            (Path(name) / target.name).parent.mkdir()
            (Path(name) / target.name).write_text(target.text, encoding="utf-8")
        load(Path(name))

        again = merge(draft, "x", Path(name)).targets

        assert [target.change for target in again] == [Change.SAME] * len(again)


@pytest.mark.parametrize("gap", [" ", "\t", "\u00a0", "\t "], ids=["space", "tab", "nbsp", "both"])
@pytest.mark.parametrize(
    ("ending", "page"),
    [(".html", "<h2>why?</h2><p>a{}x</p>"), (".md", "## why {}x?\n\nA{}x\n"), (".txt", "Q{}x\n")],
)
def test_wide_gap_is_read_in_no_time(ending: str, page: str, gap: str) -> None:
    """40,000 signs took 5 to 19 s, in which no other thread could run."""
    text = page.replace("{}", gap * (40_000 // len(gap)))
    started = time.thread_time()
    with suppress(CorpusError):
        read_source("x", text.encode(), ending)

    assert time.thread_time() - started < 2


@pytest.mark.parametrize("ending", [".txt", ".md", ".html", ".csv"])
@pytest.mark.parametrize("piece", ["<!--", "<!-- ", "<? ", "<![CDATA["])
def test_comments_that_do_not_end_are_read_in_no_time(piece: str, ending: str) -> None:
    """120,000 signs took over 20 s; now some 4, and 6 where coverage traces them."""
    page = {
        ".txt": "FAQ\n\nWhy?\n\n{}\n",
        ".md": "# T\n\n## Why?\n\n{}\n",
        ".html": "<h1>T</h1><h2>Why?</h2><p>{}",
        ".csv": "question,answer\nWhy?,--> ?> ]]> {}\n",
    }[ending]
    text = page.replace("{}", piece * (120_000 // len(piece)))
    started = time.thread_time()
    with suppress(CorpusError):
        read_source("x", text.encode(), ending)

    assert time.thread_time() - started < 15


def workbook(layout: str) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.active.append(["Question", "Answer"])
    book.active.append(["How many?", 3.5])
    book.active["B2"].number_format = layout
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


@pytest.mark.parametrize("piece", ["[$", "?#", "0_", "[="])
@pytest.mark.parametrize("length", [250, 6000])
def test_number_format_without_sense_is_read_in_no_time(piece: str, length: int) -> None:
    """One of 6,000 signs took 10 s for each cell; Excel itself allows 255."""
    raw = workbook(piece * (length // len(piece)))
    started = time.thread_time()
    found = read_source("x", raw, ".xlsx")

    assert len(found.questions) == 1
    assert time.thread_time() - started < 2


def test_number_format_that_is_too_long_shows_the_number() -> None:
    found = read_source("x", workbook("0.00" + " " * 300), ".xlsx")

    assert [question.answer for question in found.questions] == ["3.5"]


@pytest.mark.parametrize("tag", ["<b>", "<s>"])
def test_cell_that_nests_without_end_is_refused(tag: str) -> None:
    raw = f"question,answer\nWhy?,{tag * 10_000}\n".encode()

    with pytest.raises(CorpusError, match="nests its parts too deeply"):
        read_source("x", raw, ".csv")


@pytest.mark.parametrize(
    ("raw", "kind"),
    [
        (b"%PDF-1.7\n1 0 obj", "a PDF"),
        (b"{\\rtf1 Hello}", "an RTF document"),
        (b"\xd0\xcf\x11\xe0\xa1", "a document of an older Word or Excel"),
        (b"PK\x03\x04\x14", "a zipped document"),
        (b"\x89PNG\r\n", "a picture"),
    ],
    ids=["pdf", "rtf", "doc", "docx", "png"],
)
def test_what_is_no_text_is_told_by_its_start(raw: bytes, kind: str) -> None:
    with pytest.raises(CorpusError, match=f"it is {kind}.* and not .html. Save it as .docx"):
        read_source("page", raw, ".html")
