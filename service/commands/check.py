"""`careers-faq check`: faults that keep content from loading, then what is worth a second look.

Some of that shows only once the content is searched, so a version is built in a temporary folder
and asked its own questions.
"""

import json
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
from index.quality.content_audit import LEFT_OUT
from index.quality.publication import FindModel, audit_content
from service.commands import options

_GITHUB = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}

app = options.app()


class Format(StrEnum):
    """How findings are printed."""

    TEXT = "text"
    JSON = "json"
    GITHUB = "github"


@app.command()
def check(
    context: typer.Context,
    corpus: Annotated[Path, typer.Option(help="Folder with the content.")] = options.CONTENT,
    output: Annotated[
        Format, typer.Option("--format", help="text, json, or annotations for GitHub.")
    ] = Format.TEXT,
    strict: Annotated[bool, typer.Option("--strict", help="Fail on warnings, too.")] = False,
    links: Annotated[
        bool, typer.Option("--links", help="Also follow links to other sites, over the network.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Only read the files; build and search nothing.")
    ] = False,
    cache: Annotated[Path, typer.Option(help="Folder of the cached encoder and vectors.")] = Path(
        "var/cache"
    ),
) -> None:
    """Check the content and print each problem on a line, with the fix.

    Exit code 0: nothing wrong; 1: the content is at fault; 2: wrong usage.

    Example: careers-faq check --corpus corpus --format github
    """
    find_model = options.tools(context).find_model
    findings = _findings(corpus, None if quick else cache, find_model, links=links)
    typer.echo(_formatted(findings, corpus, output), nl=output is not Format.GITHUB)
    counts = Counter(finding.severity for finding in findings)
    if counts[Severity.ERROR] or (strict and counts[Severity.WARNING]):
        raise typer.Exit(1)


def _findings(
    corpus: Path, cache: Path | None, find_model: FindModel, *, links: bool
) -> tuple[Finding, ...]:
    try:
        content = load(corpus)
    except CorpusError as error:
        return tuple(as_finding(fault) for fault in error.faults)
    unread = (as_finding(fault, Severity.WARNING) for fault in unread_files(corpus))
    linted = lint(content, datetime.now(UTC).date())
    dead = dead_links(content) if links else ()
    audited = _audited(content, cache, find_model) if cache is not None else ()
    return tuple(sorted((*unread, *linted, *dead, *audited)))


def _audited(content: Corpus, cache: Path, find_model: FindModel) -> tuple[Finding, ...]:
    """Audit a built version, or say why that is not possible."""
    try:
        return audit_content(content, cache, find_model)
    except (RetrievalError, OSError) as error:
        typer.echo(f"I left out {LEFT_OUT}. {error}", err=True)
        return ()


def _formatted(findings: Sequence[Finding], corpus: Path, output: Format) -> str:
    if output is Format.JSON:
        return json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False)
    if output is Format.GITHUB:
        return "".join(_annotation(finding, corpus) + "\n" for finding in findings)
    counts = Counter(finding.severity for finding in findings)
    total = ", ".join(options.counted(counts[kind], kind) for kind in Severity)
    return "\n".join([*(str(finding) for finding in findings), total])


def _annotation(finding: Finding, corpus: Path) -> str:
    """Format a workflow command of GitHub, special characters escaped."""
    path = (corpus / finding.file).as_posix()
    place = f"file={_escaped(path, ':,')},line={max(1, finding.line)}"
    message = _escaped(f"{finding.problem}. {finding.remedy}")
    return f"::{_GITHUB[finding.severity]} {place}::{message}"


def _escaped(text: str, more: str = "") -> str:
    for character in "%\r\n" + more:
        text = text.replace(character, f"%{ord(character):02X}")
    return text
