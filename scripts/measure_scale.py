"""Measure what content of any size costs: building, memory, answering, searching.

Example: python scripts/measure_scale.py --sizes 100,1000 --rows 1000,10000 --json var/scale.json
"""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))  # `benchmarks` is not installed: only such commands need it

from benchmarks import report, scale, scaletext, standins, synthetic  # noqa: E402 - after the path
from benchmarks.costs import MeasuringFailed  # noqa: E402 - after the path
from benchmarks.scale import Desk, Places, Shelf  # noqa: E402 - after the path
from index.datatypes import VectorIndexKind  # noqa: E402 - after the path
from index.encoding.embedder import ExportedEmbedder  # noqa: E402 - after the path
from index.encoding.export import find_model, runtime_folder  # noqa: E402 - after the path
from index.errors import RetrievalError  # noqa: E402 - after the path

_FLAT_UP_TO = 200_000
"""Rows of which a flat index is measured, too."""


def main(
    sizes: Annotated[
        str, typer.Option(help="Numbers of canned answers, between commas; empty for none.")
    ] = "100,1000,10000",
    rows: Annotated[
        str, typer.Option(help="Numbers of vectors, between commas; empty for none.")
    ] = "1000,10000,100000",
    real: Annotated[
        int, typer.Option(min=100, help="Texts that are encoded; more get stand-ins.")
    ] = 50_000,
    work: Annotated[Path, typer.Option(help="Folder for what is built.")] = Path("var/scale"),
    cache: Annotated[
        Path, typer.Option(help="Folder of encoders and vectors; what is encoded is kept there.")
    ] = Path("var/cache"),
    json_file: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    plots: Annotated[Path | None, typer.Option(help="Write SVG plots to this folder.")] = None,
) -> None:
    """Measure synthetic help desks and indexes of vectors, and print tables.

    Every step runs in a process of its own. Texts beyond --real get vectors near real ones. Exit
    code 0: measured; 1: a step failed; 2: wrong usage.

    Example: python scripts/measure_scale.py --sizes 100,1000 --rows 1000,10000 --json scale.json
    """
    entries, counts = _numbers(sizes, "--sizes"), _numbers(rows, "--rows")
    if max(entries, default=1) > synthetic.most():
        raise typer.BadParameter(f"at most {synthetic.most()}", param_hint="--sizes")
    about = report.machine()
    try:
        places = Places(ROOT, work.resolve(), cache.resolve())
        desks, shelves = _measure(entries, counts, real, places)
    except (MeasuringFailed, RetrievalError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from None
    typer.echo(scaletext.desks(desks))
    typer.echo(scaletext.shelves(shelves))
    typer.echo(", ".join(f"{name}: {value}" for name, value in about.items()))
    if json_file is not None:
        json_file.parent.mkdir(parents=True, exist_ok=True)
        json_file.write_text(scale.as_json(desks, shelves, about) + "\n", encoding="utf-8")
    if plots is not None:
        plots.mkdir(parents=True, exist_ok=True)
        for name, plot in scaletext.plots(desks, shelves).items():
            (plots / name).write_text(plot, encoding="utf-8")


def _numbers(text: str, option: str) -> list[int]:
    try:
        numbers = [int(part) for part in text.split(",") if part.strip()]
    except ValueError as error:
        raise typer.BadParameter("write numbers between commas", param_hint=option) from error
    if any(number < 1 for number in numbers):
        raise typer.BadParameter("write numbers above 0", param_hint=option)
    return numbers


def _measure(
    entries: list[int], counts: list[int], real: int, places: Places
) -> tuple[list[Desk], list[Shelf]]:
    console = Console(stderr=True)
    model = find_model()
    embedder = ExportedEmbedder(runtime_folder(model, places.cache / "encoders"), model.name)
    desks = [scale.measure_desk(count, real, embedder, places, console.print) for count in entries]
    shelves = []
    for count in counts:
        vectors = standins.real_vectors(places.cache / "embeddings")
        kinds = VectorIndexKind if count <= _FLAT_UP_TO else (VectorIndexKind.LISTS,)
        shelves += [
            scale.measure_shelf(count, kind, vectors, places, console.print) for kind in kinds
        ]
    return desks, shelves


if __name__ == "__main__":
    typer.run(main)
