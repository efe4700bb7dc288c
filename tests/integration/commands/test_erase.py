from datetime import UTC, datetime
from pathlib import Path

from service.analytics.database import Database, Interaction
from tests.support.commands import run

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_exchange_is_erased_and_a_missing_one_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url)
    database.write([Interaction("a", NOON, "why", "answer", "", "x", 0.9, "v1", 1.0)], [])

    done = run("erase", "a", "b", "--database", url)

    assert (done.exit_code, done.stdout) == (1, "I erased 1 of 2.\n")
    assert done.stderr.startswith("There's no b ")
    assert not database.has("a")
    database.close()


def test_database_that_cannot_be_opened_is_reported_in_a_line() -> None:
    done = run("erase", "a", "--database", "sqlite:////dev/null/x.db")

    assert done.exit_code == 1
    assert done.stderr.startswith("I can't write to the database: ")


def test_setting_that_cannot_be_used_is_wrong_usage() -> None:
    done = run("erase", "a", settings={"FAQ_DATABASE_URL": "nonsense"})

    assert done.exit_code == 2
    assert "FAQ_DATABASE_URL" in done.stderr
