"""`careers-faq evaluate`: figures of an index on labelled questions, beside baselines."""

import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from index.datatypes import Kind
from index.encoding.embedding_cache import CachingEncoder
from index.encoding.encoder import Encoder, OnnxEncoder
from index.evaluation.baselines import THRESHOLDS, over_units
from index.evaluation.labelled_bot import (
    LabelledBot,
    build,
    measure,
    read_bot,
    read_faq,
    read_intents,
    without_variants,
)
from index.evaluation.labelled_questions import (
    Judged,
    Labelled,
    calibration_floor,
    differences,
    examine,
    figures,
    folds,
    read_questions,
)
from index.evaluation.metrics import Figure
from index.evaluation.report import by_kind, counts, page
from index.milvus import addresses
from index.quality.leave_one_out import leave_one_out
from index.quality.left_out import leave_out
from index.quality.opened_version import open_version
from index.quality.self_test import Judge
from index.versions import version_store
from index.versions.version_store import Loaded
from service.commands import options
from service.commands.options import Tools

OURS = "this index"
AGAINST = "the other index"
_WIDE = 140
"""Characters."""

app = options.app()


@dataclass(frozen=True, slots=True)
class Evaluated:
    """Judged answers to one set of questions."""

    version: str
    cross_fitted: bool
    systems: Mapping[str, tuple[Judged, ...]]
    """By name, this index first; all judged on the same questions."""


@app.command()
def evaluate(
    context: typer.Context,
    questions: Annotated[
        Path | None, typer.Argument(help="Labelled questions, JSON lines.")
    ] = None,
    index_: options.Index = options.INDEX,
    against: Annotated[
        Path | None, typer.Option(help="Another index to compare with, question by question.")
    ] = None,
    report: Annotated[Path | None, typer.Option(help="Folder for the HTML report.")] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="File for all figures.")] = None,
    help_desk: Annotated[
        tuple[Path, Path] | None,
        typer.Option(
            metavar="TRAIN.csv TEST.csv",
            help="Training and test messages of another bot; an index is built from the first.",
        ),
    ] = None,
    intents: Annotated[
        Path | None,
        typer.Option(help="Intents in CLINC150's format; every second one is an answer."),
    ] = None,
    faq: Annotated[
        Path | None,
        typer.Option(
            help="An FAQ with rephrasings in the form of StackFAQ, imported without variants "
            "and but for a third of its entries."
        ),
    ] = None,
    left_out: Annotated[
        bool,
        typer.Option(
            "--leave-out",
            help="Leave answers and boundary topics out in turn, and ask their variants.",
        ),
    ] = False,
    cross_fitted: Annotated[
        bool,
        typer.Option(
            "--cross-fitted/--as-shipped",
            help="Use coefficients fitted without the question, if there are any.",
        ),
    ] = True,
    vector_store: options.VectorStore = addresses.BUILT_IN,
) -> None:
    """Evaluate an index on labelled questions, next to baselines.

    Exit code 0: measured; 1: the questions or the index cannot be read; 2: wrong usage.

    Example: careers-faq evaluate questions.jsonl --report var/reports
    """
    if not (questions or help_desk or intents or faq or left_out):
        message = "Name a file of questions, or pass --leave-out, --help-desk, --intents or --faq."
        raise typer.BadParameter(message, param_hint="questions")
    # Piped to a file or a program, a row is one line.
    cache = index_.resolve().parent / "cache"
    console = Console(highlight=False, width=None if sys.stdout.isatty() else _WIDE)
    tools = options.tools(context)
    with options.failures():
        document: dict[str, object] = {}
        if questions is not None:
            labelled = read_questions(questions)
            load = addresses.loader(vector_store)
            measured = _measure(
                labelled, index_, against, load, tools.encoder, cross_fitted=cross_fitted
            )
            _print(console, measured)
            _write_page(console, measured, report)
            document |= _document(measured)
        if help_desk is not None:
            columns = _help_desk(console, help_desk[1].name, read_bot(*help_desk), cache, tools)
            document["help_desk"] = {name: _numbers(column) for name, column in columns.items()}
        if intents is not None:
            columns = _help_desk(console, intents.name, read_intents(intents), cache, tools)
            document["intents"] = {name: _numbers(column) for name, column in columns.items()}
        if faq is not None:
            bot = without_variants(read_faq(faq))
            columns = _help_desk(console, faq.name, bot, cache, tools)
            document["faq"] = {name: _numbers(column) for name, column in columns.items()}
        if left_out:
            document["left_out"] = _leave_out(
                console, addresses.loader(vector_store)(index_), tools
            )
        _write_json(document, [json_, report / "evaluation.json" if report else None])


def _measure(
    questions: Sequence[Labelled],
    index: Path,
    against: Path | None,
    load: version_store.Load,
    encoder: Encoder | None,
    *,
    cross_fitted: bool,
) -> Evaluated:
    loaded = load(index)
    cached = CachingEncoder(encoder or OnnxEncoder(loaded.folder))
    calibrations = folds(loaded) if cross_fitted else ()
    systems = {OURS: examine(questions, loaded, cached, calibrations)}
    plain = over_units(loaded.contents, cached)
    for threshold in THRESHOLDS:
        systems[f"plain ≥ {threshold:.2f}"] = plain.examine(questions, threshold)
    if against is not None:
        other = load(against)
        fitted = folds(other) if cross_fitted else ()
        cached = CachingEncoder(encoder or OnnxEncoder(other.folder))
        systems[AGAINST] = examine(questions, other, cached, fitted)
    return Evaluated(loaded.manifest.version, bool(calibrations), systems)


