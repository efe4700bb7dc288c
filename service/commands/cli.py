"""`careers-faq`: the names of the subcommands, and their modules, which are imported on use."""

from collections.abc import Mapping
from importlib import import_module
from importlib.metadata import version
from typing import Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

SUMMARIES: Mapping[str, str] = {
    "serve": "Serve answers over HTTP from an existing index.",
    "build": "Build an index of the content, compare it with the live one and publish it.",
    "check": "Check the content and print each problem on a line, with the fix.",
    "import": "Turn texts, pages, tables and documents into corpus files for review.",
    "export": "Export all canned answers to a spreadsheet that can be imported again.",
    "ask": "Ask the live version one question.",
    "evaluate": "Evaluate an index on labelled questions, next to baselines.",
    "versions": "List, verify, roll back, prune and push the versions of an index.",
    "gaps": "Print the questions that got no answer, grouped as entries to edit.",
    "erase": "Erase exchanges with visitors, feedback included, from the database.",
    "people": "Manage the people who may edit or publish content, and their roles.",
}
"""The first line of each subcommand's help."""


class Subcommands(TyperGroup):
    """Imports a subcommand when it runs, so that `serve` loads no torch and `--help` is quick."""

    def resolve_command(self, ctx: Any, args: list[str]) -> tuple[str | None, Any, list[str]]:
        """Return the subcommand itself in the place of its summary."""
        name, command, rest = super().resolve_command(ctx, args)
        return name, subcommand(name) if name else command, rest


def subcommand(name: str) -> Any:
    """Import a subcommand."""
    module = "import_content" if name == "import" else name
    return get_command(import_module(f"service.commands.{module}").app)


def _print_version(wanted: bool) -> None:
    if wanted:
        from index.encoding.export import DEFAULT_MODEL
        from index.versions.version_store import FORMAT

        package = version("careers-faq")
        typer.echo(f"careers-faq {package}, index format {FORMAT}, model {DEFAULT_MODEL}")
        raise typer.Exit


app = typer.Typer(cls=Subcommands, no_args_is_help=True)
for _name, _summary in SUMMARIES.items():
    app.command(_name, help=_summary)(lambda: None)


@app.callback()
def careers_faq(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the versions of the package and the index format, and the model.",
        ),
    ] = False,
) -> None:
    """Answer visitors' questions from an article and its FAQ, verbatim and cited.

    Example: careers-faq build --corpus corpus --out var/index && careers-faq serve
    """
