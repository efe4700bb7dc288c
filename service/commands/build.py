"""`careers-faq build`: content -> a version of the index, published unless the gate refuses."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from corpus import CorpusError
from corpus.files import stamps
from corpus.linter import Finding, Severity
from index.building.builder import Report
from index.datatypes import Manifest
from index.encoding.export import DEFAULT_MODEL
from index.errors import RetrievalError, SearchFailed, VectorStoreNotSet
from index.milvus import addresses
from index.quality import gate_report, regression_gate
from index.quality.publication import (
    Comparison,
    Memory,
    Request,
    Result,
    State,
    prune_unpublished,
    publish_content,
)
from service.commands import options
from service.commands.options import Tools

_POLL_SECONDS = 0.05
_MOST_WARNINGS = 20
_KEPT = 3
"""Unpublished versions that stay while content is watched."""
_STEPS = {
    "export": "Exporting the encoder",
    "encode": "Encoding texts",
    "measure": "Running the self-test",
    "store": "Filling the vector store",
    "publish": "Publishing",
}
_REFUSED = (
    "I published nothing; what was live stays live. Fix the content and build again. If you mean"
    " this change, edit the checks in checks.jsonl, or publish anyway with --force."
)
_UNSEARCHED = (
    "I published nothing; what was live stays live. Start the vector store and build again; if the"
    " live version has its vectors in another one, name that with --live-store; or publish without"
    " a comparison with --force."
)

app = options.app()


@app.command()
def build(
    context: typer.Context,
    corpus: Annotated[Path, typer.Option(help="Folder with the content.")] = options.CONTENT,
    out: options.Out = options.INDEX,
    watch: Annotated[
        bool, typer.Option("--watch", help="Build again whenever the content changes.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")] = False,
    force: Annotated[
        bool,
        typer.Option(
            "--force", help="Publish even if the gate refuses; rebuild a version that exists."
        ),
    ] = False,
    limit: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of questions that may get worse on balance."),
    ] = regression_gate.MOST_LOST,
    by: options.By = None,
    wait: options.Wait = False,
    vector_store: options.VectorStore = addresses.BUILT_IN,
    live_store: Annotated[
        str, typer.Option(help="Where the live version keeps its vectors, if elsewhere.")
    ] = "",
    model: Annotated[
        str, typer.Option(help="A sentence-transformers model: a folder or a downloaded name.")
    ] = DEFAULT_MODEL,
) -> None:
    """Build an index of the content, compare it with the live one and publish it.

    A version is refused if it fails a check that passed before, or loses more questions than
    --limit allows.

    Exit code 0: done; 1: the content or the model is at fault, or the version was refused, and what
    was live stays live; 2: wrong usage.

    Example: careers-faq build --corpus corpus --out var/index
    """
    request = Request(corpus, out, model, dry_run, force, limit, by, wait, vector_store, live_store)
    console = Console(highlight=False, soft_wrap=True)
    tools = options.tools(context)
    if watch:
        _watch(request, tools, console)
    elif not _has_built(_build(request, tools, console)):
        raise typer.Exit(1)


def _watch(request: Request, tools: Tools, console: Console) -> None:
    """Build after every change until interrupted; a fault waits for the next change."""
    seen: Mapping[Path, tuple[int, int]] | None = None
    built: list[str] = []
    memory = Memory()
    try:
        while True:
            if (current := stamps(request.corpus)) != seen:
                seen = current
                is_outdated = partial(_is_outdated, request.corpus, current)
                result = _build(request, tools, console, memory, is_outdated)
                if result and result.manifest and result.is_new:
                    built.append(result.manifest.version)
                    _prune(request, built, console)
                console.print(f"Watching {request.corpus}. Press Ctrl-C to end.")
            tools.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        console.print("I've stopped watching.")


def _is_outdated(corpus: Path, seen: Mapping[Path, tuple[int, int]]) -> bool:
    return stamps(corpus) != seen


def _prune(request: Request, built: list[str], console: Console) -> None:
    try:
        prune_unpublished(request, built, _KEPT)
    except (RetrievalError, OSError) as error:  # after the next change, then
        console.print(str(error), markup=False)


def _has_built(result: Result | None) -> bool:
    return result is not None and result.state not in (State.FAULTY, State.REFUSED)


def _build(
    request: Request,
    tools: Tools,
    console: Console,
    memory: Memory | None = None,
    is_outdated: Callable[[], bool] = lambda: False,
) -> Result | None:
    """Build once and print the result; None when it failed."""
    try:
        with _progress(console) as report:
            result = publish_content(
                request,
                tools.find_model,
                report,
                options.print_holder,
                memory=memory,
                is_outdated=is_outdated,
            )
    except CorpusError as error:
        console.print(str(error), markup=False)
        count = len(error.faults)
        console.print(f"{count} {'fault' if count == 1 else 'faults'}, so I published nothing.")
    except (SearchFailed, VectorStoreNotSet) as error:
        console.print(f"{error} {_UNSEARCHED}", markup=False)
    except (RetrievalError, OSError) as error:
        console.print(str(error), markup=False)
    else:
        _print(result, request, console)
        return result
    return None


def _print(result: Result, request: Request, console: Console) -> None:
    _print_findings(result.findings, console)
    if result.manifest is None:
        console.print("Your content has errors, so I published nothing.")
        return
    _print_summary(result.manifest, result.seconds, console)
    if result.comparison:
        _print_comparison(result.comparison, result.manifest, console)
        verb = "Overridden" if request.force else "Refused"
        for reason in result.comparison.review.refusals:
            console.print(f"{verb}: {reason}.", markup=False)
    if result.state is State.REFUSED:
        console.print(_REFUSED)
    elif result.state is State.BUILT:
        console.print(f"Version {result.manifest.version} is built; I haven't published it.")
    else:
        console.print(f"Version {result.manifest.version} is live.")


def _print_findings(findings: Sequence[Finding], console: Console) -> None:
    """Print errors and the first warnings; what is only noted is counted, to keep to a screen."""
    by_kind = {
        kind: [finding for finding in findings if finding.severity is kind] for kind in Severity
    }
    warnings = by_kind[Severity.WARNING]
    for finding in (*by_kind[Severity.ERROR], *warnings[:_MOST_WARNINGS]):
        console.print(str(finding), markup=False)
    left = {"warning": len(warnings[_MOST_WARNINGS:]), "note": len(by_kind[Severity.NOTE])}
    if counts := [options.counted(count, f"more {kind}") for kind, count in left.items() if count]:
        console.print(f"{' and '.join(counts)}; careers-faq check lists them.")


def _print_summary(manifest: Manifest, seconds: float, console: Console) -> None:
    counts = (f"{count} {_named(name, count)}" for name, count in manifest.counts.items())
    console.print(", ".join(counts))
    console.print(f"Model {manifest.model.name}, {manifest.model.runtime}. {seconds:.1f} s.")


def _named(plural: str, count: int) -> str:
    singular = f"{plural[:-3]}y" if plural.endswith("ies") else plural.removesuffix("s")
    return singular if count == 1 else plural


def _print_comparison(comparison: Comparison, manifest: Manifest, console: Console) -> None:
    if comparison.failure:
        console.print(
            f"I couldn't compare it with the live version: {comparison.failure}", markup=False
        )
    before = comparison.before
    compared = before is not None and not comparison.failure
    for line in gate_report.review_lines(comparison.review, compared=compared):
        console.print(line, markup=False)
    for line in gate_report.figure_lines(manifest.figures, before.figures if before else None):
        console.print(line, markup=False)


@contextmanager
def _progress(console: Console) -> Iterator[Report]:
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as bar:
        tasks = {step: bar.add_task(text, total=None, start=False) for step, text in _STEPS.items()}

        def report(step: str, done: int, total: int) -> None:
            bar.start_task(tasks[step])
            bar.update(tasks[step], completed=done, total=total)

        yield report
