import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

from service.analytics.database import Database, Interaction
from tests.support.paths import ROOT

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def run(*arguments: object) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "scripts/erase.py", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


def test_exchange_is_erased_and_a_missing_one_named(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url)
    database.write([Interaction("a", NOON, "why", "answer", "", "x", 0.9, "v1", 1.0)], [])

    done = run("a", "b", "--database", url)

    assert (done.returncode, done.stdout) == (1, "1 erased.\n")
    assert done.stderr == "b is not there, or no longer.\n"
    assert not database.has("a")
    database.close()


def test_database_that_cannot_be_opened_is_told_in_a_line() -> None:
    done = run("a", "--database", "sqlite:////dev/null/x.db")

    assert done.returncode == 1
    assert done.stderr.startswith("The database cannot be written: ")
    assert "Traceback" not in done.stderr


def test_setting_that_cannot_be_used_is_wrong_usage() -> None:
    command = [sys.executable, "scripts/erase.py", "a"]
    environment = {"FAQ_DATABASE_URL": "nonsense"}
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, cwd=ROOT, env=environment
    )

    assert done.returncode == 2
    assert "FAQ_DATABASE_URL" in done.stderr
