"""Bytes -> text; the only module that imports charset_normalizer."""

import codecs
import struct
import zlib
from dataclasses import dataclass
from zipfile import BadZipFile

from corpus.errors import CorpusError, Fault, LibraryMissing

BROKEN_ARCHIVE = (
    *(AttributeError, EOFError, LookupError, NotImplementedError, OSError, OverflowError),
    *(RuntimeError, SyntaxError, TypeError, ValueError, BadZipFile, struct.error, zlib.error),
)
"""What the readers of DOCX and XLSX raise for a damaged file: each part has errors of its own."""
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
"""In this order: a UTF-32 mark starts with a UTF-16 one."""
_USUAL = "cp1252"
"""Western Windows; most of its letters stand at the same place in its neighbours."""
_REMEDY = "Save it as UTF-8 and import it again"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and how it was read where that is a guess."""

    text: str
    guess: str
    """Name of the encoding; empty when there is no doubt."""


def decode(name: str, raw: bytes, declared: str = "") -> Decoded:
    """Read by byte order mark, else as UTF-8, else as declared, else by a guess.

    Raises `CorpusError` when the bytes are no text.
    """
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return _read(name, raw, encoding)
    try:
        if b"\0" not in raw:
            return Decoded(raw.decode("utf-8"), "")
    except UnicodeDecodeError:
        pass
    if declared and b"\0" not in raw:
        try:
            return Decoded(raw.decode(declared), "")
        except (LookupError, UnicodeDecodeError):
            pass
    return _guess(name, raw)


def _read(name: str, raw: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(raw.decode(encoding), "")
    except UnicodeDecodeError as error:
        problem = f"it starts as {encoding} and goes on as something else"
        raise CorpusError([Fault(name, 0, problem, _REMEDY)]) from error


def _guess(name: str, raw: bytes) -> Decoded:
    try:
        from charset_normalizer import from_bytes
    except ImportError as error:
        raise LibraryMissing("charset-normalizer", "files that are not UTF-8") from error
    best = from_bytes(raw).best()
    if best is None or "\0" in str(best):
        raise CorpusError([Fault(name, 0, "it is not a text in any known encoding", _REMEDY)])
    text = str(best)
    if best.encoding != _USUAL and _decodes_to(raw, text):
        return Decoded(text, _USUAL)
    return Decoded(text, best.encoding)


def _decodes_to(raw: bytes, text: str) -> bool:
    try:
        return raw.decode(_USUAL) == text
    except UnicodeDecodeError:
        return False
