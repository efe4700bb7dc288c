"""Text files with byte offsets and lines, and the files of a corpus folder."""

import hashlib
import os
import stat
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from corpus.documents import Span
from corpus.errors import CorpusError, Fault

_STEP = 1024
"""Characters between two known byte offsets; small enough that encoding the rest is cheap."""

_BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class TextFile:
    """A content file: bytes, text, and the mapping from characters to bytes and lines."""

    name: str
    """Path inside the corpus folder, with forward slashes."""
    raw: bytes
    text: str
    _line_starts: list[int] = field(repr=False)
    _byte_marks: list[int] = field(repr=False)

    @classmethod
    def of(cls, name: str, raw: bytes) -> "TextFile":
        """Decode `raw`; raises `CorpusError` when it is not plain UTF-8."""
        text = _decode(name, raw)
        return cls(name, raw, text, _line_starts(text), _byte_marks(text))

    def line(self, position: int) -> int:
        """1-based line of the character at `position`."""
        return bisect_right(self._line_starts, position)

    def line_start(self, line: int) -> int:
        """Position of the first character of a 0-based line; past the last one, the end."""
        return self._line_starts[line] if line < len(self._line_starts) else len(self.text)

    def byte(self, position: int) -> int:
        """Byte offset of the character at `position`."""
        mark, rest = divmod(position, _STEP)
        start = position - rest
        return self._byte_marks[mark] + len(self.text[start:position].encode())

    def span(self, start: int, end: int) -> Span:
        """Return the place of the characters `[start, end)`."""
        first, last = self.byte(start), self.byte(end)
        digest = hashlib.sha256(self.raw[first:last]).hexdigest()
        return Span(self.name, self.line(start), first, last, digest)

    def trim(self, start: int, end: int) -> tuple[int, int]:
        """Return the same range without white space at its ends."""
        part = self.text[start:end]
        kept = part.strip()
        lead = len(part) - len(part.lstrip()) if kept else 0
        return start + lead, start + lead + len(kept)

    def fault(self, position: int, problem: str, remedy: str) -> Fault:
        """Make a fault at the line of `position`."""
        return Fault(self.name, self.line(position), problem, remedy)


def _decode(name: str, raw: bytes) -> str:
    if raw.startswith(_BOM):
        remedy = "Save it as UTF-8 without a byte order mark (BOM)"
        raise CorpusError([Fault(name, 1, "the file starts with a byte order mark", remedy)])
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        problem = f"the byte {raw[error.start]:#04x} is not UTF-8"
        raise CorpusError([Fault(name, line, problem, "Save the file as UTF-8")]) from None


def _line_starts(text: str) -> list[int]:
    """Lines end as Markdown and editors see it: LF, CRLF, or CR alone."""
    starts = [0]
    position = 0
    if "\r" not in text:
        while (position := text.find("\n", position) + 1) > 0:
            starts.append(position)
        return starts
    for position, character in enumerate(text):
        if character == "\n" or (character == "\r" and text[position + 1 : position + 2] != "\n"):
            starts.append(position + 1)
    return starts


def _byte_marks(text: str) -> list[int]:
    marks = [0]
    for start in range(0, len(text), _STEP):
        marks.append(marks[-1] + len(text[start : start + _STEP].encode()))
    return marks


def printable(name: str) -> str:
    """Return a file name that any output can show, in ASCII where it is not UTF-8."""
    return name.encode("utf-8", "backslashreplace").decode()


_OUTSIDE = "a symbolic link leads outside the folder, which is not followed"


def misplaced(root: Path, name: str, path: Path) -> Fault | None:
    """Return what keeps a file from being content: its name, its kind, or where it really is."""
    if printable(name) != name:
        remedy = "Rename it, best with letters a-z, digits and hyphens alone"
        return Fault(printable(name), 0, "the name of the file is not UTF-8", remedy)
    if not path.exists():
        return None  # reading it says what is wrong
    if not path.resolve().is_relative_to(root.resolve()):
        return Fault(name, 0, _OUTSIDE, "Copy the file into the folder")
    if not path.is_file():
        return Fault(name, 0, "it is no regular file", "Put a text file in its place, or remove it")
    return None


def walk(root: Path, folder: Path, faults: list[Fault]) -> Iterator[Path]:
    """Every file below `folder`, hidden ones left out; what cannot be read is a fault.

    Faults name the path below `root`.
    """
    yield from _walk(root, folder, frozenset(), faults)


def _walk(root: Path, folder: Path, above: frozenset[str], faults: list[Fault]) -> Iterator[Path]:
    here = os.path.realpath(folder)
    name = printable(folder.relative_to(root).as_posix())
    if here in above:
        remedy = "Remove the symbolic link"
        faults.append(Fault(name, 0, "the folder holds itself through a symbolic link", remedy))
        return
    if not Path(here).is_relative_to(root.resolve()):
        faults.append(Fault(name, 0, _OUTSIDE, "Copy the folder there"))
        return
    try:
        children = sorted(folder.iterdir())
    except OSError as error:
        faults.append(unreadable(name, error))
        return
    for child in children:
        if child.name.startswith("."):
            continue
        if child.is_dir():
            yield from _walk(root, child, above | {here}, faults)
        else:
            yield child


def unreadable(name: str, error: OSError) -> Fault:
    """Make the fault for a file or folder that the system refuses to read."""
    reason = (error.strerror or type(error).__name__).lower()
    remedy = "Check that it exists, that it may be read, and that no symbolic link leads nowhere"
    return Fault(name, 0, f"it cannot be read ({reason})", remedy)


def stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return time and size of every file, so that any edit shows."""
    found = {}
    for path in folder.rglob("*"):
        try:
            status = path.stat()
        except OSError:
            continue  # gone since it was listed, as editors' temporary files are
        if stat.S_ISREG(status.st_mode):
            found[path] = (status.st_mtime_ns, status.st_size)
    return found
