"""Measure what one hostile client costs another visitor: the 99th percentile idle and beside it.

Example: python scripts/measure_fairness.py --index var/index --workers 2
"""

import sys
from pathlib import Path
from typing import Annotated

import typer

sys.path.insert(0, str(Path(__file__).parents[1]))  # `benchmarks` is not installed

from benchmarks import fairness


def main(
    index: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    seconds: Annotated[float, typer.Option(min=1, help="Seconds per attack, and idle.")] = 5,
    connections: Annotated[
        int, typer.Option(min=1, help="Connections of the hostile client.")
    ] = fairness.CONNECTIONS,
    rate_limit: Annotated[str, typer.Option(help="FAQ_RATE_LIMIT.")] = fairness.RATE_LIMIT,
    rounds: Annotated[int, typer.Option(min=1, help="Rounds of all attacks.")] = 1,
) -> None:
    """Print for each shape both percentiles in milliseconds, their ratio, and what was refused.

    Exit code 0: measured.

    Example: python scripts/measure_fairness.py --index var/index --workers 2
    """
    worst = 0.0
    for one in fairness.measure(index, workers, seconds, rounds, connections, rate_limit):
        typer.echo(one)
        worst = max(worst, one.ratio)
    typer.echo(f"{'the worst':16} {worst:21.1f}")


if __name__ == "__main__":
    typer.run(main)
