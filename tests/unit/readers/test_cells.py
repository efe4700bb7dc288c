"""What a reader of a table sees is what an import of it says."""

import io
import zipfile
from collections.abc import Callable
from datetime import datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.styles import Font
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from corpus import CorpusError
from corpus.importers import Note, NoteKind
from corpus.importers.blocks import Found
from corpus.importers.escaping import lines_of_text
from corpus.importers.readers import decoding
from corpus.importers.readers.formats import read_source
from corpus.importers.readers.tables import read_csv
from corpus.importers.readers.xlsx import shown
from corpus.markdown import plain_text


def workbook(edit: Callable[[Worksheet], object]) -> Found:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Question", "Answer"])
    edit(sheet)
    stream = io.BytesIO()
    book.save(stream)
    return read_source("faq.xlsx", stream.getvalue(), ".xlsx")


def answers(found: Found) -> list[tuple[str, str]]:
    return [(question.question, question.answer) for question in found.questions]


def left_out(found: Found) -> list[tuple[int, str]]:
    return [(note.line, note.text) for note in found.notes if note.kind is NoteKind.LEFT_OUT]


@pytest.mark.parametrize(
    ("value", "layout", "text"),
    [
        (0.075, "0.0%", "7.5%"),
        (-0.5, "0%", "-50%"),
        (1234.5, '"€"#,##0.00', "€1,234.50"),
        (1234.5, "#,##0.00 [$€-407]", "1,234.50 €"),
        (-5, "#,##0_);(#,##0)", "(5)"),
        (0, '0;-0;"none"', "none"),
        (7, "00000", "00007"),
        (3, '0" years"', "3 years"),
        (1_500_000, '0.0,,"M"', "1.5M"),
        (12345678.9, "0.00E+00", "1.23E+07"),
        (2, "0.##", "2"),
        (0.1 + 0.2, "General", "0.3"),
        (12, "@", "12"),
        (0, '_-* #,##0.00\\ "€"_-;\\-* #,##0.00\\ "€"_-;_-* "-"??\\ "€"_-;_-@_-', "- €"),
        (0.5, "#.##", ".5"),
        (0.25, "# ?/?", "1/4"),
        (1.25, "# ??/??", "1 1/4"),
        (0.625, "?/8", "5/8"),
        (4123456789, "[<=9999999]###-####;(###) ###-####", "(412) 345-6789"),
        (3456789, "[<=9999999]###-####;(###) ###-####", "345-6789"),
        (1, '[=1]"yes";"no"', "yes"),
        (44, 'General" kg"', "44 kg"),
        (True, "General", "TRUE"),
        (datetime(2026, 3, 15, 14), "yyyy-mm-dd h:mm", "2026-03-15 14:00"),
        (datetime(2026, 3, 15), "dd.mm.yyyy", "2026-03-15"),
        (datetime(2026, 3, 1), "mmmm yyyy", "March 2026"),
        (time(9, 5), "h:mm", "09:05"),
        (timedelta(hours=26), "[h]:mm", "26:00"),
        (timedelta(minutes=90), '[m]" min"', "90 min"),
        (timedelta(hours=37, minutes=5), "[hh]:mm:ss", "37:05:00"),
        (1234.5, "#\\ ##0.00", "1 234.50"),
        (1234.5, "#'##0.00", "1'234.50"),
        (12, "#\\ ##0.0", "12.0"),
    ],
)
def test_number_is_written_as_its_format_shows_it(value: object, layout: str, text: str) -> None:
    assert shown(value, layout) == text


def test_hidden_rows_and_columns_are_left_out_and_named() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Is it hot?", "Yes.", "secret"])
        sheet.append(["Is it old?", "Very."])
        sheet.row_dimensions[3].hidden = True
        sheet.column_dimensions["C"].hidden = True

    found = workbook(edit)

    assert answers(found) == [("Is it hot?", "Yes.")]
    assert left_out(found) == [
        (2, "in a hidden column: 'secret'"),
        (3, "the row is hidden: 'Is it old? | Very.'"),
    ]


def test_what_a_cell_cannot_show_is_named_with_its_place() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Is it hot?", "#N/A"])
        sheet.append(["Is it loud?", "=1+1"])

    texts = [text for _, text in left_out_of_empty(edit)]

    assert "B2 shows the error #N/A" in texts[0]
    assert "B3 is a formula without a saved value" in texts[0]


def left_out_of_empty(edit: Callable[[Worksheet], object]) -> list[tuple[int, str]]:
    with pytest.raises(CorpusError) as error:
        workbook(edit)
    return [(fault.line, fault.problem) for fault in error.value.faults]


