"""Bytes of a source -> text, and the bounds of archives; alone imports charset_normalizer."""

import codecs
import re
import struct
import zlib
from dataclasses import dataclass
from io import BytesIO
from zipfile import BadZipFile, ZipFile

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
_LABELS = {
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "latin-1", "latin1", "ascii", "us-ascii"), "cp1252"
    ),
    "iso-8859-9": "cp1254",
    "gb2312": "gb18030",
    "shift_jis": "cp932",
    "euc-kr": "cp949",
    "tis-620": "cp874",
}
"""What browsers read under a label (WHATWG Encoding, section 4.2): the larger set of a family."""
MOST_UNPACKED = 60_000_000
"""Bytes of XML in an archive."""
MOST_CELLS = 200_000
"""Of a workbook; reading one cell takes up to 1 kB of memory."""
_MOST_PARTS = 5_000
_MERGED = re.compile(rb'<mergeCell [^>]*ref="([A-Z]{1,3})(\d{1,7}):([A-Z]{1,3})(\d{1,7})"')
_DOUBLED = re.compile("[\u00c2\u00c3\u00e2][\u0080-\u00bf\u0152-\u2122]")
"""What a letter beyond ASCII becomes when it is encoded twice, such as `Ã¤`."""
_USUAL = "cp1252"
"""Western Windows; most of its letters stand at the same place in its neighbours."""
_REMEDY = "Save it as UTF-8 and import it again"


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and how it was read where that is a guess."""

    text: str
    guess: str
    """Name of the encoding; empty when there is no doubt."""


def decode(name: str, raw: bytes, *declared: str) -> Decoded:
    """Read by byte order mark, else as UTF-8, else as declared, else by a guess.

    Raises `CorpusError` when the bytes are no text.
    """
    for mark, encoding in _MARKS.items():
        if raw.startswith(mark):
            return _read(name, raw, encoding)
    if b"\0" in raw:
        return _read(name, raw, wide) if (wide := _wide(raw)) else _guess(name, raw)
    try:
        return _undoubled(raw.decode("utf-8"))
    except UnicodeDecodeError:
        pass
    if (repaired := _nearly_utf8(raw)) is not None:
        return Decoded(repaired, "UTF-8, with some bytes of Windows-1252")
    for label in declared:
        encoding = _LABELS.get(label.lower().replace("_", "-"), label)
        if label and not encoding.lower().startswith(("utf", "ucs")):
            try:
                return Decoded(raw.decode(encoding), "")
            except (LookupError, UnicodeDecodeError):
                continue
    return _guess(name, raw)


def _undoubled(text: str) -> Decoded:
    """Return a text as it was before a program read UTF-8 as Windows-1252 and wrote it again."""
    if _DOUBLED.search(text):
        try:
            return Decoded(text.encode("cp1252").decode("utf-8"), "UTF-8, written twice")
        except UnicodeError:
            pass
    return Decoded(text, "")


def _wide(raw: bytes) -> str:
    """Return the encoding of a text of two bytes a character; empty when it is none."""
    pairs = max(1, len(raw) // 2)
    if raw[1::2].count(0) > 0.4 * pairs and not raw[::2].count(0):
        return "utf-16-le"
    return "utf-16-be" if raw[::2].count(0) > 0.4 * pairs and not raw[1::2].count(0) else ""


def _nearly_utf8(raw: bytes) -> str | None:
    """Read UTF-8 with a few bytes of Windows-1252 in it, as pasting into old programs makes it."""
    kept = raw.decode("utf-8", "ignore")
    beyond = sum(character > "\x7f" for character in kept)
    strange = len(raw) - len(kept.encode())
    if beyond <= 2 * strange:
        return None
    parts: list[str] = []
    while raw:
        try:
            parts.append(raw.decode("utf-8"))
            break
        except UnicodeDecodeError as error:
            parts.append(raw[: error.start].decode("utf-8"))
            parts.append(raw[error.start : error.end].decode("cp1252", "replace"))
            raw = raw[error.end :]
    return "".join(parts)


def check_archive(name: str, raw: bytes, cells: str = "") -> None:
    """Refuse an archive that would unpack beyond all bounds; raises `CorpusError`.

    Args:
        name: What the report calls the source.
        raw: Its bytes.
        cells: Start of the names of parts in which cells are counted.

    """
    try:
        with ZipFile(BytesIO(raw)) as archive:
            parts = [
                part for part in archive.infolist() if part.filename.endswith((".xml", ".rels"))
            ]
            size = sum(part.file_size for part in parts)
            if size > MOST_UNPACKED or len(archive.infolist()) > _MOST_PARTS:
                raise _too_much(name, f"it unpacks to {size:,} bytes of XML")
            counted = 0
            for part in parts:
                content = archive.read(part)
                if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
                    raise _too_much(name, f"'{part.filename}' declares entities")
                if cells and part.filename.startswith(cells):
                    counted += content.count(b"<c ") + sum(map(_area, _MERGED.findall(content)))
            if counted > MOST_CELLS:
                raise _too_much(name, f"it has {counted:,} cells, of which {MOST_CELLS:,} are read")
    except BROKEN_ARCHIVE:
        return  # the reader of the format says what is wrong with it


def _area(merged: tuple[bytes, ...]) -> int:
    """Count the cells of a merged area, each of which costs memory."""
    first, top, last, bottom = merged
    width = _column(last) - _column(first) + 1
    return max(1, width) * max(1, int(bottom) - int(top) + 1)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _too_much(name: str, problem: str) -> CorpusError:
    return CorpusError(
        [Fault(name, 0, problem, "Keep the questions and answers, and save it again")]
    )


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
