"""What is published in an index folder, seen at the cost of a glance: nothing is opened."""

from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from index.errors import RetrievalError
from index.versions import version_store

Stamp: TypeAlias = tuple[str, int, int, int]
"""Of a file: name, time of change, size and inode. Another one means other bytes."""


@dataclass(frozen=True, slots=True)
class Publication:
    """A glance at what `current` names. Another publication, or other files, compare unequal."""

    named: Stamp
    """Of `current`, which is replaced whenever a version is published."""
    version: str | None
    """None when `current` names no version that is there."""
    files: tuple[Stamp, ...]
    """Of the version, which may still be on its way here, copied from another machine."""


def publication(folder: Path) -> Publication | None:
    """Look at what is published; None when that is nothing, or when it cannot be seen now."""
    try:
        named = _stamp(folder / "current")
        try:
            version = version_store.version_folder(folder, version_store.current(folder))
        except RetrievalError:
            return Publication(named, None, ())
        files = tuple(_stamp(path) for path in sorted(version.rglob("*")))
    except OSError:
        return None
    return Publication(named, version.name, files)


def _stamp(path: Path) -> Stamp:
    stat = path.stat()
    return (path.name, stat.st_mtime_ns, stat.st_size, stat.st_ino)
