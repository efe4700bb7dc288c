"""The command itself, as a process of its own on loopback, for several tests."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from benchmarks.servers import free_port, stop
from tests.support.paths import ROOT

SERVICE = (sys.executable, "-m", "service")
START_SECONDS = 60.0
"""Far more than it takes, for a machine that is busy."""


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """What the tests run in, without settings but these."""
    inherited = {name: value for name, value in os.environ.items() if name[:4] != "FAQ_"}  # noqa: TID251 - a child needs it
    return {
        **inherited,
        "PYTHONPATH": str(ROOT),
        "FAQ_INDEX_DIR": str(folder / "index"),
        "FAQ_DATABASE_URL": f"sqlite:///{folder}/interactions.db",
        **settings,
    }


def run(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run the command to its end."""
    return subprocess.run(
        [*SERVICE, *arguments],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=START_SECONDS,
        check=False,
    )


@contextmanager
def started(
    folder: Path, *arguments: str, command: Sequence[str] = SERVICE, **settings: str
) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """The running command, and the address where it answers."""
    port = free_port()
    log = folder / "log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            [*command, "--port", str(port), *arguments],
            cwd=folder,
            env=environment(folder, **settings),
            stderr=errors,
        )
    try:
        address = f"http://127.0.0.1:{port}"
        wait_until_alive(process, address)
        yield process, address
    finally:
        stop(process)


def port_of(address: str) -> int:
    return int(address.rsplit(":", 1)[1])


def wait_until_alive(process: subprocess.Popen[bytes], address: str) -> None:
    def alive() -> None:
        assert get(f"{address}/healthz")[0] == 200

    _wait(process, alive)


def wait_until_open(process: subprocess.Popen[bytes], port: int) -> None:
    """Wait until something listens there."""
    _wait(process, lambda: socket.create_connection(("127.0.0.1", port), timeout=5).close())


def _wait(process: subprocess.Popen[bytes], attempt: Callable[[], object]) -> None:
    until = time.monotonic() + START_SECONDS
    while True:
        assert process.poll() is None, "it ended"
        try:
            attempt()
        except OSError:
            assert time.monotonic() < until, "waited too long"
            time.sleep(0.05)
        else:
            return


def get(url: str, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    request = Request(url, headers=headers or {})  # noqa: S310 - always http, see `started`
    try:
        with urlopen(request, timeout=10) as response:  # noqa: S310 - as above
            return response.status, response.read()
    except HTTPError as error:
        with error:
            return error.code, error.read()


def worker_ids(folder: Path, count: int) -> list[int]:
    """Process ids of so many workers that have started, oldest first."""
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        log = (folder / "log").read_text("utf-8")
        found = re.findall(r"Started server process \[(\d+)\]", log)
        if len(found) >= count:
            return [int(number) for number in found]
        time.sleep(0.1)
    raise AssertionError("they have not started")


def run_script(name: str, *arguments: object) -> "subprocess.CompletedProcess[str]":
    """Run a script to its end, which is never a traceback."""
    command = [sys.executable, str(ROOT / "scripts" / name), *map(str, arguments)]
    completed = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert "Traceback" not in completed.stdout + completed.stderr
    return completed
