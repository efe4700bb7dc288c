"""`careers-faq versions`: list, verify, roll back, prune and push the versions of an index."""

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
from index.errors import RetrievalError, VectorStoreUnavailable
from index.milvus import addresses
from index.quality import gate_report
from index.storage.folder_lock import FOREVER
from index.versions import publication_history, version_store
from index.versions.publication_history import Publication
from service.commands import options

if TYPE_CHECKING:
    from index.milvus.client import Milvus

app = typer.Typer(
    help="List, verify, roll back, prune and push the versions of an index.\n\n"
    "Example: careers-faq versions list --out var/index",
    no_args_is_help=True,
    add_completion=False,
)
_ALIAS_LEFT = "No service reads it, and I'll move it with the next publication."
_WIDE = 200
"""Characters."""


@app.command("list")
def list_(
    version: Annotated[
        str | None, typer.Argument(help="Show all publications of this version.")
    ] = None,
    out: options.Out = options.INDEX,
) -> None:
    """List every version, newest first: when it went live, by whom, and what that changed.

    Example: careers-faq versions list --out var/index
    """
    with options.failures():
        live, history = version_store.current(out), publication_history.history(out)
        if version is not None:
            version_store.version_folder(out, version)
            _print_publications(version, history)
            return
        columns = ("", "version", "built", "units", "model", "went live", "by", "what changed")
        table = Table(*columns, box=box.SIMPLE)
        manifests = version_store.list_versions(out)
        for manifest in manifests:
            table.add_row(*_row(manifest, live, history))
        # Piped to a file or a program, a row is one line however long it is.
        Console(width=None if sys.stdout.isatty() else _WIDE).print(table)
        unreadable = len(version_store.version_names(out)) - len(manifests)
        if unreadable > 0:
            versions = options.counted(unreadable, "version")
            note = f"{versions} cannot be read. To see why, run: careers-faq versions verify"
            typer.echo(note, err=True)


def _print_publications(version: str, history: Sequence[Publication]) -> None:
    publications = [record for record in history if record.version == version]
    for publication in publications:
        typer.echo("\n".join(gate_report.publication_lines(publication)))
    if not publications:
        typer.echo(f"I have no record of publishing {version}.")


def _row(manifest: Manifest, live: str, history: Sequence[Publication]) -> tuple[str, ...]:
    records = (record for record in reversed(history) if record.version == manifest.version)
    last = next(records, None)
    return (
        "live" if manifest.version == live else "",
        manifest.version,
        gate_report.minute(manifest.built_at),
        str(manifest.counts.get("units", 0)),
        manifest.model.name,
        *(
            (gate_report.minute(last.at), last.by, gate_report.summary(last))
            if last
            else ("", "", "")
        ),
    )


@app.command()
def verify(
    version: Annotated[str | None, typer.Argument(help="By default all versions.")] = None,
    out: options.Out = options.INDEX,
    vector_store: options.VectorStore = addresses.BUILT_IN,
) -> None:
    """Compare every file with its digest; exit code 1 when one differs.

    Example: careers-faq versions verify --out var/index
    """
    with options.failures():
        names = (
            [version]
            if version
            else [version_store.current(out), *version_store.version_names(out)]
        )
        milvus = addresses.connect(vector_store)
    intact = [_is_intact(out, name, milvus) for name in dict.fromkeys(names)]
    if not all(intact):
        raise typer.Exit(1)


def _is_intact(out: Path, version: str, milvus: "Milvus | None") -> bool:
    try:
        manifest = version_store.verify(version_store.version_folder(out, version))
        if milvus and manifest.remote:
            milvus.check(manifest)
    except RetrievalError as error:
        typer.echo(f"{version}: {error}")
        return False
    typer.echo(f"{version}: {len(manifest.files)} files match their digests")
    return True


@app.command()
def rollback(
    version: Annotated[
        str | None, typer.Argument(help="By default the version published before.")
    ] = None,
    out: options.Out = options.INDEX,
    wait: options.Wait = False,
    vector_store: options.VectorStore = addresses.BUILT_IN,
    by: options.By = None,
) -> None:
    """Make an earlier version live: the one published before, or any version by its name.

    If Milvus does not answer, the version is live nevertheless, and the exit code is 0.

    Example: careers-faq versions rollback 4dc5412a9466
    """
    with _changing(out, wait=wait):
        record = publication_history.roll_back(out, version, publication_history.signature(by))
        typer.echo(f"Version {record.version} is live.")
        if version_store.read_manifest(version_store.version_folder(out, record.version)).remote:
            _move_alias(record.version, vector_store)
    for line in gate_report.publication_lines(record):
        typer.echo(line)


def _move_alias(version: str, vector_store: str) -> None:
    """Move the alias in Milvus. It may fail: whoever ran the rollback again would undo it."""
    try:
        if milvus := addresses.connect(vector_store):
            milvus.publish(version)
    except VectorStoreUnavailable as error:
        typer.echo(f"{error}\nI couldn't move the alias in Milvus. {_ALIAS_LEFT}", err=True)


@app.command()
def prune(
    keep: Annotated[int, typer.Option(min=1, help="Newest versions to keep.")] = 5,
    out: options.Out = options.INDEX,
    wait: options.Wait = False,
    vector_store: options.VectorStore = addresses.BUILT_IN,
) -> None:
    """Delete all but the newest versions; the live one and the one before it always stay.

    Example: careers-faq versions prune --keep 3
    """
    with _changing(out, wait=wait):
        newest = [manifest.version for manifest in version_store.list_versions(out)][:keep]
        kept = publication_history.protected(out) | set(newest)
        surplus = [name for name in version_store.version_names(out) if name not in kept]
        milvus = addresses.connect(vector_store)
        deleted = []
        for name in surplus:
            if publication_history.discard(out, name, milvus.drop if milvus else None):
                deleted.append(name)
            else:
                typer.echo(f"I kept version {name}: an alias in Milvus still names its collection.")
    typer.echo(f"I deleted {', '.join(deleted)}." if deleted else "There's nothing to delete.")


@app.command()
def push(
    url: Annotated[str, typer.Argument(help="Address of the store, such as file:///mnt/index.")],
    out: options.Out = options.INDEX,
    wait: options.Wait = False,
    force: Annotated[
        bool, typer.Option("--force", help="Overwrite files that are already there.")
    ] = False,
    by: options.By = None,
) -> None:
    """Copy the live version to a store that services fetch it from (FAQ_INDEX_SOURCE).

    Example: careers-faq versions push file:///mnt/index
    """
    if find_spec("fsspec") is None:
        typer.echo("A store needs an extra. Run: pip install 'careers-faq[store]'", err=True)
        raise typer.Exit(1)
    # Only here: the other commands do without what the extra `store` holds.
    from index.versions.replication import StoreLocation
    from index.versions.replication import push as push_to

    with _changing(out, wait=wait):
        remote = StoreLocation(url)
        version = push_to(out, remote, publication_history.signature(by), force=force)
    typer.echo(f"Version {version} is live in {remote.url}.")


@contextmanager
def _changing(out: Path, *, wait: bool) -> Iterator[None]:
    """Hold the lock of an index that exists."""
    with options.failures():
        version_store.current(out)
        with version_store.building(out, FOREVER if wait else 0.0, options.print_holder):
            yield
