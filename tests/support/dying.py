"""Processes that die in the middle of their work, by SIGKILL and at a place that a test names."""

import multiprocessing
import os
import re
import signal
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from multiprocessing.process import BaseProcess
from pathlib import Path

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


@dataclass(frozen=True, slots=True)
class Died:
    """How such a process ended."""

    killed: bool
    places: tuple[str, ...]
    """What it was about to do to the folder, in order: the fail-points."""


def killed_at(work: Work, folder: Path, place: int) -> Died:
    """Do the work and be killed right before the change of this number; -1 for never."""
    process, reader = _started(work, folder, place)
    return _ended(process, reader)


def killed_after(work: Work, folder: Path, seconds: float) -> Died:
    """Do the work and be killed so long after its first change."""
    process, reader = _started(work, folder, -1)
    reader.poll(None)
    time.sleep(seconds)
    process.kill()
    return _ended(process, reader)


def _started(work: Work, folder: Path, place: int) -> tuple[BaseProcess, Connection]:
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


def _work_until(work: Work, folder: Path, last: int, writer: Connection) -> None:
    count = 0

    def see(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal count
        name = place_of(event, arguments, folder)
        if name:
            writer.send(name)
            if count == last:
                os.kill(os.getpid(), signal.SIGKILL)
            count += 1

    sys.addaudithook(see)
    work(folder)


def place_of(event: str, arguments: tuple[object, ...], folder: Path) -> str:
    """Name what an audit event is about to change below a folder; empty when that is nothing."""
    if event == "open":
        flags = arguments[2]
        if not isinstance(flags, int) or not flags & WRITING:
            return ""
    elif event not in NAMED:
        return ""
    paths = [os.fspath(one) for one in arguments if isinstance(one, str | os.PathLike)]
    inside = [str(path).removeprefix(f"{folder}/") for path in paths if str(folder) in str(path)]
    inside = [re.sub(r"\.building-\w+", ".building-*", path) for path in inside]
    return f"{event} {' -> '.join(inside)}" if inside or event == "fcntl.flock" else ""
