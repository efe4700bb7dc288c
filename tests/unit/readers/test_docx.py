import io
from typing import Any

import pytest
from docx import Document
from docx.document import Document as WordDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import qn

from corpus import CorpusError
from corpus.importers import Note, NoteKind, Question, arrange
from corpus.importers.blocks import Found, Heading, Item, Listing, Prose
from corpus.importers.readers.formats import read_source


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

    assert [question.question for question in found.questions] == ["Is it hot?"]
    assert found.notes == (Note(2, NoteKind.LEFT_OUT, "the row lacks an answer: 'Is it loud?'"),)


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


def wrapped(element: Any, name: str, *, properties: str = "", value: str = "") -> None:
    """Put an element of a document into another, a content control or a tracked change."""
    outer = inner = OxmlElement(name)
    element.addprevious(outer)
    if name == "w:sdt":
        inner, about = OxmlElement("w:sdtContent"), OxmlElement("w:sdtPr")
        outer.extend((about, inner))
        for tag in properties.split():
            about.append(OxmlElement(tag))
            about = about[0]
        about.set(qn("w:val"), value)
    inner.append(element)


def deleted(run: Any) -> None:
    """Track a run as deleted, as Word does."""
    wrapped(run, "w:del")
    for text in run.iter(qn("w:t")):
        text.tag = qn("w:delText")


