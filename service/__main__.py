"""Arguments -> uvicorn."""

import gc

gc.disable()  # What is imported stays: looking for what could go takes a fifth of the start.

import argparse  # noqa: E402 - after the line above, as the others
import json  # noqa: E402
import sys  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from contextlib import nullcontext  # noqa: E402

import uvicorn  # noqa: E402
from fastapi import FastAPI  # noqa: E402

from service.analytics.database import DatabaseError  # noqa: E402
from service.answering import answer_cache, conversations  # noqa: E402
from service.answering.common_memory import offered  # noqa: E402
from service.api.connections import Connection  # noqa: E402
from service.app import create_app  # noqa: E402
from service.ops.observability import configure_logging  # noqa: E402
from service.settings import Settings, SettingsError, load_settings  # noqa: E402

gc.freeze()  # nor is it looked at ever again
gc.enable()

GRACE_SECONDS = 10
"""How long requests under way may take after SIGTERM. An answer takes milliseconds."""
KEEP_ALIVE_SECONDS = 75
"""Longer than the 60 s of nginx, so that it never sends into a connection being closed."""

CANNOT_SERVE = 1
USAGE_ERROR = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until told to stop; 1 if it cannot listen, 2 for settings that cannot be used."""
    options = _parser().parse_args(arguments)
    try:
        settings = load_settings()
        app = create_app(settings)
    except (SettingsError, DatabaseError) as error:
        sys.stderr.write(f"{error}\n")
        return USAGE_ERROR
    if options.openapi:
        sys.stdout.write(f"{json.dumps(app.openapi(), indent=2)}\n")
        return 0
    configure_logging(settings.log_format, settings.log_level)
    try:
        _serve(app, settings, options)
    except SystemExit:
        # uvicorn has logged why it cannot start, and leaves with a status of its own.
        return CANNOT_SERVE
    return 0


def make_app() -> FastAPI:
    """Put the service together in a worker, from the environment."""
    settings = load_settings()
    configure_logging(settings.log_format, settings.log_level)
    return create_app(settings)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m service",
        description="Serve answers over HTTP from an existing index. Settings are environment "
        "variables with the prefix FAQ_; docs/operations.md lists them.",
        epilog="example: python -m service --host 0.0.0.0 --port 8000 --workers 2",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (%(default)s)")
    parser.add_argument("--port", default=8000, type=_port, help="port (%(default)s); 0 picks one")
    parser.add_argument("--workers", default=1, type=_workers, help="processes (%(default)s)")
    parser.add_argument("--openapi", action="store_true", help="print the API's description")
    return parser


def _port(value: str) -> int:
    if not value.isdecimal() or int(value) > 65_535:
        raise argparse.ArgumentTypeError("write a number from 0 to 65535")
    return int(value)


def _workers(value: str) -> int:
    if not value.isdecimal() or not 1 <= int(value) <= 64:
        raise argparse.ArgumentTypeError("write a number from 1 to 64")
    return int(value)


def _serve(app: FastAPI, settings: Settings, options: argparse.Namespace) -> None:
    # Workers are processes of their own and make their own app.
    is_alone = options.workers == 1
    with nullcontext() if is_alone else offered(_tables(settings)):
        uvicorn.run(
            app if is_alone else "service.__main__:make_app",
            factory=not is_alone,
            host=options.host,
            port=options.port,
            workers=options.workers,
            loop="auto" if is_alone or sys.platform == "win32" else "service.turns:Loop",
            http=Connection,
            ws="none",
            log_config=None,
            access_log=False,
            server_header=False,
            forwarded_allow_ips=list(settings.trusted_proxies),
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
        )


def _tables(settings: Settings) -> dict[str, int]:
    """Say what workers have in common, in bytes."""
    answers, talks = settings.remembered_answers, conversations.MAX_CONVERSATIONS
    return {
        answer_cache.NAME: answer_cache.LAYOUT.needed(answers),
        conversations.NAME: conversations.LAYOUT.needed(talks),
    }


if __name__ == "__main__":
    sys.exit(main())
