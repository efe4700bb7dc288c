"""Measure what many sites in one service cost: start-up, memory, and the time of an answer.

Example: python scripts/measure_sites.py --sites 500 --folder var/sites
"""

import json
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated
from urllib.request import Request, urlopen

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # `benchmarks` is not installed: only this command needs it

from benchmarks import manysites  # noqa: E402 - after the path
from benchmarks.load import Load, LoadFailed, Sample, send  # noqa: E402 - as above
from benchmarks.servers import (  # noqa: E402 - as above
    NotServing,
    Recipe,
    Server,
    processor_seconds,
    resident_megabytes,
    running,
)
from index.encoding.export import find_model, runtime_folder  # noqa: E402 - as above

ONE, MANY = 1, 16
"""Connections."""
_ROUNDS = 20


@dataclass(frozen=True, slots=True)
class Figures:
    """What one service measured. Latencies in milliseconds."""

    sites: int
    """0 for a service without the setting."""
    start_seconds: float
    start_processor: float
    """Seconds of processor time until then: what other work on the machine changes little."""
    megabytes: float
    """Resident, before any question."""
    idle_share: float
    """Of one core, while nobody asks."""
    first_median: float
    first_p99: float
    """Of the first question to each site."""
    one_median: float
    one_p99: float
    """One site is asked over one connection, the others are idle."""
    one_processor: float
    """Milliseconds of processor time for such an answer."""
    round_median: float
    round_p99: float
    """Every site is asked in turn, over one connection."""
    round_processor: float
    round_rate: float
    """Answers a second when every site is asked in turn, over 16 connections."""
    errors: int
    megabytes_after: float


def main(
    sites: Annotated[int, typer.Option(min=1, max=5000, help="Largest number of sites.")] = 500,
    steps: Annotated[str, typer.Option(help="Smaller numbers to measure first.")] = "1,100",
    seconds: Annotated[float, typer.Option(min=1, max=60, help="Seconds per run.")] = 5.0,
    folder: Annotated[Path, typer.Option(help="Folder for the indexes; kept.")] = Path("var/sites"),
    cache: Annotated[Path, typer.Option(help="Folder of exported encoders.")] = Path(
        "var/cache/encoders"
    ),
    json_file: Annotated[Path | None, typer.Option("--json", help="Write all figures.")] = None,
) -> None:
    """Build sites of 20 answers each, serve them, and print what they cost.

    Exit code 0: measured; 1: a service did not start.

    Example: python scripts/measure_sites.py --sites 500 --folder var/sites
    """
    counts = [*(int(step) for step in steps.split(",") if step and int(step) < sites), sites]
    runtime = runtime_folder(find_model(), cache)
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("Building", total=sites)
        manysites.build_sites(sites, runtime, folder, lambda _: bar.advance(task))
    try:
        figures = [_measured(0, folder, seconds)]
        figures += [_measured(count, folder, seconds) for count in counts]
    except (NotServing, LoadFailed) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    Console(width=160).print(table(figures))
    if json_file:
        json_file.write_text(json.dumps([asdict(one) for one in figures], indent=2), "utf-8")


def _measured(count: int, folder: Path, seconds: float) -> Figures:
    with tempfile.TemporaryDirectory() as place:
        scratch = Path(place)
        recipe = _recipe(count, folder, scratch)
        with running(recipe, ROOT, scratch / "log") as server:
            return _figures(server, count, seconds)


def _recipe(count: int, folder: Path, scratch: Path) -> Recipe:
    if not count:
        return manysites.single(folder, scratch)
    return manysites.service(manysites.write_file(count, folder), scratch)


def _figures(server: Server, count: int, seconds: float) -> Figures:
    assert server.pid is not None  # noqa: S101 - it was started here
    assert server.ready_seconds is not None  # noqa: S101 - as above
    prefix = "/sites/" if count else ""
    megabytes, started = resident_megabytes(server.pid), processor_seconds(server.pid) or 0.0
    idle = _idle_share(server.pid, seconds)
    everyone = range(max(1, count))
    first = first_seconds(server, list(manysites.requests(everyone, 1, prefix)))
    only = list(manysites.requests([0], _ROUNDS, prefix))
    one, one_processor = _timed(server, only, Load(ONE, seconds))
    in_turn = list(manysites.requests(everyone, _ROUNDS, prefix))
    turn, round_processor = _timed(server, in_turn, Load(ONE, seconds))
    many = send(server, in_turn, Load(MANY, seconds))
    return Figures(
        sites=count,
        start_seconds=server.ready_seconds,
        start_processor=started,
        megabytes=megabytes,
        idle_share=idle,
        first_median=quantile(first, 0.5) * 1e3,
        first_p99=quantile(first, 0.99) * 1e3,
        one_median=one.median,
        one_p99=one.p99,
        one_processor=one_processor,
        round_median=turn.median,
        round_p99=turn.p99,
        round_processor=round_processor,
        round_rate=many.rate,
        errors=one.errors + turn.errors + many.errors,
        megabytes_after=resident_megabytes(server.pid),
    )


def _timed(server: Server, requests: Sequence[str], load: Load) -> tuple[Sample, float]:
    """Return what was measured, and milliseconds of processor time for an answer."""
    assert server.pid is not None  # noqa: S101 - it was started here
    before = processor_seconds(server.pid) or 0.0
    sample = send(server, requests, load)
    taken = (processor_seconds(server.pid) or 0.0) - before
    return sample, taken / sample.requests * 1e3


def _idle_share(pid: int, seconds: float) -> float:
    before = processor_seconds(pid) or 0.0
    time.sleep(seconds)
    return ((processor_seconds(pid) or 0.0) - before) / seconds


def first_seconds(server: Server, requests: Sequence[str]) -> list[float]:
    """Send each request once, one after the other; how long each took."""
    taken = []
    for line in requests:
        method, path, body = line.split(" ", 2)
        headers = {"Content-Type": "application/json"}
        request = Request(server.url + path, body.encode(), headers, method=method)  # noqa: S310 - loopback
        started = time.perf_counter()
        with urlopen(request, timeout=30) as response:  # noqa: S310 - as above
            response.read()
        taken.append(time.perf_counter() - started)
    return taken


def quantile(values: Sequence[float], share: float) -> float:
    """Return the value that this share of all does not exceed."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


COLUMNS: Mapping[str, Callable[[Figures], str]] = {
    "sites": lambda one: str(one.sites) if one.sites else "alone",
    "start s": lambda one: f"{one.start_seconds:.1f}",
    "cpu s": lambda one: f"{one.start_processor:.1f}",
    "MB": lambda one: f"{one.megabytes:.0f}",
    "idle %": lambda one: f"{one.idle_share * 100:.1f}",
    "first ms, p99": lambda one: f"{one.first_median:.1f} {one.first_p99:.1f}",
    "one site ms, p99": lambda one: f"{one.one_median:.1f} {one.one_p99:.1f}",
    "cpu ms": lambda one: f"{one.one_processor:.1f}",
    "in turn ms, p99": lambda one: f"{one.round_median:.1f} {one.round_p99:.1f}",
    "cpu ms ": lambda one: f"{one.round_processor:.1f}",
    "answers/s": lambda one: f"{one.round_rate:.0f}",
    "errors": lambda one: str(one.errors),
    "MB after": lambda one: f"{one.megabytes_after:.0f}",
}  # fmt: skip


def table(figures: Sequence[Figures]) -> Table:
    """Show the figures, a row a service."""
    made = Table(*COLUMNS)
    for one in figures:
        made.add_row(*(shown(one) for shown in COLUMNS.values()))
    return made


if __name__ == "__main__":
    typer.run(main)
