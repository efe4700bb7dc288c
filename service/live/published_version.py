"""What is published in an index folder, by file stamps alone: nothing is opened."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from index.errors import RetrievalError
from index.versions import version_store

Stamp: TypeAlias = tuple[str, int, int, int]
"""Name, modification time, size and inode of a file. A different stamp means different bytes."""


@dataclass(frozen=True, slots=True)
class PublishedFiles:
    """Stamps of what `current` names; a new publication or changed files compare unequal."""

    named: Stamp
    """Of `current`, which is replaced whenever a version is published."""
    version: str | None
    """None when `current` names no version that is there."""
    files: tuple[Stamp, ...]
    """Of the version, which may still be being copied from another machine."""


def published_files(folder: Path) -> PublishedFiles | None:
    """Return what is published; None when that is nothing, or cannot be read now."""
    try:
        named = _stamp(folder / "current")
        try:
            version = version_store.version_folder(folder, version_store.current(folder))
            files = tuple(_stamp(path) for path in sorted(version.rglob("*")))
            published = PublishedFiles(named, version.name, files)
        except RetrievalError:
            published = PublishedFiles(named, None, ())
        if _stamp(folder / "current") != named:  # another one was published meanwhile
            return None
    except OSError:
        return None
    return published


def _stamp(path: Path) -> Stamp:
    stat = path.lstat()
    return (path.name, stat.st_mtime_ns, stat.st_size, stat.st_ino)
