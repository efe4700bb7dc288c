"""Any text in a cell, an item of a list or an answer comes out as the same visible text."""

import csv
import html
import io
import json
import re
import tempfile
from pathlib import Path

from docx import Document
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from corpus import Corpus, load
from corpus.importers import arrange, merge, read_source

SIGNS = st.sampled_from(
    [
        "*", "_", "`", "#", "- ", "+ ", "1. ", "2) ", "> ", "|", "~", "~~", "<", ">", "&", "[",
        "](", "!", "{#a}", "{#", "\\", "---", "===", "a", "b c", "Is it?", "10 °C", "5 < 6", "“q”",
        ":", "https://e.org/a_b", "x@y.z", '"', "'", "%", "$", "^", "=", "yes", "null", "[^1]",
        "[x]: y", "<3", "C:\\dir", "(c)", "...",
    ]
)  # fmt: skip
VISIBLE = st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=4)
TAG = re.compile(r"</?[a-zA-Z]|&(?:#|[a-zA-Z])")
"""HTML in a cell is converted, which is another matter."""
TEXTS = (
    st.lists(st.one_of(SIGNS, VISIBLE), min_size=1, max_size=8)
    .map(lambda parts: " ".join("".join(parts).split()))
    .filter(lambda text: re.search(r"\w", text) is not None and not TAG.search(text))
)
FEW = settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))


def imported(raw: bytes, ending: str) -> Corpus:
    with tempfile.TemporaryDirectory() as name:
        draft = arrange(read_source(f"x{ending}", raw, ending), "X")
        for target in merge(draft, "x", Path(name)).targets:
            (Path(name) / target.name).parent.mkdir(exist_ok=True)
            (Path(name) / target.name).write_text(target.text, encoding="utf-8")
        return load(Path(name))


def shown(corpus: Corpus) -> str:
    sections = (section.text for document in corpus.documents for section in document.sections)
    entries = (f"{entry.question} {entry.text}" for entry in corpus.entries)
    return "".join(" ".join([*sections, *entries]).split())


@FEW
@given(asked=TEXTS, said=TEXTS)
def test_cells_of_a_table(asked: str, said: str) -> None:
    text, book, stream = io.StringIO(), Workbook(), io.BytesIO()
    for row in (["question", "answer"], [asked, "Yes."], ["Is it hot?", said]):
        csv.writer(text).writerow(row)
        book.worksheets[0].append(row)
        for cell in book.worksheets[0][book.worksheets[0].max_row]:
            cell.data_type = "s"  # a text that starts with '=' is a text here
    book.save(stream)

    for raw, ending in ((text.getvalue().encode(), ".csv"), (stream.getvalue(), ".xlsx")):
        first, second = imported(raw, ending).entries
        assert (first.question, " ".join(second.text.split())) == (asked, said)


@FEW
@given(item=TEXTS, other=TEXTS)
def test_items_of_a_list(item: str, other: str) -> None:
    document, stream = Document(), io.BytesIO()
    document.add_heading("Kitchen", level=1)
    for text in (item, other):
        document.add_paragraph(f"so {text}", style="List Bullet")
    document.save(stream)
    items = "".join(f"<li>so {html.escape(text)}</li>" for text in (item, other))
    page = f"<main><h1>Kitchen</h1><p>We cook, and bake.</p><ul>{items}</ul></main>"
    plain = f"Kitchen\n\nWe cook, and bake.\n\n- so {item}\n- so {other}\n"

    for raw, ending in (
        (stream.getvalue(), ".docx"),
        (page.encode(), ".html"),
        (plain.encode(), ".txt"),
    ):
        visible = shown(imported(raw, ending))
        for text in (item, other):
            assert "".join(text.split()) in visible


@FEW
@given(said=TEXTS, other=TEXTS)
def test_answers_of_a_document(said: str, other: str) -> None:
    document, stream = Document(), io.BytesIO()
    document.add_heading("FAQ", level=1)
    document.add_heading("Is it hot?", level=2)
    document.add_paragraph(f"so {said}")
    document.add_paragraph(f"and {other}", style="List Number")
    table = document.add_table(2, 2)
    for box, text in zip(table._cells, ("Question", "Answer", "Is it old?", said), strict=True):
        box.text = text
    table.cell(1, 1).add_paragraph(f"and {other}", style="List Bullet")
    document.save(stream)

    first, second = imported(stream.getvalue(), ".docx").entries

    assert "".join(first.text.split()) == "".join(f"so {said}1.and {other}".split())
    assert "".join(second.text.split()) == "".join(f"{said}-and {other}".split())


@FEW
@given(asked=TEXTS, said=TEXTS)
def test_cells_of_a_page(asked: str, said: str) -> None:
    rows = "".join(
        f"<tr><td>{html.escape(left)}</td><td>{html.escape(right)}</td></tr>"
        for left, right in (("question", "answer"), (asked, "Yes."), ("Is it hot?", said))
    )

    first, second = imported(
        f"<main><h1>FAQ</h1><table>{rows}</table></main>".encode(), ".html"
    ).entries

    assert (first.question, " ".join(second.text.split())) == (asked, said)


@FEW
@given(said=TEXTS)
@example(said="0\\")
def test_answers(said: str) -> None:
    question = {"@type": "Question", "name": "Is it hot?", "acceptedAnswer": {"text": said}}
    page = f"<main><h1>FAQ</h1><h2>Is it hot?</h2><p>so {html.escape(said)}</p></main>"

    (data,) = imported(json.dumps(question).encode(), ".jsonld").entries
    (entry,) = imported(page.encode(), ".html").entries

    assert " ".join(data.text.split()) == said
    assert " ".join(entry.text.split()) == f"so {said}"
