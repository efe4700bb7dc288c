import io

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn

from corpus import CorpusError
from corpus.importers import Kind, Note, Question, arrange
from corpus.importers.found import Found, Heading, Item, Listing, Prose
from corpus.importers.sources import read_source


def read(document: WordDocument) -> Found:
    stream = io.BytesIO()
    document.save(stream)
    return read_source("faq.docx", stream.getvalue(), ".docx")


@pytest.fixture
def document() -> WordDocument:
    document = Document()
    document.core_properties.title = ""
    return document


def test_styles_make_headings_lists_and_marks(document: WordDocument) -> None:
    document.add_paragraph("Kitchen", style="Title")
    words = document.add_paragraph("We cook ")
    words.add_run("every ").bold = True
    words.add_run("day").italic = True
    document.add_paragraph("")
    document.add_heading("Tools", level=2)
    document.add_paragraph("Knife: sharp", style="List Bullet")
    document.add_paragraph("Pan: hot", style="List Bullet")
    document.add_paragraph("Wash", style="List Number")

    assert read(document).blocks == (
        Heading("Kitchen", 1, 1),
        Prose("We cook **every** *day*", 2),
        Heading("Tools", 2, 4),
        Listing((Item("Knife: sharp", 5), Item("Pan: hot", 6)), False, 5),
        Listing((Item("Wash", 7),), True, 7),
    )


def test_questions_become_canned_answers(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    document.add_heading("Is it hot?", level=2)
    document.add_paragraph("Yes.")
    document.add_paragraph("Is it loud?", style="List Number")
    document.add_paragraph("No.")
    document.add_paragraph().add_run("Is it far?").bold = True
    document.add_paragraph("A bit.")

    assert arrange(read(document), "File").questions == (
        Question("Is it hot?", "Yes.", 2),
        Question("Is it loud?", "No.", 4),
        Question("Is it far?", "A bit.", 6),
    )


def test_words_beside_the_text_are_reported(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    words = document.add_paragraph("We cook.")
    document.sections[0].header.paragraphs[0].text = "Confidential"
    document.sections[0].footer.paragraphs[0].text = "Page one"
    document.add_comment(words.runs, text="Really?", author="A. Cook")
    box, inner, run, text = map(OxmlElement, ("w:txbxContent", "w:p", "w:r", "w:t"))
    text.text = "Hot & loud"
    run.append(text)
    inner.append(run)
    box.append(inner)
    words.runs[0]._r.append(box)

    assert [note.text for note in read(document).notes] == [
        "the header of the pages: 'Confidential'",
        "the footer of the pages: 'Page one'",
        "the comments: 'Really?'",
        "a box beside the text: 'Hot & loud'",
    ]


def test_notes_of_a_table_of_questions_are_kept(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    table = document.add_table(rows=3, cols=2)
    rows = [("Question", "Answer"), ("Is it hot?", "Yes."), ("Is it loud?", "")]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, words in zip(row.cells, texts, strict=True):
            cell.text = words

    found = read(document)

    assert [one.question for one in found.questions] == ["Is it hot?"]
    assert found.notes == (Note(2, Kind.LEFT_OUT, "the row lacks an answer: 'Is it loud?'"),)


def test_links_of_a_paragraph_are_kept(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    words = document.add_paragraph("See ")
    relation = document.part.relate_to("https://e.org/a", RELATIONSHIP_TYPE.HYPERLINK, True)
    link = OxmlElement("w:hyperlink")
    link.set(qn("r:id"), relation)
    link.append(words.add_run("the page")._r)
    words._p.append(link)
    words.add_run(" ")

    assert read(document).blocks[1:] == (Prose("See [the page](https://e.org/a)", 2),)


def test_list_of_a_document_without_styles_keeps_its_places(document: WordDocument) -> None:
    for text in ("We cook, every day.", "", "We wash, too."):
        document.add_paragraph(text)
    document.add_paragraph("Knife", style="List Bullet")
    document.add_paragraph("Pan", style="List Bullet")

    assert read(document).blocks == (
        Prose("We cook, every day.", 1),
        Prose("We wash, too.", 3),
        Listing((Item("Knife", 4), Item("Pan", 5)), False, 4),
    )


def test_table_of_questions_is_read_and_any_other_is_kept(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    for rows in ([("Question", "Answer"), ("Hot?", "Yes.")], [("Day", "Hours"), ("Mo", "8|9")]):
        table = document.add_table(rows=0, cols=2)
        for row in rows:
            for cell, text in zip(table.add_row().cells, row, strict=True):
                cell.text = text

    found = read(document)

    assert found.questions == (Question("Hot?", "Yes.", 2),)
    assert found.blocks[1:] == (Prose("| Day | Hours |\n| --- | --- |\n| Mo | 8\\|9 |", 3),)


def test_document_without_styles_is_read_by_its_look(document: WordDocument) -> None:
    for text in ("The Kitchen", "We cook, every day.", "FAQ:", "1. Is it hot?", "Yes."):
        document.add_paragraph(text)

    found = read(document)

    assert found.headings_guessed
    assert arrange(found, "File").questions == (Question("Is it hot?", "Yes.", 4),)


@pytest.mark.parametrize("raw", [b"", b"no document", b"PK\x03\x04 broken"])
def test_broken_document_is_refused(raw: bytes) -> None:
    with pytest.raises(CorpusError, match=r"faq.docx: it is no readable DOCX document"):
        read_source("faq.docx", raw, ".docx")
