"""Which version went live later: what tells a newer one from an older one, on whatever machine.

The names of versions come from their content and have no order; the notes in `publications/` do.
`publication_history` writes them. This reads no more of them than a running service needs.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

FOLDER = "publications"


@dataclass(frozen=True, slots=True)
class Mark:
    """A version and when it went live."""

    at: str
    """RFC 3339, UTC; empty where nothing was noted, which is before everything."""
    version: str

    def is_behind(self, other: "Mark") -> bool:
        """Tell whether this is another version, and one that went live earlier."""
        return self.version != other.version and self.at < other.at


@dataclass(frozen=True, slots=True)
class _Note:
    version: str
    at: str


_NOTE = TypeAdapter(_Note)


def note_paths(out: Path) -> list[Path]:
    """Return the files of the notes, oldest first."""
    return sorted(path for path in (out / FOLDER).glob("*.json") if path.stem.isdigit())


def mark(out: Path, version: str) -> Mark:
    """Return when a version last went live, rolled back to or published."""
    for note in _newest_first(out):
        if note.version == version:
            return Mark(note.at, version)
    return Mark("", version)


def last_at(out: Path) -> str:
    """Return when anything last went live; empty where nothing was noted."""
    return next((note.at for note in _newest_first(out)), "")


def noted_at(note: bytes) -> str:
    """Return when the publication of a note was; empty when the note cannot be read."""
    try:
        return _NOTE.validate_json(note).at
    except ValidationError:
        return ""


def _newest_first(out: Path) -> Iterator[_Note]:
    for path in reversed(note_paths(out)):
        try:
            yield _NOTE.validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
