"""List, verify, roll back and prune the versions of an index.

Example: python scripts/manage_index.py list --out var/index
"""

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.console import Console
from rich.table import Table

from index.datatypes import Manifest
from index.errors import RetrievalError, StoreUnavailable
from index.milvus import addresses
from index.quality import gate_report
from index.storage.folder_lock import FOREVER, Holder
from index.versions import publication_history, version_store
from index.versions.publication_history import Publication

if TYPE_CHECKING:
    from index.milvus.client import Milvus

app = typer.Typer(
    help="List, verify, roll back and prune the versions of an index.", no_args_is_help=True
)
Out = Annotated[Path, typer.Option(help="Folder of the index.")]
Vectors = Annotated[
    str,
    typer.Option(
        "--vector-store",
        envvar="FAQ_VECTOR_STORE",
        help="Where vectors are kept: faiss, or a Milvus' address.",
    ),
]
Wait = Annotated[bool, typer.Option("--wait", help="Wait while somebody is building.")]
_DEFAULT = Path("var/index")
_ALIAS_WAITS = "No service goes by it; the next publication moves it."
_WIDE = 200
"""Characters."""


@app.command("list")
def list_(
    version: Annotated[
        str | None, typer.Argument(help="Tell all about this version's publications.")
    ] = None,
    out: Out = _DEFAULT,
) -> None:
    """Show every version, newest first: when and by whom it went live, and what that changed.

    Example: python scripts/manage_index.py list --out var/index
    """
    with _reported():
        live, noted = version_store.current(out), publication_history.history(out)
        if version is not None:
            version_store.version_folder(out, version)
            _tell(version, noted)
            return
        columns = ("", "version", "built", "units", "model", "went live", "by", "what changed")
        table = Table(*columns, box=box.SIMPLE)
        for manifest in version_store.list_versions(out):
            table.add_row(*_row(manifest, live, noted))
        # Piped to a file or a program, a row is one line however long it is.
        Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


def _tell(version: str, noted: Sequence[Publication]) -> None:
    told = [one for one in noted if one.version == version]
    for publication in told:
        typer.echo("\n".join(gate_report.publication_lines(publication)))
    if not told:
        typer.echo(f"Nothing is noted of {version} going live.")


def _row(manifest: Manifest, live: str, noted: Sequence[Publication]) -> tuple[str, ...]:
    last = next((one for one in reversed(noted) if one.version == manifest.version), None)
    return (
        "live" if manifest.version == live else "",
        manifest.version,
        manifest.built_at,
        str(manifest.counts.get("units", 0)),
        manifest.model.name,
        *((last.at, last.by, gate_report.summary(last)) if last else ("", "", "")),
    )


@app.command()
def verify(
    version: Annotated[str | None, typer.Argument(help="All versions when left out.")] = None,
    out: Out = _DEFAULT,
    vector_store: Vectors = addresses.BUILT_IN,
) -> None:
    """Compare every file with its digest; exit code 1 when one differs.

    Example: python scripts/manage_index.py verify --out var/index
    """
    with _reported():
        names = (
            [version]
            if version
            else [version_store.current(out), *version_store.version_names(out)]
        )
        milvus = addresses.connect(vector_store)
    whole = [_verified(out, name, milvus) for name in dict.fromkeys(names)]
    if not all(whole):
        raise typer.Exit(1)


def _verified(out: Path, version: str, milvus: "Milvus | None") -> bool:
    try:
        manifest = version_store.verify(version_store.version_folder(out, version))
        if milvus and manifest.remote:
            milvus.check(manifest)
    except RetrievalError as error:
        typer.echo(f"{version}: {error}")
        return False
    typer.echo(f"{version}: {len(manifest.files)} files as they were built")
    return True


@app.command()
def rollback(
    version: Annotated[
        str | None, typer.Argument(help="The version published before when left out.")
    ] = None,
    out: Out = _DEFAULT,
    wait: Wait = False,
    vector_store: Vectors = addresses.BUILT_IN,
    by: Annotated[
        str | None, typer.Option(help="Your name, to be noted beside the account.")
    ] = None,
) -> None:
    """Make an earlier version the live one: an undo, or any version that is there by its name.

    Where Milvus does not answer, the version is live all the same, and the exit code 0.

    Example: python scripts/manage_index.py rollback 4dc5412a9466
    """
    with _changing(out, wait=wait):
        done = publication_history.roll_back(out, version, publication_history.signature(by))
        typer.echo(f"Version {done.version} is live.")
        if version_store.read_manifest(version_store.version_folder(out, done.version)).remote:
            _move_alias(done.version, vector_store)
    for line in gate_report.publication_lines(done):
        typer.echo(line)


def _move_alias(version: str, vector_store: str) -> None:
    """Let Milvus' alias follow; no failure, since one who undoes again would undo the undoing."""
    try:
        if milvus := addresses.connect(vector_store):
            milvus.publish(version)
    except StoreUnavailable as error:
        typer.echo(f"{error}\nThe alias in Milvus was not moved. {_ALIAS_WAITS}", err=True)


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="Newest versions to keep.")] = 5,
    out: Out = _DEFAULT,
    wait: Wait = False,
    vector_store: Vectors = addresses.BUILT_IN,
) -> None:
    """Delete all but the newest versions; the live one and the one before it always stay.

    Example: python scripts/manage_index.py prune --keep 3
    """
    with _changing(out, wait=wait):
        newest = [manifest.version for manifest in version_store.list_versions(out)][:keep]
        kept = publication_history.protected(out) | set(newest)
        gone = [name for name in version_store.version_names(out) if name not in kept]
        milvus = addresses.connect(vector_store)
        deleted = []
        for name in gone:
            if publication_history.discard(out, name, milvus.drop if milvus else None):
                deleted.append(name)
            else:
                typer.echo(f"Version {name} stays: an alias in Milvus names its collection.")
    typer.echo(f"Deleted {', '.join(deleted)}." if deleted else "Nothing to delete.")


@app.command()
def push(
    url: Annotated[str, typer.Argument(help="Store, such as file:///mnt/index.")],
    out: Out = _DEFAULT,
    wait: Wait = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write its files even if they are there.")
    ] = False,
    by: Annotated[
        str | None, typer.Option(help="Your name, to be noted beside the account.")
    ] = None,
) -> None:
    """Publish the live version in a store from which services fetch it (FAQ_INDEX_SOURCE).

    Example: python scripts/manage_index.py push file:///mnt/index
    """
    if find_spec("fsspec") is None:
        typer.echo("A store needs a package: pip install 'careers-faq[store]'", err=True)
        raise typer.Exit(1)
    # Only here: the other commands do without what the extra `store` holds.
    from index.versions.replication import Place
    from index.versions.replication import push as push_to

    with _changing(out, wait=wait):
        remote = Place(url)
        version = push_to(out, remote, publication_history.signature(by), force=force)
    typer.echo(f"Version {version} is live in {remote.url}.")


@contextmanager
def _changing(out: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock of an index that exists."""
    with _reported():
        version_store.current(out)
        with version_store.building(out, FOREVER if wait else 0.0, _notice):
            yield


def _notice(who: Holder | None) -> None:
    typer.echo(f"Waiting for {who or 'another process'}.")


@contextmanager
def _reported() -> Iterator[None]:
    """Print what is wrong with the index, and end with exit code 1."""
    try:
        yield
    except (RetrievalError, OSError) as error:
        typer.echo(error, err=True)
        raise typer.Exit(1) from error


if __name__ == "__main__":
    app()
