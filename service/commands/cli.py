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
    "check": "Check content and print one line a finding, with what to write instead.",
    "import": "Turn texts, pages, tables and documents into corpus files for review.",
    "export": "Write all canned answers to a table that imports to the same.",
    "ask": "Ask the published index one question.",
    "evaluate": "Measure the answers of an index on labelled questions, beside baselines.",
    "versions": "List, verify, roll back, prune and push the versions of an index.",
    "gaps": "Show what visitors asked and got no answer to, as entries that are ready to edit.",
    "erase": "Erase exchanges, and the feedback on them, from the database of interactions.",
    "people": "Add, list and remove the people who may work on the content, each with a role.",
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
