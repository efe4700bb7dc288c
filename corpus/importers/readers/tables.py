"""Rows with a question and its answer -> questions. Pure; and CSV text -> rows."""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.documents import Source
from corpus.errors import CorpusError, Fault
from corpus.importers.blocks import Found, Kind, Note, Question, key
from corpus.importers.escaping import clean, one_line
from corpus.importers.readers.html_to_markdown import to_markdown
from corpus.models import ID_PATTERN

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "questions", "q", "faq", "prompt", "frage", "title"),
    "answer": ("answer", "answers", "a", "response", "reply", "antwort", "text", "content"),
    "variants": ("variants", "variant", "variations", "alternatives", "synonyms", "paraphrases",
                 "also asked", "other questions", "varianten", "alternative questions"),
    "tags": ("tags", "tag", "category", "categories", "topic", "topics", "keywords", "section",
             "kategorie", "group"),
    "id": ("id", "key", "slug", "anchor"),
    "sources": ("sources", "source", "url", "urls", "link", "links", "reference", "references"),
    "owner": ("owner", "author", "responsible"),
    "reviewed": ("reviewed", "reviewed on", "last reviewed", "updated", "last updated"),
    "valid_until": ("valid until", "expires", "expiry"),
}  # fmt: skip
_NAMES = {name: column for column, names in _COLUMNS.items() for name in names}
_DELIMITERS = ",;\t|"
_SAMPLE = 50
"""Rows that a delimiter is judged by."""
_MARKUP = re.compile(
    r"</?(?:p|br|a|ul|ol|li|b|i|strong|em|div|span|h[1-6])\b[^<>]*>", re.IGNORECASE
)
_LISTED = re.compile(r"(?:[-*+]|\d{1,9}[.)])\s|[|>#]|```|\s")
_ID = re.compile(ID_PATTERN)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class Row:
    """The cells of one row, and where it starts."""

    cells: tuple[str, ...]
    line: int


def read_csv(name: str, text: str) -> Found:
    """Read a CSV text with any of the usual delimiters."""
    text = clean(text)
    delimiter = _delimiter(text)
    rows = _rows(text, delimiter)
    found = read_rows(name, rows)
    shown = {"\t": "tab"}.get(delimiter, delimiter)
    note = Note(1, Kind.GUESSED, f"the columns are told apart by '{shown}'")
    return Found(questions=found.questions, notes=(note, *found.notes))


def _rows(text: str, delimiter: str, most: int | None = None) -> list[Row]:
    # Cells may be as long as the file; the module's own limit is 128 KiB.
    csv.field_size_limit(max(len(text) + 1, 131072))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True)
    rows: list[Row] = []
    line = 1
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append(Row(tuple(cell.strip() for cell in cells), line))
        line = reader.line_num + 1
        if most is not None and len(rows) >= most:
            break
    return rows


def _delimiter(text: str) -> str:
    """Return the delimiter under which the table makes most sense.

    `csv.Sniffer` errs on tables with long texts, whose commas outnumber the delimiters; here the
    header decides first, then how many rows have the same number of cells.
    """
    return max(_DELIMITERS, key=lambda delimiter: _sense(_rows(text, delimiter, _SAMPLE)))


def _sense(rows: Sequence[Row]) -> tuple[int, float, int]:
    if not rows:
        return (0, 0.0, 0)
    columns = _columns(rows[0])
    named = len(columns) if {"question", "answer"} <= set(columns) else 0
    width, count = Counter(len(row.cells) for row in rows).most_common(1)[0]
    return (named, count / len(rows) if width > 1 else 0.0, -width)


def _columns(header: Row) -> dict[str, list[int]]:
    """Positions by the meaning of the column; several may hold variants."""
    found: dict[str, list[int]] = {}
    for position, cell in enumerate(header.cells):
        name = key(cell.replace("_", " "))
        meaning = _NAMES.get(name) or _NAMES.get(re.sub(r" \d+$", "", name))
        if meaning:
            found.setdefault(meaning, []).append(position)
    return found


def read_rows(name: str, rows: Sequence[Row]) -> Found:
    """Read a table; raises `CorpusError` when no columns look like questions and answers."""
    if not rows:
        return Found()
    columns = _columns(rows[0])
    notes: list[Note] = []
    body = rows[1:]
    if not {"question", "answer"} <= set(columns):
        columns, body = _guessed(name, rows, notes)
        notes.extend(_unguessed(rows, columns))
    else:
        notes.extend(_unread(rows[0], columns))
    questions = []
    for row in body:
        question = _question(row, columns, notes)
        if question:
            questions.append(question)
    return Found(questions=tuple(questions), notes=tuple(notes))


