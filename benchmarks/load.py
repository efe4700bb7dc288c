"""Load: a number of connections, each asking the next question once it has an answer.

With `wrk` where it is installed, since a generator in Python takes a share of the cores that are
being measured; else with a small one on asyncio. Every request has a question of its own.
"""

import asyncio
import json
import math
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, urlsplit

from benchmarks.servers import Route, Server

_LUA = """
local requests, position = {}, 0
function init(arguments)
  wrk.headers["Content-Type"] = "application/json"
  for line in io.lines(FILE) do
    local method, path, body = line:match("^(%S+) (%S+) ?(.*)$")
    requests[#requests + 1] = wrk.format(method, path, wrk.headers, body)
  end
end
function request()
  position = position % #requests + 1
  return requests[position]
end
function done(summary, latency)
  local errors = summary.errors
  print(string.format("RESULT %d %d %f %f %f %f", summary.requests,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout,
    summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3))
end
"""
_TIMEOUT = 30.0


class LoadFailed(Exception):
    """The generator could not run."""


@dataclass(frozen=True, slots=True)
class Sample:
    """What one run measured. Latencies in milliseconds."""

    requests: int
    errors: int
    """Answers other than 2xx or 3xx, and connections that broke."""
    seconds: float
    median: float
    p95: float
    p99: float

    @property
    def rate(self) -> float:
        """Good answers a second."""
        return (self.requests - self.errors) / self.seconds


@dataclass(frozen=True, slots=True)
class Load:
    """How to ask."""

    connections: int
    seconds: float


def lines(route: Route, questions: Sequence[str]) -> Iterator[str]:
    """Write each request on a line: method, path and body."""
    for question in questions:
        path = route.path.format(question=quote(question, safe=""))
        body = json.dumps({"question": question}) if route.method == "POST" else ""
        yield f"{route.method} {path} {body}"


def measure(server: Server, questions: Sequence[str], load: Load) -> Sample:
    """Ask a server under load; start over when the questions run out. Raises LoadFailed."""
    return send(server, list(lines(server.route, questions)), load)


def send(server: Server, requests: Sequence[str], load: Load) -> Sample:
    """Send requests, written as `lines` does, to a server under load. Raises LoadFailed."""
    if shutil.which("wrk"):
        return _with_wrk(server, requests, load)
    return asyncio.run(_with_asyncio(server, requests, load))


def _with_wrk(server: Server, lines_: Sequence[str], load: Load) -> Sample:
    with tempfile.TemporaryDirectory() as folder:
        requests, script = Path(folder) / "requests", Path(folder) / "ask.lua"
        requests.write_text("\n".join(lines_) + "\n", encoding="utf-8")
        script.write_text(_LUA.replace("FILE", json.dumps(str(requests))), encoding="utf-8")
        options = [f"-c{load.connections}", f"-d{math.ceil(load.seconds)}s", "-t1"]
        result = subprocess.run(  # noqa: S603 - fixed command, numbers as arguments
            ["wrk", *options, f"--timeout={_TIMEOUT:.0f}s", "-s", script, server.url],  # noqa: S607 - as installed
            capture_output=True,
            text=True,
            check=False,
            timeout=load.seconds + 2 * _TIMEOUT,
        )
    return parse_wrk(result.stdout + result.stderr)


def parse_wrk(output: str) -> Sample:
    """Read what the script printed. Raises LoadFailed when it printed nothing."""
    for line in output.splitlines():
        if line.startswith("RESULT "):
            requests, errors, *figures = line.split()[1:]
            return Sample(int(requests), int(errors), *map(float, figures))
    raise LoadFailed(f"wrk failed:\n{output.strip()}")


@dataclass(frozen=True, slots=True)
class _Seen:
    milliseconds: float
    is_good: bool


async def with_asyncio(server: Server, questions: Sequence[str], load: Load) -> Sample:
    """Ask from this process."""
    return await _with_asyncio(server, list(lines(server.route, questions)), load)


async def _with_asyncio(server: Server, requests: Sequence[str], load: Load) -> Sample:
    turns = iter(range(10**9))
    started = time.perf_counter()
    deadline = started + load.seconds
    seen = await asyncio.gather(
        *(_ask(server.url, requests, turns, deadline) for _ in range(load.connections))
    )
    return sample([one for many in seen for one in many], time.perf_counter() - started)


def sample(seen: Sequence[_Seen], seconds: float) -> Sample:
    """Sum up single answers. Raises LoadFailed when there are none."""
    if not seen:
        raise LoadFailed("The server gave no answer.")
    ordered = sorted(one.milliseconds for one in seen)

    def at(share: float) -> float:
        return ordered[min(len(ordered) - 1, int(len(ordered) * share))]

    errors = sum(not one.is_good for one in seen)
    return Sample(len(seen), errors, seconds, at(0.5), at(0.95), at(0.99))


async def _ask(
    url: str, requests: Sequence[str], turns: Iterator[int], deadline: float
) -> list[_Seen]:
    """Ask on one connection until time is up."""
    host, port = urlsplit(url).hostname, urlsplit(url).port
    seen: list[_Seen] = []
    reader, writer = await asyncio.open_connection(host, port or 80)
    try:
        while time.perf_counter() < deadline:
            line = requests[next(turns) % len(requests)]
            started = time.perf_counter()
            writer.write(_bytes(line, f"{host}:{port}"))
            is_good = await asyncio.wait_for(_read(reader), _TIMEOUT)
            seen.append(_Seen((time.perf_counter() - started) * 1000, is_good))
    except (OSError, asyncio.IncompleteReadError, TimeoutError):
        seen.append(_Seen(0.0, False))
    finally:
        writer.close()
    return seen


def _bytes(line: str, host: str) -> bytes:
    method, path, body = line.split(" ", 2)
    head = f"{method} {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()


async def _read(reader: asyncio.StreamReader) -> bool:
    """Read one answer with a length; whether it is a good one."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    lengths = [line[15:] for line in head.split("\r\n") if line.startswith("content-length:")]
    if not lengths:
        raise LoadFailed("The server sends answers without a length; install wrk to measure it.")
    await reader.readexactly(int(lengths[0]))
    return head.split(" ", 2)[1][0] in "23"