def test_merged_answer_belongs_to_each_of_its_rows() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Is it hot?", "Yes."])
        sheet.append(["Is it warm?", None])
        sheet.merge_cells("B2:B3")

    assert answers(workbook(edit)) == [("Is it hot?", "Yes."), ("Is it warm?", "Yes.")]


def test_question_that_goes_on_over_rows_gets_all_its_answers() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Is it hot?", "Yes."])
        sheet.append([None, "Very."])
        sheet.merge_cells("A2:A3")

    assert answers(workbook(edit)) == [("Is it hot?", "Yes.\n\nVery.")]


def test_what_a_reader_of_the_sheet_does_not_see_is_named() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Is it hot?", "Yes."])
        sheet["B2"].comment = Comment("Says who?", "Ann")
        sheet.append(["Is it loud?", "secret"])
        sheet["B3"].number_format = ";;;"
        sheet.append(["Is it old?", "Yes."])
        sheet["A4"].font = Font(strike=True)

    found = workbook(edit)

    assert answers(found) == [("Is it hot?", "Yes.")]
    named = dict(left_out(found)[:1] + left_out(found)[1:2] + left_out(found)[3:4])
    assert named == {
        2: "a comment on B2: 'Says who?'",
        3: "B3 holds 'secret', which its format hides",
        4: "struck out in the question 'Is it old?'",
    }


def test_link_is_kept_whole_or_named() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Where?", "There"])
        sheet["A2"].hyperlink = "https://e.org/source"
        sheet["B2"].hyperlink = Hyperlink(ref="B2", location="part")
        sheet["B2"].hyperlink.target = "https://e.org/a"
        sheet.append(["And?", "On the other sheet"])
        sheet["B3"].hyperlink = Hyperlink(ref="B3", location="Sheet2!A1")

    found = workbook(edit)

    assert answers(found) == [
        ("Where?", "[There](https://e.org/a#part)"),
        ("And?", "On the other sheet"),
    ]
    assert [source.url for source in found.questions[0].sources] == ["https://e.org/source"]
    assert left_out(found) == [(3, "the link of B3 to 'Sheet2!A1'")]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            'Question,Answer\n"Is it hot?\nIs it warm?",Yes.\n',
            [("Is it hot?", "Yes.")],
        ),
        (
            "Is it hot?\nYes.\nIs it loud?\nNo.\nNever.\n",
            [("Is it hot?", "Yes."), ("Is it loud?", "No.\\\nNever.")],
        ),
        (
            "Question,Answer\nIs it hot?,Yes.\n\nAntwort,Frage\nNein.,Ist es laut?\n",
            [("Is it hot?", "Yes."), ("Ist es laut?", "Nein.")],
        ),
        (
            "Question,Answer,,Question,Answer\nIs it hot?,Yes.,,Is it loud?,No.\n,,,Old?,Very.\n",
            [("Is it hot?", "Yes."), ("Is it loud?", "No."), ("Old?", "Very.")],
        ),
        (
            "Question (EN),Answer (EN),Frage (DE),Antwort (DE)\nIs it hot?,Yes.,Ist es heiß?,Ja.\n",
            [("Is it hot?", "Yes."), ("Ist es heiß?", "Ja.")],
        ),
        (
            "Question,,Answer,\nEN,DE,EN,DE\nIs it hot?,x,Yes.,y\n",
            [("Is it hot?", "Yes.")],
        ),
        (
            "Q1,Is it hot?\nA1,Yes.\nQ2,Is it loud?\nA2,No.\n",
            [("Is it hot?", "Yes."), ("Is it loud?", "No.")],
        ),
        ("Question,Answer\nQ: Is it hot?,A: Yes.\n", [("Is it hot?", "Yes.")]),
        ("Question|Answer\n---|---\nIs it hot?|Yes.\n", [("Is it hot?", "Yes.")]),
        ("Question,Answer\nIs it hot?,Yes, very, now\n", [("Is it hot?", "Yes, very, now")]),
        ("Answer,Question\nYes.,Is it hot?,by Ann\n", [("Is it hot?", "Yes.")]),
        (
            'Question,Answer\nIs it hot?,"<table><tr><th>a</th></tr></table><!-- b -->"\n',
            [("Is it hot?", "| a |\n| --- |")],
        ),
    ],
    ids=["ways to ask", "one column", "below", "beside", "languages", "two lines of names", "marks",
         "marks in cells", "rule", "sign in a text", "column without a name", "tags"],
)  # fmt: skip
def test_no_answer_is_lost_or_joined_with_another(
    text: str, expected: list[tuple[str, str]]
) -> None:
    found = read_csv("faq.csv", text)

    assert answers(found) == expected
    assert found.seen == len(expected) + sum(note.blocks for note in found.notes)
    said = " ".join([*(note.text for note in found.notes), *map(str, answers(found))])
    assert [word for word in ("x", "y", "very", "Ann") if word in text and word not in said] == []


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("2026/11/23", "2026-11-23"),
        ("23.11.2026", "2026-11-23"),
        ("23 November 2026", "2026-11-23"),
        ("2026-11-23T10:00", "2026-11-23"),
        ("11/12/2026", ""),
    ],
)
def test_day_is_read_where_it_can_be_one_day_only(written: str, day: str) -> None:
    found = read_csv("faq.csv", f"question;answer;reviewed\nIs it hot?;Yes.;{written}\n")

    assert found.questions[0].reviewed == day
    assert ((2, f"'{written}' is no date such as 2026-11-23") in left_out(found)) is not bool(day)


