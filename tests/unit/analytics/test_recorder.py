import sqlite3
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.analytics.database import Database, DatabaseError, Feedback, Interaction
from service.analytics.recorder import QUEUE_SIZE, RECENT_SIZE, SWEEP_SECONDS, Interactions
from service.settings import QuestionLog

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def interaction(
    number: int = 1, question: str = "I am John Smith", at: datetime = NOON
) -> Interaction:
    return Interaction(
        id=f"id-{number}",
        asked_at=at,
        question=question,
        outcome="no_answer",
        reason="not_covered",
        answer=None,
        confidence=0.25,
        index_version="v1",
        milliseconds=1.5,
    )


def feedback(number: int = 1, helpful: bool = True, comment: str | None = None) -> Feedback:
    return Feedback(f"id-{number}", NOON, helpful, comment)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "new folder" / "interactions.db"


class Losses:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self, count: int) -> None:
        self.count += count


@pytest.fixture
def losses() -> Losses:
    return Losses()


def made(
    database: Database,
    losses: Losses,
    keep: QuestionLog = QuestionLog.REDACTED,
    now: Callable[[], datetime] = lambda: NOON,
    clock: Callable[[], float] = time.monotonic,
) -> Interactions:
    return Interactions(database, keep, timedelta(days=30), losses, now=now, clock=clock)


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def test_interaction_is_written_whole(file: Path, database: Database, losses: Losses) -> None:
    interactions = made(database, losses)
    interactions.start()
    interactions.record(interaction(question="what pays more?"))
    interactions.close()

    assert rows(file, "select * from interactions") == [
        (
            "id-1",
            "2026-11-23 12:00:00.000000",
            "what pays more?",
            "no_answer",
            "not_covered",
            None,
            0.25,
            "v1",
            1.5,
            "2026-11-23",
            2,
            "what pays more",
            None,
        )
    ]
    assert losses.count == 0


@pytest.mark.parametrize(
    ("keep", "question"),
    [
        (QuestionLog.OFF, None),
        (QuestionLog.REDACTED, "I am [name]"),
        (QuestionLog.FULL, "I am John Smith"),
    ],
)
def test_text_is_kept_as_the_setting_says(
    keep: QuestionLog, question: str | None, file: Path, database: Database, losses: Losses
) -> None:
    interactions = made(database, losses, keep)
    interactions.start()
    interactions.record(interaction(question="I am John Smith"))
    interactions.give_feedback(feedback(comment="I am John Smith"))
    interactions.close()

    assert rows(file, "select question from interactions") == [(question,)]
    assert rows(file, "select comment from feedback") == [(question,)]


def test_later_feedback_replaces_earlier(file: Path, database: Database, losses: Losses) -> None:
    database.write([interaction()], [feedback(helpful=True, comment="good")])
    interactions = made(database, losses)
    interactions.start()
    interactions.give_feedback(feedback(helpful=True))
    interactions.give_feedback(feedback(helpful=False))
    interactions.close()

    assert rows(file, "select interaction, helpful, comment from feedback") == [("id-1", 0, None)]


def test_exchange_is_known_before_it_is_written(database: Database, losses: Losses) -> None:
    interactions = made(database, losses)
    interactions.record(interaction(1))

    assert interactions.is_recent("id-1")
    assert not interactions.is_recent("id-2")
    assert not interactions.is_stored("id-1")


def test_exchange_is_known_after_a_restart(database: Database, losses: Losses) -> None:
    database.write([interaction(1)], [])

    interactions = made(database, losses)

    assert not interactions.is_recent("id-1")
    assert interactions.is_stored("id-1")


def test_memory_of_recent_exchanges_is_bounded(database: Database, losses: Losses) -> None:
    interactions = made(database, losses, QuestionLog.OFF)
    for number in range(RECENT_SIZE + 1):
        interactions.record(interaction(number))

    assert not interactions.is_recent("id-0")
    assert interactions.is_recent(f"id-{RECENT_SIZE}")
    assert losses.count == RECENT_SIZE + 1 - QUEUE_SIZE


def test_what_is_past_its_time_is_deleted_at_start(
    file: Path, database: Database, losses: Losses
) -> None:
    old, young = NOON - timedelta(days=30, seconds=1), NOON - timedelta(days=29)
    database.write(
        [interaction(1, at=old), interaction(2, at=young)],
        [Feedback("id-1", old, True, None), Feedback("id-2", young, True, None)],
    )

    interactions = made(database, losses)
    interactions.start()
    interactions.close()

    assert rows(file, "select id from interactions") == [("id-2",)]
    assert rows(file, "select interaction from feedback") == [("id-2",)]


