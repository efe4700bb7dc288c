"""Servers that are measured: how to start one, how to ask it, what it weighs."""

import os
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

READY_SECONDS = 60.0
"""The peers import torch, which takes long where nothing is in the cache of files."""
BUILD_SECONDS = 300.0
"""Peers encode all texts with torch: a minute on two busy cores."""
STOP_SECONDS = 30.0
_POLL_SECONDS = 0.01
_KIB = 1024


class NotServing(Exception):
    """A server did not start; the message ends with its output."""


@dataclass(frozen=True, slots=True)
class Route:
    """How a server is asked."""

    method: str
    path: str
    """With `{question}` where the quoted question goes, unless it is in the body."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a server is started."""

    name: str
    command: Sequence[str]
    """With `{port}` where the port goes."""
    environment: Mapping[str, str]
    ready: str
    """Path that gives 200 when it can answer."""
    route: Route
    build: Sequence[str] = ()
    """What makes its index beforehand; nothing when there is one."""


@dataclass(frozen=True, slots=True)
class Server:
    """A running server."""

    name: str
    url: str
    route: Route
    pid: int | None
    """None for one that was not started here."""
    ready_seconds: float | None


@contextmanager
def running(recipe: Recipe, folder: Path, log: Path) -> Iterator[Server]:
    """Start a server in `folder`, wait until it can answer, and stop it afterwards.

    Raises:
        NotServing: It ended, or was not ready in time.

    """
    environment = dict(recipe.environment)
    if recipe.build:
        _build(recipe.build, folder, environment)
    port = free_port()
    command = [part.format(port=port) for part in recipe.command]
    with log.open("wb") as output:
        started = time.perf_counter()
        process = subprocess.Popen(  # noqa: S603 - commands of this repository
            command, cwd=folder, env=environment, stdout=output, stderr=output
        )
        try:
            url = f"http://127.0.0.1:{port}"
            _wait(process, recipe.name, url + recipe.ready, log)
            seconds = time.perf_counter() - started
            yield Server(recipe.name, url, recipe.route, process.pid, seconds)
        finally:
            stop(process)


def _build(command: Sequence[str], folder: Path, environment: dict[str, str]) -> None:
    try:
        subprocess.run(  # noqa: S603 - commands of this repository
            command,
            cwd=folder,
            env=environment,
            check=True,
            capture_output=True,
            timeout=BUILD_SECONDS,
        )
    except subprocess.TimeoutExpired:
        raise NotServing(f"Its index was not built within {BUILD_SECONDS:.0f} s.") from None
    except subprocess.CalledProcessError as error:
        raise NotServing(error.stderr.decode("utf-8", "replace").strip()[-500:]) from None


def stop(process: "subprocess.Popen[bytes]") -> None:
    """End a process that was started here, kindly at first."""
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def free_port() -> int:
    """Return a port of the loopback interface that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
    return port


def _wait(process: "subprocess.Popen[bytes]", name: str, url: str, log: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 - loopback
                return
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            time.sleep(_POLL_SECONDS)
    said = log.read_text(encoding="utf-8", errors="replace").strip().splitlines()[-5:]
    raise NotServing("\n".join([f"{name} is not ready. What it said last:", *said]))


def resident_megabytes(pid: int) -> float:
    """Return the resident memory of a process now, or of the largest of its workers."""
    output = subprocess.run(  # noqa: S603 - fixed command
        ["ps", "-o", "rss=", "-p", ",".join(map(str, _family(pid)))],  # noqa: S607 - ps stands elsewhere on each system
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return max(map(int, output.split())) / _KIB


def processor_seconds(pid: int) -> float | None:
    """Return the processor time of a process and its workers; None where it is not listed."""
    if not Path(f"/proc/{pid}/stat").exists():
        return None
    return sum(map(_own_seconds, _family(pid)))


def _own_seconds(pid: int) -> float:
    said = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    fields = said.rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _family(pid: int) -> list[int]:
    """List a process and the processes that it started, where the system tells."""
    listed = Path(f"/proc/{pid}/task/{pid}/children")
    children = listed.read_text(encoding="utf-8").split() if listed.exists() else []
    return [pid, *map(int, children)]
