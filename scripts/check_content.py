"""Check a corpus folder: faults that keep it from loading, then what is worth a second look.

Some of that shows only once the content is searched, so a version is built in a temporary folder
and asked its own questions.

Example: python scripts/check_content.py --corpus corpus --format github
"""

import json
import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from corpus import Corpus, CorpusError, load
from corpus.links import dead_links
from corpus.linter import Finding, Severity, as_finding, lint
from corpus.loader import unread_files
from index.errors import RetrievalError
from index.quality.content_audit import LEFT_OUT, audit
from index.quality.publication import dry_build

SHIPPED = Path(__file__).parent.parent / "corpus"
_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


def main(
    corpus: Annotated[Path, typer.Option(help="Folder with the content.")] = SHIPPED,
    output: Annotated[
        Format, typer.Option("--format", help="text, json, or annotations for GitHub.")
    ] = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")] = False,
    links: Annotated[
        bool, typer.Option("--links", help="Also follow links to other sites, over the network.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only read: leave out what needs a built version.")
    ] = False,
    cache: Annotated[
        Path, typer.Option(help="Folder of encoders and vectors, as a build keeps it.")
    ] = Path("var/cache"),
) -> None:
    """Check content and print one line a finding, with what to write instead.

    Exit code 0: nothing wrong; 1: the content is at fault; 2: wrong usage.

    Example: python scripts/check_content.py --corpus corpus --format github
    """
    findings = _findings(corpus, None if quick else cache, links=links)
    typer.echo(_printed(findings, corpus, output), nl=output is not Format.GITHUB)
    counts = Counter(finding.severity for finding in findings)
    if counts[Severity.ERROR] or (strict and counts[Severity.WARNING]):
        raise typer.Exit(1)


def _findings(corpus: Path, cache: Path | None, *, links: bool) -> tuple[Finding, ...]:
    try:
        loaded = load(corpus)
    except CorpusError as error:
        return tuple(as_finding(fault) for fault in error.faults)
    unread = (
        Finding(name, 0, Severity.WARNING, "the file is not read", _UNREAD)
        for name in unread_files(corpus)
    )
    read = lint(loaded, datetime.now(UTC).date())
    followed = dead_links(loaded) if links else ()
    searched = _searched(loaded, cache) if cache is not None else ()
    return tuple(sorted((*unread, *read, *followed, *searched)))


def _searched(content: Corpus, cache: Path) -> tuple[Finding, ...]:
    """Build a version and look at what it makes of the content, or say why that cannot be."""
    try:
        with tempfile.TemporaryDirectory() as folder:
            return audit(content, dry_build(content, Path(folder), cache))
    except (RetrievalError, OSError) as error:
        typer.echo(f"Left out: {LEFT_OUT}. {error}", err=True)
        return ()


_UNREAD = "Articles end in .md, questions in .questions.yaml, canned answers in .yaml"


def _printed(findings: Sequence[Finding], corpus: Path, output: Format) -> str:
    if output is Format.JSON:
        return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)
    if output is Format.GITHUB:
        return "".join(_annotation(finding, corpus) + "\n" for finding in findings)
    counts = Counter(finding.severity for finding in findings)
    total = ", ".join(f"{counts[kind]} {kind}{'s' * (counts[kind] != 1)}" for kind in Severity)
    return "\n".join([*(str(finding) for finding in findings), total])


def _annotation(finding: Finding, corpus: Path) -> str:
    """One workflow command; its special characters are escaped as GitHub asks for."""
    path = (corpus / finding.file).as_posix()
    place = f"file={_escaped(path, ':,')},line={max(1, finding.line)}"
    message = _escaped(f"{finding.problem}. {finding.remedy}")
    return f"::{_GITHUB[finding.severity]} {place}::{message}"


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text


if __name__ == "__main__":
    typer.run(main)
