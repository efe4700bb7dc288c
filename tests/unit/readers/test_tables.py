import io
from datetime import date, datetime

import pytest
from openpyxl import Workbook

from corpus import CorpusError, Source
from corpus.importers import Note, NoteKind, Question
from corpus.importers.blocks import Found
from corpus.importers.readers.formats import read_source
from corpus.importers.readers.tables import read_csv


def csv(text: str, encoding: str = "utf-8") -> Found:
    return read_source("faq.csv", text.encode(encoding), ".csv")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_delimiter_and_encoding_are_detected(delimiter: str, encoding: str) -> None:
    rows = [["Question", "Answer"], ["Größe?", '"Viel, sehr; viel|das"'], ["Übung?", "Café"]]
    text = "\r\n".join(delimiter.join(row) for row in rows)

    assert csv(text, encoding).questions == (
        Question("Größe?", "Viel, sehr; viel|das", 2),
        Question("Übung?", "Café", 3),
    )


def test_every_column_has_its_place() -> None:
    text = (
        "id,Question,Answer,Variants,Variant 2,Tags,Source,Owner,Reviewed,Valid until\n"
        'a-1,Is it hot?,Yes.,is it warm; hot?|Is it hot?,so hot,"heat, work",'
        "https://e.org see,Cooks,2026-01-02,soon\n"
    )

    found = csv(text)

    assert found.questions == (
        Question(
            question="Is it hot?",
            answer="Yes.",
            line=2,
            id="a-1",
            variants=("is it warm", "hot?", "so hot"),
            tags=("heat", "work"),
            sources=(Source("https://e.org", "https://e.org"),),
            owner="Cooks",
            reviewed="2026-01-02",
        ),
    )
    assert found.notes[1:] == (
        Note(2, NoteKind.LEFT_OUT, "'https://e.org see' is no list of addresses"),
        Note(2, NoteKind.LEFT_OUT, "'soon' is no date such as 2026-11-23"),
    )


def test_line_of_a_row_counts_the_lines_inside_cells() -> None:
    found = csv('question,answer\n"One?","a\n\nb"\nTwo?,c\n,d\nThree?,\n')

    assert [(question.question, question.line) for question in found.questions] == [
        ("One?", 2),
        ("Two?", 5),
    ]
    assert [note for note in found.notes if note.kind is NoteKind.LEFT_OUT] == [
        Note(6, NoteKind.LEFT_OUT, "the row lacks a question: 'd'"),
        Note(7, NoteKind.LEFT_OUT, "the row lacks an answer: 'Three?'"),
    ]


def test_columns_without_names_are_recognised_by_their_content() -> None:
    found = csv('1,Is it hot?,Yes.\n2,Is it loud?,"No, not very."\n')

    assert [(question.question, question.answer) for question in found.questions] == [
        ("Is it hot?", "Yes."),
        ("Is it loud?", "No, not very."),
    ]
    note = "column 2 is taken for questions and column 3 for answers"
    assert Note(1, NoteKind.GUESSED, note) in found.notes
    assert [note for note in found.notes if note.kind is NoteKind.LEFT_OUT] == [
        Note(1, NoteKind.LEFT_OUT, "of other columns: '1'"),
        Note(2, NoteKind.LEFT_OUT, "of other columns: '2'"),
    ]


def test_id_that_cannot_be_one_is_reported() -> None:
    found = csv("question,answer,id\nIs it hot?,Yes.,no id\n")

    assert Note(2, NoteKind.LEFT_OUT, "'no id' cannot be an id") in found.notes


def test_hidden_sheet_is_left_out_and_named() -> None:
    workbook = Workbook()
    for title in ("Shown", "Kept back"):
        sheet = workbook.create_sheet(title)
        sheet.append(["question", "answer"])
        sheet.append([f"{title}?", "Yes."])
    workbook["Kept back"].sheet_state = "hidden"
    workbook.remove(workbook.worksheets[0])
    stream = io.BytesIO()
    workbook.save(stream)

    found = read_source("faq.xlsx", stream.getvalue(), ".xlsx")

    assert [question.question for question in found.questions] == ["Shown?"]
    assert found.notes == (Note(0, NoteKind.LEFT_OUT, "the sheet 'Kept back' is hidden"),)


def test_first_row_that_asks_nothing_is_taken_for_names() -> None:
    found = csv("What they ask;What we say\nIs it hot?;Yes.\n")

    assert [question.question for question in found.questions] == ["Is it hot?"]
    note = "the first row, which names the columns: 'What they ask | What we say'"
    assert Note(1, NoteKind.LEFT_OUT, note) in found.notes


@pytest.mark.parametrize("text", ["a,b\nc,d\n", "only one column\nIs it?\n", "[" * 500_000])
def test_table_without_questions_is_refused_with_what_to_do(text: str) -> None:
    with pytest.raises(CorpusError, match=r"faq.csv:1: no columns .* Name the columns"):
        csv(text)


@pytest.mark.parametrize(
    ("cell", "answer"),
    [
        ("One line.", "One line."),
        ("One.\nTwo.", "One.\\\nTwo."),
        ("So:\n\n• a\n• b", "So:\n\n- a\n- b"),
        ("So:\n- a\n- b", "So:\n- a\n- b"),
        ("<p>One.</p><ul><li>a</li></ul>", "One.\n\n- a"),
        ("5 < 6 and vector<int>", "5 < 6 and vector<int>"),
    ],
)
def test_answer_keeps_its_lines_lists_and_markup(cell: str, answer: str) -> None:
    found = read_csv("faq.csv", f'question,answer\nWhat?,"{cell}"\n')

    assert [question.answer for question in found.questions] == [answer]


