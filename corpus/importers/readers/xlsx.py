"""XLSX -> questions, cells as they are shown; the only module that imports openpyxl.

Left out and named: hidden sheets, rows and columns, error values, formulas without a saved value.
"""

import html
import io
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from itertools import groupby
from operator import eq, ge, gt, le, lt, ne
from typing import TYPE_CHECKING, Any
from zipfile import ZipFile

from corpus.errors import CorpusError, Fault, LibraryMissing
from corpus.importers.blocks import Found, Note, NoteKind, Question
from corpus.importers.escaping import one_line
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
_LINK_FORMULA = re.compile(
    r'=HYPERLINK\("(?P<address>[^"]+)"(?:[,;]\s*"(?P<words>[^"]*)")?', re.IGNORECASE
)
_BOX_TEXT = re.compile(r"<a:t>([^<]*)</a:t>")
_ADDRESS = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)
_LITERAL = re.compile(r'"([^"]*)"|\\(.)|\[\$([^\]-]*+)[^\]]*+\]|\[[^\]]*+\]|_.|\*.')
_LONGEST_FORMAT = 255
"""Characters, the limit of Excel itself; a longer one is passed over."""
_DIGITS = re.compile(r"[#0?][#0?,]*(?:\.[#0?]+)?,*(?:E[+-]0+)?")
_FRACTION = re.compile(r"(?<![#0?])(?:([#0?]++) +)?[#0?]++/([#0?]+|[0-9]+)")
_CONDITION = re.compile(r"\[(<=?|>=?|=|<>)(-?[0-9.]+)\]")
_COMPARED: Mapping[str, Callable[[float, float], bool]] = {
    "<": lt, "<=": le, ">": gt, ">=": ge, "=": eq, "<>": ne,
}  # fmt: skip
_FIRST_PRIVATE = 0xE000
"""Characters for private use stand for the words of a format while its digits are written."""
_ELAPSED = re.compile(r'"([^"]*)"|\\(.)|\[(h+|m+|s+)\]|(h+|m+|s+)|\[[^\]]*\]|_.|\*.', re.IGNORECASE)
_UNITS = {"h": (3600, 24), "m": (60, 60), "s": (1, 60)}
"""Seconds of a unit, and how many make the next one."""
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
            boxes = list(_boxes(raw))
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
    unread = [*(f"the sheet '{title}' is hidden" for title in hidden), *boxes]
    left = tuple(Note(0, NoteKind.LEFT_OUT, text, 1) for text in unread)
    return replace(found, notes=(*left, *found.notes), seen=found.seen + len(left))


def _has_formulas(raw: bytes) -> bool:
    with ZipFile(io.BytesIO(raw)) as archive:
        return any(
            re.search(rb"<f[ >]", archive.read(name))
            for name in archive.namelist()
            if name.startswith("xl/worksheets/")
        )


def _boxes(raw: bytes) -> Iterator[str]:
    """Name the words of boxes and shapes that lie on the sheets."""
    with ZipFile(io.BytesIO(raw)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/drawings/") and name.endswith(".xml"):
                texts = _BOX_TEXT.findall(archive.read(name).decode("utf-8", "replace"))
                if words := one_line(html.unescape(" ".join(texts))):
                    yield f"a box on a sheet: '{words}'"


def _rows(sheet: "Worksheet", formulas: "Workbook | None", notes: list[Note]) -> Iterator[Row]:
    merged = dict(_merged_below(sheet))
    hidden_columns = _hidden_columns(sheet)
    for number, cells in _written(sheet):
        texts = [""] * cells[-1].column
        dropped: list[str] = []
        for cell in cells:
            shown_cell = merged.get((number, cell.column), cell)
            formula = _formula(shown_cell, formulas)
            text = _shown(shown_cell, formula)
            if cell.comment:
                problem = f"a comment on {cell.coordinate}: '{one_line(cell.comment.text)}'"
                notes.append(Note(number, NoteKind.LEFT_OUT, problem))
            if text and (address := _address(cell, formula)) and not _ADDRESS.match(address):
                problem = f"the link of {cell.coordinate} to '{address}'"
                notes.append(Note(number, NoteKind.LEFT_OUT, problem))
            if not text and (problem := _problem(cell, formula)):
                notes.append(Note(number, NoteKind.LEFT_OUT, problem))
            elif cell.column in hidden_columns and text:
                dropped.append(text)
            else:
                texts[cell.column - 1] = text
        row = sheet.row_dimensions[number]
        if (row.hidden or row.height == 0) and (any(texts) or dropped):
            words = " | ".join(filter(None, [*texts, *dropped]))
            notes.append(Note(number, NoteKind.LEFT_OUT, f"the row is hidden: '{words}'", 1))
            continue
        if dropped:
            words = " | ".join(dropped)
            notes.append(Note(number, NoteKind.LEFT_OUT, f"in a hidden column: '{words}'"))
        if any(texts):
            goes_on = (cell.column - 1 for cell in cells if (number, cell.column) in merged)
            yield Row(tuple(texts), number, frozenset(goes_on))


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
        if dimension.hidden or dimension.width == 0
        for number in range(dimension.min or 0, (dimension.max or 0) + 1)
    }


