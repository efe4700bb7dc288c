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
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Cluster:
    """A database in a folder, whose server may be stopped and started."""

    programs: Path
    folder: Path
    user: str | None
    """Who runs the server: it refuses to run as root."""

    @property
    def url(self) -> str:
        return f"postgresql+psycopg://faq@/postgres?host={self.folder}"

    @contextmanager
    def running(self) -> Iterator[None]:
        """Run the server until the block ends."""
        command: Command = [self.programs / "postgres", "-D", self.folder / "data"]
        command += ["-k", self.folder, "-h", "", "-F"]
        log = (self.folder / "log").open("ab")
        server = subprocess.Popen(command, stdout=log, stderr=log, user=self.user, cwd=self.folder)
        try:
            until = time.monotonic() + START_SECONDS
            ready: Command = [self.programs / "pg_isready", "-q", "-h", self.folder, "-U", "faq"]
            while subprocess.run(ready, check=False).returncode:
                assert server.poll() is None, (self.folder / "log").read_text()
                assert time.monotonic() < until, "PostgreSQL does not start"
                time.sleep(0.1)
            yield
        finally:
            # SIGINT: it ends its sessions and stops, in order.
            server.send_signal(signal.SIGINT)
            server.wait()
            log.close()


@contextmanager
def cluster() -> Iterator[Cluster]:
    """Make an empty database, which no server runs yet."""
    bin_ = programs()
    if bin_ is None:
        pytest.skip("postgres: needs Debian's postgresql (apt-get install postgresql)")
    folder = Path(tempfile.mkdtemp(prefix="faq-postgres-"))
    user = "nobody" if os.geteuid() == 0 else None
    if user:
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
    try:
        init: Command = [bin_ / "initdb", "-D", folder / "data", "-U", "faq"]
        init += ["-A", "trust", "--no-sync"]
        subprocess.run(init, check=True, capture_output=True, user=user, cwd=folder)
        yield Cluster(bin_, folder, user)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server with an empty database, and give its URL."""
    with cluster() as made, made.running():
        yield made.url