def test_what_is_past_its_time_is_deleted_while_running(
    file: Path, database: Database, losses: Losses
) -> None:
    now, seconds = NOON, 0.0
    interactions = made(database, losses, QuestionLog.FULL, now=lambda: now, clock=lambda: seconds)
    interactions.start()
    interactions.record(interaction(1, at=NOON))
    _wait_until(lambda: interactions.is_stored("id-1"))
    now, seconds = NOON + timedelta(days=31), SWEEP_SECONDS
    interactions.record(interaction(2, at=now))
    _wait_until(lambda: not interactions.is_stored("id-1"))
    interactions.close()

    assert rows(file, "select id from interactions") == [("id-2",)]


def test_clock_that_was_wrong_for_a_while_does_not_end_the_deleting(
    database: Database, losses: Losses
) -> None:
    """Set ahead by a year and back again: what is past its time goes within the hour."""
    now, seconds = NOON, 0.0
    interactions = made(database, losses, QuestionLog.FULL, now=lambda: now, clock=lambda: seconds)
    interactions.start()
    now, seconds = NOON + timedelta(days=400), SWEEP_SECONDS
    interactions.record(interaction(1, at=now))
    _wait_until(lambda: interactions.is_stored("id-1"))
    now = NOON + timedelta(hours=1)
    interactions.record(interaction(2, at=NOON - timedelta(days=31)))
    _wait_until(lambda: interactions.is_stored("id-2"))
    seconds = 2 * SWEEP_SECONDS
    interactions.record(interaction(3, at=NOON))
    _wait_until(lambda: not interactions.is_stored("id-2"))
    interactions.close()


def _wait_until(claim: object, seconds: float = 10.0) -> None:
    assert callable(claim)
    until = time.monotonic() + seconds
    while not claim():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.01)


def test_database_that_cannot_be_written_costs_records_and_nothing_else(
    tmp_path: Path, losses: Losses, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "a file").touch()
    interactions = made(Database(f"sqlite:///{tmp_path}/a file/x.db"), losses)
    interactions.start()
    interactions.record(interaction(1, question="the secret"))
    interactions.give_feedback(feedback(1))
    interactions.close()

    assert losses.count == 2
    assert "2 records lost" in caplog.text
    assert "the secret" not in caplog.text


def test_record_that_cannot_be_encoded_does_not_stop_the_writing(
    file: Path, database: Database, losses: Losses
) -> None:
    interactions = made(database, losses, QuestionLog.FULL)
    interactions.start()
    interactions.record(interaction(1, question="\ud800"))
    _wait_until(lambda: losses.count == 1)
    interactions.record(interaction(2))
    interactions.close()

    assert rows(file, "select id from interactions") == [("id-2",)]


def test_locked_database_is_waited_for(file: Path, database: Database, losses: Losses) -> None:
    database.write([], [])
    other = sqlite3.connect(file, isolation_level=None)
    other.execute("begin exclusive")
    interactions = made(database, losses)
    interactions.start()
    interactions.record(interaction(1))
    time.sleep(0.5)
    other.execute("commit")
    other.close()
    interactions.close()

    assert rows(file, "select id from interactions") == [("id-1",)]
    assert losses.count == 0


def test_close_gives_up_on_a_full_queue(
    database: Database, losses: Losses, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.analytics.recorder.CLOSE_SECONDS", 0.01)
    interactions = made(database, losses, QuestionLog.OFF)
    for number in range(QUEUE_SIZE):
        interactions.record(interaction(number))

    interactions.close()

    assert losses.count == 0


@pytest.mark.parametrize(
    "url", ["nonsense://x", "postgresql+nothing://x", "sqlite:///a\0b"], ids=lambda url: url[:10]
)
def test_unusable_database_is_one_kind_of_error(url: str) -> None:
    with pytest.raises(DatabaseError):
        Database(url).has("x")


def test_error_holds_nothing_of_what_was_written(database: Database) -> None:
    database.write([interaction(1)], [])

    with pytest.raises(DatabaseError) as caught:
        database.write([interaction(1, question="the secret")], [])

    assert str(caught.value) == "UNIQUE constraint failed: interactions.id"