def _formula(cell: "Cell", formulas: "Workbook | None") -> str:
    """Return how a cell is computed; empty for one that is not."""
    if formulas is None:
        return ""
    written = formulas[cell.parent.title][cell.coordinate]
    return str(written.value) if written.data_type == "f" else ""


def _problem(cell: "Cell", formula: str) -> str:
    """Say what keeps a cell from being read; empty when nothing does."""
    if cell.data_type == "e":
        return f"{cell.coordinate} shows the error {cell.value}"
    if cell.value is None:
        return f"{cell.coordinate} is a formula without a saved value" if formula else ""
    hidden = str(cell.value).strip()
    return f"{cell.coordinate} holds '{hidden}', which its format hides" if hidden else ""


def _address(cell: "Cell", formula: str) -> str:
    """Return where a cell links to; empty when nowhere."""
    if link := _LINK_FORMULA.match(formula):
        return link["address"]
    if cell.hyperlink is None:
        return ""
    parts = (cell.hyperlink.target, cell.hyperlink.location)
    return "#".join(part for part in parts if part)


def _shown(cell: "Cell", formula: str) -> str:
    """Return what a reader of the sheet sees; HTML where a link or a look says more."""
    from openpyxl.cell.rich_text import CellRichText

    value = cell.value
    link = _LINK_FORMULA.match(formula)
    if value is None and link:
        value = link["words"] or link["address"]
    if value is None or cell.data_type == "e":
        return ""
    if isinstance(value, CellRichText):
        return _rich(value, struck=bool(cell.font.strike))
    is_hidden = isinstance(value, str) and cell.number_format.count(";") > 2
    text = _unescaped(value) if isinstance(value, str) else shown(value, cell.number_format)
    text = "" if is_hidden and cell.number_format.endswith(";") else text.strip()
    address = _address(cell, formula)
    marked = html.escape(text, quote=False).replace("\n", "<br>")
    if text and address and address != text and _ADDRESS.match(address):
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
    layout = layout if len(layout) <= _LONGEST_FORMAT else "General"
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, timedelta):
        return _elapsed(round(value.total_seconds()), layout)
    if isinstance(value, (date, time)):
        return _date(value, layout)
    if isinstance(value, (int, float)):
        return _number(value, layout)
    return str(value)


def _elapsed(seconds: int, layout: str) -> str:
    """Write a time such as 37 hours by a format such as `[h]:mm` or `[m]" min"`."""

    def written(match: re.Match[str]) -> str:
        whole, part = match[3], match[4]
        if not whole and not part:
            return match[1] or match[2] or ""
        unit, most = _UNITS[(whole or part)[0].lower()]
        number = abs(seconds) // unit
        return str(number if whole else number % most).zfill(len(whole or part))

    return ("-" if seconds < 0 else "") + _ELAPSED.sub(written, layout.partition(";")[0]).strip()


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
    section, sign = _section(value, layout)
    words: list[str] = []

    def keep(match: re.Match[str]) -> str:
        words.append(match[1] or match[2] or match[3] or "")
        return chr(_FIRST_PRIVATE + len(words) - 1)

    bare = _LITERAL.sub(keep, section)
    if "general" in bare.lower() or "@" in bare:
        return _words(re.sub("general|@", _general(value), bare, flags=re.IGNORECASE), words)
    if fraction := _FRACTION.search(bare):
        written = _fraction(abs(value), *fraction.groups())
        return (sign + _words(bare.replace(fraction[0], written), words)).strip()
    digits = list(_DIGITS.finditer(bare))
    if not digits:
        return _words(bare, words)
    if len(digits) > 1:
        return (sign + _words(_masked(abs(value), bare), words)).strip()
    start, end = digits[0].span()
    written = _digits(abs(value), bare[start:end], percent="%" in bare)
    return sign + _words(bare[:start] + written + bare[end:], words).strip()


