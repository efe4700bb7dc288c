"""A command run in this process, as Typer runs it."""

from collections.abc import Callable

import typer
from typer.testing import CliRunner, Result


def invoke(main: Callable[..., None], *arguments: object) -> Result:
    """Run the function of a command with arguments; what it raises but to exit is raised here."""
    app = typer.Typer()
    app.command()(main)
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result
