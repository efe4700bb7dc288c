"""When each version last went live and by whom, as `publication_history` recorded it.

That module knows the content files, which this package must not; a test compares the two.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ValidationError

from index.errors import RetrievalError
from index.versions import version_store

FOLDER = "publications"


class _Note(BaseModel):
    version: str
    before: str | None
    at: str
    by: str


@dataclass(frozen=True, slots=True)
class WentLive:
    """A version became the one that answers."""

    version: str
    at: str
    """RFC 3339, UTC."""
    by: str


def went_live(folder: Path) -> dict[str, WentLive]:
    """Find the last time for every version; a note that cannot be read is left out."""
    notes = list(_notes(folder))
    # What was live before the next one, and last what is live now: a note of what did not come
    # about is followed by neither.
    after = [*(note.before for note in notes[1:]), _live(folder)]
    return {
        note.version: WentLive(note.version, note.at, note.by)
        for note, then in zip(notes, after, strict=False)
        if then == note.version or then != note.before
    }


def _live(folder: Path) -> str | None:
    try:
        return version_store.current(folder)
    except RetrievalError:
        return None


def _notes(folder: Path) -> Iterator[_Note]:
    for path in sorted((folder / FOLDER).glob("*.json")):
        try:
            yield _Note.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            continue
