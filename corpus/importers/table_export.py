"""Canned answers -> a CSV or XLSX table that imports to the same (`readers.tables`)."""

import csv
import io
from collections.abc import Iterator

from corpus.documents import Corpus, Entry
from corpus.errors import CorpusError, Fault, LibraryMissing
from corpus.importers.escaping import clean
from corpus.importers.readers.tables import FORMULA

FORMATS = (".csv", ".xlsx")
_HEADER = (
    "id",
    "question",
    "variants by line",
    "answer markdown",
    "sources by line",
    "related",
    "equivalents",
    "owner",
    "reviewed",
    "valid until",
)
_LONGEST_CELL = 32_767
"""Characters that a cell of XLSX holds."""


def write_table(corpus: Corpus, ending: str) -> bytes:
    """Return the bytes of a file of one of `FORMATS`; one row an answer, in the corpus' order.

    Raises:
        CorpusError: A text is too long for a cell of XLSX.
        LibraryMissing: The package for XLSX is not installed.

    """
    equivalents = {group[0]: group[1:] for group in corpus.equivalents}
    rows = [_row(entry, equivalents.get(entry.id, ())) for entry in corpus.entries]
    return _xlsx(corpus, rows) if ending == ".xlsx" else _csv(rows)


def _row(entry: Entry, equivalents: tuple[str, ...]) -> tuple[str, ...]:
    cells = (
        entry.id,
        entry.question,
        "\n".join(entry.variants),
        entry.markdown,
        "\n".join(f"{source.title} {source.url}" for source in entry.sources),
        " ".join(entry.related),
        " ".join(equivalents),
        entry.owner,
        entry.reviewed.isoformat() if entry.reviewed else "",
        entry.valid_until.isoformat() if entry.valid_until else "",
    )
    return tuple(map(_protected, cells))


def _protected(text: str) -> str:
    """Keep a spreadsheet program from calculating a text that looks like a formula."""
    text = clean(text)
    return f"'{text}" if FORMULA.match(text) else text


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    text = io.StringIO(newline="")
    csv.writer(text).writerows([_HEADER, *rows])
    return text.getvalue().encode("utf-8-sig")  # Excel takes what has no mark for another encoding


def _xlsx(corpus: Corpus, rows: list[tuple[str, ...]]) -> bytes:
    faults = list(_too_long(corpus, rows))
    if faults:
        raise CorpusError(faults)
    try:
        from openpyxl import Workbook
    except ImportError as error:
        raise LibraryMissing("openpyxl", "XLSX") from error
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Canned answers")
    for row in (_HEADER, *rows):
        sheet.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def _too_long(corpus: Corpus, rows: list[tuple[str, ...]]) -> Iterator[Fault]:
    for entry, row in zip(corpus.entries, rows, strict=True):
        if max(map(len, row)) > _LONGEST_CELL:
            problem = f"'{entry.id}' has a text of more than {_LONGEST_CELL} characters"
            yield Fault(entry.span.file, entry.span.line, problem, "Export to .csv instead")
