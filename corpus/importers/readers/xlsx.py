"""XLSX -> questions, cells as they are shown; the only module that imports openpyxl.

Left out and named: hidden sheets, rows and columns, error values, formulas without a saved value.
"""

import html
import io
import re
import warnings
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from corpus.errors import CorpusError, Fault, LibraryMissing
from corpus.importers.blocks import Found, Kind, Note, Question
from corpus.importers.readers.decoding import BROKEN_ARCHIVE, check_archive
from corpus.importers.readers.tables import Row, read_rows

if TYPE_CHECKING:
    from openpyxl.cell import Cell
    from openpyxl.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

_REMEDY = "Open it in a spreadsheet program and save it as .xlsx or .csv"
_MOST_COLUMNS = 200
_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")
"""How a workbook writes characters that XML may not hold, such as a carriage return."""
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*)[^\]]*\]|\[[^\]]*\]|_.|\*.')
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?,*(?:E[+-]0+)?")
_DATE_PARTS = re.compile(r"y+|m+|d+|h+|s+|AM/PM|A/P", re.IGNORECASE)


def read_workbook(name: str, raw: bytes) -> Found:
    """Read every visible sheet that holds questions and answers."""
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise LibraryMissing("openpyxl", "XLSX") from error
    check_archive(name, raw, cells="xl/worksheets/")
    try:
        with warnings.catch_warnings():
            # What openpyxl cannot keep (styles, extensions) is not read here anyway.
            warnings.simplefilter("ignore")
            book = load_workbook(io.BytesIO(raw), data_only=True, rich_text=True)
            formulas = load_workbook(io.BytesIO(raw)) if _has_formulas(raw) else None
            hidden = [sheet.title for sheet in book.worksheets if sheet.sheet_state != "visible"]
            notes: dict[str, list[Note]] = {}
            sheets = {
                sheet.title: list(_rows(sheet, formulas, notes.setdefault(sheet.title, [])))
                for sheet in book.worksheets
                if sheet.sheet_state == "visible"
            }
    except BROKEN_ARCHIVE as error:
        raise CorpusError([Fault(name, 0, "it is no readable XLSX workbook", _REMEDY)]) from error
    found = _joined(name, sheets, notes)
    left = tuple(Note(0, Kind.LEFT_OUT, f"the sheet '{title}' is hidden") for title in hidden)
    return replace(found, notes=(*left, *found.notes))


def _has_formulas(raw: bytes) -> bool:
    with ZipFile(io.BytesIO(raw)) as archive:
        return any(
            re.search(rb"<f[ >]", archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/")
        )


def _rows(sheet: "Worksheet", formulas: "Workbook | None", notes: list[Note]) -> Iterator[Row]:
    merged = dict(_merged_below(sheet))
    hidden_columns = _hidden_columns(sheet)
    for number, cells in _written(sheet):
        texts = [""] * cells[-1].column
        dropped: list[str] = []
        for cell in cells:
            text = _shown(merged.get((number, cell.column), cell))
            if problem := _problem(cell, formulas):
                notes.append(Note(number, Kind.LEFT_OUT, problem))
            elif cell.column in hidden_columns and text:
                dropped.append(text)
            else:
                texts[cell.column - 1] = text
        if sheet.row_dimensions[number].hidden and (any(texts) or dropped):
            words = " | ".join(filter(None, [*texts, *dropped]))
            notes.append(Note(number, Kind.LEFT_OUT, f"the row is hidden: '{words}'"))
            continue
        if dropped:
            words = " | ".join(dropped)
            notes.append(Note(number, Kind.LEFT_OUT, f"in a hidden column: '{words}'"))
        if any(texts):
            yield Row(tuple(texts), number)


def _written(sheet: "Worksheet") -> Iterator[tuple[int, list[Any]]]:
    """Yield the cells that exist, by row: a sheet may claim a million rows, all of them empty."""
    # `iter_rows` would make a cell for every empty place up to the last one.
    placed = sorted(sheet._cells.items())
    near = (cell for (_, column), cell in placed if column <= _MOST_COLUMNS)
    for row, cells in groupby(near, key=lambda cell: cell.row):
        yield int(row or 0), list(cells)


def _merged_below(sheet: "Worksheet") -> Iterator[tuple[tuple[int, int], Any]]:
    """Yield the cell that shows in each place below the first of a merged column."""
    for area in sheet.merged_cells.ranges:
        for row in range(area.min_row + 1, area.max_row + 1):
            yield (row, area.min_col), sheet.cell(area.min_row, area.min_col)


def _hidden_columns(sheet: "Worksheet") -> set[int]:
    return {
        number
        for dimension in sheet.column_dimensions.values()
        if dimension.hidden
        for number in range(dimension.min or 0, (dimension.max or 0) + 1)
    }


def _problem(cell: "Cell", formulas: "Workbook | None") -> str:
    """Say what keeps a cell from being read; empty when nothing does."""
    if cell.data_type == "e":
        return f"{cell.coordinate} shows the error {cell.value}"
    if cell.value is None and formulas is not None:
        written = formulas[cell.parent.title][cell.coordinate]
        if written.data_type == "f":
            return f"{cell.coordinate} is a formula without a saved value"
    return ""


def _shown(cell: "Cell") -> str:
    """Return what a reader of the sheet sees; HTML where a link or a look says more."""
    from openpyxl.cell.rich_text import CellRichText

    value = cell.value
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, CellRichText):
        return _rich(value, struck=bool(cell.font.strike))
    text = _unescaped(value) if isinstance(value, str) else shown(value, cell.number_format)
    text = text.strip()
    address = cell.hyperlink.target if cell.hyperlink else None
    marked = html.escape(text, quote=False).replace("\n", "<br>")
    if text and address and address != text:
        return f'<a href="{html.escape(address)}">{marked}</a>'
    if tag := _tag(cell.font):
        return f"<{tag}>{marked}</{tag}>" if text else ""
    return text


