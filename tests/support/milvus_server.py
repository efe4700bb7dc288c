"""A real Milvus Lite, in a process of its own: the same client and calls as a cluster."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

START_SECONDS = 60.0
STOP_SECONDS = 10.0


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
        deadline = time.monotonic() + START_SECONDS
        while not _listens(self.port):
            assert self.process.poll() is None, "Milvus Lite ended"
            assert time.monotonic() < deadline, "Milvus Lite did not start"
            time.sleep(0.1)

    def stop(self) -> None:
        assert self.process is not None
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:  # pragma: no cover - on a machine that hangs
            self.process.kill()
            self.process.wait()


@contextmanager
def milvus_lite(folder: Path) -> Iterator[MilvusServer]:
    """Run a server on a free port of this machine, with its data in a folder."""
    server = MilvusServer(folder, free_port())
    server.start()
    try:
        yield server
    finally:
        server.stop()


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def _listens(port: int) -> bool:
    with socket.socket() as client:
        client.settimeout(1)
        return client.connect_ex(("127.0.0.1", port)) == 0