def _unread(header: Row, columns: Mapping[str, Sequence[int]]) -> list[Note]:
    read = {position for positions in columns.values() for position in positions}
    return [
        Note(header.line, Kind.LEFT_OUT, f"the column '{cell}' has no place in a canned answer")
        for position, cell in enumerate(header.cells)
        if position not in read and cell
    ]


def _unguessed(rows: Sequence[Row], columns: Mapping[str, Sequence[int]]) -> Iterator[Note]:
    """Yield a note for each row with more in it than the two columns that were guessed."""
    read = {position for positions in columns.values() for position in positions}
    for row in rows:
        others = [cell for spot, cell in enumerate(row.cells) if cell and spot not in read]
        if others:
            yield Note(row.line, Kind.LEFT_OUT, f"of other columns: '{' | '.join(others)}'")


def _shown(row: Row) -> str:
    return " | ".join(cell for cell in row.cells if cell)


def _guessed(
    name: str, rows: Sequence[Row], notes: list[Note]
) -> tuple[dict[str, list[int]], Sequence[Row]]:
    """Tell the two columns by what stands in them."""
    width = max(len(row.cells) for row in rows)
    asking = [sum(_cell(row, place).endswith("?") for row in rows) for place in range(width)]
    question = asking.index(max(asking))
    lengths = [
        -1 if place == question else sum(len(_cell(row, place)) for row in rows)
        for place in range(width)
    ]
    answer = lengths.index(max(lengths))
    if width < 2 or not asking[question] or lengths[answer] <= 0:
        remedy = (
            "Name the columns in the first row: question, answer and, if you like, variants, tags"
        )
        problem = "no columns with questions and answers were found"
        raise CorpusError([Fault(name, rows[0].line, problem, remedy)])
    note = f"column {question + 1} is taken for questions and column {answer + 1} for answers"
    notes.append(Note(rows[0].line, Kind.GUESSED, note))
    headed = not _cell(rows[0], question).endswith("?")
    if headed:
        note = f"the first row, which names the columns: '{_shown(rows[0])}'"
        notes.append(Note(rows[0].line, Kind.LEFT_OUT, note))
    return {"question": [question], "answer": [answer]}, rows[1:] if headed else rows


def _question(row: Row, columns: Mapping[str, Sequence[int]], notes: list[Note]) -> Question | None:
    def cells(meaning: str) -> list[str]:
        found = (_cell(row, position) for position in columns.get(meaning, ()))
        return [cell for cell in found if cell]

    def first(meaning: str) -> str:
        return next(iter(cells(meaning)), "")

    def leave_out(text: str) -> None:
        notes.append(Note(row.line, Kind.LEFT_OUT, text))

    def day(meaning: str) -> str:
        match = _DATE.match(first(meaning))
        if first(meaning) and not match:
            leave_out(f"'{first(meaning)}' is no date such as 2026-11-23")
        return match[0] if match else ""

    question, answer = one_line(first("question")), _answer("\n\n".join(cells("answer")))
    if not question or not answer:
        leave_out(f"the row lacks {'an answer' if question else 'a question'}: '{_shown(row)}'")
        return None
    if first("id") and not _ID.match(first("id")):
        leave_out(f"'{first('id')}' cannot be an id")
    links = [link for cell in cells("sources") for link in cell.split()]
    addresses = [link for link in links if re.match(r"https?://[^\s/]", link)]
    if len(addresses) < len(links):
        leave_out(f"'{' '.join(links)}' is no list of addresses")
    return Question(
        question=question,
        answer=answer,
        line=row.line,
        id=first("id"),
        variants=tuple(_several(cells("variants"), r"[\n;|]", {question.casefold()})),
        tags=tuple(_several(cells("tags"), r"[\n;|,]", set())),
        sources=tuple(Source(link, link) for link in addresses),
        owner=one_line(first("owner")),
        reviewed=day("reviewed"),
        valid_until=day("valid_until"),
    )


def _cell(row: Row, position: int) -> str:
    return row.cells[position] if position < len(row.cells) else ""


def _several(cells: Sequence[str], separator: str, seen: set[str]) -> list[str]:
    """Split cells that hold several values; each value once."""
    found = []
    for part in (one_line(part) for cell in cells for part in re.split(separator, cell)):
        if part and part.casefold() not in seen:
            seen.add(part.casefold())
            found.append(part)
    return found


def _answer(cell: str) -> str:
    """Markdown as it is written; HTML is converted, and a line break in a cell is kept."""
    if _MARKUP.search(cell):
        return to_markdown(cell)
    lines = [re.sub(r"^\s*[•●▪◦‣]\s*", "- ", line).rstrip() for line in clean(cell).split("\n")]
    kept = []
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        breaks = line and after and not _LISTED.match(after) and not _LISTED.match(line)
        kept.append(f"{line}\\" if breaks else line)
    return "\n".join(kept).strip()
