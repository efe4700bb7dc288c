"""Atomic files and folders: they appear, change and vanish whole, whenever the process may die.

What is being written stands under a name of its own until it is finished. A process that dies
leaves that behind; the next one to hold the lock of the folder removes it (`remove_leftovers`).
"""

import ctypes
import errno
import hashlib
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from index.errors import Unwritable

CHECKSUMS_FILE = "SHA256SUMS"
"""In the format of `sha256sum`, so that `sha256sum -c SHA256SUMS` checks such a folder, too."""

CACHED_FROM = 256 * 1024
"""Bytes of a file whose digest is cached; hashing smaller files takes no time."""
MOST_CACHED = 10_000

_NEW = ".{}.new"
"""Name of a file that is about to replace another one."""
_UNFINISHED = ".building-"
_ASIDE = ".aside-"
_AT_FDCWD = -100
"""Of Linux: a relative path starts at the working directory."""
_EXCHANGE = 2
"""RENAME_EXCHANGE of Linux, and RENAME_SWAP of macOS."""
_REMEDIES = {
    errno.ENOSPC: "Make room on the disk and run it again",
    errno.EDQUOT: "Make room within the quota and run it again",
    errno.EFBIG: "Allow larger files (ulimit -f) and run it again",
    errno.EROFS: "Mount it so that it can be written to, or name another folder",
    errno.EACCES: "Run it as the user who owns the folder, or name another folder",
    errno.EPERM: "Run it as the user who owns the folder, or name another folder",
    errno.ENOTDIR: "Name another folder",
    errno.EEXIST: "Name another folder",
}


@contextmanager
def explain_write_errors(folder: Path) -> Iterator[None]:
    """Raise Unwritable instead of OSError, with what to do about it.

    Args:
        folder: Named in the message when the system names no file.

    """
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        reason = error.strerror or str(error)
        remedy = _REMEDIES.get(error.errno or 0, "Fix that and run it again")
        raise Unwritable(f"{place}: {reason}. What was live stays live. {remedy}.") from error


def replace_file(path: Path, data: bytes) -> None:
    """Replace a file: whoever reads it meanwhile sees the old bytes or the new ones."""
    temporary = path.with_name(_NEW.format(path.name))
    try:
        temporary.write_bytes(data)
        _flush_file(temporary)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk needs the room
        raise
    flush_folder(path.parent)


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class FileDigests:
    """Digests of large files, each computed once, even under several names (hard links)."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, ...], str] = {}

    def of(self, path: Path) -> str:
        """Return the SHA-256 of a file, in hex."""
        stat = path.stat()
        if stat.st_size < CACHED_FROM:
            return file_digest(path)
        key = (stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns)
        digest = self._known.get(key)
        if digest is None:
            if len(self._known) >= MOST_CACHED:
                self._known.clear()
            digest = self._known[key] = file_digest(path)
        return digest


@contextmanager
def workspace(parent: Path) -> Iterator[Path]:
    """Make a folder to write in; unless it is moved into place, it is removed at the end."""
    folder = Path(tempfile.mkdtemp(prefix=_UNFINISHED, dir=parent))
    try:
        folder.chmod(0o755)  # mkdtemp excludes other users, and the service may be one
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def swap_folders(first: Path, second: Path) -> bool:
    """Exchange the names of two folders in one step; False where system or disk cannot."""
    library: Any = ctypes.CDLL(None) if sys.platform != "win32" else None
    names = (os.fsencode(first), os.fsencode(second))
    if hasattr(library, "renameat2"):
        result = library.renameat2(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _EXCHANGE)
        return bool(result == 0)
    if hasattr(library, "renamex_np"):  # pragma: no cover - macOS
        return bool(library.renamex_np(*names, _EXCHANGE) == 0)
    return False  # pragma: no cover - neither Linux nor macOS


def move_into_place(
    folder: Path, target: Path, swap: Callable[[Path, Path], bool] = swap_folders
) -> None:
    """Give a finished folder of a workspace its name, replacing a folder of that name.

    Where `swap` fails, there is no folder of that name for a moment; a process that dies then
    leaves the old one to `remove_leftovers`, which puts it back.
    """
    if not target.exists():
        folder.rename(target)
    elif not swap(folder, target):
        aside = target.with_name(f"{_ASIDE}{target.name}")
        target.rename(aside)
        folder.rename(target)
        shutil.rmtree(aside)
    flush_folder(target.parent)


def delete_folder(folder: Path) -> None:
    """Delete a folder: its name is gone at once, however long the rest takes."""
    with workspace(folder.parent) as place:
        folder.rename(place / folder.name)
        flush_folder(folder.parent)


def remove_leftovers(parent: Path) -> None:
    """Remove what dead processes left; call it while nobody else can be writing."""
    for leftover in parent.glob(f"{_UNFINISHED}*"):
        shutil.rmtree(leftover)
    for unfinished in parent.glob(_NEW.format("*")):
        unfinished.unlink()
    for aside in parent.glob(f"{_ASIDE}*"):
        target = aside.with_name(aside.name.removeprefix(_ASIDE))
        if target.exists():
            shutil.rmtree(aside)
        else:
            aside.rename(target)


def write_checksums(folder: Path) -> None:
    """Write the digests of a folder's files into it, and all of it to the disk."""
    flush_tree(folder)
    replace_file(folder / CHECKSUMS_FILE, _checksums(folder).encode())


def is_intact(folder: Path) -> bool:
    """Whether a folder holds exactly the files that `write_checksums` saw."""
    try:
        return (folder / CHECKSUMS_FILE).read_text("utf-8") == _checksums(folder)
    except (OSError, UnicodeDecodeError):
        return False


def flush_tree(folder: Path) -> None:
    """Write every file below a folder, and the folders, to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            flush_folder(path)
        else:
            _flush_file(path)
    flush_folder(folder)


def _checksums(folder: Path) -> str:
    paths = (path for path in sorted(folder.iterdir()) if path.name != CHECKSUMS_FILE)
    return "".join(f"{file_digest(path)}  {path.name}\n" for path in paths)


def _flush_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def flush_folder(folder: Path) -> None:
    """Write the names in a folder to the disk."""
    if sys.platform == "win32":  # pragma: no cover - Windows cannot flush a folder
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
