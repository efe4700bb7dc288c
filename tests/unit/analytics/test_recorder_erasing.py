from pathlib import Path

import pytest

from service.analytics.database import Database, DatabaseError
from service.analytics.recorder import QUEUE_SIZE
from service.settings import QuestionLog
from tests.unit.analytics.test_recorder import Losses, feedback, interaction, made, rows


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "interactions.db"


@pytest.fixture
def losses() -> Losses:
    return Losses()


def test_exchange_is_erased_before_it_is_written(
    file: Path, database: Database, losses: Losses
) -> None:
    interactions = made(database, losses)
    interactions.record(interaction(1))
    interactions.record(interaction(2))
    interactions.give_feedback(feedback(1))
    done = interactions.erase("id-1")
    interactions.give_feedback(feedback(1))
    interactions.start()
    interactions.close()

    assert done.result(0)
    assert not interactions.is_recent("id-1")
    assert rows(file, "select id from interactions") == [("id-2",)]
    assert rows(file, "select interaction from feedback") == []


def test_erasure_that_the_database_refuses_is_reported(tmp_path: Path, losses: Losses) -> None:
    (tmp_path / "a file").touch()
    interactions = made(Database(f"sqlite:///{tmp_path}/a file/x.db"), losses)
    interactions.start()
    done = interactions.erase("id-1")

    with pytest.raises(DatabaseError):
        done.result(10)
    interactions.close()


def test_erasure_that_finds_the_queue_full_is_reported(database: Database, losses: Losses) -> None:
    interactions = made(database, losses, QuestionLog.OFF)
    for number in range(QUEUE_SIZE):
        interactions.record(interaction(number))

    with pytest.raises(DatabaseError, match="wait"):
        interactions.erase("id-1").result(0)