def _rich(value: Any, *, struck: bool) -> str:
    """Return a text of several looks: plain if none of them means something."""
    parts = [
        ("" if isinstance(part, str) else _tag(part.font), _unescaped(str(part))) for part in value
    ]
    if struck or any(tag for tag, _ in parts):
        escaped = ((tag, html.escape(text, quote=False)) for tag, text in parts)
        joined = "".join(f"<{tag}>{text}</{tag}>" if tag else text for tag, text in escaped)
        joined = joined.strip().replace("\n", "<br>")
        return f"<s>{joined}</s>" if struck else joined
    return "".join(text for _, text in parts).strip()


def _tag(font: Any) -> str:
    """Return the HTML tag for a look that changes what is said."""
    if font is None:
        return ""
    if font.strike:
        return "s"
    return {"superscript": "sup", "subscript": "sub"}.get(font.vertAlign or "", "")


def _unescaped(text: str) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 16)), text).replace("\r\n", "\n")


def shown(value: object, layout: str) -> str:
    """Write a value as its number format shows it; dates with year, month and day as ISO."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, timedelta):
        minutes, seconds = divmod(round(value.total_seconds()), 60)
        return f"{minutes // 60}:{minutes % 60:02}" + (f":{seconds:02}" if "s" in layout else "")
    if isinstance(value, (date, time)):
        return _date(value, layout)
    if isinstance(value, (int, float)):
        return _number(value, layout)
    return str(value)


def _date(value: date | time, layout: str) -> str:
    parts = {part[0].lower() for part in _DATE_PARTS.findall(_LITERAL.sub("", layout))}
    if isinstance(value, time):
        return value.isoformat("seconds" if "s" in parts and value.second else "minutes")
    if not isinstance(value, datetime):
        return value.isoformat()
    clock = "seconds" if value.second else "minutes"
    if not parts & set("ymd"):
        return value.time().isoformat(clock)
    if "d" not in parts and "h" not in parts:
        return f"{value:%B %Y}" if "m" in parts else f"{value:%Y}"
    has_clock = "h" in parts or (value.hour, value.minute) != (0, 0)
    return value.date().isoformat() + (f" {value.time().isoformat(clock)}" if has_clock else "")


def _number(value: float, layout: str) -> str:
    sections = layout.split(";")
    negative_section = value < 0 and len(sections) > 1
    section = sections[1] if negative_section else sections[0]
    if value == 0 and len(sections) > 2:
        section = sections[2]
    words: list[str] = []

    def keep(match: re.Match[str]) -> str:
        words.append(match[1] or match[2] or match[3] or "")
        return f"\x00{len(words) - 1}\x00"

    bare = _LITERAL.sub(keep, section)
    # What stands in for literal words must hold no sign of a number.
    digits = _DIGITS.search(re.sub(r"\x00\d+\x00", lambda match: "\x01" * len(match[0]), bare))
    if digits is None or "/" in bare:
        is_general = "general" in bare.lower() or "@" in bare or "/" in bare
        return _general(value) if is_general else _words(bare, words)
    written = _digits(abs(value), bare[digits.start() : digits.end()], percent="%" in bare)
    sign = "-" if value < 0 and not negative_section else ""
    return sign + _words(bare[: digits.start()] + written + bare[digits.end() :], words).strip()


def _words(text: str, words: list[str]) -> str:
    return re.sub(r"\x00(\d+)\x00", lambda match: words[int(match[1])], text)


def _digits(value: float, pattern: str, *, percent: bool) -> str:
    """Write a number by a pattern such as `#,##0.00`, `00000` or `0.0E+00`."""
    whole, _, decimals = pattern.partition(".")
    thousands = len(pattern) - len(pattern.rstrip(","))
    decimals = decimals.rstrip(",")
    number = Decimal(repr(value)) * (100 if percent else 1)
    if "E" in pattern:
        places = len(decimals.partition("E")[0])
        return re.sub(r"E([+-])(\d)$", r"E\g<1>0\2", f"{number:.{places}E}")
    number = (number / Decimal(1000) ** thousands).quantize(
        Decimal(1).scaleb(-len(decimals)), ROUND_HALF_UP
    )
    grouped = "," in whole.rstrip(",")
    text = f"{number:,f}" if grouped else f"{number:f}"
    left, _, right = text.partition(".")
    left = left.zfill(whole.count("0"))
    optional = len(decimals) - len(decimals.rstrip("#"))
    while optional and right.endswith("0"):
        right, optional = right[:-1], optional - 1
    return f"{left}.{right}" if right else left


def _general(value: float) -> str:
    """Write a number as a cell without a format does: eleven digits at most."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    return f"{value:.10g}" if abs(value) >= 1e-4 else f"{value:.5E}"


def _joined(name: str, sheets: dict[str, list[Row]], said: dict[str, list[Note]]) -> Found:
    questions: list[Question] = []
    notes: list[Note] = []
    faults: list[Fault] = []
    for title, rows in sheets.items():
        where = f"sheet '{title}': " if len(sheets) > 1 else ""
        try:
            found = read_rows(f"{name}[{title}]", rows)
        except CorpusError as error:
            faults.extend(error.faults)
            note = f"the sheet '{title}': {error.faults[0].problem}"
            notes.append(Note(0, Kind.LEFT_OUT, note))
            continue
        questions.extend(found.questions)
        every = (*said[title], *found.notes)
        notes.extend(replace(note, text=where + note.text) for note in every)
    if faults and not questions:
        raise CorpusError(faults)
    return Found(questions=tuple(questions), notes=tuple(notes))
