"""Files that survive a crash, and a lock that does not."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

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


def put(path: Path, data: bytes) -> None:
    """Replace a file: whoever reads it meanwhile sees the old bytes or the new ones."""
    temporary = path.with_name(f".{path.name}.new")
    temporary.write_bytes(data)
    _flush_file(temporary)
    temporary.replace(path)
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
