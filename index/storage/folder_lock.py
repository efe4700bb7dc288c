"""Lock on a folder that names its holder. The only module that imports filelock.

The system keeps the lock with the open file and releases it however the process ends, so the lock
of a dead process is free at once. The text in the file only says who acquired it last.
"""

import getpass
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from index.errors import IndexBusy

FOREVER = float("inf")
_POLL_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds a lock."""

    pid: int
    user: str
    host: str
    since: str
    """RFC 3339, UTC."""

    def __str__(self) -> str:
        return f"{self.user}, process {self.pid} on {self.host}, since {self.since}"


_HOLDER = TypeAdapter(Holder)

Notice = Callable[[Holder | None], None]
"""Called once before waiting for a lock, with its holder if that is known."""


def current_user() -> str:
    """Return the name of the user who runs this process."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # pragma: no cover - a container's user without a name
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def timestamp() -> str:
    """Return the current time as `format_time` writes it."""
    return format_time(datetime.now(UTC))


def format_time(moment: datetime) -> str:
    """Format a time in UTC: RFC 3339, to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@contextmanager
def hold(path: Path, wait: float = 0.0, notice: Notice = lambda holder: None) -> Iterator[None]:
    """Hold the lock of a folder, which is a file in it.

    Args:
        path: Of the lock.
        wait: Seconds to wait while another process holds it; `FOREVER` for as long as it takes.
        notice: Called when there is somebody to wait for.

    Raises:
        IndexBusy: Another process still holds it; the message says which.

    """
    # Only who writes an index needs it: the service starts without.
    from filelock import FileLock, Timeout

    lock = FileLock(path, poll_interval=_POLL_SECONDS)
    try:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            if wait > 0:
                notice(holder(path))
            lock.acquire(timeout=-1 if wait == FOREVER else wait)
    except Timeout:
        other = holder(path) or "another process"
        message = f"{path.parent} is in use by {other}. Try again later, or add --wait."
        raise IndexBusy(message) from None
    try:
        _sign(path)
        yield
    finally:
        lock.release()


def holder(path: Path) -> Holder | None:
    """Return who acquired a lock last; None when that cannot be read."""
    try:
        return _HOLDER.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _sign(path: Path) -> None:
    """Write the holder into the lock; a full disk does not keep anybody from holding it."""
    signature = Holder(os.getpid(), current_user(), socket.gethostname(), timestamp())
    with suppress(OSError):
        path.write_bytes(_HOLDER.dump_json(signature))