def test_text_in_content_controls_is_taken_in_its_place(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    first = document.add_paragraph("We cook.")
    asked = document.add_heading("Is it hot?", level=2)
    words = document.add_paragraph("Yes, ")
    wrapped(words.add_run("very")._r, "w:sdt")
    words.add_run(".")
    table = document.add_table(rows=2, cols=2)
    rows = [("Day", "Hours"), ("Mo", "8")]
    for row, texts in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    wrapped(table.cell(1, 1)._tc, "w:sdt")
    wrapped(table.rows[1]._tr, "w:sdt")
    for element in (first._p, asked._p, table._tbl):
        wrapped(element, "w:sdt")
    wrapped(first._p.getparent().getparent(), "w:sdt")
    document.add_paragraph("We wash.")

    found = read(document)

    assert found.blocks == (
        Heading("Kitchen", 1, 1),
        Prose("We cook.", 2),
        Heading("Is it hot?", 2, 3),
        Prose("Yes, very.", 4),
        Prose("| Day | Hours |\n| --- | --- |\n| Mo | 8 |", 5),
        Prose("We wash.", 6),
    )
    assert found.notes == ()


def test_tracked_insertions_are_text_and_deletions_are_reported(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    words = document.add_paragraph("We ")
    deleted(words.add_run("boil")._r)
    bold = words.add_run("cook")
    bold.bold = True
    wrapped(bold._r, "w:ins")
    wrapped(words.add_run(" here")._r, "w:moveFrom")
    wrapped(words.add_run(" fast")._r, "w:fldSimple")
    gone = document.add_paragraph()
    deleted(gone.add_run("in the cellar")._r)
    wrapped(document.add_paragraph("We wash.").runs[0]._r, "w:moveTo")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, [("Mo", "8"), ("Tu", "9")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    mark = OxmlElement("w:trPr")
    mark.append(OxmlElement("w:del"))
    table.rows[1]._tr.insert(0, mark)

    found = read(document)

    assert found.blocks[1:] == (
        Prose("We **cook** fast", 2),
        Prose("We wash.", 4),
        Prose("| Mo | 8 |\n| --- | --- |", 5),
    )
    assert found.notes == (
        Note(0, NoteKind.LEFT_OUT, "tracked deletions: 'Tu 9 boil in the cellar'"),
    )


def test_contents_and_unfilled_fields_are_reported_and_no_text(document: WordDocument) -> None:
    contents = document.add_paragraph("Kitchen 1")
    properties = "w:docPartObj w:docPartGallery"
    wrapped(contents._p, "w:sdt", properties=properties, value="Table of Contents")
    document.add_heading("Kitchen", level=1)
    hint = document.add_paragraph("We cook. ").add_run("Click here to enter text.")
    wrapped(hint._r, "w:sdt", properties="w:showingPlcHdr")

    found = read(document)

    assert found.blocks == (Heading("Kitchen", 1, 2), Prose("We cook.", 3))
    assert [note.text for note in found.notes] == [
        "the table of contents: 'Kitchen 1'",
        "the hint of a field that is not filled in: 'Click here to enter text.'",
    ]


def test_table_without_rows_and_table_in_a_table_lose_nothing(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    document.add_table(rows=0, cols=2)
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "Tools"
    table.cell(0, 1).add_table(rows=1, cols=2).cell(0, 1).text = "Knife"

    assert read(document).blocks[1:] == (Prose("| Tools | Knife |\n| --- | --- |", 3),)


@pytest.mark.parametrize("raw", [b"", b"no document", b"PK\x03\x04 broken"])
def test_broken_document_is_refused(raw: bytes) -> None:
    with pytest.raises(CorpusError, match=r"faq.docx: it is no readable DOCX document"):
        read_source("faq.docx", raw, ".docx")


def test_looks_that_mean_something_are_kept_or_named(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    words = document.add_paragraph("About 10")
    words.add_run("6").font.superscript = True
    words.add_run(" of H")
    words.add_run("2").font.subscript = True
    words.add_run("O, ")
    words.add_run("free").font.strike = True
    words.add_run(" secret").font.hidden = True
    asked = document.add_heading("Are there 10", level=2)
    asked.add_run("6").font.superscript = True
    asked.add_run("?")
    table = document.add_table(rows=2, cols=2)
    for row, texts in zip(table.rows, [("Question", "Answer"), ("Free?", "")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 1).paragraphs[0].add_run("No").font.double_strike = True

    found = read(document)

    assert found.blocks[1:] == (
        Prose("About 10<sup>6</sup> of H<sub>2</sub>O, ~~free~~", 2),
        Heading("Are there 10\u2076?", 2, 3),
    )
    assert found.questions == (Question("Free?", "~~No~~", 4),)
    assert found.notes == (Note(0, NoteKind.LEFT_OUT, "hidden text: 'secret'"),)


def test_numbers_of_a_list_go_on_behind_a_paragraph(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    for text, style in (("Wash", "List Number"), ("Cut", "List Number"), ("With care.", "Normal"),
                        ("Cook", "List Number")):  # fmt: skip
        document.add_paragraph(text, style=style)

    assert [block for block in read(document).blocks if isinstance(block, Listing)] == [
        Listing((Item("Wash", 2), Item("Cut", 3)), True, 2),
        Listing((Item("Cook", 5),), True, 5, start=3),
    ]


def test_cell_that_spans_columns_stands_there_once(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).merge(table.cell(0, 1)).text = "Hours"
    table.cell(1, 0).text, table.cell(1, 1).text = "Mo", "8"

    assert read(document).blocks[1:] == (Prose("| Hours |  |\n| --- | --- |\n| Mo | 8 |", 2),)


@pytest.mark.parametrize(("ask", "answer"), [("Q:", "A:"), ("Question 3.", "Answer 3.")])
def test_marks_of_question_and_answer_are_read(
    document: WordDocument, ask: str, answer: str
) -> None:
    document.add_heading("Kitchen", level=1)
    document.add_paragraph(f"{ask} Is it hot?").runs[0].bold = True
    document.add_paragraph(f"{answer} Yes.")

    assert arrange(read(document), "File").questions == (Question("Is it hot?", "Yes.", 2),)


def test_line_breaks_runs_and_looks_are_kept_without_styles_too(document: WordDocument) -> None:
    words = document.add_paragraph()
    words.add_run("Line one, at length.").add_break()
    words.add_run("Line two.")
    cut = document.add_paragraph("It costs ")
    cut.add_run("fi").font.strike = True
    cut.add_run("ve").font.strike = True
    cut.add_run(" six euros, and 10")
    cut.add_run("6").font.superscript = True
    cut.add_run(" more.")
    for item in ("Chop it.", "Stir it."):
        document.add_paragraph(item, style="List Number")

    found = read(document)

    assert found.blocks == (
        Prose("Line one, at length.\\\nLine two.", 1),
        Prose("It costs ~~five~~ six euros, and 10<sup>6</sup> more.", 2),
        Listing((Item("Chop it.", 3), Item("Stir it.", 4)), True, 3),
    )


def test_question_in_bold_is_one_with_the_answer_behind_it_or_below(document: WordDocument) -> None:
    for question, answer in (("Is it hot?", "Yes."), ("Is it loud?", "No.")):
        words = document.add_paragraph()
        words.add_run(question[:4]).bold = True
        words.add_run(question[4:] + " ").bold = True
        words.add_run(answer)

    draft = arrange(read(document), "File")

    assert [(question.question, question.answer) for question in draft.questions] == [
        ("Is it hot?", "Yes."),
        ("Is it loud?", "No."),
    ]


def test_question_cell_merged_over_rows_gets_all_its_answers(document: WordDocument) -> None:
    table = document.add_table(rows=3, cols=2)
    for row, words in zip(
        table.rows, [("Question", "Answer"), ("Is it hot?", "Yes."), ("", "Very.")], strict=True
    ):
        row.cells[0].text, row.cells[1].text = words
    table.cell(1, 0).merge(table.cell(2, 0))

    assert read(document).questions == (Question("Is it hot?", "Yes.\n\nVery.", 1),)


def test_formulas_links_of_fields_and_hidden_styles_are_named(document: WordDocument) -> None:
    style = document.styles.add_style("Ghost", 2)
    style.font.hidden = True
    words = document.add_paragraph("We cook.")
    words.add_run("unseen").style = style
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), ' HYPERLINK "https://e.org/a" ')
    formula = OxmlElement("m:oMath")
    formula.append(OxmlElement("m:t"))
    formula[0].text = "x=1"
    words._p.extend([field, formula])

    assert [note.text for note in read(document).notes] == [
        "hidden text: 'unseen'",
        "a formula: 'x=1'",
        "the address of a link: 'https://e.org/a'",
    ]


def piece(document: WordDocument, inner: str) -> None:
    """Add a paragraph by its XML, as other programs write it."""
    space = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    drawing = "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing"
    xml = f'<w:p xmlns:w="{space}" xmlns:wp="{drawing}">{inner}</w:p>'
    document.element.body.insert_element_before(parse_xml(xml), "w:sectPr")


@pytest.mark.parametrize(
    ("inner", "text", "unread"),
    [
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/><w:t>done</w:t></w:r>', "✓done", ()),
        ('<w:r><w:sym w:font="Symbol" w:char="F0B3"/><w:t>5</w:t></w:r>', "≥5", ()),
        (
            '<w:r><w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr><w:t>J</w:t></w:r>',
            "☺",
            (),
        ),
        ("<w:r><w:t>\uf0e0 next</w:t></w:r>", "→ next", ()),
        (
            '<w:r><w:t>a</w:t><w:sym w:font="Webdings" w:char="F0FC"/></w:r>',
            "a",
            ("signs of symbol fonts that no character is like: 'Webdings F0FC'",),
        ),
        (
            '<w:r><w:t>See:</w:t><w:drawing><wp:docPr id="1" descr="A map"/></w:drawing></w:r>',
            "See:",
            ("pictures: 'A map'",),
        ),
        (
            "<w:r><w:ruby><w:rt><w:t>kan</w:t></w:rt><w:rubyBase><w:t>漢</w:t></w:rubyBase></w:ruby></w:r>",
            "漢 (kan)",
            (),
        ),
    ],
    ids=["check mark", "sign", "letter", "private", "unknown", "picture", "ruby"],
)  # fmt: skip
def test_sign_is_kept_as_a_character_or_named(
    document: WordDocument, inner: str, text: str, unread: tuple[str, ...]
) -> None:
    document.add_heading("Signs", level=1)
    piece(document, inner)

    found = read(document)

    assert found.blocks[1] == Prose(text, 2)
    assert tuple(note.text for note in found.notes) == unread


def test_lists_and_tables_in_a_cell_stay_there(document: WordDocument) -> None:
    table = document.add_table(2, 2)
    table.cell(0, 0).text, table.cell(0, 1).text = "Question", "Answer"
    table.cell(1, 0).text = "What to bring?"
    box = table.cell(1, 1)
    box.text = "Two things:"
    box.add_paragraph("a pen", style="List Bullet")
    box.add_paragraph("a pad", style="List Bullet")
    box.add_table(1, 1).cell(0, 0).text = "or ink"

    (question,) = read(document).questions

    assert question.answer == "Two things:\n\n- a pen\n- a pad\n\nor ink"


def test_levels_of_list_styles_are_kept(document: WordDocument) -> None:
    for style in ("List Bullet", "List Bullet 2", "List Bullet"):
        document.add_paragraph(style, style=style)

    assert read(document).blocks == (
        Listing((Item("List Bullet\n- List Bullet 2", 1), Item("List Bullet", 3)), False, 1),
    )


@pytest.mark.parametrize("base", ["Heading 2", "outline", "name"])
def test_style_of_ones_own_is_a_heading(document: WordDocument, base: str) -> None:
    name = "Our question" if base == "name" else "Ours"
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if base == "outline":
        level = OxmlElement("w:outlineLvl")
        level.set(qn("w:val"), "1")
        style.element.get_or_add_pPr().append(level)
    elif base != "name":
        style.base_style = document.styles[base]
    for question, answer in (("Is lunch free?", "Yes."), ("Is tea free?", "No.")):
        document.add_paragraph(question, style=name)
        document.add_paragraph(answer)

    questions = arrange(read(document), "FAQ").questions

    assert [(question.question, question.answer) for question in questions] == [
        ("Is lunch free?", "Yes."),
        ("Is tea free?", "No."),
    ]


def test_table_of_contents_is_known_by_the_style_of_its_lines(document: WordDocument) -> None:
    document.styles.add_style("TOC 1", WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Is lunch free?....1", style="TOC 1")
    document.add_heading("Is lunch free?", level=1)
    document.add_paragraph("Yes.")

    found = read(document)

    assert [note.text for note in found.notes] == ["the table of contents: 'Is lunch free?....1'"]
    assert found.blocks == (Heading("Is lunch free?", 1, 2), Prose("Yes.", 3))


def test_struck_out_words_of_a_heading_are_left_out_and_named(document: WordDocument) -> None:
    heading = document.add_heading("Is lunch ", level=1)
    heading.add_run("nearly ").font.strike = True
    heading.add_run("free?")
    document.add_paragraph("Yes.")

    found = read(document)

    assert found.blocks[0] == Heading("Is lunch free?", 1, 1)
    assert [note.text for note in found.notes] == ["struck out in the heading 'nearly'"]


def test_struck_out_words_of_a_question_without_a_style_are_left_out(
    document: WordDocument,
) -> None:
    for words, gone in (("Is lunch ", "nearly "), ("Is tea ", "always ")):
        question = document.add_paragraph(words)
        question.add_run(gone).font.strike = True
        question.add_run("free?")
        document.add_paragraph("Yes.")

    found = read(document)

    questions = [question.question for question in arrange(found, "FAQ").questions]
    assert questions == ["Is lunch free?", "Is tea free?"]
    assert [note.text for note in found.notes] == [
        "struck out in the question 'nearly'",
        "struck out in the question 'always'",
    ]


def test_heading_that_is_struck_out_as_a_whole_is_said(document: WordDocument) -> None:
    document.add_heading("", level=1).add_run("Is it?").font.strike = True
    document.add_paragraph("Yes.")

    found = read(document)

    said = "'Is it?' is struck out as a whole, and taken all the same"
    assert found.notes == (Note(1, NoteKind.GUESSED, said),)


@pytest.mark.parametrize(("state", "sign"), [("1", "☒"), ("0", "☐")])
def test_box_to_tick_shows_its_state(document: WordDocument, state: str, sign: str) -> None:
    word = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    later = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
    document.add_heading("Form", level=1)
    control = document.add_paragraph("")
    control._p.append(
        parse_xml(
            f"<w:sdt {word} {later}><w:sdtPr><w14:checkbox>"
            f'<w14:checked w14:val="{state}"/></w14:checkbox></w:sdtPr>'
            "<w:sdtContent><w:r><w:t>\uf0a8</w:t></w:r></w:sdtContent></w:sdt>"
        )
    )
    control.add_run(" Lunch")
    legacy = document.add_paragraph("")
    legacy._p.append(
        parse_xml(
            f'<w:r {word}><w:fldChar w:fldCharType="begin"><w:ffData><w:checkBox>'
            f'<w:default w:val="{state}"/></w:checkBox></w:ffData></w:fldChar></w:r>'
        )
    )
    legacy.add_run(" Tea")

    assert read(document).blocks[1:] == (Prose(f"{sign} Lunch", 2), Prose(f"{sign} Tea", 3))


def test_paragraph_taken_out_of_the_list_of_its_style_is_no_item(document: WordDocument) -> None:
    document.add_heading("Kitchen", level=1)
    part = document.add_paragraph("We cook.", style="List Number")
    part._p.get_or_add_pPr().get_or_add_numPr().get_or_add_numId().val = 0
    document.add_paragraph("Every day.", style="Subtitle")

    assert read(document).blocks[1:] == (Prose("We cook.", 2), Prose("Every day.", 3))
