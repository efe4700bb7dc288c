"""`careers-faq import`: texts, pages, tables and documents -> corpus files for review."""

import dataclasses
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from corpus import Corpus, CorpusError, load
from corpus.errors import LibraryMissing
from corpus.importers import (
    FORMATS,
    Change,
    ImportDraft,
    Note,
    NoteKind,
    Target,
    arrange,
    download,
    furnish,
    inherit,
    merge,
    read_source,
)
from corpus.slugs import slug
from service.commands import options

app = options.app()


@dataclass(frozen=True, slots=True)
class ImportSource:
    """A file or address to import."""

    argument: str
    """As it stands on the command line."""
    name: str
    """Of the files that are written."""
    is_address: bool


@dataclass(frozen=True, slots=True)
class Job:
    """Where to import to, and how."""

    out: Path
    replace: bool
    owner: str
    older: Corpus | None
    """Content on the same subject, whose variants are reused."""
    ids: dict[str, str] = field(default_factory=dict)
    """Filled on the way: ids in `older` to those of the imported texts that say the same."""


@app.command()
def import_content(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Files, or http(s) addresses.")
    ],
    out: Annotated[Path, typer.Option(help="Corpus folder to write to.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Apply the changes to files that exist.")
    ] = False,
    owner: Annotated[str, typer.Option(help="Owner to write into the entries.")] = "",
    like: Annotated[
        Path, typer.Option(help="Corpus on the same subject, to reuse its variants.")
    ] = options.CONTENT,
    alone: Annotated[
        bool, typer.Option("--alone", help="Reuse nothing from another corpus; add no smalltalk.")
    ] = False,
) -> None:
    """Turn texts, pages, tables and documents into corpus files for review.

    Reads .txt, .md, .html, .csv, .tsv, .xlsx, .docx, .jsonld and http(s) addresses, and reports
    what was taken, guessed and left out, by line. A file that exists and differs is not touched:
    the difference is shown, and --replace applies it.

    New files get the variants of a corpus on the same subject, and its boundaries, synonyms and
    smalltalk; on another subject, smalltalk that suits any.

    Exit code 0: imported; 1: a source or the resulting content is at fault; 2: wrong usage.

    Example: careers-faq import article.txt faq.csv --out my-content
    """
    if out.exists() and not out.is_dir():
        raise typer.BadParameter(f"'{out}' is a file", param_hint="--out")
    named = _named(sources)
    job = Job(out, replace, owner, None if alone else _older(like, out))
    # All are read before anything is written: a missing extra is reported first.
    drafts = [_read(source) for source in named]
    done = [_import(source, draft, job) for source, draft in zip(named, drafts, strict=True)]
    if not alone and any(done):
        _furnish(job)
    sound = not any(done) or _is_sound(out)
    if len(named) < len(set(sources)):
        raise typer.Exit(2)
    if not all(done) or not sound:
        raise typer.Exit(1)


def _named(arguments: Sequence[str]) -> list[ImportSource]:
    """Name the sources that can be read; the second of a name by its ending, or a number.

    What cannot be a source is said, and stops none of the others.
    """
    sources: list[ImportSource] = []
    names: set[str] = set()
    for argument in dict.fromkeys(arguments):
        try:
            source = _source(argument)
        except typer.BadParameter as error:
            typer.echo(f"{error.message}. I left it out", err=True)
            continue
        ending = slug(PurePosixPath(argument).suffix.strip(".")) or "page"
        others = (f"{source.name}-{ending}-{number}" for number in count(2))
        for name in chain([source.name, f"{source.name}-{ending}"], others):
            if name not in names:
                names.add(name)
                sources.append(dataclasses.replace(source, name=name))
                break
    return sources


def _source(argument: str) -> ImportSource:
    if re.match(r"https?://", argument, re.IGNORECASE):
        parts = urlsplit(argument)
        last = PurePosixPath(unquote(parts.path)).stem
        return ImportSource(argument, slug(last) or slug(parts.hostname or "") or "page", True)
    path = Path(argument)
    if path.suffix.lower() not in FORMATS and not path.is_dir():
        problem = f"'{argument}' is none of {', '.join(FORMATS)}. Save it as .docx, .xlsx or .txt"
        raise typer.BadParameter(problem, param_hint="SOURCE")
    if not path.is_file():
        missing = "is not a file; name the files in it" if path.exists() else "does not exist"
        problem = f"'{argument}' {missing}"
        raise typer.BadParameter(problem, param_hint="SOURCE")
    return ImportSource(argument, slug(path.stem) or "imported", False)


