"""The bytes of a source -> what an importer finds in it, by the format."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace

from corpus.errors import CorpusError, Fault
from corpus.importers.blocks import Found, Note, NoteKind
from corpus.importers.escaping import clean
from corpus.importers.readers.decoding import decode
from corpus.importers.readers.docx import read_word
from corpus.importers.readers.html import read_html
from corpus.importers.readers.json_ld import read_json_ld
from corpus.importers.readers.markdown import read_markdown
from corpus.importers.readers.plain_text import read_text
from corpus.importers.readers.question_marks import read_marks
from corpus.importers.readers.tables import is_tabbed, read_csv
from corpus.importers.readers.xlsx import read_workbook

_BINARY: Mapping[str, Callable[[str, bytes], Found]] = {
    ".docx": read_word,
    ".xlsx": read_workbook,
    ".xlsm": read_workbook,
}
_TEXT: Mapping[str, Callable[[str, str, str], Found]] = {
    ".txt": lambda name, text, address: (
        read_csv(name, text) if is_tabbed(text) else read_text(text)
    ),
    ".md": lambda name, text, address: read_markdown(text),
    ".markdown": lambda name, text, address: read_markdown(text),
    ".html": read_html,
    ".htm": read_html,
    ".xhtml": read_html,
    ".csv": lambda name, text, address: read_csv(name, text),
    ".tsv": lambda name, text, address: read_csv(name, text),
    ".jsonld": lambda name, text, address: read_json_ld(name, text),
    ".json": lambda name, text, address: read_json_ld(name, text),
}
_CHARSET = re.compile(
    rb"""<(?:meta[^>]+charset|\?xml[^>]+encoding)\s*=\s*["']?([\w-]+)""", re.IGNORECASE
)
_HEAD = 4096
"""Bytes in which a page has to name its encoding; the standard asks for 1024."""
_MOST_BYTES = 10_000_000
"""Of a text; the articles of a site together are a tenth of it."""
_MOST_MARKS = 200_000
"""Tags and entities of a page; each takes up to a millisecond and 4 kB of memory."""
_STARTS = {
    b"%PDF": "a PDF",
    b"{\\rtf": "an RTF document",
    b"\xd0\xcf\x11\xe0": "a document of an older Word or Excel",
    b"PK\x03\x04": "a zipped document, such as Word or Excel write,",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
}
"""How files begin that are no text, whatever their ending says."""
FORMATS = (*_TEXT, *_BINARY)
"""Endings that can be imported."""


def read_source(name: str, raw: bytes, ending: str, address: str = "", encoding: str = "") -> Found:
    """Take a source apart; raises `CorpusError` when it is broken or holds nothing.

    Args:
        name: What the report calls the source.
        raw: Its bytes.
        ending: One of `FORMATS`.
        address: Where it was downloaded.
        encoding: What the server said about it.

    """
    try:
        found = _read(name, raw, ending, address, encoding)
    except RecursionError as error:
        problem = "it nests its parts too deeply"
        remedy = "Save only its main part, or copy the text into a .txt file"
        raise CorpusError([Fault(name, 0, problem, remedy)]) from error
    found = replace(found, blocks=read_marks(found.blocks))
    if not found.blocks and not found.questions:
        reasons = "; ".join(note.text for note in found.notes if note.kind is NoteKind.LEFT_OUT)
        problem = "there is nothing to import in it" + (f" ({reasons})" if reasons else "")
        remedy = "See docs/content-guide.md for what is recognised"
        raise CorpusError([Fault(name, 0, problem, remedy)])
    return found


def _read(name: str, raw: bytes, ending: str, address: str, encoding: str) -> Found:
    if ending in _BINARY:
        return _BINARY[ending](name, raw)
    if start := next(filter(raw.startswith, _STARTS), b""):
        problem = f"it is {_STARTS[start]} and not {ending}"
        raise CorpusError([Fault(name, 0, problem, "Save it as .docx, .xlsx or .txt")])
    if len(raw) > _MOST_BYTES or (_TEXT[ending] is read_html and _marks(raw) > _MOST_MARKS):
        problem = f"it has {len(raw):,} bytes, too many to read"
        raise CorpusError([Fault(name, 0, problem, "Import it in parts")])
    decoded = decode(name, raw, encoding, _declared(raw, ending))
    found = _TEXT[ending](name, clean(decoded.text), address)
    if decoded.guess:
        note = Note(0, NoteKind.GUESSED, f"the encoding is {decoded.guess}")
        found = replace(found, notes=(note, *found.notes))
    return found


def _marks(raw: bytes) -> int:
    return raw.count(b"<") + raw.count(b"&")


def _declared(raw: bytes, ending: str) -> str:
    """Return the encoding that a page names itself."""
    match = _CHARSET.search(raw[:_HEAD]) if _TEXT[ending] is read_html else None
    return match[1].decode("ascii", "ignore") if match else ""