def test_link_that_is_a_formula_is_read() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Where?", '=HYPERLINK("https://e.org/a", "Here")'])
        sheet.append(["And?", "There"])
        sheet["B3"].hyperlink = "javascript:alert(1)"

    assert answers(workbook(edit)) == [("Where?", "[Here](https://e.org/a)"), ("And?", "There")]


@pytest.mark.parametrize(
    "text",
    [
        "Section 1,\nQuestion,Answer\nIs it hot?,Yes.\nQuestion,Answer\nIs it loud?,No.\n",
        "Question,Is it hot?,Is it loud?\nAnswer,Yes.,No.\n",
        "Question?,Answer:,Approved by\nIs it hot?,Yes.,Ann\nIs it loud?,No.,Bob\n",
    ],
    ids=["names again", "by columns", "with signs"],
)
def test_names_of_the_columns_are_no_entry(text: str) -> None:
    assert answers(read_csv("faq.csv", text)) == [("Is it hot?", "Yes."), ("Is it loud?", "No.")]


@pytest.mark.parametrize(
    ("name", "kept", "back"),
    [
        ("Status", "Published", "Draft"),
        ("Status", "ok", "In review"),
        ("draft", "false", "TRUE"),
        ("Published", "yes", "no"),
        ("Visible", "ja", "nein"),
        ("Deleted", "", "x"),
    ],
)
def test_row_that_is_not_meant_for_visitors_is_left_out(name: str, kept: str, back: str) -> None:
    found = read_csv(
        "faq.csv", f"question,answer,{name}\nIs it hot?,Yes.,{kept}\nSecret?,x,{back}\n"
    )

    assert answers(found) == [("Is it hot?", "Yes.")]
    assert left_out(found) == [
        (3, f"{name.lower()} is '{back.lower()}': 'Secret? | x | {back}'"),
    ]


def test_line_whose_quotes_do_not_pair_keeps_its_cells_and_quotes() -> None:
    text = 'question;answer\n"What is ""x""?";"a"\nIs \\"y\\" it?;"b \\"c\\" d"\n"Open?;yes\n'
    text += 'Sign?;"Ours" is 5" long\n'

    assert answers(read_csv("faq.csv", text)) == [
        ('What is "x"?', "a"),
        ('Is "y" it?', 'b "c" d'),
        ("Open?", "yes"),
        ("Sign?", '"Ours" is 5" long'),
    ]


def test_links_looks_and_line_breaks_of_a_cell_are_kept() -> None:
    def edit(sheet: Worksheet) -> None:
        sheet.append(["Where?", "Here"])
        sheet["B2"].hyperlink = "https://e.org/a?b=1&c=2"
        sheet.append(["How many?", None])
        superscript = TextBlock(InlineFont(vertAlign="superscript"), "6")
        sheet["B3"] = CellRichText("About 10", superscript, " <of them>")
        sheet.append(["How much?", "5 euros"])
        sheet["B4"].font = Font(strike=True)
        sheet.append(["Whence?", "Street 1_x000D_\nTown"])

    assert answers(workbook(edit)) == [
        ("Where?", "[Here](https://e.org/a?b=1&c=2)"),
        ("How many?", "About 10<sup>6</sup> <of them>"),
        ("How much?", "~~5 euros~~"),
        ("Whence?", "Street 1\\\nTown"),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Bakery FAQ,,\n\nQuestion,Answer,Tags\nIs it hot?,Yes,a\n", ("Is it hot?", "Yes")),
        ("sep=;\nquestion;answer\nIs it, hot?;Yes\n", ("Is it, hot?", "Yes")),
        ("Title,Question,Answer\nHeat,Is it hot?,Yes\n", ("Is it hot?", "Yes")),
        ("Content,Answer,Frage\nx,Yes,Is it hot?\n", ("Is it hot?", "Yes")),
        ("Question (EN),Short answer\nIs it hot?,Yes\n", ("Is it hot?", "Yes")),
        ("title,text\nIs it hot?,Yes\n", ("Is it hot?", "Yes")),
        ('question,answer\n"Is it \\"hot\\", or?","Yes"\n', ('Is it "hot", or?', "Yes")),
        ('question,answer\n"Is ""it"" hot?","Yes"\n', ('Is "it" hot?', "Yes")),
        ("question,answer\nIs it hot?,C:\\temp\\\n", ("Is it hot?", "C:\\temp\\")),
        ("question,answer\nR&amp;D?,<b>Yes</b> &amp; no\n", ("R&D?", "**Yes** & no")),
    ],
)
def test_header_and_quotes_are_read_where_they_are(text: str, expected: tuple[str, str]) -> None:
    found = read_csv("faq.csv", text)

    ((question, answer),) = answers(found)
    assert (question, plain_text(answer) if "**" not in answer else answer) == expected


