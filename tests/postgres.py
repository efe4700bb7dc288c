"""A real PostgreSQL for a test: made in a folder, reached by a Unix socket, ended at its end."""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import pytest

BIN = Path("/usr/lib/postgresql")
START_SECONDS = 60.0

Command: TypeAlias = list[Path | str]


def programs() -> Path | None:
    """Where the newest PostgreSQL of this machine lies, as Debian and Ubuntu install it."""
    found = sorted(BIN.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server with an empty database, and give its URL."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip("postgres: needs Debian's postgresql (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="faq-postgres-"))
    # PostgreSQL refuses to run as root.
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    try:
        init: list[Path | str] = [
            bin_ / "initdb",
            "-D",
            folder / "data",
            "-U",
            "faq",
            "-A",
            "trust",
            "--no-sync",
        ]
        subprocess.run(init, check=True, capture_output=True, user=user, cwd=folder)
        with _running(bin_, folder, user):
            yield f"postgresql+psycopg://faq@/postgres?host={folder}"
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _running(bin_: Path, folder: Path, user: str | None) -> Iterator[None]:
    command: list[Path | str] = [
        bin_ / "postgres",
        "-D",
        folder / "data",
        "-k",
        folder,
        "-h",
        "",
        "-F",
    ]
    log = (folder / "log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=log, user=user, cwd=folder)
    try:
        until = time.monotonic() + START_SECONDS
        ready: Command = [bin_ / "pg_isready", "-q", "-h", folder, "-U", "faq"]
        while subprocess.run(ready, check=False).returncode:
            assert server.poll() is None, (folder / "log").read_text()
            assert time.monotonic() < until, "PostgreSQL does not start"
            time.sleep(0.1)
        yield
    finally:
        # SIGINT: it ends its sessions and stops, in order.
        server.send_signal(signal.SIGINT)
        server.wait()
        log.close()
