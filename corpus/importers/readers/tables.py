"""Tables of questions and answers: CSV text -> rows; rows of any table -> questions. Pure."""

import csv
import html
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import zip_longest
from typing import TypeAlias

from corpus.documents import Source
from corpus.errors import CorpusError, Fault
from corpus.importers.blocks import (
    Found,
    Note,
    NoteKind,
    Question,
    asks,
    heads_questions,
    key,
)
from corpus.importers.escaping import clean, lines_of_text, one_line, without_bbcode
from corpus.importers.readers.html_to_markdown import to_markdown
from corpus.importers.readers.question_marks import answer_of, is_question, question_of
from corpus.markdown import plain_text, to_html
from corpus.models import ID

Columns: TypeAlias = Mapping[str, Sequence[int]]
"""Positions by what a column holds; several columns may hold variants."""
_WANTED = (
    "published", "active", "visible", "public", "live", "enabled", "online", "approved", "released",
    "aktiv", "sichtbar", "freigegeben",
)  # fmt: skip
_UNWANTED = ("draft", "hidden", "deleted", "archived", "internal", "disabled", "entwurf", "intern")
"""Columns of which yes, or no, says whether visitors are to see a row."""
_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "question": ("question", "questions", "q", "frage", "fragen", "pregunta", "vraag", "domanda",
                 "pergunta", "问题", "問題", "質問"),
    "answer": ("answer", "answers", "a", "response", "reply", "antwort", "antworten", "réponse",
               "respuesta", "antwoord", "risposta", "resposta",
               "答案", "回答"),
    "variants": ("variants", "variant", "variations", "alternatives", "synonyms", "paraphrases",
                 "also asked", "other questions", "varianten", "alternative questions", "utterance",
                 "alternative question", "question variant", "similar question",
                 "similar questions", "alternative frage", "alternative fragen",
                 "utterances", "phrases", "training phrases"),
    "tags": ("tags", "tag", "category", "categories", "topic", "topics", "keywords", "section",
             "labels", "label names",
             "kategorie", "group", "thema", "rubrik", "thème", "theme", "catégorie", "categoría",
             "categoria", "categorie"),
    "id": ("id", "key", "slug", "anchor"),
    "sources": ("sources", "source", "url", "urls", "link", "links", "reference", "references",
                "html url"),
    "owner": ("owner", "author", "responsible", "verantwortlich"),
    "reviewed": ("reviewed", "reviewed on", "last reviewed", "updated", "last updated",
                 "stand", "geprüft am"),
    "valid_until": ("valid until", "expires", "expiry", "gültig bis"),
    # Whether a row is meant for visitors.
    "state": ("status", "state", "visibility", *_WANTED, *_UNWANTED),
    # Of an export, see `_exported`.
    "markdown": ("answer markdown",),
    "variant lines": ("variants by line",),
    "source lines": ("sources by line",),
    "related": ("related",),
    "equivalents": ("equivalents",),
}  # fmt: skip
_NAMES = {name: column for column, names in _COLUMNS.items() for name in names}
_SECOND_CHOICE: Mapping[str, tuple[str, ...]] = {
    "question": ("title", "faq", "prompt", "heading", "subject", "titel"),
    "answer": ("text", "content", "body", "description"),
}
"""Names that count only where no column has one of the names above."""
_YES, _NO = (
    {"true", "yes", "y", "1", "x", "ja", "wahr", "checked"},
    {"false", "no", "n", "0", "nein", "falsch", "unchecked"},
)
_STATES = {
    *_UNWANTED, "unpublished", "inactive", "private", "in review", "review", "pending", "to do",
    "todo", "not started", "in progress", "rejected", "retired", "outdated", "obsolete",
    "in bearbeitung", "offen", "archiviert", "inaktiv", "veraltet",
}  # fmt: skip
_OF_QNA_MAKER = {"qnaid", "iscontextonly", "suggestedquestions"}
"""Names of columns in tables of Azure, whose answers are Markdown with `\\n` for line breaks."""
_DELIMITERS = ",;\t|"
_SAMPLE = 50
"""Rows that a delimiter is judged by."""
_MOST_ABOVE = 20
"""Rows that may stand above the names of the columns."""
_MOST_NAME_WORDS, _LONGEST_NAME, _LONGEST_REMARK = 3, 30, 500
_SEVERAL = 2
_MARKUP = re.compile(
    r"</?(?:p|br|a|ul|ol|li|b|i|s|u|strong|em|del|ins|sup|sub|div|span|h[1-6]|hr|img|table|thead"
    r"|tbody|tr|td|th|dl|dt|dd|pre|code|small|mark|font|center|blockquote|section|figure|iframe"
    r"|script|style)(?:\s[^<>]*)?/?>|<!--",
    re.IGNORECASE,
)
_BREAK = re.compile(r"</?(?:p|br|li|div|h[1-6])\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,8}\d{0,2});", re.IGNORECASE)
_HREF = re.compile(r'href="([^"]*)"')
_DATES = ("%Y-%m-%d", "%Y/%m/%d", "%d.%m.%Y", "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y")
"""Ways of writing a day of which no two say different things."""
FORMULA = re.compile(r"'*[=+\-@\t\r]")
"""Start of a cell that a spreadsheet program would calculate, apostrophes before it included. An
export puts one more apostrophe in front."""
_SEPARATOR_LINE = re.compile(r"sep=(.)\n", re.IGNORECASE)
"""What spreadsheets write above a table to say which sign stands between the cells."""
_ESCAPED_QUOTE = re.compile(r'(?<!\\)\\"')
_QUOTE = "\ue000"
"""Stands for a quote behind a backslash while rows are read; for private use, so in no text."""
_STRUCK = re.compile(r"<(s|del|strike)\b[^<>]*>(?:(?!<\1\b).)*?</\1>", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, and the line where it starts."""

    cells: tuple[str, ...]
    """Plain text, or HTML where a cell holds tags."""
    line: int
    merged: frozenset[int] = frozenset()
    """Positions of cells that are one with the cell above."""


@dataclass(frozen=True, slots=True)
class _CsvRows:
    """The rows of a CSV text, and the lines whose quotes do not pair."""

    rows: tuple[Row, ...]
    unpaired: tuple[int, ...] = ()


def is_tabbed(text: str) -> bool:
    """Whether a text is a table that Excel saved as "Unicode Text"."""
    first = text.lstrip().partition("\n")[0]
    return has_names([Row(tuple(first.split("\t")), 1)])


def read_csv(name: str, text: str) -> Found:
    """Read a CSV text with any of the usual delimiters and ways of writing quotes."""
    text = clean(text)
    declared = _SEPARATOR_LINE.match(text)
    first_line, body = (2, text[declared.end() :]) if declared else (1, text)
    # Cells may be as long as the file; the module's own limit is 128 KiB.
    csv.field_size_limit(max(len(text) + 1, 131072))
    delimiter = declared[1] if declared else _delimiter(body)
    table = _rows(body, delimiter, first_line)
    if _ESCAPED_QUOTE.search(body):
        escaped = _rows(_ESCAPED_QUOTE.sub(_QUOTE, body), delimiter, first_line)
        table = max(table, escaped, key=lambda one: (-len(one.unpaired), _sense(one.rows)))
    found = read_rows(name, table.rows, delimiter)
    shown = {"\t": "tab"}.get(delimiter, delimiter)
    notes = [Note(1, NoteKind.GUESSED, f"the columns are separated by '{shown}'")]
    problem = "the quotes here do not pair; the row is taken to end with the line"
    notes.extend(Note(line, NoteKind.GUESSED, problem) for line in table.unpaired)
    return replace(found, notes=(*notes, *found.notes))


def _rows(text: str, delimiter: str, first_line: int = 1, most: int | None = None) -> _CsvRows:
    """Read rows strictly, so that a quote that never closes costs its own line and no other."""
    lines = text.splitlines(keepends=True) if "\n" in text else [text]
    rows: list[Row] = []
    unpaired: list[int] = []
    position = width = 0
    while position < len(lines) and (most is None or len(rows) < most):
        reader = csv.reader(
            iter(lines[position:]), delimiter=delimiter, skipinitialspace=True, strict=True
        )
        start = position
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    rows.append(_row(cells, first_line + position))
                    width = max(width, len(cells))
                position = start + reader.line_num
                if most is not None and len(rows) >= most:
                    break
        except csv.Error:
            unpaired.append(first_line + position)
            cells = _unpaired(lines[position].rstrip("\n"), delimiter, width)
            rows.append(_row(cells, first_line + position))
            position += 1
    return _CsvRows(tuple(rows), tuple(unpaired))


def _row(cells: Sequence[str], line: int) -> Row:
    return Row(tuple(cell.strip().replace(_QUOTE, '"') for cell in cells), line)


def _unpaired(line: str, delimiter: str, width: int) -> list[str]:
    """Read a line whose quotes do not pair: as written if that gives the usual number of cells."""
    cells = [cell.strip() for cell in line.split(delimiter)]
    if len(cells) == width:
        return [_unquoted(cell) for cell in cells]
    opened = csv.reader(iter([line + "\n", "\x00"]), delimiter=delimiter, skipinitialspace=True)
    if "\x00" in next(opened)[-1]:
        line += '"'
    return next(csv.reader([line], delimiter=delimiter, skipinitialspace=True))


def _unquoted(cell: str) -> str:
    if cell.count('"') == 1:
        return cell.removeprefix('"')
    inner = cell[1:-1].replace('""', "")
    whole = len(cell) > 1 and cell.startswith('"') and cell.endswith('"') and '"' not in inner
    return cell[1:-1].replace('""', '"') if whole else cell


def _delimiter(text: str) -> str:
    """Return the delimiter under which the table makes most sense.

    `csv.Sniffer` errs on tables with long texts, whose commas outnumber the delimiters; here the
    header decides first, then how many rows have the same number of cells.
    """
    sample = "".join(text.splitlines(keepends=True)[: 20 * _SAMPLE])
    return max(_DELIMITERS, key=lambda sign: _sense(_rows(sample, sign, most=_SAMPLE).rows))


def _sense(rows: Sequence[Row]) -> tuple[int, float, int]:
    if not rows:
        return (0, 0.0, 0)
    header = _header(rows)
    named = len(header.columns) if header else 0
    width, count = Counter(len(row.cells) for row in rows).most_common(1)[0]
    return (named, count / len(rows) if width > 1 else 0.0, -width)


@dataclass(frozen=True, slots=True)
class _Header:
    """The row that names the columns."""

    position: int
    columns: Columns


def has_names(rows: Sequence[Row]) -> bool:
    """Whether a row names a column of questions and one of answers."""
    return _header(rows) is not None


def has_questions(rows: Sequence[Row]) -> bool:
    """Whether most of the cells of a column ask, and there is another column."""
    width = min((len(row.cells) for row in rows), default=0)
    asking = (sum(is_question(_line(row.cells[spot])) for row in rows) for spot in range(width))
    return width > 1 and any(2 * count > len(rows) for count in asking)


def _header(rows: Sequence[Row]) -> _Header | None:
    """Find the row that names a question and an answer; titles and blank rows may stand above."""
    for position, row in enumerate(rows[:_MOST_ABOVE]):
        columns = _columns(row)
        if "question" in columns and ("answer" in columns or "markdown" in columns):
            return _Header(position, columns)
    return None


def _columns(header: Row) -> dict[str, list[int]]:
    names = [_plain_name(_line(cell)) for cell in header.cells]
    found: dict[str, list[int]] = {}
    for position, name in enumerate(names):
        meaning = _NAMES.get(name) or _NAMES.get(re.sub(r" \d+$", "", name))
        if meaning:
            found.setdefault(meaning, []).append(position)
    taken = {position for positions in found.values() for position in positions}
    for meaning, others in _SECOND_CHOICE.items():
        if meaning in found:
            continue
        free = [spot for spot in range(len(names)) if spot not in taken]
        spots = [spot for spot in free if set(names[spot].split()) & set(_COLUMNS[meaning])]
        spots = spots or [spot for spot in free if names[spot] in others]
        if spots:
            found[meaning] = spots[:1]
            taken.update(spots[:1])
    asked, said = found.get("question", []), found.get("answer", [])
    if len(asked) > 1 and len(asked) != len(said):
        found["question"] = asked[:1]
        found["variants"] = [*asked[1:], *found.get("variants", [])]
    return found


def _tables(columns: Columns) -> list[Columns]:
    """Take tables that stand beside each other apart, each with a question and an answer.

    A column between two questions belongs to the one before it, any other to the first.
    """
    asked = columns["question"]
    if len(asked) < _SEVERAL:
        return [columns]
    tables: list[Columns] = []
    for number, (question, answer) in enumerate(zip(asked, columns["answer"], strict=True)):
        end = asked[number + 1] if number + 1 < len(asked) else max(map(max, columns.values())) + 1
        others = {
            meaning: own
            for meaning, spots in columns.items()
            if (own := [spot for spot in spots if (question if number else 0) < spot < end])
        }
        tables.append({**others, "question": [question], "answer": [answer]})
    return tables


def _plain_name(cell: str) -> str:
    """Return the words of a name without remarks in brackets; empty for what is no name."""
    if len(cell) > _LONGEST_REMARK:
        return ""
    name = key(re.sub(r"\([^)]*\)|\[[^]]*\]", " ", cell.replace("_", " ")))
    is_name = name in _NAMES or "?" not in cell
    return name if is_name and len(name.split()) <= _MOST_NAME_WORDS else ""


def read_rows(name: str, rows: Sequence[Row], delimiter: str = "") -> Found:
    """Read a table; raises `CorpusError` when no columns look like questions and answers.

    Args:
        name: What the report calls it.
        rows: All of them.
        delimiter: What stands between cells in the source, where a text may hold one by mistake.

    """
    if not rows:
        return Found()
    notes: list[Note] = []
    header = _header(rows)
    if turned := _by_columns(rows, header):
        rows, header = turned, _header(turned)
        notes.append(Note(rows[0].line, NoteKind.GUESSED, "the table is read by columns"))
    header = header or _guessed(name, rows, notes)
    columns, body = header.columns, rows[header.position + 1 :]
    names = rows[header.position] if header.position >= 0 else None
    if names is None:
        notes.extend(_unguessed(rows, columns))
    else:
        notes.extend(
            Note(row.line, NoteKind.LEFT_OUT, f"above the names of the columns: '{_shown(row)}'", 1)
            for row in rows[: header.position]
        )
        notes.extend(_unread(names, columns))
        if not _OF_QNA_MAKER.isdisjoint(map(key, names.cells)):
            body = [_with_html(row, columns["answer"]) for row in body]
    read = _exported if "markdown" in columns else _question
    ticked = [spot for spot in columns.get("state", ()) if _is_ticked(names, body, spot)]
    seen = len(rows) - (names is not None)
    questions: list[Question] = []
    for row in body:
        again = _names_again(row)
        if names and (again or _key(row, columns) == _key(names, columns)):
            notes.append(Note(row.line, NoteKind.LEFT_OUT, "the names of the columns once more", 1))
            columns, names = again or columns, row
            continue
        row = _within(row, names, columns, delimiter, notes) if names else row
        if kept_back := _kept_back(row, columns, names or row, ticked):
            note = f"{kept_back}: '{_shown(row)}'"
            notes.append(Note(row.line, NoteKind.LEFT_OUT, note, 1))
            continue
        tables = [one for one in _tables(columns) if not _is_blank(row, one)] or [columns]
        seen += len(tables) - 1
        for table in tables:
            if question := read(row, table, notes):
                _add(questions, question, row, table)
    return Found(questions=tuple(questions), notes=tuple(notes), seen=seen)


def _is_blank(row: Row, columns: Columns) -> bool:
    return not any(_cell(row, spot) for spots in columns.values() for spot in spots)


def _with_html(row: Row, answers: Sequence[int]) -> Row:
    """Return the row with its answers, which are Markdown, as HTML."""
    cells = (
        to_html(re.sub(r"\\n|\n", "  \n", cell)) if spot in answers else cell
        for spot, cell in enumerate(row.cells)
    )
    return replace(row, cells=tuple(cells))


def _names_again(row: Row) -> Columns:
    """Return the columns where a row names those of another table; else nothing."""
    meanings = {_NAMES.get(key(cell)) for cell in row.cells if len(cell) <= _LONGEST_NAME}
    return _columns(row) if {"question", "answer"} <= meanings else {}


def _within(
    row: Row,
    names: Row,
    columns: Columns,
    delimiter: str,
    notes: list[Note],
) -> Row:
    """Say what stands in columns without a name.

    A text with a delimiter in it that is not quoted goes on there, if its column is the last.
    """
    width = len(names.cells)
    if any(row.cells[width:]) and delimiter and max(columns.get("answer", [-1])) == width - 1:
        sign = delimiter if delimiter.isspace() else f"{delimiter} "
        rest = sign.join(row.cells[width - 1 :]).strip(sign)
        notes.append(Note(row.line, NoteKind.GUESSED, f"the answer goes on to the end: '{rest}'"))
        return replace(row, cells=(*row.cells[: width - 1], rest))
    read = {spot for spots in columns.values() for spot in spots}
    unnamed = [
        cell
        for spot, cell in enumerate(row.cells)
        if cell and spot not in read and not _cell(names, spot)
    ]
    if unnamed:
        problem = f"in columns without a name: '{' | '.join(unnamed)}'"
        notes.append(Note(row.line, NoteKind.LEFT_OUT, problem))
    return row


def _is_ticked(names: Row | None, rows: Sequence[Row], spot: int) -> bool:
    """Whether a column of what visitors may see holds ticks alone, so that none means no."""
    values = {key(_cell(row, spot)) for row in rows}
    return key(_cell(names, spot)) in _WANTED and values <= {*_YES, ""} if names else False


def _kept_back(row: Row, columns: Columns, header: Row, ticked: Sequence[int]) -> str:
    """Say by which cell a row is not meant for visitors; empty when it is.

    An empty cell says so in the columns `ticked`.
    """
    for spot in columns.get("state", ()):
        name, value = key(_cell(header, spot)), key(_cell(row, spot))
        unwanted = _YES if name in _UNWANTED else _NO if name in _WANTED else set()
        if value in unwanted or value in _STATES or (not value and spot in ticked):
            return f"{name} is '{value}'" if value else f"{name} has no tick"
    return ""


def _by_columns(rows: Sequence[Row], header: _Header | None) -> list[Row]:
    """Return the table with columns of questions and answers where it has none; else nothing."""
    is_free = header is None or key(rows[0].cells[0]) == "q a"
    turned = _stacked(rows) if is_free else []
    return turned or (_turned(rows) if header is None and len(rows) <= _MOST_ABOVE else [])


def _turned(rows: Sequence[Row]) -> list[Row]:
    """Return the columns as rows if the names stand in one of the first; else nothing."""
    cells = zip_longest(*(row.cells for row in rows), fillvalue="")
    turned = [Row(column, rows[0].line) for column in cells]
    return turned if _header(turned) else []


def takes_turns(rows: Sequence[Row]) -> bool:
    """Whether questions and their answers are rows of a single column."""
    return all(len(row.cells) == 1 for row in rows) and bool(_stacked(rows))


def _stacked(rows: Sequence[Row]) -> list[Row]:
    """Return question and answer as one row where each has its own; else nothing.

    They are told apart by marks, or in a single column by what asks. The first row may be a name
    such as "Q/A".
    """
    pairs: list[Row] = []
    for row in rows[1:] if heads_questions(_line(rows[0].cells[0])) else rows:
        mark, *texts = row.cells
        line = f"{mark.rstrip('.:) ')}: {' '.join(filter(None, texts))}" if any(texts) else mark
        alone = "" if any(texts) else _line(line)
        if question := question_of(_line(line)) or (alone if is_question(alone) else ""):
            pairs.append(Row((question, ""), row.line))
        elif pairs and (answer := answer_of(line) or (line if alone else "")):
            before = pairs[-1].cells
            pairs[-1] = replace(pairs[-1], cells=(before[0], f"{before[1]}\n{answer}".strip()))
        else:
            return []
    return [Row(("question", "answer"), rows[0].line), *pairs] if len(pairs) > 1 else []


def _key(row: Row, columns: Columns) -> tuple[str, ...]:
    spots = (*columns["question"][:1], *columns.get("answer", ())[:1])
    return tuple(key(_cell(row, spot)) for spot in spots)


def _add(questions: list[Question], question: Question, row: Row, columns: Columns) -> None:
    """Add a question; one whose cell goes on from the row above goes on with its answer."""
    last = questions[-1] if questions else None
    if (
        last is None
        or last.question != question.question
        or columns["question"][0] not in row.merged
    ):
        questions.append(question)
        return
    goes_on = columns.get("answer", [-1])[0] not in row.merged
    questions[-1] = replace(
        last,
        answer=f"{last.answer}\n\n{question.answer}" if goes_on else last.answer,
        variants=tuple(dict.fromkeys((*last.variants, *question.variants))),
        tags=tuple(dict.fromkeys((*last.tags, *question.tags))),
        sources=tuple(dict.fromkeys((*last.sources, *question.sources))),
        blocks=last.blocks + 1,
    )


def _unread(header: Row, columns: Columns) -> list[Note]:
    read = {position for positions in columns.values() for position in positions}
    return [
        Note(header.line, NoteKind.LEFT_OUT, f"the column '{cell}' has no place in a canned answer")
        for position, cell in enumerate(header.cells)
        if position not in read and cell
    ]


def _unguessed(rows: Sequence[Row], columns: Columns) -> Iterator[Note]:
    """Yield a note for each row with more in it than the two columns that were guessed."""
    read = {position for positions in columns.values() for position in positions}
    for row in rows:
        others = [cell for spot, cell in enumerate(row.cells) if cell and spot not in read]
        if others:
            yield Note(row.line, NoteKind.LEFT_OUT, f"of other columns: '{' | '.join(others)}'")


def _shown(row: Row) -> str:
    return " | ".join(cell for cell in row.cells if cell)


def _guessed(name: str, rows: Sequence[Row], notes: list[Note]) -> _Header:
    """Guess the two columns by what stands in them; the first row may name the others."""
    width = max(len(row.cells) for row in rows)
    asking = [sum(asks(_line(_cell(row, spot))) for row in rows) for spot in range(width)]
    question = asking.index(max(asking))
    lengths = [
        -1 if place == question else sum(len(_cell(row, place)) for row in rows)
        for place in range(width)
    ]
    headed = not asks(_line(_cell(rows[0], question)))
    named = _columns(rows[0]) if headed else {}
    answer = next(
        (spot for spot in named.get("answer", ()) if lengths[spot] > 0),
        lengths.index(max(lengths)),
    )
    if width < 2 or not asking[question] or lengths[answer] <= 0:
        remedy = (
            "Name the columns in the first row: question, answer and, if you like, variants, tags"
        )
        problem = "no columns with questions and answers were found"
        raise CorpusError([Fault(name, rows[0].line, problem, remedy)])
    note = f"column {question + 1} is taken for questions and column {answer + 1} for answers"
    notes.append(Note(rows[0].line, NoteKind.GUESSED, note))
    if headed:
        note = f"the first row, which names the columns: '{_shown(rows[0])}'"
        notes.append(Note(rows[0].line, NoteKind.LEFT_OUT, note))
    others = {
        meaning: free
        for meaning, spots in named.items()
        if (free := [spot for spot in spots if spot not in (question, answer)])
    }
    return _Header(-1 + headed, {**others, "question": [question], "answer": [answer]})


def _question(row: Row, columns: Columns, notes: list[Note]) -> Question | None:
    def cells(meaning: str) -> list[str]:
        found = (_cell(row, position) for position in columns.get(meaning, ()))
        return [cell for cell in found if cell]

    def first(meaning: str) -> str:
        return next(iter(cells(meaning)), "")

    def leave_out(text: str, blocks: int = 0) -> None:
        notes.append(Note(row.line, NoteKind.LEFT_OUT, text, blocks))

    def day(meaning: str) -> str:
        written = first(meaning)
        found = _day(written)
        if written and not found:
            leave_out(f"'{written}' is no date such as 2026-11-23")
        return found

    question, said = _unmarked(_line(_STRUCK.sub("", first("question"))), cells("answer"))
    if _STRUCK.search(first("question")):
        leave_out(f"struck out in the question '{_line(first('question'))}'")
    answer = _answer(said)
    if missing := _missing(question, answer, said):
        leave_out(f"the row lacks {missing}: '{_shown(row)}'", 1)
        return None
    if first("id") and not ID.match(first("id")):
        leave_out(f"'{first('id')}' cannot be an id")
    tags = tuple(_several(cells("tags"), r"[\n;|,]", set()))
    asked = _HREF.findall(first("question"))
    links = [*asked, *(link for cell in cells("sources") for link in _addresses(cell))]
    addresses = [link for link in links if re.match(r"https?://[^\s/]", link)]
    if len(addresses) < len(links):
        leave_out(f"'{' '.join(links)}' is no list of addresses")
    question, *others = _each_asked(first("question")) or [question]
    ways = [*others, *cells("variants")]
    return Question(
        question=question,
        answer=answer,
        line=row.line,
        id=first("id"),
        variants=tuple(_several(ways, r"[\n;|]", {question.casefold()})),
        tags=tags,
        about=next(iter(tags), ""),
        sources=tuple(Source(link, link) for link in addresses),
        owner=_line(first("owner")),
        reviewed=day("reviewed"),
        valid_until=day("valid_until"),
    )


def _exported(row: Row, columns: Columns, notes: list[Note]) -> Question | None:
    """Read a row of an export (`table_export`), of which nothing is converted or guessed."""

    def text(meaning: str) -> str:
        cell = "".join(_cell(row, position) for position in columns.get(meaning, ())[:1])
        return cell[1:] if cell.startswith("'") and FORMULA.match(cell) else cell

    question, answer = text("question"), text("markdown")
    if not question or not answer:
        missing = "an answer" if question else "a question"
        notes.append(
            Note(row.line, NoteKind.LEFT_OUT, f"the row lacks {missing}: '{_shown(row)}'", 1)
        )
        return None
    sources = [line.rpartition(" ") for line in text("source lines").split("\n") if line]
    return Question(
        question=one_line(question),
        answer=answer,
        line=row.line,
        id=text("id"),
        variants=tuple(line for line in text("variant lines").split("\n") if line),
        sources=tuple(Source(title or url, url) for title, _, url in sources),
        related=tuple(text("related").split()),
        equivalents=tuple(text("equivalents").split()),
        owner=one_line(text("owner")),
        reviewed=text("reviewed"),
        valid_until=text("valid_until"),
    )


def _each_asked(cell: str) -> list[str]:
    """Return the lines of a cell with several ways to ask, one a line; empty for any other."""
    lines = [_line(line) for line in cell.split("\n") if line.strip()]
    return lines if len(lines) > 1 and all(map(is_question, lines)) else []


def _unmarked(question: str, answers: Sequence[str]) -> tuple[str, str]:
    """Return a question and its answer without the marks `Q:` and `A:`."""
    said = "\n\n".join(answers)
    marked = question_of(question)
    return (marked, answer_of(said) or said) if marked else (question, said)


def _missing(question: str, answer: str, said: str) -> str:
    """Say what a row lacks; an answer that only repeats its question is none."""
    if not question.strip("-: "):
        return "a question"
    return "an answer" if not plain_text(answer).strip() or said == question else ""


def _day(written: str) -> str:
    """Return a day as ISO; empty for what is none, or could be two different ones."""
    for layout in _DATES if written else ():
        for text in (written, written[:10]):
            try:
                return datetime.strptime(text, layout).date().isoformat()
            except ValueError:
                continue
    return ""


def _addresses(cell: str) -> list[str]:
    return _HREF.findall(cell) or cell.split()


def _cell(row: Row, position: int) -> str:
    return row.cells[position] if position < len(row.cells) else ""


def _several(cells: Sequence[str], separator: str, seen: set[str]) -> list[str]:
    """Split cells that hold several values; each value once."""
    found = []
    for part in (_line(part) for cell in cells for part in re.split(separator, cell)):
        if part and part.casefold() not in seen:
            seen.add(part.casefold())
            found.append(part)
    return found


def _line(cell: str) -> str:
    """Return the words of a cell in one line, tags and entities resolved."""
    if _MARKUP.search(cell):
        cell = re.sub(r"<[^<>]*>", lambda tag: " " if _BREAK.match(tag[0]) else "", cell)
    return one_line(_decoded(cell))


def _answer(cell: str) -> str:
    """Return Markdown that shows what the cell shows: its HTML, or its very characters."""
    if _MARKUP.search(cell):
        return to_markdown(cell)
    return lines_of_text(_decoded(cell))


def _decoded(cell: str) -> str:
    return without_bbcode(html.unescape(cell) if _ENTITY.search(cell) else cell)
