"""`careers-faq export`: all canned answers -> a table for a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from corpus import load
from corpus.errors import LibraryMissing
from corpus.importers.table_export import FORMATS, write_table
from service.commands import options

app = options.app()


@app.command()
def export(
    table: Annotated[Path, typer.Argument(metavar="FILE", help="Ends in .csv or .xlsx.")],
    corpus: Annotated[Path, typer.Option(help="Folder with the content.")] = options.CONTENT,
) -> None:
    """Export all canned answers to a spreadsheet that can be imported again.

    A text that a spreadsheet program would take for a formula gets an apostrophe in front; the
    import removes it.

    Exit code 0: written; 1: the content is at fault, or the file cannot be written; 2: wrong usage.

    Example: careers-faq export answers.xlsx --corpus corpus
    """
    if table.suffix.lower() not in FORMATS:
        problem = f"'{table}' ends in none of {', '.join(FORMATS)}"
        raise typer.BadParameter(problem, param_hint="FILE")
    with options.failures():
        content = load(corpus)
        try:
            table.write_bytes(write_table(content, table.suffix.lower()))
        except LibraryMissing as error:
            typer.echo(str(error), err=True)
            raise typer.Exit(2) from error
    typer.echo(f"I wrote {options.counted(len(content.entries), 'canned answer')} to {table}.")
