"""Folders that appear, change and vanish as a whole, whenever the process may die.

What is being written stands in a folder of its own until it is finished. A process that dies
leaves that behind; whoever holds the lock next removes it with `clear`.
"""

import ctypes
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.storage.atomic_files import NEW, flush, flush_tree, put

SEAL = "SHA256SUMS"
"""In the form of `sha256sum`, so that `sha256sum -c SHA256SUMS` checks such a folder, too."""

_UNFINISHED = ".building-"
_ASIDE = ".aside-"
_HERE = -100
"""AT_FDCWD of Linux: a relative path starts at the working directory."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux, and RENAME_SWAP of macOS."""


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """Make a folder to write in; what still has its name at the end is removed."""
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=parent))
    try:
        folder.chmod(0o755)  # mkdtemp lets nobody else in, and the service may be another user
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def exchanged(one: Path, other: Path) -> bool:
    """Let two folders change names in one step; False where the system or the disk cannot."""
    library: Any = ctypes.CDLL(None) if sys.platform != "win32" else None
    names = (os.fsencode(one), os.fsencode(other))
    if hasattr(library, "renameat2"):
        return bool(library.renameat2(_HERE, names[0], _HERE, names[1], _EXCHANGE) == 0)
    if hasattr(library, "renamex_np"):  # pragma: no cover - macOS
        return bool(library.renamex_np(*names, _EXCHANGE) == 0)
    return False  # pragma: no cover - neither Linux nor macOS


def settle(folder: Path, target: Path, exchange: Callable[[Path, Path], bool] = exchanged) -> None:
    """Give a finished folder of a workspace its name, whatever stands there.

    Where `exchange` cannot be done, the name is nobody's for a moment; a process that dies in it
    leaves what stood there to `clear`, which puts it back.
    """
    if not target.exists():
        folder.rename(target)
    elif not exchange(folder, target):
        aside = target.with_name(f"{_ASIDE}{target.name}")
        target.rename(aside)
        folder.rename(target)
        shutil.rmtree(aside)
    flush(target.parent)


def discard(folder: Path) -> None:
    """Delete a folder: it has lost its name at once, however long the rest takes."""
    with workspace(folder.parent) as place:
        folder.rename(place / folder.name)
        flush(folder.parent)


def clear(parent: Path) -> None:
    """Remove what dead processes left; call it while nobody else can be writing."""
    for leftover in parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)
    for unfinished in parent.glob(NEW.format("*")):
        unfinished.unlink()
    for aside in parent.glob(f"{_ASIDE}*"):
        target = aside.with_name(aside.name.removeprefix(_ASIDE))
        if target.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(target)


def seal(folder: Path) -> None:
    """Write the digests of the files of a folder into it, and all of it to the disk."""
    flush_tree(folder)
    put(folder / SEAL, _sums(folder).encode())


def is_whole(folder: Path) -> bool:
    """Whether a folder holds exactly the files that it was sealed with."""
    try:
        return (folder / SEAL).read_text("utf-8") == _sums(folder)
    except (OSError, UnicodeDecodeError):
        return False


def _sums(folder: Path) -> str:
    lines = []
    for path in sorted(folder.iterdir()):
        if path.name != SEAL:
            with path.open("rb") as file:
                digest = hashlib.file_digest(file, "sha256").hexdigest()
            lines.append(f"{digest}  {path.name}\n")
    return "".join(lines)
