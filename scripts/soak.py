"""Keep a service under mixed load for a long time: memory flat, no unexpected status, fair.

Example: python scripts/soak.py --minutes 30 --index var/index --json var/soak.json
"""

import json
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Annotated

import typer

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # `benchmarks` is not installed: only this command needs it

from benchmarks import fairness, targets  # noqa: E402 - after the path
from benchmarks.fairness import Fairness  # noqa: E402 - as above
from benchmarks.servers import NotServing, Recipe, resident_megabytes, running  # noqa: E402 - as above
from benchmarks.soaking import TOKEN, Client, Tally  # noqa: E402 - as above
from index.errors import RetrievalError  # noqa: E402 - as above

WARM_UP = 0.2
"""Share of the time in which caches, pools and the database's pages may still fill."""
GROWTH_MEGABYTES = 30.0
"""What the rest may add: the allocator keeps some of what a reload needed for a moment."""
SAMPLES = 60


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """Resident megabytes of the service; of several workers, of the largest."""

    at_start: float
    warm: float
    """The most during the warm-up."""
    at_end: float
    """The median of the last tenth."""
    most: float


def main(
    minutes: Annotated[float, typer.Option(min=0.05, help="Minutes to run.")] = 30.0,
    index: Annotated[Path, typer.Option(help="Folder of the index; it is copied.")] = Path(
        "var/index"
    ),
    clients: Annotated[int, typer.Option(min=1, max=64, help="Clients at once.")] = 8,
    pause: Annotated[
        float, typer.Option(min=0, help="Seconds between requests of a client.")
    ] = 0.2,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that answer.")] = 1,
    fair: Annotated[
        float, typer.Option("--fairness-seconds", min=0, help="Seconds per attack; 0 for none.")
    ] = 5,
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures.")] = None,
) -> None:
    """Ask, type, rate, read, publish, send nonsense and leave, and watch the service's memory.

    Then start it again on what was published, and measure what a hostile client costs a visitor.

    Exit code 0: no unexpected status, memory flat and no visitor refused beside the hostile client;
    1: not so, or the service did not start.

    Example: python scripts/soak.py --minutes 30 --index var/index
    """
    try:
        asked = targets.asked(index)
        with tempfile.TemporaryDirectory() as scratch:
            ours = targets.ours(
                shutil.copytree(index, Path(scratch) / "index"), Path(scratch), workers
            )
            tally, memory = _soak(Path(scratch), ours, asked, minutes * 60, clients, pause)
            shapes = fairness.measure(Path(scratch) / "index", workers, fair) if fair else ()
            fairnesses = list(shapes)
    except (NotServing, RetrievalError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    _show(tally, memory, fairnesses, minutes, json_file)
    is_refused = any(status != HTTPStatus.OK for one in fairnesses for status in one.statuses)
    if tally.count_unexpected or is_refused or memory.at_end - memory.warm > GROWTH_MEGABYTES:
        raise typer.Exit(1)


def _soak(
    scratch: Path, ours: Recipe, asked: list[str], seconds: float, clients: int, pause: float
) -> tuple[Tally, MemoryUse]:
    settings = {**ours.environment, "FAQ_ADMIN_TOKEN": TOKEN, "FAQ_LOG_LEVEL": "warning"}
    recipe = Recipe(ours.name, ours.command, settings, ours.ready, ours.route)
    tally = Tally()
    with running(recipe, ROOT, scratch / "log") as server:
        assert server.pid is not None  # noqa: S101 - it was started here
        until = time.monotonic() + seconds
        threads = [
            threading.Thread(
                target=Client(server.url, asked, scratch / "index", tally, seed).run,
                args=(until, pause),
            )
            for seed in range(clients)
        ]
        for thread in threads:
            thread.start()
        sizes = _watch(server.pid, until, seconds / SAMPLES)
        for thread in threads:
            thread.join()
    return tally, _memory(sizes)


def _watch(pid: int, until: float, every: float) -> list[float]:
    sizes = [resident_megabytes(pid)]
    while time.monotonic() < until:
        time.sleep(min(every, max(0.0, until - time.monotonic())))
        sizes.append(resident_megabytes(pid))
    return sizes


def _memory(sizes: list[float]) -> MemoryUse:
    warm = sizes[: max(1, round(len(sizes) * WARM_UP))]
    last = sorted(sizes[-max(1, len(sizes) // 10) :])
    return MemoryUse(sizes[0], max(warm), last[len(last) // 2], max(sizes))


def _show(
    tally: Tally,
    memory: MemoryUse,
    fairnesses: Sequence[Fairness],
    minutes: float,
    json_file: Path | None,
) -> None:
    for name, count in sorted(tally.statuses.items()):
        typer.echo(f"{name:<24}{count:>9,}")
    total = sum(tally.statuses.values())
    typer.echo(f"\n{total:,} acts in {minutes:g} min, {tally.count_unexpected} unexpected")
    for line in tally.unexpected:
        typer.echo(f"  {line}")
    typer.echo(
        f"memory: {memory.at_start:.0f} MB at the start, {memory.warm:.0f} MB warm, "
        f"{memory.at_end:.0f} MB at the end, {memory.most:.0f} MB at most"
    )
    if fairnesses:
        typer.echo("fairness: a visitor's 99th percentile, idle and beside a hostile client, in ms")
    for one in fairnesses:
        typer.echo(f"  {one}")
    if json_file is not None:
        figures = {
            "minutes": minutes,
            "acts": total,
            "unexpected": tally.count_unexpected,
            "statuses": dict(tally.statuses),
            "memory_mb": asdict(memory),
            "fairness": [asdict(one) for one in fairnesses],
        }
        json_file.write_text(f"{json.dumps(figures, indent=2)}\n", encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
