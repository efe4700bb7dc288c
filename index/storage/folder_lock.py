"""A lock on a folder that knows who holds it.

The system keeps the lock with the open file and lets go of it however the process ends, so a lock
of a dead process is free at once. What stands in the file only tells who took it last.
"""

import getpass
import os
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from index.errors import IndexBusy
from index.storage.atomic_files import exclusive

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
"""Called once when a lock has to be waited for, with who holds it if that can be told."""


def user() -> str:
    """Return the name of who runs this process, as the system tells it."""
    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):  # pragma: no cover - a container's user without a name
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"


def now() -> str:
    """Return the time as it is written down."""
    return written(datetime.now(UTC))


def written(moment: datetime) -> str:
    """Write a moment in UTC down: RFC 3339, to the second."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")


@contextmanager
def hold(path: Path, wait: float = 0.0, notice: Notice = lambda holder: None) -> Iterator[None]:
    """Hold the lock of a folder, which is a file in it.

    Args:
        path: Of the lock.
        wait: Seconds to wait for whoever holds it; `FOREVER` for as long as it takes.
        notice: Called when there is somebody to wait for.

    Raises:
        IndexBusy: Another process holds it still; the message says who.

    """
    deadline = time.monotonic() + wait
    for attempt in count():
        with exclusive(path) as held:
            if held:
                _sign(path)
                yield
                return
        who = holder(path)
        if time.monotonic() >= deadline:
            by = f"by {who}" if who else "by another process"
            raise IndexBusy(f"{path.parent} is in use {by}. Try again later, or add --wait.")
        if not attempt:
            notice(who)
        time.sleep(_POLL_SECONDS)


def holder(path: Path) -> Holder | None:
    """Return who took a lock last; None when that cannot be told."""
    try:
        return _HOLDER.validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None


def _sign(path: Path) -> None:
    """Write down who holds the lock; a full disk keeps nobody from holding it."""
    signed = Holder(os.getpid(), user(), socket.gethostname(), now())
    with suppress(OSError):
        path.write_bytes(_HOLDER.dump_json(signed))