def _section(value: float, layout: str) -> tuple[str, str]:
    """Return the part of a format that applies to a value, and the sign to write before it."""
    sections = layout.split(";")
    sign = "-" if value < 0 else ""
    if _CONDITION.search(layout):
        for section in sections:
            condition = _CONDITION.search(section)
            if condition is None or _COMPARED[condition[1]](value, float(condition[2])):
                return section, sign
    if value < 0 and len(sections) > 1:
        return sections[1], ""
    return sections[2 if value == 0 and len(sections) > 2 else 0], sign


def _fraction(value: float, whole: str | None, below: str) -> str:
    """Write a number by a pattern such as `# ?/?` or `?/8`."""
    if below.isdecimal() and int(below):
        top, bottom = round(value * int(below)), int(below)
    else:
        top, bottom = Fraction(value).limit_denominator(10 ** len(below) - 1).as_integer_ratio()
    units, top = divmod(top, bottom) if whole else (0, top)
    parts = [str(units)] if units or (whole and not top) else []
    return " ".join([*parts, f"{top}/{bottom}"] if top or not whole else parts)


def _masked(value: float, pattern: str) -> str:
    """Write a number into a pattern with signs between its digits, such as `(###) ###-####`.

    Digits fill the places from the decimal point outwards.
    """
    whole, point, below = pattern.partition(".")
    decimals = sum(map(below.count, "#0?"))
    number = Decimal(repr(value)) * (100 if "%" in pattern else 1)
    rounded = f"{number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP):f}"
    left, _, right = rounded.partition(".")
    places = [spot for spot, sign in enumerate(whole) if sign in "#0?"]
    digits = left.zfill(whole.count("0")).rjust(len(places))
    written = list(whole)
    for spot, digit in zip(places, digits[len(digits) - len(places) :], strict=True):
        written[spot] = digit.strip()
    written[places[0]] = digits[: len(digits) - len(places) + 1].strip()
    behind = iter(right)
    return "".join(written) + point + re.sub("[#0?]", lambda _: next(behind), below)


def _words(text: str, words: list[str]) -> str:
    return text.translate({_FIRST_PRIVATE + spot: word for spot, word in enumerate(words)})


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
    left = "" if left == "0" and "0" not in whole else left.zfill(whole.count("0"))
    optional = len(decimals) - len(decimals.rstrip("#"))
    while optional and right.endswith("0"):
        right, optional = right[:-1], optional - 1
    return f"{left}.{right}" if right else left


def _general(value: float) -> str:
    """Write a number as a cell without a format does: eleven digits at most."""
    if isinstance(value, int) or value.is_integer():
        return str(int(value))
    if abs(value) >= 1e-4:
        return f"{value:.10g}"
    digits, _, power = f"{value:.5E}".partition("E")
    return f"{digits.rstrip('0').rstrip('.')}E{power}"


def _joined(name: str, sheets: dict[str, list[Row]], said: dict[str, list[Note]]) -> Found:
    questions: list[Question] = []
    notes: list[Note] = []
    faults: list[Fault] = []
    seen = 0
    for title, rows in sheets.items():
        where = f"sheet '{title}': " if len(sheets) > 1 else ""
        try:
            found = read_rows(f"{name}[{title}]", rows)
        except CorpusError as error:
            faults.extend(error.faults)
            note = Note(rows[0].line, NoteKind.LEFT_OUT, error.faults[0].problem, len(rows))
            found = Found(notes=(note,), seen=len(rows))
        questions.extend(found.questions)
        every = (*said[title], *found.notes)
        seen += found.seen + sum(note.blocks for note in said[title])
        notes.extend(replace(note, text=where + note.text) for note in every)
    if faults and not questions:
        raise CorpusError(faults)
    return Found(questions=tuple(questions), notes=tuple(notes), seen=seen)