@pytest.mark.parametrize(
    "rows", ['Is tea free?,"Yes\nIs milk free?,No\n', 'Is tea free?,"Yes\nIs milk free?,"No"\n']
)
def test_quote_that_never_closes_costs_its_own_line_alone(rows: str) -> None:
    found = read_csv("faq.csv", f"question,answer\n{rows}")

    assert answers(found) == [("Is tea free?", "Yes"), ("Is milk free?", "No")]
    problem = "the quotes here do not pair; the row is taken to end with the line"
    assert Note(2, NoteKind.GUESSED, problem) in found.notes


@pytest.mark.parametrize(
    "text",
    ["> 5 years", "- 10 °C", "1. May", "#1", "*", "_a_", "a < b", "`x`", "[a](b)", "a\n===",
     "~~a~~", "- one\n- two", "| a |\n| - |", "+ a\n\n    b", "1) a", "<b", "\\*", "{#id}"],
)  # fmt: skip
def test_plain_text_shows_its_own_characters(text: str) -> None:
    assert plain_text(lines_of_text(text)).split() == text.split()


@given(st.text("ab1 .-*_#<>`[]()!|~\\:=+{}\n", max_size=30))
def test_any_text_shows_its_own_characters(text: str) -> None:
    shown_words = plain_text(lines_of_text(text)).split()

    bullets = str.maketrans("*", "-")
    assert [word.translate(bullets) for word in shown_words] == [
        word.translate(bullets) for word in text.split()
    ]


@pytest.mark.parametrize(
    ("raw", "declared", "text"),
    [
        ("5 € \u2013 7 €".encode("cp1252"), ("iso-8859-1",), "5 € \u2013 7 €"),
        ("“Größe”".encode("cp1252"), ("utf-8", "windows-1252"), "“Größe”"),
        ("Größe".encode(), ("iso-8859-1",), "Größe"),
        ("Größe \u2013 5 €".encode().decode("cp1252").encode(), (), "Größe \u2013 5 €"),
        ("São Paulo, Ã\u00a0 la carte ł".encode(), (), "São Paulo, Ã\u00a0 la carte ł"),
        ("Größe und Übung, ä".encode() + b"\x96", (), "Größe und Übung, ä\u2013"),
        ("Grosse?".encode("utf-16-le"), (), "Grosse?"),
        ("Grosse?".encode("utf-16-be"), (), "Grosse?"),
        ("日本".encode("cp932"), ("shift_jis",), "日本"),
    ],
)
def test_bytes_are_read_as_a_browser_would(
    raw: bytes, declared: tuple[str, ...], text: str
) -> None:
    assert decoding.decode("a.html", raw, *declared).text == text


def test_codes_of_windows_in_a_latin_text_are_characters() -> None:
    found = read_csv("faq.csv", "question,answer\nPrice?,5 \x80 \x96 7\n")

    assert answers(found) == [("Price?", "5 € \u2013 7")]


@pytest.mark.parametrize(
    ("part", "content"),
    [
        ("xl/worksheets/sheet1.xml", b'<mergeCell ref="A1:XFD1048576"/>'),
        ("xl/worksheets/sheet1.xml", b'<c r="A1"/>' * (decoding.MOST_CELLS + 1)),
        ("xl/workbook.xml", b'<!DOCTYPE a [<!ENTITY b "c">]><a/>'),
        ("xl/sharedStrings.xml", b" " * (decoding.MOST_UNPACKED + 1)),
    ],
)
def test_archive_beyond_all_bounds_is_refused(part: str, content: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(part, content)

    with pytest.raises(CorpusError, match="Keep the questions and answers"):
        read_source("faq.xlsx", stream.getvalue(), ".xlsx")
