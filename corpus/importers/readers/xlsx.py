"""XLSX -> questions, sheet by sheet; the only module that imports openpyxl."""

import io
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime

from corpus.errors import CorpusError, Fault, LibraryMissing
from corpus.importers.blocks import Found, Kind, Note, Question
from corpus.importers.readers.decoding import BROKEN_ARCHIVE
from corpus.importers.readers.tables import Row, read_rows

_REMEDY = "Open it in a spreadsheet program and save it as .xlsx or .csv"
_MOST_ROWS = 200_000
"""A sheet may claim a million rows, all of them empty."""


def read_workbook(name: str, raw: bytes) -> Found:
    """Read every visible sheet that holds questions and answers."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise LibraryMissing("openpyxl", "XLSX") from error
    try:
        with warnings.catch_warnings():
            # What openpyxl cannot keep (styles, extensions) is not read here anyway.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(raw), read_only=True, data_only=True)
            hidden = [one.title for one in book.worksheets if one.sheet_state != "visible"]
            sheets = {
                sheet.title: list(_rows(sheet.iter_rows(values_only=True, max_row=_MOST_ROWS)))
                for sheet in book.worksheets
                if sheet.sheet_state == "visible"
            }
    except BROKEN_ARCHIVE as error:
        raise CorpusError([Fault(name, 0, "it is no readable XLSX workbook", _REMEDY)]) from error
    found = _joined(name, sheets)
    notes = tuple(Note(0, Kind.LEFT_OUT, f"the sheet '{title}' is hidden") for title in hidden)
    return replace(found, notes=(*notes, *found.notes))


def _rows(rows: Iterator[tuple[object, ...]]) -> Iterator[Row]:
    for number, values in enumerate(rows, start=1):
        cells = tuple(_text(value) for value in values)
        if any(cells):
            yield Row(cells, number)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).strip()


def _joined(name: str, sheets: dict[str, list[Row]]) -> Found:
    questions: list[Question] = []
    notes: list[Note] = []
    faults: list[Fault] = []
    for title, rows in sheets.items():
        try:
            found = read_rows(f"{name}[{title}]", rows)
        except CorpusError as error:
            faults.extend(error.faults)
            note = f"the sheet '{title}': {error.faults[0].problem}"
            notes.append(Note(0, Kind.LEFT_OUT, note))
            continue
        where = f"sheet '{title}': " if len(sheets) > 1 else ""
        questions.extend(found.questions)
        notes.extend(replace(note, text=where + note.text) for note in found.notes)
    if faults and not questions:
        raise CorpusError(faults)
    return Found(questions=tuple(questions), notes=tuple(notes))
