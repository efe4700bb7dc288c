"""Limits of docs/operations.md against the code, promises of docs/security.md against tests."""

import re

import pytest

from service.analytics import database, recorder
from service.answering import conversation_token
from service.api import connections, middleware, redis_limiter, routes, schemas
from service.commands.serve import GRACE_SECONDS, KEEP_ALIVE_SECONDS
from service.live import live_index
from service.settings import Settings
from service.studio import content_files, importer
from service.studio import schemas as content
from service.web import sign_in
from tests.support.paths import ROOT

DOCS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
SECURITY = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
SETTINGS = Settings()
KIB = 1024
TRIES = sign_in.TRIES.removesuffix("/minute")
REQUESTS, _, PERIOD = SETTINGS.rate_limit.partition("/")
LIMITS = {
    "question, comment": f"{schemas.MAX_QUESTION} characters, also once signs that stand for "
    "several are written out (NFKC)",
    "passages": f"{schemas.MAX_LIMIT}",
    "body of a request": f"{middleware.MAX_BODY // KIB} KiB, JSON, within "
    f"{middleware.BODY_SECONDS:.0f} s; "
    f"{middleware.MAX_STUDIO_BODY // KIB // KIB} MiB for a form of the studio, from somebody "
    "signed in",
    "address and headers of a request": f"{connections.HEAD_BYTES // KIB} KiB with what "
    f"separates them, within {connections.HEAD_SECONDS:.0f} s of the connection or of their first "
    "byte",
    "connection without a request": f"{KEEP_ALIVE_SECONDS} s after an answer",
    "taking an answer": f"{connections.TAKE_SECONDS:.0f} s for 64 KiB",
    "rest of a body that was refused": f"taken and dropped for {connections.LINGER_SECONDS:.0f} s",
    "connections of a worker": f"{connections.MAX_CONNECTIONS}",
    "finishing what is under way after SIGTERM": f"{GRACE_SECONDS} s, and "
    f"{recorder.CLOSE_SECONDS:.0f} s for records",
    "requests of a client to one kind of `/v1/` route": f"{REQUESTS} a {PERIOD} "
    "(`FAQ_RATE_LIMIT`); an IPv6 /64 is one client",
    "questions answered at once": "one a core; of one client all but one, where `FAQ_RATE_LIMIT` "
    "is not `off`",
    "questions waiting": f"{SETTINGS.max_waiting} (`FAQ_MAX_WAITING`)",
    "questions of one client waiting": "half of those; clients take turns",
    "answering a question, its waiting counted": f"{SETTINGS.deadline_seconds:.0f} s "
    "(`FAQ_DEADLINE_SECONDS`)",
    "answers cached for whoever asks the same": f"{SETTINGS.remembered_answers} a worker "
    "(`FAQ_REMEMBERED_ANSWERS`), each for one version and one day",
    "turns that a conversation carries": f"{conversation_token.MAX_TURNS}, in "
    f"{conversation_token.MAX_LENGTH} characters of `conversation_id`, for "
    f"{conversation_token.MAX_AGE_SECONDS // 3600} hours",
    "records waiting for the database": f"{recorder.QUEUE_SIZE:,}",
    "signing in as administrator": f"{TRIES} tries a minute of a client; with a bearer token "
    "`FAQ_RATE_LIMIT`",
    "a canned answer over HTTP": f"lines of {content.LONGEST_LINE:,} characters, "
    f"{content.MOST_TEXTS:,} of them in a list, {content.LONGEST_TEXT:,} characters of answer",
    "page that the studio imports": f"{importer.MOST_FETCHED // 1_000_000} MB, within "
    f"{importer.FETCH_SECONDS:.0f} s, from the public internet (`FAQ_IMPORT_PRIVATE`)",
    "saving, waiting for another editor": f"{content_files.LOCK_SECONDS:.0f} s",
    "session of the administrator": f"{sign_in.SECONDS // 3600} h",
    "database: connecting, a statement (PostgreSQL)": "5 s, 30 s",
    "database: waiting for another writer (SQLite)": f"{database.BUSY_MILLISECONDS // 1000} s",
    "feedback and erasing, waiting for the database": f"{routes.DATABASE_SECONDS:.0f} s",
    "an exchange that another worker has yet to write": f"{routes.WRITTEN_SECONDS:.0f} s, for its "
    "rating and erasing",
    "Redis": f"{redis_limiter.REDIS_SECONDS} s",
    "a conversation that has seen a newer version": f"{live_index.CATCH_UP_SECONDS:.0f} s "
    "for the worker to take it",
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
    assert [one for files in named for one in files if not (ROOT / "tests" / one).exists()] == []
