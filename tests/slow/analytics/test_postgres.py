"""The database in a real PostgreSQL, and by several processes at once."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from service.analytics.database import Database, DatabaseError
from tests.integration.analytics.test_database import (  # noqa: F401 - run with this `url`
    asked,
    database,
    rows,
    test_all_that_is_past_its_time_is_deleted,
    test_click_of_a_kind_counts_once_whoever_sends_it,
    test_exchange_and_feedback_are_kept_whole,
    test_exchange_is_erased_with_its_feedback_and_no_other,
    test_later_feedback_replaces_earlier,
)
from tests.support.paths import ROOT
from tests.support.postgres import postgres as started_postgres
from tests.support.serving import serving, settings_for

PAY = "Do cooks earn more than bakers?"
PROCESSES, BATCHES, ROWS = 4, 5, 40
WRITER = f"""
import sys
from tests.integration.analytics.test_database import asked
from service.analytics.database import Database

writer = sys.argv[2]
database = Database(sys.argv[1])
print("ready", flush=True)
sys.stdin.readline()
for batch in range({BATCHES}):
    rows = [asked(f"{{writer}}-{{batch}}-{{row}}") for row in range({ROWS})]
    database.write(rows, [])
database.close()
"""


@pytest.fixture
def url(postgres: str) -> Iterator[str]:
    """Of the empty database."""
    yield postgres
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("drop table if exists interactions, feedback, clicks"))
    engine.dispose()


@pytest.mark.parametrize("kind", ["sqlite", "postgres"])
def test_several_processes_start_at_once_and_lose_nothing(
    kind: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    is_file = kind == "sqlite"
    url = f"sqlite:///{tmp_path}/x.db" if is_file else request.getfixturevalue("url")
    command = [sys.executable, "-c", WRITER, url]
    writers = [
        subprocess.Popen(
            [*command, str(number)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )
        for number in range(PROCESSES)
    ]
    for writer in writers:
        assert writer.stdout
        assert writer.stdout.readline() == "ready\n"
    # Not one has connected yet: now all make the tables at once.
    for writer in writers:
        writer.communicate("go\n")

    assert [writer.returncode for writer in writers] == [0] * PROCESSES
    assert rows(url, "select count(distinct id) from interactions") == [
        (PROCESSES * BATCHES * ROWS,)
    ]


def test_statement_of_postgres_ends_in_time(url: str) -> None:
    own = Database(url)
    with own.reading() as connection:
        limit = connection.execute(text("show statement_timeout")).scalar_one()
    own.close()

    assert limit == "30s"


def test_postgres_that_stops_is_an_error_and_no_fault() -> None:
    with started_postgres() as url:
        own = Database(url)
        own.write([asked("first")], [])

    with pytest.raises(DatabaseError):
        own.write([asked("second")], [])
    own.close()


def test_service_keeps_and_erases_in_postgres(url: str, tmp_path: Path, index_folder: Path) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, database_url=SecretStr(url))
    with serving(settings) as client:
        ids = [
            client.post("/v1/ask", json={"question": PAY}).json()["interaction_id"]
            for _ in range(2)
        ]
        assert client.delete(f"/v1/interactions/{ids[0]}").status_code == 204
    with serving(settings) as client:
        statuses = [
            client.post("/v1/feedback", json={"interaction_id": id_, "helpful": True})
            for id_ in ids
        ]

    assert [response.status_code for response in statuses] == [404, 204]
