"""What one hostile client costs another visitor: the 99th percentile idle and beside it.

The hostile client asks each shape of question, 1000 characters and never twice the same, over many
connections at once, from a new address for each shape so that it is never past its rate at the
start; the visitor asks one question after the other.
"""

import http.client
import json
import multiprocessing
import os
import random
import selectors
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.synchronize import Event
from pathlib import Path
from urllib.parse import urlsplit

import numpy as np

from benchmarks.servers import Recipe, Route, running

SHAPES: Mapping[str, str] = {
    "words": "do machine learning engineers earn more than software engineers ",
    "one word": "engineer",
    "typos": "enginer salry diferent lerning ",
    "capitals": "Aa ",
    "names": "my name is I am call me Ms. ",
    "numbers": "12 a 1-",
    "mail": "a@a.",
    "links": "www.http://",
    "blanks": " \u200b\t",
    "marks": "?!",
    "accents": "a\u0301\u0130",
    "emoji": "\U0001f468\u200d",
    "sentences": "why? and for them? it is. ",
    "brackets": "([{",
    "another script": "\u5de5\u7a0b",
}
"""Pieces that are repeated, each dear to another step."""
RATE_LIMIT = "120/minute"
CONNECTIONS = 64
_LENGTH = 1000
_TIMEOUT_SECONDS = 30.0
_POLL_SECONDS = 0.1
_VISITOR_PAUSE = 0.01
_QUESTION = "do machine learning engineers earn more than software engineers"
_ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Fairness:
    """A visitor's 99th percentiles in milliseconds, each of the questions of all rounds."""

    shape: str
    """What the hostile client asks."""
    idle: float
    attacked: float
    ratio: float
    statuses: Mapping[int, int]
    """What the visitor got."""

    def __str__(self) -> str:
        """Return a line of a table."""
        statuses = dict(self.statuses)
        return f"{self.shape:16} {self.idle:7.1f} {self.attacked:7.1f} {self.ratio:5.1f} {statuses}"


def measure(
    index: Path,
    workers: int,
    seconds: float,
    rounds: int = 1,
    connections: int = CONNECTIONS,
    rate_limit: str = RATE_LIMIT,
) -> Iterator[Fairness]:
    """Start a service and measure shape after shape.

    Args:
        index: Folder of the index.
        workers: Processes that answer.
        seconds: For each shape and round, once idle and once attacked.
        rounds: By turns idle and attacked, each attack at its full rate from a new address. A few
            hundred questions, as one round has, do not settle a 99th percentile.
        connections: Of the hostile client.
        rate_limit: `FAQ_RATE_LIMIT`.

    Raises:
        NotServing: The service did not start.

    """
    environment = {
        **{name: text for name, text in os.environ.items() if name[:4] != "FAQ_"},  # noqa: TID251 - a child needs it
        "PYTHONPATH": str(_ROOT),
        "FAQ_INDEX_DIR": str(index.resolve()),
        "FAQ_RATE_LIMIT": rate_limit,
        "FAQ_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "service", "--port", "{port}", "--workers", str(workers)]
    recipe = Recipe("service", command, environment, "/readyz", Route("POST", "/v1/ask"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "var").mkdir()
        with running(recipe, Path(folder), Path(folder) / "log") as server:
            _visit(server.url, seconds, Counter())  # what is loaded at first is no visitor's fault
            for shape, piece in SHAPES.items():
                text = (piece * _LENGTH)[: _LENGTH - 10]
                alone, beside, statuses = list[float](), list[float](), Counter[int]()
                for _ in range(rounds):
                    alone += _visit(server.url, seconds, statuses)
                    with _hostile(server.url, text, connections):
                        beside += _visit(server.url, seconds, statuses)
                idle, attacked = (float(np.percentile(took, 99)) for took in (alone, beside))
                yield Fairness(shape, idle, attacked, attacked / idle, dict(statuses))


def _visit(url: str, seconds: float, statuses: Counter[int]) -> list[float]:
    """Ask for some seconds and count the statuses; returns the milliseconds of each question."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, _TIMEOUT_SECONDS)
    took = list[float]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        body, headers = _question(_address(), f"{_QUESTION} {random.random()}")  # noqa: S311 - so that no answer is cached
        started = time.perf_counter()
        connection.request("POST", "/v1/ask", body, headers)
        response = connection.getresponse()
        response.read()
        took.append((time.perf_counter() - started) * 1000)
        statuses[response.status] += 1
        time.sleep(_VISITOR_PAUSE)
    connection.close()
    return took


def _address() -> str:
    """Draw an address: many visitors, each within the limit."""
    return f"198.{random.randint(0, 255)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311 - as above


def _question(client: str, text: str) -> tuple[bytes, dict[str, str]]:
    """Write a question of a client that a trusted proxy names."""
    headers = {"Content-Type": "application/json", "X-Forwarded-For": client}
    return json.dumps({"question": text}).encode(), headers


@contextmanager
def _hostile(url: str, text: str, connections: int) -> Iterator[None]:
    """Have another process ask without a pause meanwhile."""
    over = multiprocessing.Event()
    attacker = multiprocessing.Process(target=_attack, args=(url, text, connections, over))
    attacker.start()
    try:
        yield
    finally:
        over.set()
        attacker.join()


def _attack(url: str, text: str, connections: int, over: Event) -> None:
    """Ask over many connections until told that it is over.

    Without an HTTP client, whose own work would count as the service's on the same machine.
    """
    parts, client = urlsplit(url), _address()
    lines = [socket.create_connection((parts.hostname, parts.port)) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line, selectors.EVENT_READ, line)
            line.sendall(_request(client, text))
        while not over.is_set():
            for key, _ in selector.select(_POLL_SECONDS):
                for _ in range(key.data.recv(1 << 20).count(b"HTTP/1.1 ")):
                    key.data.sendall(_request(client, text))
    for line in lines:
        line.close()


def _request(client: str, text: str) -> bytes:
    """Write a request that no cache knows."""
    body, headers = _question(client, f"{random.random():.6f} {text}")  # noqa: S311 - as above
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    head = (
        f"POST /v1/ask HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n{''.join(lines)}\r\n"
    )
    return head.encode() + body
