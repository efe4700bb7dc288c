import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import DatabaseError

from service.analytics.database import Click, ClickKind, Database, Feedback, Interaction
from service.analytics.tables import make_tables

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


def asked(name: str, question: str | None = "What pays more?", at: datetime = NOON) -> Interaction:
    return Interaction(name, at, question, "no_answer", "not_covered", None, 0.25, "v1", 1.5)


@pytest.fixture
def url(tmp_path: Path) -> str:
    """Of an empty database; tests/slow/analytics/test_postgres.py has another."""
    return f"sqlite:///{tmp_path}/new/interactions.db"


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    yield database
    database.close()


def rows(url: str, query: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.begin() as connection:
        found = [tuple(row) for row in connection.execute(text(query))]
    engine.dispose()
    return found


def test_exchange_and_feedback_are_kept_whole(url: str, database: Database) -> None:
    database.write([asked("a"), asked("b", None)], [Feedback("a", NOON, False, "no \u2603")])

    assert database.has("a")
    assert not database.has("c")
    assert rows(
        url, "select id, question, outcome, folded, tenth from interactions order by id"
    ) == [
        ("a", "What pays more?", "no_answer", "what pays more", 2),
        ("b", None, "no_answer", None, 2),
    ]
    assert rows(url, "select interaction, comment from feedback where not helpful") == [
        ("a", "no \u2603")
    ]


def test_later_feedback_replaces_earlier(url: str, database: Database) -> None:
    database.write([asked("a")], [Feedback("a", NOON, True, "good")])
    database.write([], [Feedback("a", NOON, True, None), Feedback("a", NOON, False, None)])

    assert rows(url, "select count(*), count(comment) from feedback where not helpful") == [(1, 0)]


def test_click_of_a_kind_counts_once_whoever_sends_it(url: str, database: Database) -> None:
    again = Click("a", ClickKind.SOURCE, NOON + timedelta(hours=1))
    database.write([asked("a")], [], [Click("a", ClickKind.SOURCE, NOON), again])
    database.write([], [], [again, Click("a", ClickKind.CONTACT, NOON)])
    database.write([], [], [Click("erased", ClickKind.SOURCE, NOON)])

    counted = rows(url, "select interaction, kind, clicked_at from clicks order by kind")
    assert [(id_, kind, str(at)[:19]) for id_, kind, at in counted] == [
        ("a", "contact", "2026-11-23 12:00:00"),
        ("a", "source", "2026-11-23 12:00:00"),
    ]


def test_exchange_is_erased_with_its_feedback_and_no_other(url: str, database: Database) -> None:
    said = [Feedback("a", NOON, True, None), Feedback("b", NOON, True, None)]
    clicked = [Click(id_, ClickKind.SOURCE, NOON) for id_ in "ab"]
    database.write([asked("a"), asked("b")], said, clicked)

    assert database.erase("a")
    assert not database.erase("a")
    assert rows(url, "select id from interactions") == [("b",)]
    assert rows(url, "select interaction from feedback") == [("b",)]
    assert rows(url, "select interaction from clicks") == [("b",)]


def test_feedback_that_another_worker_still_holds_does_not_outlive_its_exchange(
    url: str, database: Database
) -> None:
    database.write([asked("a"), asked("b")], [])
    other_worker = Database(url)
    said = [Feedback("a", NOON, False, "personal"), Feedback("b", NOON, True, "kept")]

    erased = other_worker.erase("a")
    database.write([], said)
    other_worker.close()

    assert erased
    assert rows(url, "select interaction, comment from feedback") == [("b", "kept")]


def test_all_that_is_past_its_time_is_deleted(url: str, database: Database) -> None:
    old, limit = NOON - timedelta(seconds=1), NOON
    database.write([asked(f"old-{row}", at=old) for row in range(2500)], [])
    database.write(
        [asked("young"), asked("x"), asked("y")],
        [Feedback("x", old, True, None), Feedback("y", NOON, True, "")],
        [Click("x", ClickKind.SOURCE, old), Click("y", ClickKind.SOURCE, NOON)],
    )

    assert database.delete_before(limit) == 2502
    assert rows(url, "select id from interactions order by id") == [("x",), ("y",), ("young",)]
    assert rows(url, "select interaction from feedback") == [("y",)]
    assert rows(url, "select interaction from clicks") == [("y",)]


def test_file_that_is_deleted_while_open_is_created_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url)
    database.write([asked("first")], [])
    for file in tmp_path.iterdir():
        file.unlink()

    database.write([asked("second")], [])
    database.close()

    assert rows(url, "select id from interactions") == [("second",)]


def test_database_in_memory_is_no_file_that_could_be_gone() -> None:
    database = Database("sqlite://")
    database.write([asked("first")], [])
    database.write([asked("second")], [])

    assert database.has("first")
    database.close()


def test_database_that_cannot_be_opened_is_tried_once(tmp_path: Path) -> None:
    (tmp_path / "no.db").write_bytes(b"no database" * 100)
    engine = create_engine(f"sqlite:///{tmp_path}/no.db")
    opened: list[object] = []
    event.listen(engine, "do_connect", lambda *_: opened.append(1))

    with pytest.raises(DatabaseError):
        make_tables(engine)

    assert len(opened) == 1
    engine.dispose()


def test_database_of_an_earlier_version_is_taken_over(tmp_path: Path) -> None:
    file = tmp_path / "old.db"
    connection = sqlite3.connect(file)
    connection.execute(
        "create table interactions (id varchar(36) primary key, asked_at datetime not null, "
        "question text, outcome varchar(16) not null, reason varchar(16) not null, "
        "answer varchar(200), confidence float not null, index_version varchar(100) not null, "
        "milliseconds float not null)"
    )
    connection.executemany(
        "insert into interactions"
        " values (?, '2026-11-22 23:59:00', ?, 'answer', '', 'x', ?, 'v1', 1)",
        [("low", "Why?", 0.0), ("mid", "WHY NOT", 0.55), ("high", None, 1.0)],
    )
    connection.commit()
    connection.close()

    database = Database(f"sqlite:///{file}")
    database.write([asked("new")], [])
    database.close()

    day = "2026-11-22"
    assert rows(f"sqlite:///{file}", "select id, day, tenth, folded from interactions") == [
        ("low", day, 0, "why?"),
        ("mid", day, 5, "why not"),
        ("high", day, 9, None),
        ("new", date(2026, 11, 23).isoformat(), 2, "what pays more"),
    ]
    indexes = rows(
        f"sqlite:///{file}", "select name from sqlite_master where name like 'ix_inter%'"
    )
    assert sorted(indexes) == [
        ("ix_interactions_asked_at",),
        ("ix_interactions_counts",),
        ("ix_interactions_texts",),
    ]