def book(*sheets: list[list[object]]) -> bytes:
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for number, rows in enumerate(sheets, start=1):
        sheet = workbook.create_sheet(f"S{number}")
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    workbook.save(stream)
    return stream.getvalue()


def test_sheets_of_a_workbook_are_read() -> None:
    raw = book(
        [
            ["Question", "Answer", "Reviewed"],
            ["Is it hot?", 42.0, date(2026, 1, 2)],
            ["Is it?", True, datetime(2026, 1, 2, 3)],
        ],
        [["Frage", "Antwort"], [None, None], ["Ist es laut?", "Ja."], ["", "x"]],
        [["notes"], ["none"]],
    )

    found = read_source("faq.xlsx", raw, ".xlsx")

    assert found.questions == (
        Question("Is it hot?", "42", 2, reviewed="2026-01-02"),
        Question("Is it?", "TRUE", 3, reviewed="2026-01-02"),
        Question("Ist es laut?", "Ja.", 3),
    )
    assert found.notes == (
        Note(4, NoteKind.LEFT_OUT, "sheet 'S2': the row lacks a question: 'x'"),
        Note(1, NoteKind.LEFT_OUT, "sheet 'S3': no columns with questions and answers were found"),
    )


@pytest.mark.parametrize("raw", [b"", b"no workbook", b"PK\x03\x04 broken"])
def test_broken_workbook_is_refused(raw: bytes) -> None:
    with pytest.raises(CorpusError, match=r"faq.xlsx: it is no readable XLSX workbook"):
        read_source("faq.xlsx", raw, ".xlsx")


def test_workbook_without_questions_is_refused() -> None:
    with pytest.raises(CorpusError, match=r"faq.xlsx\[S1\]:1: no columns"):
        read_source("faq.xlsx", book([["a", "b"], ["c", "d"]]), ".xlsx")


def test_columns_with_a_name_of_their_own_are_read_where_others_are_guessed() -> None:
    text = (
        "Name,Tags,Answer,Status,Last edited time\n"
        'Is it hot?,"Kitchen, Heat",Yes.,Done,"March 4, 2025 10:11 AM"\n'
        'Is it loud?,Kitchen,No.,Not started,"March 4, 2025 10:12 AM"\n'
    )

    found = csv(text)

    assert found.questions == (Question("Is it hot?", "Yes.", 2, tags=("Kitchen", "Heat")),)
    assert "status is 'not started'" in " ".join(note.text for note in found.notes)


def test_row_without_the_tick_that_others_have_is_kept_back() -> None:
    text = "Question,Answer,Approved\nIs it hot?,Yes.,checked\nIs it loud?,No.,\n"

    found = csv(text)

    assert [question.question for question in found.questions] == ["Is it hot?"]
    note = Note(3, NoteKind.LEFT_OUT, "approved has no tick: 'Is it loud? | No.'")
    assert note in found.notes


def test_numbered_columns_of_other_questions_are_variants() -> None:
    text = "Question,Alternative question 1,Alternative question 2,Answer\nHot?,Warm?,Heat?,Yes.\n"

    assert csv(text).questions == (Question("Hot?", "Yes.", 2, variants=("Warm?", "Heat?")),)


def test_table_that_a_spreadsheet_saves_as_a_text_is_a_table() -> None:
    raw = "Question\tAnswer\r\nIs it hot?\tYes.\r\n".encode("utf-16")

    assert read_source("faq.txt", raw, ".txt").questions == (Question("Is it hot?", "Yes.", 2),)


QNA_MAKER = [
    ["Question", "Answer", "Source", "Metadata", "SuggestedQuestions", "IsContextOnly", "QnaId"],
    ["Is it hot?", r"**Yes**:\n\n* at noon\n* [later](https://e.org)", "", "", "[]", "False", "1"],
    ["Is it a place?", r"C is.\nD is not.", "", "", "[]", "False", "2"],
]
ANSWERS = [
    ("Is it hot?", "**Yes**:\n\n- at noon\n- [later](https://e.org)"),
    ("Is it a place?", "C is.  \nD is not."),
]


def test_answers_of_qna_maker_are_markdown_with_line_breaks() -> None:
    book, raw = Workbook(write_only=True), io.BytesIO()
    page = book.create_sheet()
    for row in QNA_MAKER:
        page.append(row)
    book.save(raw)
    text = "\n".join("\t".join(row) for row in QNA_MAKER)

    sheet = read_source("faq.xlsx", raw.getvalue(), ".xlsx")
    table = read_source("faq.tsv", text.encode(), ".tsv")

    assert [(one.question, one.answer) for one in sheet.questions] == ANSWERS
    assert [(one.question, one.answer) for one in table.questions] == ANSWERS


def test_backslash_n_of_other_tables_stays() -> None:
    assert csv("question,answer\nWhere?,C:\\new\n").questions == (Question("Where?", r"C:\new", 2),)


@pytest.mark.parametrize(
    "text",
    [
        'Q/A\nIs it hot?\n"Yes, it is."\nIs it wet?\nNo.\n',
        'FAQ\nQ: Is it hot?\n"A: Yes, it is."\nQ: Is it wet?\nA: No.\n',
        'Q/A,Text\nQ,Is it hot?\nA,"Yes, it is."\nQ,Is it wet?\nA,No.\n',
    ],
    ids=["what asks", "marks", "marks in a column"],
)
def test_rows_of_questions_and_answers_take_turns_below_a_name(text: str) -> None:
    found = csv(text)

    assert found.questions == (
        Question("Is it hot?", "Yes, it is.", 2),
        Question("Is it wet?", "No.", 4),
    )
