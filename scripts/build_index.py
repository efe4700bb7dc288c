"""Check the content, build an index of it and publish it.

Example: python scripts/build_index.py --corpus corpus --out var/index
"""

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from corpus import Corpus, CorpusError, load
from corpus.files import stamps
from corpus.linter import Finding, Severity, lint
from index.building.builder import Lock, Report, recipe
from index.datatypes import Manifest
from index.encoding.export import (
    DEFAULT_MODEL,
    SentenceTransformerEmbedder,
    find_model,
    runtime_folder,
)
from index.errors import RetrievalError, SearchFailed, StoreUnnamed
from index.milvus import addresses
from index.quality import gate_report, regression_gate
from index.quality.content_audit import audit
from index.quality.opened_version import OpenedVersion, open_beside
from index.quality.publication import build_version
from index.storage.folder_lock import FOREVER, Holder
from index.versions import publication_history, version_store
from index.versions.publication_history import PublicationChanges

SHIPPED = Path(__file__).parent.parent / "corpus"
VectorStoreOption = Annotated[
    str,
    typer.Option(
        envvar="FAQ_VECTOR_STORE", help="Where vectors are kept: faiss, or a Milvus' address."
    ),
]
_POLL_SECONDS = 1.0
_KEPT = 3
"""Unpublished versions that stay while content is watched."""
_STEPS = {
    "export": "Exporting the encoder",
    "encode": "Encoding texts",
    "measure": "Asking its own questions",
    "store": "Filling the vector store",
    "publish": "Publishing",
}
_GO_ON = (
    "Not published: what was live stays live. Mend the content and build again; or, if it is meant"
    " to be so, change the checks in checks.jsonl, or publish all the same with --force."
)
_UNSEARCHED = (
    "Not published: what was live stays live. Start it and build again; where the live version has"
    " its vectors somewhere else, name that with --live-store; or publish uncompared with --force."
)


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for."""

    corpus: Path
    out: Path
    model: str
    dry_run: bool
    force: bool
    limit: float
    by: str | None
    wait: bool
    vector_store: str
    live_store: str

    @property
    def cache(self) -> Path:
        """Folder of what was computed once: beside the index, shared by its versions."""
        return self.out.resolve().parent / "cache"


def main(
    corpus: Annotated[Path, typer.Option(help="Folder with the content.")] = SHIPPED,
    out: Annotated[Path, typer.Option(help="Folder of the index.")] = Path("var/index"),
    watch: Annotated[
        bool, typer.Option("--watch", help="Build again whenever the content changes.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Do everything but publish.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Go ahead: publish in spite of losses, write anew.")
    ] = False,
    limit: Annotated[
        float,
        typer.Option(min=0, max=1, help="Share of questions that may get worse on balance."),
    ] = regression_gate.MOST_LOST,
    by: Annotated[
        str | None, typer.Option(help="Your name, to be noted beside the account.")
    ] = None,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait while somebody else is building.")
    ] = False,
    vector_store: VectorStoreOption = addresses.BUILT_IN,
    live_store: Annotated[
        str, typer.Option(help="Where the live version has its vectors, if somewhere else.")
    ] = "",
    model: Annotated[
        str, typer.Option(help="A sentence-transformers model: folder or downloaded name.")
    ] = DEFAULT_MODEL,
) -> None:
    """Check the content, build an index of it, compare it with the live one and publish it.

    A version with which a check fails that passed until now, or which loses more questions than
    --limit allows, is not published. --force goes ahead all the same; it also writes a version
    anew that exists already.

    Exit code 0: done; 1: the content or the model is at fault, or publishing was refused, and what
    was live is still live; 2: wrong usage.

    Example: python scripts/build_index.py --corpus corpus --out var/index
    """
    options = Options(corpus, out, model, dry_run, force, limit, by, wait, vector_store, live_store)
    console = Console(highlight=False, soft_wrap=True)
    if watch:
        _watch(options, console)
    elif not _build(options, console):
        raise typer.Exit(1)


def _watch(options: Options, console: Console) -> None:
    """Build after every change until interrupted; a fault waits for the next change."""
    seen: Mapping[Path, tuple[int, int]] | None = None
    built: list[str] = []
    try:
        while True:
            if (found := stamps(options.corpus)) != seen:
                seen = found
                _build(options, console, built.append)
                if len(built) > _KEPT:
                    _prune(options, built, console)
                console.print(f"Watching {options.corpus}. Ctrl-C ends.")
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        console.print("Ended.")


def _prune(options: Options, built: Sequence[str], console: Console) -> None:
    """Delete what was built here, unless it went live or is among the last ones."""
    try:
        with _lock(options, console)(options.out):
            milvus = addresses.connect(options.vector_store)
            for version in publication_history.leftovers(options.out, built, _KEPT):
                publication_history.discard(options.out, version, milvus.drop if milvus else None)
    except (RetrievalError, OSError) as error:  # after the next change, then
        console.print(str(error), markup=False)


def _build(
    options: Options, console: Console, made: Callable[[str], None] = lambda version: None
) -> bool:
    """Build once and say how it went; tell whether it went well."""
    started = time.monotonic()
    try:
        content = load(options.corpus)
        if not _print_findings(console, lint(content, datetime.now(UTC).date())):
            console.print("The content has errors; nothing was published.")
            return False
        lock, there = _lock(options, console), version_store.version_names(options.out)
        with _progress(console) as report:
            opened = _run(content, options, lock, report)
        manifest = opened.loaded.manifest
        if manifest.version not in there:
            made(manifest.version)
        _print_summary(console, manifest, time.monotonic() - started)
        return _publish(content, opened, options, lock, console)
    except CorpusError as error:
        console.print(str(error), markup=False)
        count = len(error.faults)
        console.print(f"{count} {'fault' if count == 1 else 'faults'}; nothing was published.")
    except (RetrievalError, OSError) as error:
        console.print(str(error), markup=False)
    return False


def _print_findings(console: Console, findings: Sequence[Finding]) -> bool:
    """Show what the linter or the audit found; tell whether there is no error among it."""
    for finding in findings:
        console.print(str(finding), markup=False)
    return all(finding.severity is not Severity.ERROR for finding in findings)


def _publish(
    content: Corpus, opened: OpenedVersion, options: Options, lock: Lock, console: Console
) -> bool:
    """Compare a version with the live one, and publish it unless something speaks against it."""
    version, live = opened.loaded.manifest.version, publication_history.live(options.out)
    if live == version:
        console.print(f"Version {version} is live.")
        return True
    _print_findings(console, audit(content, opened))
    changes = _review(opened, live, options, console)
    refused = changes.overruled
    for reason in refused:
        console.print(f"{'In spite of' if options.force else 'Refused'}: {reason}.", markup=False)
    if options.dry_run:
        console.print(f"Version {version} is built, not published.")
        return not refused or options.force
    if refused and not options.force:
        console.print(_GO_ON)
        return False
    with lock(options.out):
        if milvus := addresses.connect(options.vector_store):
            milvus.publish(version)
        publication_history.publish(
            options.out, version, publication_history.signature(options.by), changes
        )
    console.print(f"Version {version} is live.")
    return True


def _review(
    after: OpenedVersion, live: str | None, options: Options, console: Console
) -> PublicationChanges:
    """Say what would change; a live version that cannot be read any more is not compared with."""
    before, review = None, regression_gate.first_review(after)
    read = addresses.loader(options.live_store or options.vector_store)
    if live is not None:
        try:
            before = open_beside(read(options.out, live), after)
            review = regression_gate.review(before, after, options.limit)
        except (SearchFailed, StoreUnnamed) as error:
            if not options.force:
                raise type(error)(f"{error} {_UNSEARCHED}") from None
            console.print(f"What changes cannot be told: {error}", markup=False)
        except (RetrievalError, OSError) as error:
            console.print(f"What changes cannot be told: {error}", markup=False)
    for line in gate_report.review_lines(review, compared=before is not None):
        console.print(line, markup=False)
    figures = after.loaded.manifest.figures
    before_figures = before.loaded.manifest.figures if before else None
    for line in gate_report.figure_lines(figures, before_figures):
        console.print(line, markup=False)
    return review.changes(live)


def _run(content: Corpus, options: Options, lock: Lock, report: Report) -> OpenedVersion:
    model = find_model(options.model)
    report("export", 0, 1)
    runtime = runtime_folder(model, options.cache / "encoders")
    report("export", 1, 1)

    return build_version(
        content,
        options.out,
        SentenceTransformerEmbedder(model),
        replace(recipe(runtime), store=addresses.connect(options.vector_store)),
        cache=options.cache / "embeddings",
        force=options.force,
        lock=lock,
        report=report,
        load=addresses.loader(options.vector_store),
    )


def _lock(options: Options, console: Console) -> Lock:
    def notice(who: Holder | None) -> None:
        console.print(f"Waiting for {who or 'another process'}.", markup=False)

    return partial(version_store.building, wait=FOREVER if options.wait else 0.0, notice=notice)


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


def _print_summary(console: Console, manifest: Manifest, seconds: float) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    console.print(counts)
    console.print(f"Model {manifest.model.name}, {manifest.model.runtime}. {seconds:.1f} s.")


if __name__ == "__main__":
    typer.run(main)
