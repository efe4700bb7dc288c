"""Measure how the work over a question grows with its length, for shapes that are slow elsewhere.

An exponent of 1 is linear, 2 is quadratic, and 0 does not depend on the length.

Example: python scripts/measure_growth.py --index var/index
"""

import math
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is not installed

from benchmarks.fairness import SHAPES
from index import Retriever, open_index
from index.errors import RetrievalError
from service.analytics.redaction import redact
from service.api.schemas import AskRequest

DOUBLINGS = 5
Step = Callable[[str], object]


def main(
    index: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    longest: Annotated[
        int, typer.Option(min=16, help="Characters; the shortest has a sixteenth of them.")
    ] = 16_000,
    repeats: Annotated[int, typer.Option(min=1, help="Calls, of which the least counts.")] = 5,
) -> None:
    """Measure processor time at five lengths and fit the exponent.

    A question is let in up to 1000 characters; what is longer shows where it leads.

    Exit code 0: measured; 1: there is no usable index.

    Example: python scripts/measure_growth.py --index var/index
    """
    try:
        retriever = open_index(index)
    except RetrievalError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    lengths = [longest >> step for step in reversed(range(DOUBLINGS))]
    heads = (f"{name}: ms, ms, exponent" for name in steps(retriever))
    table = Table(f"{lengths[0]} to {longest} characters", *heads)
    for shape, piece in SHAPES.items():
        texts = [(piece * length)[:length] for length in lengths]
        cells = [_cell(step, texts, repeats) for step in steps(retriever).values()]
        table.add_row(shape, *cells)
    Console(width=160).print(table)


def steps(retriever: Retriever) -> dict[str, Step]:
    """Name what is done with a question, from its arrival to what is kept of it."""
    return {
        "check": checked,
        "answer": lambda text: retriever.answer(text),
        "suggest": lambda text: retriever.suggest(text),
        "redact": redact,
    }


def checked(text: str) -> object:
    """Check a question as the API does; one that is too long is refused after the same work."""
    try:
        return AskRequest(question=text)
    except ValueError:
        return None


def _cell(step: Step, texts: Sequence[str], repeats: int) -> str:
    seconds = [measured(step, text, repeats) for text in texts]
    steep = exponent([len(text) for text in texts], seconds)
    return f"{seconds[0] * 1e3:.2f}  {seconds[-1] * 1e3:.2f}  {steep:.2f}"


def measured(step: Step, text: str, repeats: int) -> float:
    """Return the processor time of one call, in seconds: the least of some."""
    least = math.inf
    for _ in range(repeats):
        started = time.process_time()
        step(text)
        least = min(least, time.process_time() - started)
    return max(least, 1e-7)


def exponent(lengths: Sequence[int], seconds: Sequence[float]) -> float:
    """Fit `seconds = a * length ** exponent` by least squares of the logarithms."""
    xs, ys = [math.log(one) for one in lengths], [math.log(one) for one in seconds]
    mean_x, mean_y = sum(xs) / len(xs), sum(ys) / len(ys)
    steep = sum((x - mean_x) * (y - mean_y) for x, y in zip(xs, ys, strict=True))
    return steep / sum((x - mean_x) ** 2 for x in xs)


if __name__ == "__main__":
    typer.run(main)
