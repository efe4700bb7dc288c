"""Measure what one hostile client costs another visitor: the 99th percentile idle and beside it.

The hostile client asks the shapes of `measure_growth.py`, 1000 characters each and never twice the
same, over many connections at once, from a new address for each shape so that it is never past its
rate at the start; the visitor asks one question after the other.

Example: python scripts/measure_fairness.py --index var/index --workers 2
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
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import numpy as np
import typer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # neither `benchmarks` nor `scripts` is installed

from benchmarks.servers import Recipe, Route, running  # noqa: E402 - after the path
from scripts.measure_growth import SHAPES  # noqa: E402 - as above

LENGTH = 1000
TIMEOUT_SECONDS = 30.0
POLL_SECONDS = 0.1
VISITOR_PAUSE = 0.02
QUESTION = "do machine learning engineers earn more than software engineers"


def main(
    index: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="For each shape, idle and attacked.")] = 5,
    connections: Annotated[int, typer.Option(min=1, help="Of the hostile client.")] = 64,
    rate_limit: Annotated[str, typer.Option(help="FAQ_RATE_LIMIT.")] = "120/minute",
    rounds: Annotated[int, typer.Option(min=1, help="Of all shapes; medians are printed.")] = 1,
) -> None:
    """Print for each shape both percentiles in milliseconds, their ratio, and what was refused.

    Exit code 0: measured.

    Example: python scripts/measure_fairness.py --index var/index --workers 2
    """
    environment = {
        **{name: text for name, text in os.environ.items() if name[:4] != "FAQ_"},  # noqa: TID251 - a child needs it
        "PYTHONPATH": str(ROOT),
        "FAQ_INDEX_DIR": str(index.resolve()),
        "FAQ_RATE_LIMIT": rate_limit,
        "FAQ_LOG_LEVEL": "warning",
    }
    command = [sys.executable, "-m", "service", "--port", "{port}", "--workers", str(workers)]
    recipe = Recipe("service", command, environment, "/readyz", Route("POST", "/v1/ask"))
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "var").mkdir()
        with running(recipe, Path(folder), Path(folder) / "log") as server:
            visit(server.url, seconds)  # what is loaded at first is no visitor's fault
            worst = 0.0
            for shape, piece in SHAPES.items():
                figures = []
                statuses = Counter[int]()
                for _ in range(rounds):
                    idle, before = visit(server.url, seconds)
                    with hostile(server.url, (piece * LENGTH)[: LENGTH - 10], connections):
                        attacked, during = visit(server.url, seconds)
                    figures.append((idle, attacked, attacked / idle))
                    statuses += before + during
                idle, attacked, ratio = np.median(figures, axis=0)
                worst = max(worst, ratio)
                typer.echo(f"{shape:16} {idle:7.1f} {attacked:7.1f} {ratio:5.1f} {dict(statuses)}")
            typer.echo(f"{'the worst':16} {worst:21.1f}")


def visit(url: str, seconds: float) -> tuple[float, Counter[int]]:
    """Ask for some seconds; returns the 99th percentile in milliseconds, and the statuses."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, TIMEOUT_SECONDS)
    took, statuses = [], Counter[int]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        body, headers = question(address(), f"{QUESTION} {random.random()}")  # noqa: S311 - so that no answer is cached
        started = time.perf_counter()
        connection.request("POST", "/v1/ask", body, headers)
        response = connection.getresponse()
        response.read()
        took.append((time.perf_counter() - started) * 1000)
        statuses[response.status] += 1
        time.sleep(VISITOR_PAUSE)
    connection.close()
    return float(np.percentile(took, 99)), statuses


def address() -> str:
    """Draw an address: many visitors, each within the limit."""
    return f"198.{random.randint(0, 255)}.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311 - as above


def question(client: str, text: str) -> tuple[bytes, dict[str, str]]:
    """Write a question of a client that a trusted proxy names."""
    headers = {"Content-Type": "application/json", "X-Forwarded-For": client}
    return json.dumps({"question": text}).encode(), headers


@contextmanager
def hostile(url: str, text: str, connections: int) -> Iterator[None]:
    """Have another process ask without a pause meanwhile."""
    over = multiprocessing.Event()
    attacker = multiprocessing.Process(target=attack, args=(url, text, connections, over))
    attacker.start()
    try:
        yield
    finally:
        over.set()
        attacker.join()


def attack(url: str, text: str, connections: int, over: Event) -> None:
    """Ask over many connections until told that it is over.

    Without an HTTP client, whose own work would count as the service's on the same machine.
    """
    parts, client = urlsplit(url), address()
    lines = [socket.create_connection((parts.hostname, parts.port)) for _ in range(connections)]
    with selectors.DefaultSelector() as selector:
        for line in lines:
            selector.register(line, selectors.EVENT_READ, line)
            line.sendall(request(client, text))
        while not over.is_set():
            for key, _ in selector.select(POLL_SECONDS):
                for _ in range(key.data.recv(1 << 20).count(b"HTTP/1.1 ")):
                    key.data.sendall(request(client, text))
    for line in lines:
        line.close()


def request(client: str, text: str) -> bytes:
    """Write a request that no cache knows."""
    body, headers = question(client, f"{random.random():.6f} {text}")  # noqa: S311 - as above
    lines = [f"{name}: {value}\r\n" for name, value in headers.items()]
    head = (
        f"POST /v1/ask HTTP/1.1\r\nHost: a\r\nContent-Length: {len(body)}\r\n{''.join(lines)}\r\n"
    )
    return head.encode() + body


if __name__ == "__main__":
    typer.run(main)
