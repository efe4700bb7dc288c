"""Measure what one hostile client costs another visitor: the 99th percentile idle and beside it.

The hostile client asks the shapes of `measure_growth.py`, 1000 characters each and never twice the
same, over many connections at once; the visitor asks one question after the other.

Example: python scripts/measure_fairness.py --index var/index --workers 2
"""

import http.client
import json
import multiprocessing
import os
import random
import sys
import tempfile
import threading
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

HOSTILE = "203.0.113.9"
LENGTH = 1000
TIMEOUT_SECONDS = 30.0
QUESTION = "do machine learning engineers earn more than software engineers"


def main(
    index: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="For each shape, idle and attacked.")] = 10,
    connections: Annotated[int, typer.Option(min=1, help="Of the hostile client.")] = 64,
    rate_limit: Annotated[str, typer.Option(help="FAQ_RATE_LIMIT.")] = "off",
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
            visit(
                server.url, seconds
            )  # what is loaded at the first questions is no visitor's fault
            for shape, piece in SHAPES.items():
                idle, _ = visit(server.url, seconds)
                with hostile(server.url, (piece * LENGTH)[: LENGTH - 10], connections):
                    attacked, statuses = visit(server.url, seconds)
                ratio = attacked / idle
                typer.echo(f"{shape:16} {idle:7.1f} {attacked:7.1f} {ratio:5.1f} {statuses}")


def visit(url: str, seconds: float) -> tuple[float, dict[str, int]]:
    """Ask for some seconds; returns the 99th percentile in milliseconds, and the statuses."""
    connection, took, statuses = connected(url), [], Counter[str]()
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        started = time.perf_counter()
        statuses[str(ask(connection, visitor(), f"{QUESTION} {random.random()}"))] += 1  # noqa: S311 - so that no answer is cached
        took.append((time.perf_counter() - started) * 1000)
        time.sleep(0.05)
    connection.close()
    return float(np.percentile(took, 99)), dict(statuses)


def visitor() -> str:
    """Draw an address: many visitors, each within the limit."""
    return f"198.51.{random.randint(0, 255)}.{random.randint(1, 254)}"  # noqa: S311 - as above


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
    """Ask over many connections until told that it is over."""

    def keep_asking() -> None:
        connection = connected(url)
        while not over.is_set():
            ask(connection, HOSTILE, f"{random.random():.6f} {text}")  # noqa: S311 - as above
        connection.close()

    threads = [threading.Thread(target=keep_asking) for _ in range(connections)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def connected(url: str) -> http.client.HTTPConnection:
    """Open a connection of its own."""
    parts = urlsplit(url)
    return http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=TIMEOUT_SECONDS)


def ask(connection: http.client.HTTPConnection, client: str, question: str) -> int:
    """Ask as a client that a trusted proxy names; returns the status, 0 without an answer."""
    headers = {"Content-Type": "application/json", "X-Forwarded-For": client}
    try:
        connection.request("POST", "/v1/ask", json.dumps({"question": question}), headers)
        response = connection.getresponse()
        response.read()
    except (OSError, http.client.HTTPException):
        connection.close()
        return 0
    return response.status


if __name__ == "__main__":
    typer.run(main)
