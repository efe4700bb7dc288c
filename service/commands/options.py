"""What the subcommands share: options, what they work with, and how they report failures."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from corpus.errors import CorpusError
from index.encoding.encoder import Encoder
from index.errors import RetrievalError
from index.quality.publication import FindModel, find_model
from index.storage.folder_lock import Holder

_CHECKOUT = Path(__file__).parents[2] / "corpus"
CONTENT = _CHECKOUT if (_CHECKOUT / "faqs").is_dir() else Path("corpus")
"""In a checkout the shipped content; elsewhere a folder of the working directory."""
INDEX = Path("var/index")

Index = Annotated[
    Path, typer.Option("--index", envvar="FAQ_INDEX_DIR", help="Folder of the index.")
]
Out = Annotated[Path, typer.Option("--out", envvar="FAQ_INDEX_DIR", help="Folder of the index.")]
VectorStore = Annotated[
    str,
    typer.Option(
        "--vector-store",
        envvar="FAQ_VECTOR_STORE",
        help="Where vectors are kept: faiss, or the address of a Milvus server.",
    ),
]
By = Annotated[str | None, typer.Option(help="Your name, for the history.")]
Wait = Annotated[bool, typer.Option("--wait", help="Wait for a running build instead of failing.")]


@dataclass(frozen=True, slots=True)
class Tools:
    """What commands work with. Tests pass their own as the object of the context."""

    find_model: FindModel = find_model
    encoder: Encoder | None = None
    """Encodes questions instead of the encoder of a version."""
    sleep: Callable[[float], None] = time.sleep


def tools(context: typer.Context) -> Tools:
    """Return what a command was given to work with, by default the real parts."""
    return context.find_object(Tools) or Tools()


def app() -> typer.Typer:
    """Return an empty application for one subcommand."""
    return typer.Typer(add_completion=False)


def counted(number: int, noun: str) -> str:
    """Write a number with its noun: 1 section, 2 sections."""
    return f"{number} {noun}{'s' * (number != 1)}"


def print_holder(holder: Holder | None) -> None:
    """Say which process is waited for."""
    typer.echo(f"Waiting for {holder or 'another process'}.")


@contextmanager
def failures() -> Iterator[None]:
    """Print what is wrong with the content or the index to stderr, and exit with 1."""
    try:
        yield
    except (CorpusError, RetrievalError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
