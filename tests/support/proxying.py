"""The nginx of the Compose file before replicas that tests start."""

import os
import shutil
import signal
import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from benchmarks.servers import free_port
from tests.support.paths import ROOT
from tests.support.running import wait_until_open

FILE = ROOT / "deploy" / "compose" / "nginx.conf"
SERVER = "server service:8000 max_fails=0;"


def address_of(service: str) -> str:
    """Host and port of a service, as nginx writes them."""
    return service.removeprefix("http://")


@dataclass(frozen=True, slots=True)
class Proxy:
    """An nginx that runs."""

    address: str
    folder: Path
    process: "subprocess.Popen[bytes]"

    def lead_to(self, services: Sequence[str]) -> None:
        """Take other services from now on, as an operator does: edit the file, and reload."""
        _write(self.folder, self.address, services)
        self.process.send_signal(signal.SIGHUP)


@contextmanager
def proxy(folder: Path, services: Sequence[str]) -> Iterator[Proxy]:
    """Run nginx with the shipped file, which names who answered in `X-Replica` here."""
    program = shutil.which("nginx", path=f"/usr/sbin:{os.defpath}:/usr/local/bin:/opt/homebrew/bin")
    if program is None:
        pytest.skip("deploy: nginx is not installed")
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    _write(folder, address, services)
    command = [program, "-g", "daemon off;", "-c", f"{folder}/nginx.conf", "-p", f"{folder}"]
    with (folder / "nginx.log").open("wb") as log, subprocess.Popen(command, stderr=log) as process:
        try:
            wait_until_open(process, port)
            yield Proxy(address, folder, process)
        finally:
            process.terminate()


def _write(folder: Path, address: str, services: Sequence[str]) -> None:
    text = FILE.read_text("utf-8")
    servers = (SERVER.replace("service:8000", address_of(service)) for service in services)
    for old, new in (
        (SERVER, " ".join(servers)),
        ("listen 8080;", f"listen {address_of(address)};"),
        ("location / {", "location / { add_header X-Replica $upstream_addr always;"),
        ("/tmp/", f"{folder}/"),  # noqa: S108 - the container's
    ):
        assert old in text
        text = text.replace(old, new)
    (folder / "nginx.conf").write_text(text, "utf-8")
