"""`careers-faq serve` and `python -m service`: the settings of the environment -> uvicorn.

Nothing of the service is imported before it serves: `--help` needs none of it, and what is imported
then is never looked at by the garbage collector.
"""

import gc
import json
import os
import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from fastapi import FastAPI

    from service.settings import Settings

GRACE_SECONDS = 10
"""How long requests under way may take after SIGTERM. An answer takes milliseconds."""
KEEP_ALIVE_SECONDS = 75
"""Longer than the 60 s of nginx, so that it never sends into a connection being closed."""
SWITCH_SECONDS = 0.0005
"""After which a thread lets another have the interpreter. The usual 5 ms, for each time that the
event loop wants it, made a visitor wait twice as long beside a client that floods the service."""

CANNOT_SERVE = 1
USAGE_ERROR = 2

app = typer.Typer(add_completion=False)


@app.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65_535, help="Port; 0 picks a free one.")] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Number of processes.")] = 1,
    openapi: Annotated[
        bool, typer.Option("--openapi", help="Print the OpenAPI document and exit.")
    ] = False,
    index_: Annotated[
        Path | None, typer.Option("--index", help="Folder of the index, instead of FAQ_INDEX_DIR.")
    ] = None,
    sign_in: Annotated[
        bool,
        typer.Option(
            "--sign-in",
            help="Print an address that signs this machine in once, with a token for this run "
            "where FAQ_ADMIN_TOKEN is not set.",
        ),
    ] = False,
) -> None:
    """Serve answers over HTTP from an existing index.

    Settings are environment variables with the prefix FAQ_; docs/operations.md lists them.

    Exit code 0: ended by a signal; 1: it cannot listen; 2: wrong usage, or settings that cannot be
    used.

    Example: careers-faq serve --index var/index --host 0.0.0.0 --port 8000 --workers 2
    """
    with _imports():
        from pydantic import SecretStr

        from service.analytics.database import DatabaseError
        from service.app import create_app
        from service.ops.observability import configure_logging
        from service.settings import SettingsError, load_settings
    if sign_in and (workers > 1 or port == 0):
        raise typer.BadParameter("--sign-in goes with one worker, and with a --port of its own.")
    try:
        settings = load_settings()
        if sign_in and settings.admin_token is None:
            token = SecretStr(secrets.token_urlsafe(24))
            settings = settings.model_copy(update={"admin_token": token})
        if index_ is not None:
            settings = settings.model_copy(update={"index_dir": index_})
            if workers > 1:
                os.environ["FAQ_INDEX_DIR"] = str(index_)  # noqa: TID251 - where workers read it
        api = create_app(settings)
    except (SettingsError, DatabaseError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(USAGE_ERROR) from None
    if openapi:
        typer.echo(json.dumps(api.openapi(), indent=2))
        return
    configure_logging(settings.log_format, settings.log_level)
    sys.setswitchinterval(SWITCH_SECONDS)
    if sign_in:
        _print_addresses(api, f"http://127.0.0.1:{port}")
    try:
        _run(api, settings, host, port, workers)
    except SystemExit:
        # uvicorn has logged why it cannot start, and leaves with a status of its own.
        raise typer.Exit(CANNOT_SERVE) from None


def _print_addresses(api: "FastAPI", root: str) -> None:
    from service.web.sign_in import OneTimeKey

    api.state.one_time_key = key = OneTimeKey()
    typer.echo(f"Page: {root}/")
    typer.echo(f"Studio (works once, on this machine only): {root}/admin/enter?key={key.text}")


def make_app() -> "FastAPI":
    """Put the service together in a worker, from the environment."""
    with _imports():
        from service.app import create_app
        from service.ops.observability import configure_logging
        from service.settings import load_settings
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    sys.setswitchinterval(SWITCH_SECONDS)
    return create_app(settings)


@contextmanager
def _imports() -> Iterator[None]:
    """Import without the garbage collector: what is imported stays.

    Looking for what could go takes a fifth of the start.
    """
    gc.disable()
    yield
    gc.freeze()
    gc.enable()


def _run(api: "FastAPI", settings: "Settings", host: str, port: int, workers: int) -> None:
    with _imports():
        import uvicorn

        from service.api.connections import Connection
    # Workers are processes of their own and make their own app.
    is_alone = workers == 1
    uvicorn.run(
        api if is_alone else "service.commands.serve:make_app",
        factory=not is_alone,
        host=host,
        port=port,
        workers=workers,
        http=Connection,
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        forwarded_allow_ips=list(settings.trusted_proxies),
        timeout_keep_alive=KEEP_ALIVE_SECONDS,
        timeout_graceful_shutdown=GRACE_SECONDS,
    )
