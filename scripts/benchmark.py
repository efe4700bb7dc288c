"""Measure the service: answers a second, latency, start-up and memory; the peers beside it.

Example: python scripts/benchmark.py --rounds 3 --seconds 5 --txtai --json var/bench/result.json
"""

import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer
from rich.console import Console

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # `benchmarks` is not installed: only this command needs it

from benchmarks import edits, questions, report, targets  # noqa: E402 - after the path
from benchmarks.edits import Edits  # noqa: E402 - after the path
from benchmarks.load import Load, LoadFailed, Sample, measure  # noqa: E402 - after the path
from benchmarks.report import Result, Scenario  # noqa: E402 - after the path
from benchmarks.servers import (  # noqa: E402 - after the path
    NotServing,
    Recipe,
    Server,
    processor_seconds,
    resident_megabytes,
    running,
)
from index.errors import RetrievalError  # noqa: E402 - after the path

SCENARIOS = (Scenario("distinct, 1", 1), Scenario("distinct, 32", 32), Scenario("Zipf, 32", 32))
"""The number is that of the connections."""
_MIX = 50_000


def main(
    url: Annotated[str | None, typer.Option(help="Measure only this running service.")] = None,
    index: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    seconds: Annotated[float, typer.Option(min=1, max=60, help="Seconds per run.")] = 5.0,
    rounds: Annotated[int, typer.Option(min=1, max=20, help="Runs of each kind.")] = 3,
    plain: Annotated[bool, typer.Option(help="Measure the plain recipe, too.")] = True,
    txtai: Annotated[bool, typer.Option(help="Measure txtai, too; installs it once.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Also measure with this many workers.")] = 2,
    changes: Annotated[
        int, typer.Option("--edits", min=0, help="Number of edits of each kind to time.")
    ] = 0,
    corpus: Annotated[Path, typer.Option(help="Content that is edited, in a copy.")] = ROOT
    / "corpus",
    folder: Annotated[Path, typer.Option(help="Folder for the peers' files.")] = Path("var/bench"),
    json_file: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="File for the table.")] = None,
    plot: Annotated[Path | None, typer.Option(help="File for the SVG plot.")] = None,
) -> None:
    """Measure the service on this machine, and print a table of medians.

    Every server is asked the same questions, one server after the other in every round. Exit
    code 0: measured; 1: a server or the index failed; 2: wrong usage.

    Example: python scripts/benchmark.py --rounds 3 --seconds 5 --txtai --json var/bench/all.json
    """
    _check(url)
    about = report.machine()
    counts = sorted({1, workers})
    try:
        asked = targets.asked(index)
        with tempfile.TemporaryDirectory() as scratch, ExitStack() as stack:
            servers = (
                [Server("service", url, targets.OURS, None, None)]
                if url
                else _start(
                    stack, _recipes(index, Path(scratch), folder, counts, plain, txtai), scratch
                )
            )
            results = _measure(servers, asked, Load(1, seconds), rounds)
            stack.close()  # edits are timed beside nothing else
            edited = _edited(corpus, index, Path(scratch), folder if txtai else None, changes)
    except (NotServing, LoadFailed, RetrievalError, subprocess.CalledProcessError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    _show(results, about)
    for edit in edited:
        typer.echo(str(edit))
    _write(json_file, report.as_json(results, about, edited) + "\n")
    _write(markdown, report.markdown(results, SCENARIOS))
    _write(plot, report.plot(results, SCENARIOS))


def _check(url: str | None) -> None:
    if url is not None and (urlsplit(url).scheme != "http" or not urlsplit(url).hostname):
        raise typer.BadParameter(
            "write an address such as http://127.0.0.1:8000", param_hint="--url"
        )


def _recipes(
    index: Path, scratch: Path, folder: Path, workers: Sequence[int], plain: bool, txtai: bool
) -> list[Recipe]:
    recipes = [targets.ours(index, scratch, count) for count in workers]
    if not (plain or txtai):
        return recipes
    from index.encoding.export import find_model

    model = find_model().folder
    texts = scratch / "texts.jsonl"
    targets.write_texts(index, texts)
    if plain:
        recipes.append(targets.plain(texts, model, scratch))
    if txtai:
        targets.install_txtai(folder / "txtai")
        recipes.append(targets.txtai(texts, model, folder / "txtai", scratch))
    return recipes


def _edited(
    corpus: Path, index: Path, scratch: Path, peers: Path | None, count: int
) -> list[Edits]:
    if not count:
        return []
    timed = edits.ours(corpus, index, scratch, count)
    if peers is not None:
        from index.encoding.export import find_model

        texts, place = scratch / "texts.jsonl", scratch / "upsert"
        place.mkdir()
        targets.write_texts(index, texts)
        recipe = targets.txtai(texts, find_model().folder, peers / "txtai", place)
        timed.append(edits.txtai(recipe, scratch, count))
    return timed


def _start(stack: ExitStack, recipes: Sequence[Recipe], scratch: str) -> list[Server]:
    """Start one after the other, so that no start-up is measured beside another."""
    return [
        stack.enter_context(running(recipe, ROOT, Path(scratch) / f"{recipe.name}.log"))
        for recipe in recipes
    ]


def _measure(
    servers: Sequence[Server], asked: Sequence[str], load: Load, rounds: int
) -> list[Result]:
    idle = {server.name: _resident(server) for server in servers}
    before = {server.name: _processor(server) for server in servers}
    samples: dict[str, dict[str, list[Sample]]] = {
        server.name: {scenario.name: [] for scenario in SCENARIOS} for server in servers
    }
    pools = _pools(asked, rounds)
    console = Console(stderr=True)
    for turn in range(rounds):
        for scenario in SCENARIOS:
            for server in servers:
                console.print(f"round {turn + 1}/{rounds}: {scenario.name}: {server.name}")
                batch = pools[scenario.name][turn]
                sample = measure(server, batch, Load(scenario.connections, load.seconds))
                samples[server.name][scenario.name].append(sample)
    return [
        Result(
            server=s.name,
            ready_seconds=s.ready_seconds,
            idle_megabytes=idle[s.name],
            loaded_megabytes=_resident(s),
            processor_seconds=(_processor(s) or 0.0) - (before[s.name] or 0.0) or None,
            samples=samples[s.name],
        )
        for s in servers
    ]


def _pools(asked: Sequence[str], rounds: int) -> Mapping[str, Sequence[Sequence[str]]]:
    """Deal questions out to scenarios and rounds, so that a distinct one is never asked again."""
    distinct = questions.distinct(asked)
    hands = [distinct[start :: 2 * rounds] for start in range(2 * rounds)]
    mixed = questions.zipf(asked, _MIX)
    alone, together, mix = (scenario.name for scenario in SCENARIOS)
    return {
        alone: hands[:rounds],
        together: hands[rounds:],
        mix: [mixed[start::rounds] for start in range(rounds)],
    }


def _resident(server: Server) -> float | None:
    return None if server.pid is None else resident_megabytes(server.pid)


def _processor(server: Server) -> float | None:
    return None if server.pid is None else processor_seconds(server.pid)


def _show(results: Sequence[Result], about: Mapping[str, object]) -> None:
    Console().print(report.table(results, SCENARIOS))
    typer.echo(", ".join(f"{name}: {value}" for name, value in about.items()))


def _write(path: Path | None, text: str) -> None:
    if path is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    typer.run(main)
