"""Limits of docs/operations.md against the code, promises of docs/security.md against tests."""

import re

import pytest

from service.analytics import database, recorder
from service.answering import conversation_token
from service.api import connections, middleware, routes, schemas
from service.commands.serve import GRACE_SECONDS, KEEP_ALIVE_SECONDS
from service.settings import Settings
from service.web import sign_in
from tests.support.paths import ROOT

DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
SETTINGS = Settings()
KIB = 1024
TRIES = sign_in.TRIES.removesuffix("/minute")
REQUESTS, _, PERIOD = SETTINGS.rate_limit.partition("/")
LIMITS = {
    "question, comment": f"{schemas.MAX_QUESTION} characters, before and after NFKC",
    "body": f"{middleware.MAX_BODY // KIB} KiB, JSON, within {middleware.BODY_SECONDS:.0f} s; "
    f"{middleware.MAX_STUDIO_BODY // KIB // KIB} MiB for a signed-in editor's form",
    "request line and headers": f"{connections.HEAD_BYTES // KIB} KiB, within "
    f"{connections.HEAD_SECONDS:.0f} s",
    "idle connection; reading an answer": f"{KEEP_ALIVE_SECONDS} s; "
    f"{connections.TAKE_SECONDS:.0f} s for 64 KiB",
    "connections": f"{connections.MAX_CONNECTIONS} a worker",
    "after SIGTERM": f"{GRACE_SECONDS} s for requests, {recorder.CLOSE_SECONDS:.0f} s for records",
    "requests to one kind of `/v1/` route": f"{REQUESTS} a {PERIOD} (`FAQ_RATE_LIMIT`) from one "
    "client; an IPv6 /64 is one client",
    "questions answered at once": "one a core; of one client all but one, unless `FAQ_RATE_LIMIT` "
    "is `off`",
    "questions waiting": f"{SETTINGS.max_waiting} (`FAQ_MAX_WAITING`), half of one client; clients "
    "take turns",
    "answering, waiting included": f"{SETTINGS.deadline_seconds:.0f} s (`FAQ_DEADLINE_SECONDS`)",
    "a conversation": f"{conversation_token.MAX_TURNS} turns, {conversation_token.MAX_LENGTH} "
    f"characters of `conversation_id`, {conversation_token.MAX_AGE_SECONDS // 3600} hours",
    "signing in": f"{TRIES} tries a minute of a client, by a bearer token `FAQ_RATE_LIMIT`; for "
    f"{sign_in.SECONDS // 3600} h",
    "records waiting for the database": f"{recorder.QUEUE_SIZE:,}",
    "waiting for the database": "PostgreSQL 5 s to connect, 30 s a statement; SQLite "
    f"{database.BUSY_MILLISECONDS // 1000} s; feedback and erasing {routes.DATABASE_SECONDS:.0f} s",
}


def table() -> dict[str, str]:
    section = DOCS.split("\n## Limits and defaults\n")[1].split("\n## ")[0]
    rows = re.findall(r"^\| ([^|]+) \| ([^|]+) \| [^|]+ \|$", section, re.MULTILINE)
    return {what: limit for what, limit in rows if what not in ("what", "---")}


def test_schemas_bound_questions_and_comments_alike() -> None:
    assert schemas.MAX_QUESTION == schemas.MAX_COMMENT


@pytest.mark.parametrize("what", LIMITS)
def test_limit_stands_in_the_table_as_it_is_in_the_code(what: str) -> None:
    assert table().get(what) == LIMITS[what]


def test_table_holds_no_limit_that_is_not_compared() -> None:
    assert set(table()) == set(LIMITS)


def test_every_promise_names_tests_that_exist() -> None:
    rows = re.findall(r"^\| (?!threat|---).*\|$", SECURITY, re.MULTILINE)
    named = [re.findall(r"`((?:unit|integration|browser|slow)/[\w/]+\.py)`", row) for row in rows]

    assert len(rows) > 20
    assert [row for row, files in zip(rows, named, strict=True) if not files] == []
    assert [file for files in named for file in files if not (ROOT / "tests" / file).exists()] == []