def _older(like: Path, out: Path) -> Corpus | None:
    """Load the corpus to reuse, unless it is the one that is written to."""
    if not like.is_dir() or like.resolve() == out.resolve():
        return None
    try:
        return load(like)
    except CorpusError as error:
        typer.echo(f"I reused nothing of {like}, which doesn't load:\n{error}", err=True)
        return None


def _read(source: ImportSource) -> ImportDraft | None:
    """Read one source; None, and the reason is printed, when that fails."""
    try:
        return _draft(source)
    except LibraryMissing as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except CorpusError as error:
        typer.echo(str(error), err=True)
    except OSError as error:
        _print_failure(source, error)
    return None


def _import(source: ImportSource, draft: ImportDraft | None, job: Job) -> bool:
    """Write one source and return whether that succeeded."""
    if draft is None:
        return False
    try:
        for target in _targets(source, draft, job):
            _write(job.out, target, job.replace)
    except OSError as error:
        _print_failure(source, error)
        return False
    return True


def _print_failure(source: ImportSource, error: OSError) -> None:
    reason = error.strerror or type(error).__name__
    typer.echo(f"{error.filename or source.argument}: {reason}", err=True)


def _targets(source: ImportSource, draft: ImportDraft, job: Job) -> tuple[Target, ...]:
    """Print the report of a source and return the files it becomes."""
    merged = merge(draft, source.name, job.out, job.owner)
    if job.older is None:
        _print_report(source, merged.notes, draft.seen)
        return merged.targets
    heritage = inherit(draft, merged, job.older)
    merged = merge(heritage.draft, source.name, job.out, job.owner)
    job.ids.update(heritage.ids)
    _print_report(source, [*merged.notes, *heritage.notes], draft.seen)
    missing = (target for target in heritage.targets if not (job.out / target.name).exists())
    return (*merged.targets, *missing)


def _furnish(job: Job) -> None:
    """Add smalltalk, boundaries and synonyms, which belong to no single source."""
    for target in furnish(job.out, job.older, job.ids):
        _write(job.out, target, job.replace)


def _draft(source: ImportSource) -> ImportDraft:
    title = source.name.replace("-", " ").capitalize()
    if not source.is_address:
        path = Path(source.argument)
        blocks = read_source(source.argument, path.read_bytes(), path.suffix.lower())
        return arrange(blocks, title)
    page = download(source.argument)
    ending = page.ending if page.ending in FORMATS else ".html"
    blocks = read_source(source.argument, page.raw, ending, page.address, page.encoding)
    return arrange(blocks, title)


def _print_report(source: ImportSource, notes: Sequence[Note], seen: int) -> None:
    for note in sorted(notes):
        place = f"{source.argument}:{note.line}" if note.line else source.argument
        typer.echo(f"{place}: {note.kind}: {note.text}")
    counts = Counter({kind: 0 for kind in NoteKind})
    for note in notes:
        counts[note.kind] += note.blocks
    became = ", ".join(f"{counts[kind]} {kind}" for kind in NoteKind)
    typer.echo(f"{source.argument}: {options.counted(seen, 'block')}: {became}")


def _write(out: Path, target: Target, replace: bool) -> None:
    path = out / target.name
    if target.diff:
        typer.echo(target.diff, nl=False)
    if target.change is Change.DIFFERENT and not replace:
        typer.echo(f"{path}: not changed; --replace applies the difference above")
        return
    if target.change is not Change.SAME:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(target.text, encoding="utf-8", newline="\n")
    typer.echo(f"{path}: {'replaced' if target.diff else target.change}")


def _is_sound(out: Path) -> bool:
    """Load the written corpus, so that a fault shows at once."""
    try:
        corpus = load(out)
    except CorpusError as error:
        typer.echo(str(error), err=True)
        return False
    sections = sum(len(document.sections) for document in corpus.documents)
    entries = options.counted(len(corpus.entries), "canned answer")
    typer.echo(f"{out}: {entries} and {options.counted(sections, 'section')}; it loads")
    return True
