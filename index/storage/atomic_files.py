"""Files that survive a crash, and a lock that does not."""

import errno
import hashlib
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from index.errors import Unwritable

NEW = ".{}.new"
"""Name of what is about to replace a file."""

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

if sys.platform == "win32":  # pragma: no cover - each system runs its own branch
    import msvcrt

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

    def flush(folder: Path) -> None:
        """Do nothing: Windows has no way to flush a folder."""
else:
    import fcntl

    def _try_lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def flush(folder: Path) -> None:
        """Write the names of a folder to the disk."""
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def exclusive(path: Path) -> Iterator[bool]:
    """Try to lock a file and tell whether that worked; never waits.

    The file stays behind and means nothing by itself: the system keeps the lock with the open
    file, and lets go of it however the process ends.
    """
    with path.open("ab") as file:
        yield _try_lock(file)


@contextmanager
def explained(folder: Path) -> Iterator[None]:
    """Say what to do next where the system refuses to write. Raises Unwritable instead of OSError.

    Args:
        folder: What is named when the system names no file.

    """
    try:
        yield
    except OSError as error:
        place = error.filename or folder
        reason = error.strerror or str(error)
        remedy = _REMEDIES.get(error.errno or 0, "Mend that and run it again")
        raise Unwritable(f"{place}: {reason}. What was live stays live. {remedy}.") from error


def put(path: Path, data: bytes) -> None:
    """Replace a file: whoever reads it meanwhile sees the old bytes or the new ones."""
    temporary = path.with_name(NEW.format(path.name))
    try:
        temporary.write_bytes(data)
        _flush_file(temporary)
        temporary.replace(path)
    except OSError:
        temporary.unlink(missing_ok=True)  # a full disk can do with the room
        raise
    flush(path.parent)


def flush_tree(folder: Path) -> None:
    """Write every file below a folder, and the folders, to the disk."""
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            flush(path)
        else:
            _flush_file(path)
    flush(folder)


def _flush_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def file_digest(path: Path) -> str:
    """SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