def _print(console: Console, measured: Evaluated) -> None:
    ours = measured.systems[OURS]
    count = options.counted(len(ours), "question")
    console.print(f"{count}, version {measured.version}, 95 % intervals in brackets.")
    console.print(_note(measured))
    console.print(_figure_table({name: figures(rows) for name, rows in measured.systems.items()}))
    floor = calibration_floor(ours)
    console.print(
        f"A perfectly calibrated confidence has an error of {_shown(floor)} on as many answers."
    )
    others = [name for name in measured.systems if name != OURS]
    console.print(_difference_table(measured.systems, others))
    console.print(_kind_table(ours))


def _note(measured: Evaluated) -> str:
    if measured.cross_fitted:
        return "Cross-fitted: each question was answered with coefficients fitted without its page."
    return "Answered with the shipped coefficients, which may have seen these questions."


def _write_page(console: Console, measured: Evaluated, folder: Path | None) -> None:
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    title = f"{len(measured.systems[OURS])} questions, index version {measured.version}"
    path = folder / "evaluation.html"
    path.write_text(page(title, _note(measured), measured.systems), encoding="utf-8")
    console.print(f"Report: {path}", soft_wrap=True)


def _write_json(document: Mapping[str, object], paths: Sequence[Path | None]) -> None:
    text = json.dumps(document, indent=1, ensure_ascii=False) + "\n"
    for path in paths:
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")


def _figure_table(columns: Mapping[str, Mapping[str, Figure]]) -> Table:
    """Show the figures of systems side by side, in the order of the first."""
    table = Table("figure", "questions", *columns, box=box.SIMPLE)
    for name, first in next(iter(columns.values())).items():
        row = [_shown(column.get(name)) for column in columns.values()]
        table.add_row(name, str(first.count), *row)
    return table


def _shown(figure: Figure | None) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]" if figure else "-"


def _difference_table(systems: Mapping[str, Sequence[Judged]], others: Sequence[str]) -> Table:
    """Show by how much this index differs from each other system on the same questions."""
    columns = [differences(systems[name], systems[OURS]) for name in others]
    titles = [f"less {name}" for name in others]
    table = Table("paired difference", *titles, box=box.SIMPLE)
    for name in columns[0]:
        table.add_row(name, *(_difference(column.get(name)) for column in columns))
    return table


def _difference(figure: Figure | None) -> str:
    return f"{figure.value:+.3f} [{figure.low:+.3f}, {figure.high:+.3f}]" if figure else "-"


def _kind_table(judged: Sequence[Judged]) -> Table:
    """Count outcomes by kind; another language is a kind of its own."""
    table = Table("kind", "questions", "right", "wrong", "clarify", "no answer", box=box.SIMPLE)
    for kind, rows in by_kind(judged).items():
        table.add_row(kind, str(len(rows)), *map(str, counts(rows).values()))
    return table


def _help_desk(
    console: Console, name: str, bot: LabelledBot, cache: Path, tools: Tools
) -> dict[str, dict[str, Figure]]:
    with TemporaryDirectory() as folder:
        loaded = build(bot, Path(folder), cache, tools.find_model)
        columns = measure(bot, loaded, tools.encoder)
    console.print(
        f"{name}: {len(bot.test)} messages to a bot of {len(loaded.contents.units)} answers."
    )
    console.print(_figure_table(columns))
    return columns


def _leave_out(console: Console, loaded: Loaded, tools: Tools) -> dict[str, dict[str, int]]:
    """Count the outcomes of variants, by what was left out."""
    version = open_version(loaded, tools.encoder)
    judge = Judge(loaded.contents)
    results = {
        "the variant itself": leave_one_out(version),
        "its answer, and all that say the same": leave_out(version),
    }
    table = Table("left out", "of", "questions", "right", "answered", "asked back", box=box.SIMPLE)
    counted: dict[str, dict[str, int]] = {}
    for name, asked in results.items():
        kinds = {row.unit: judge.units[row.unit].kind for row in asked}
        for kind, is_boundary in (("answers", False), ("boundaries", True)):
            rows = [
                row
                for row in asked
                if kinds[row.unit] is not Kind.SMALLTALK
                and (kinds[row.unit] is Kind.BOUNDARY) is is_boundary
            ]
            outcomes = [row.reply.outcome for row in rows]
            row = {
                "questions": len(rows),
                "right": sum(judge.is_right(row.unit, row.reply) for row in rows),
                "answered": outcomes.count("answer"),
                "asked back": outcomes.count("clarify"),
            }
            counted[f"{name}: {kind}"] = row
            table.add_row(name, kind, *map(str, row.values()))
    console.print(table)
    return counted


def _document(measured: Evaluated) -> dict[str, object]:
    systems = measured.systems
    floor = calibration_floor(systems[OURS])
    return {
        "version": measured.version,
        "cross_fitted": measured.cross_fitted,
        "figures": {name: _numbers(figures(judged)) for name, judged in systems.items()},
        "differences": {
            name: _numbers(differences(judged, systems[OURS]))
            for name, judged in systems.items()
            if name != OURS
        },
        "calibration_floor": _numbers({"": floor})[""] if floor else None,
        "kinds": {kind: counts(rows) for kind, rows in by_kind(systems[OURS]).items()},
        "answers": [_answer(row) for row in systems[OURS]],
    }


def _numbers(table: Mapping[str, Figure]) -> dict[str, dict[str, float]]:
    return {
        name: {"value": value.value, "low": value.low, "high": value.high, "count": value.count}
        for name, value in table.items()
    }


def _answer(row: Judged) -> dict[str, object]:
    return {
        "id": row.question.id,
        "outcome": row.response.outcome,
        "given": row.response.given,
        "confidence": row.response.confidence,
        "right": row.right,
        "found": row.found,
        "candidate": row.response.candidate,
        "candidate_right": row.candidate_right,
    }
