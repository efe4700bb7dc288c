"""Check the content, build an index of it and publish it.

Example: python scripts/build_index.py --corpus corpus --out var/index
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from corpus import Corpus, CorpusError, load
from index import Retriever, open_index, store
from index.builder import Lock, Report, build, recipe
from index.changes import changes
from index.datatypes import Kind, Manifest, Unit
from index.errors import RetrievalError
from index.export import DEFAULT_MODEL, SentenceTransformerEmbedder, find_model, runtime_folder
from index.holder import FOREVER, Holder

SHIPPED = Path(__file__).parent.parent / "corpus"
_POLL_SECONDS = 1.0
_STEPS = {"export": "Exporting the encoder", "encode": "Encoding texts", "publish": "Publishing"}
_SHOWN = 10
"""Changed answers that are listed by name."""


@dataclass(frozen=True, slots=True)
class Options:
    """What the person asked for."""

    corpus: Path
    out: Path
    model: str
    dry_run: bool
    force: bool
    wait: bool

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
        bool, typer.Option("--force", help="Write the version again although it exists.")
    ] = False,
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait while somebody else is building.")
    ] = False,
    model: Annotated[
        str, typer.Option(help="A sentence-transformers model: folder or downloaded name.")
    ] = DEFAULT_MODEL,
) -> None:
    """Check the content, build an index of it and publish it.

    Exit code 0: done; 1: the content or the model is at fault, and what was live is still live;
    2: wrong usage.

    Example: python scripts/build_index.py --corpus corpus --out var/index
    """
    options = Options(corpus, out, model, dry_run, force, wait)
    console = Console(highlight=False, soft_wrap=True)
    if watch:
        _watch(options, console)
    elif not _build(options, console):
        raise typer.Exit(1)


def _watch(options: Options, console: Console) -> None:
    """Build after every change until interrupted; a fault waits for the next change."""
    seen: Mapping[Path, tuple[int, int]] | None = None
    try:
        while True:
            if (found := _stamps(options.corpus)) != seen:
                seen = found
                _build(options, console)
                console.print(f"Watching {options.corpus}. Ctrl-C ends.")
            time.sleep(_POLL_SECONDS)
    except KeyboardInterrupt:
        console.print("Ended.")


def _stamps(folder: Path) -> dict[Path, tuple[int, int]]:
    """Return time and size of every file, so that any edit shows."""
    stamps = {}
    for path in sorted(folder.rglob("*")):
        try:
            stat = path.stat()
        except OSError:
            continue  # gone since it was listed, as editors' temporary files are
        if path.is_file():
            stamps[path] = (stat.st_mtime_ns, stat.st_size)
    return stamps


def _build(options: Options, console: Console) -> bool:
    """Build once and say how it went; tell whether it went well."""
    started = time.monotonic()
    live = _live(options.out)
    try:
        content = load(options.corpus)
        with _progress(console) as report:
            manifest = _run(content, options, _lock(options, console), report)
    except CorpusError as error:
        console.print(str(error), markup=False)
        count = len(error.faults)
        console.print(f"{count} {'fault' if count == 1 else 'faults'}; nothing was published.")
        return False
    except (RetrievalError, OSError) as error:
        console.print(str(error), markup=False)
        return False
    _print_summary(console, manifest, options, time.monotonic() - started)
    if live is not None and live != manifest.version:
        _print_changes(console, options.out, live, manifest.version)
    return True


def _run(content: Corpus, options: Options, lock: Lock, report: Report) -> Manifest:
    model = find_model(options.model)
    report("export", 0, 1)
    runtime = runtime_folder(model, options.cache / "encoders")
    report("export", 1, 1)
    return build(
        content,
        options.out,
        SentenceTransformerEmbedder(model),
        recipe(runtime),
        cache=options.cache / "embeddings",
        publish=not options.dry_run,
        force=options.force,
        lock=lock,
        report=report,
    )


def _lock(options: Options, console: Console) -> Lock:
    def notice(who: Holder | None) -> None:
        console.print(f"Waiting for {who or 'another process'}.", markup=False)

    return partial(store.building, wait=FOREVER if options.wait else 0.0, notice=notice)


def _live(out: Path) -> str | None:
    """Return the name of the live version, None when there is none."""
    try:
        return store.current(out)
    except (RetrievalError, OSError):
        return None


def _print_changes(console: Console, out: Path, live: str, built: str) -> None:
    """Say what changed since the version that was live, unless that cannot be read any more."""
    try:
        before, after = (open_index(out, version=version) for version in (live, built))
    except (RetrievalError, OSError) as error:
        console.print(f"What changed cannot be told: {error}", markup=False)
        return
    _print_changed_texts(console, before.units, after.units)
    _print_changed_answers(console, before, after)


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


def _print_summary(console: Console, manifest: Manifest, options: Options, seconds: float) -> None:
    counts = ", ".join(f"{count} {name}" for name, count in manifest.counts.items())
    console.print(counts)
    console.print(f"Model {manifest.model.name}, {manifest.model.runtime}. {seconds:.1f} s.")
    state = "built, not published" if options.dry_run else "live"
    console.print(f"Version {manifest.version} is {state}.")


def _print_changed_texts(
    console: Console, before: Mapping[str, Unit], after: Mapping[str, Unit]
) -> None:
    """Say which answers are new, gone or worded differently since the version that was live."""
    kinds = {
        "New": [id_ for id_ in after if id_ not in before],
        "Gone": [id_ for id_ in before if id_ not in after],
        "Changed": [i for i, u in after.items() if i in before and _differs(u, before[i])],
    }
    for name, ids in kinds.items():
        if ids:
            more = f" and {len(ids) - _SHOWN} more" if len(ids) > _SHOWN else ""
            console.print(f"{name}: {', '.join(ids[:_SHOWN])}{more}", markup=False)


def _print_changed_answers(console: Console, before: Retriever, after: Retriever) -> None:
    """Say which questions now get another answer than from the version that was live."""
    found = changes(before, after)
    verb = "question gets" if len(found) == 1 else "questions get"
    console.print(f"{len(found) or 'No'} {verb} another answer than before.")
    for change in found[:_SHOWN]:
        line = f'  "{change.question}": {change.before} -> {change.after}'
        console.print(line, markup=False)
    if len(found) > _SHOWN:
        console.print(f"  and {len(found) - _SHOWN} more")


def _differs(unit: Unit, other: Unit) -> bool:
    if unit.kind is Kind.COMPARISON:
        return [side.text for side in unit.sides] != [side.text for side in other.sides]
    return unit.text != other.text


if __name__ == "__main__":
    typer.run(main)
