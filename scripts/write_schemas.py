"""Write the JSON Schemas of the content files after a change of the models.

Example: python scripts/write_schemas.py
"""

from pathlib import Path
from typing import Annotated

import typer

from corpus.models import schemas

SHIPPED = Path(__file__).parent.parent / "corpus" / "schemas"


def main(
    out: Annotated[Path, typer.Option(help="Folder to write to.", file_okay=False)] = SHIPPED,
) -> None:
    """Write the JSON Schemas of the content files.

    Example: python scripts/write_schemas.py
    """
    out.mkdir(parents=True, exist_ok=True)
    for name, text in schemas().items():
        (out / name).write_text(text, encoding="utf-8")
        typer.echo(f"wrote {out / name}")


if __name__ == "__main__":
    typer.run(main)
