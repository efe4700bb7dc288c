"""A real Milvus Lite, in a process of its own: the same client and calls as a cluster."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.servers import free_port, stop
from tests.support.running import wait_until_open


@dataclass(slots=True)
class MilvusServer:
    """Where it listens, and its process."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, or start it again on the same data and port."""
        command = [sys.executable, "-m", "milvus_lite", "server", "--host", "127.0.0.1"]
        self.process = subprocess.Popen(
            [*command, "--port", str(self.port), "--data-dir", str(self.folder)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        wait_until_open(self.process, self.port)

    def stop(self) -> None:
        assert self.process is not None
        stop(self.process)


@contextmanager
def milvus_lite(folder: Path) -> Iterator[MilvusServer]:
    """Run a server on a free port of this machine, with its data in a folder."""
    server = MilvusServer(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()
