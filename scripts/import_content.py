"""Turn texts, pages, tables and documents into corpus files for review.

Example: python scripts/import_content.py article.txt faq.csv --out my-content
"""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Annotated
from urllib.parse import unquote, urlsplit

import typer

from corpus import CorpusError, load
from corpus.errors import LibraryMissing
from corpus.importers import (
    FORMATS,
    Change,
    Draft,
    Kind,
    Note,
    Target,
    arrange,
    download,
    merge,
    read_source,
)
from corpus.slugs import slug


@dataclass(frozen=True, slots=True)
class Source:
    """One thing to import."""

    given: str
    """As it stands on the command line."""
    name: str
    """Of the files that are written."""
    is_address: bool


def main(
    sources: Annotated[
        list[str], typer.Argument(metavar="SOURCE", help="Files, or http(s) addresses.")
    ],
    out: Annotated[Path, typer.Option(help="Corpus folder to write to.")],
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over files that differ.")
    ] = False,
    owner: Annotated[str, typer.Option(help="Who keeps the content right.")] = "",
) -> None:
    """Turn texts, pages, tables and documents into corpus files for review.

    Reads .txt, .md, .html, .csv, .tsv, .xlsx, .docx, .jsonld and http(s) addresses, and reports
    what was taken, guessed and left out, by line. A file that is there already and differs is
    not touched: the difference is shown, and --replace takes it over.

    Exit code 0: imported; 1: a source or the resulting content is at fault; 2: wrong usage.

    Example: python scripts/import_content.py article.txt faq.csv --out my-content
    """
    wanted = _named(sources)
    if out.exists() and not out.is_dir():
        raise typer.BadParameter(f"'{out}' is a file", param_hint="--out")
    results = [_import(source, out, replace, owner) for source in wanted]
    if not all(results) or not _is_sound(out):
        raise typer.Exit(1)


def _named(sources: Sequence[str]) -> list[Source]:
    """Check what was given; two sources may not have one name."""
    found = [_source(given) for given in dict.fromkeys(sources)]
    counts = Counter(source.name for source in found)
    for source in found:
        if counts[source.name] > 1:
            problem = f"more than one source would be written as '{source.name}'; rename one"
            raise typer.BadParameter(problem, param_hint="SOURCE")
    return found


def _source(given: str) -> Source:
    if re.match(r"https?://", given, re.IGNORECASE):
        parts = urlsplit(given)
        last = PurePosixPath(unquote(parts.path)).stem
        return Source(given, slug(last) or slug(parts.hostname or "") or "page", True)
    path = Path(given)
    if path.suffix.lower() not in FORMATS:
        problem = f"'{given}' is none of {', '.join(FORMATS)}"
        raise typer.BadParameter(problem, param_hint="SOURCE")
    if not path.is_file():
        problem = f"'{given}' is {'no file' if path.exists() else 'not there'}"
        raise typer.BadParameter(problem, param_hint="SOURCE")
    return Source(given, slug(path.stem) or "imported", False)


def _import(source: Source, out: Path, replace: bool, owner: str) -> bool:
    """Import one source; whether that went well."""
    try:
        draft = _draft(source)
        merged = merge(draft, source.name, out, owner)
        _print_report(source, [*draft.notes, *merged.notes])
        for target in merged.targets:
            _write(out, target, replace)
    except LibraryMissing as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error
    except CorpusError as error:
        typer.echo(str(error), err=True)
        return False
    except OSError as error:
        reason = error.strerror or type(error).__name__
        typer.echo(f"{error.filename or source.given}: {reason}", err=True)
        return False
    return True


def _draft(source: Source) -> Draft:
    title = source.name.replace("-", " ").capitalize()
    if not source.is_address:
        path = Path(source.given)
        found = read_source(source.given, path.read_bytes(), path.suffix.lower())
        return arrange(found, title)
    page = download(source.given)
    ending = page.ending if page.ending in FORMATS else ".html"
    found = read_source(source.given, page.raw, ending, page.address, page.encoding)
    return arrange(found, title)


def _print_report(source: Source, notes: Sequence[Note]) -> None:
    for note in sorted(notes):
        place = f"{source.given}:{note.line}" if note.line else source.given
        typer.echo(f"{place}: {note.kind}: {note.text}")
    counts = Counter(note.kind for note in notes)
    typer.echo(f"{source.given}: " + ", ".join(f"{counts[kind]} {kind}" for kind in Kind))


def _write(out: Path, target: Target, replace: bool) -> None:
    path = out / target.name
    if target.diff:
        typer.echo(target.diff, nl=False)
    if target.change is Change.DIFFERENT and not replace:
        typer.echo(f"{path}: left as it is; --replace takes over what is shown above")
        return
    if target.change is not Change.SAME:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(target.text, encoding="utf-8", newline="\n")
    typer.echo(f"{path}: {'replaced' if target.diff else target.change}")


def _is_sound(out: Path) -> bool:
    """Load what is there now, so that a fault shows at once."""
    try:
        corpus = load(out)
    except CorpusError as error:
        typer.echo(str(error), err=True)
        return False
    sections = sum(len(document.sections) for document in corpus.documents)
    typer.echo(f"{out}: {len(corpus.entries)} canned answers and {sections} sections; it loads")
    return True


if __name__ == "__main__":
    typer.run(main)
