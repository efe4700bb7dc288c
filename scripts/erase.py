"""Erase exchanges, and the feedback on them, from the database of interactions.

Example: python scripts/erase.py 01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071
"""

from typing import Annotated

import typer

from service.analytics.database import Database, DatabaseError
from service.settings import SettingsError, load_settings


def main(
    interaction: Annotated[list[str], typer.Argument(help="What `/v1/ask` gave as its id.")],
    database: Annotated[
        str | None, typer.Option(help="SQLAlchemy URL; FAQ_DATABASE_URL when left out.")
    ] = None,
) -> None:
    """Erase exchanges, and the feedback on them, from the database of interactions.

    Exit code 0: all are erased; 1: some were not there, or the database cannot be written;
    2: wrong usage.

    Example: python scripts/erase.py 01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071
    """
    try:
        opened = Database(database or load_settings().database_url.get_secret_value())
        missing = [one for one in interaction if not opened.erase(one.strip())]
        opened.close()
    except SettingsError as error:
        raise typer.BadParameter(str(error)) from None
    except DatabaseError as error:
        typer.echo(f"The database cannot be written: {error}", err=True)
        raise typer.Exit(1) from None
    typer.echo(f"{len(interaction) - len(missing)} erased.")
    for one in missing:
        typer.echo(f"{one} is not there, or no longer.", err=True)
    if missing:
        raise typer.Exit(1)


if __name__ == "__main__":
    typer.run(main)
