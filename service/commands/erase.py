"""`careers-faq erase`: exchanges, and the feedback on them, out of the database."""

from typing import Annotated

import typer

from service.analytics.database import Database, DatabaseError
from service.settings import SettingsError, load_settings

app = typer.Typer(add_completion=False)


@app.command()
def erase(
    interaction: Annotated[list[str], typer.Argument(help="`interaction_id` of `/v1/ask`.")],
    database: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL; FAQ_DATABASE_URL when left out.")
    ] = None,
) -> None:
    """Erase exchanges with visitors, feedback included, from the database.

    Exit code 0: all are erased; 1: some were not there, or the database cannot be written;
    2: wrong usage.

    Example: careers-faq erase 01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071
    """
    try:
        url = database or load_settings().database_url.get_secret_value()
        opened = Database(url, must_exist=True)
        missing = [name for name in interaction if not opened.erase(name.strip())]
        opened.close()
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    except DatabaseError as error:
        typer.echo(f"I can't write to the database: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"I erased {len(interaction) - len(missing)} of {len(interaction)}.")
    for name in missing:
        typer.echo(f"There's no {name} in the database, or not any more.", err=True)
    if missing:
        raise typer.Exit(1)
