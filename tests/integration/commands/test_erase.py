from datetime import UTC, datetime
from pathlib import Path

import pytest

from service.analytics.database import Database, Interaction
from tests.support.commands import run

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def test_exchange_is_erased_and_a_missing_one_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url)
    database.write([Interaction("a", NOON, "why", "answer", "", "x", 0.9, "v1", 1.0)], [])

    result = run("erase", "a", "b", "--database", url)

    assert (result.exit_code, result.stdout) == (1, "I erased 1 of 2.\n")
    assert result.stderr.startswith("There's no b ")
    assert not database.has("a")
    database.close()


@pytest.mark.parametrize("from_setting", [False, True])
def test_database_that_is_not_there_is_reported_and_not_made(
    from_setting: bool, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path}/x.db"
    settings = {"FAQ_DATABASE_URL": url} if from_setting else {}

    result = run("erase", "a", *(() if from_setting else ("--database", url)), settings=settings)

    assert (result.exit_code, result.stdout) == (1, "")
    assert f"There is no database {tmp_path}/x.db." in result.stderr
    assert not (tmp_path / "x.db").exists()


def test_database_that_cannot_be_opened_is_reported_in_a_line() -> None:
    result = run("erase", "a", "--database", "sqlite:////dev/null/x.db")

    assert result.exit_code == 1
    assert result.stderr.startswith("I can't write to the database: ")


def test_setting_that_cannot_be_used_is_wrong_usage() -> None:
    result = run("erase", "a", settings={"FAQ_DATABASE_URL": "nonsense"})

    assert result.exit_code == 2
    assert "FAQ_DATABASE_URL" in result.stderr
