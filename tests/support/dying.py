"""Processes that die in the middle of their work, by SIGKILL and at a place that a test names."""

import multiprocessing
import os
import re
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import NamedTuple

WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
NAMED = {
    *("os.chmod", "os.link", "os.mkdir", "os.remove", "os.rename", "os.rmdir", "os.truncate"),
    *("fcntl.flock", "shutil.copyfile", "shutil.rmtree", "sqlite3.connect", "tempfile.mkdtemp"),
}
"""Audit events of Python (PEP 578) by which a process changes what is on a disk; `open` is another.

Each is raised just before the change.
"""

Work = Callable[[Path], None]
"""Done in a process of its own, below a folder. A function of a module."""


class Place(NamedTuple):
    """A fail-point: what a process is about to change, and how often it has changed that before.

    Not a running number: a lock that is tried once more would shift every later one.
    """

    change: str
    earlier: int


@dataclass(frozen=True, slots=True)
class Died:
    """How such a process ended."""

    killed: bool
    places: tuple[Place, ...]
    """What it was about to do to the folder, in order."""


def killed_at(work: Work, folder: Path, place: Place | None) -> Died:
    """Do the work and be killed right before this change; None for never."""
    process, reader = _started(work, folder, place)
    return _ended(process, reader)


def killed_after(work: Work, folder: Path, seconds: float) -> Died:
    """Do the work and be killed so long after its first change."""
    process, reader = _started(work, folder, None)
    reader.poll(None)
    time.sleep(seconds)
    process.kill()
    return _ended(process, reader)


def _started(work: Work, folder: Path, place: Place | None) -> tuple[BaseProcess, Connection]:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.support.dying", work.__module__])
    reader, writer = context.Pipe(duplex=False)
    process = context.Process(target=_work_until, args=(work, folder, place, writer))
    process.start()
    writer.close()
    return process, reader


def _ended(process: BaseProcess, reader: Connection) -> Died:
    places = []
    with reader:
        try:
            while True:
                places.append(reader.recv())
        except EOFError:
            process.join()
    assert process.exitcode in (0, -signal.SIGKILL), (process.exitcode, places)
    return Died(process.exitcode != 0, tuple(places))


def _work_until(work: Work, folder: Path, last: Place | None, writer: Connection) -> None:
    seen: Counter[str] = Counter()

    def see(event: str, arguments: tuple[object, ...]) -> None:
        if change := change_of(event, arguments, folder):
            place = Place(change, seen[change])
            writer.send(place)
            if place == last:
                os.kill(os.getpid(), signal.SIGKILL)
                signal.pause()  # Should it arrive a little later, the change still waits.
            seen[change] += 1

    sys.addaudithook(see)
    work(folder)


def change_of(event: str, arguments: tuple[object, ...], folder: Path) -> str:
    """Name what an audit event is about to change below a folder; empty when that is nothing."""
    if event == "open":
        flags = arguments[2]
        if not isinstance(flags, int) or not flags & WRITING:
            return ""
    elif event not in NAMED:
        return ""
    paths = [
        os.fspath(argument) for argument in arguments if isinstance(argument, str | os.PathLike)
    ]
    inside = [os.path.relpath(path, folder) for path in paths if str(folder) in str(path)]
    inside = [re.sub(r"\.building-\w+", ".building-*", path) for path in inside]
    return f"{event} {' -> '.join(inside)}" if inside or event == "fcntl.flock" else ""
