"""That one site sees, erases and forgets nothing of another in the same database."""

import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.analytics import queries
from service.analytics.database import Database
from service.analytics.recorder import Interactions
from service.analytics.tables import site_indexes
from service.settings import QuestionLog
from tests.support.asking import NOW, asked, said
from tests.support.hosting import BAKERY, hosting, sites_file
from tests.support.serving import serving, settings_for
from tests.support.site_reports import (
    EXCHANGES,
    PAY,
    SINCE,
    THUMBS,
    WHICH,
    of,
    reports,
    write_two_sites,
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/two.db", by_site=True)
    write_two_sites(database)
    yield database
    database.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Database]:
    """What site a would have by itself."""
    database = Database(f"sqlite:///{tmp_path}/alone.db")
    database.write(EXCHANGES, THUMBS)
    yield database
    database.close()


def test_reports_of_a_site_are_as_if_it_were_alone(database: Database, alone: Database) -> None:
    assert reports(database.of("a")) == reports(alone)
    assert all(report in ((), 0, []) for report in reports(database.of("nobody")).values())


def test_exchange_of_another_site_is_unknown_and_cannot_be_erased(database: Database) -> None:
    assert database.of("a").has(PAY.id)
    assert not database.of("b").has(PAY.id)
    assert not database.of("b").erase(PAY.id)
    assert database.of("a").has(PAY.id)
    assert queries.verdicts(database.of("a"), SINCE)[0].up == 1


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "written.db"


@pytest.fixture
def writer(file: Path) -> Interactions:
    def no_loss(count: int) -> None:
        raise AssertionError(f"{count} records lost")

    database = Database(f"sqlite:///{file}", by_site=True)
    return Interactions(database, QuestionLog.FULL, timedelta(days=30), no_loss, now=lambda: NOW)


def rows(file: Path, query: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


def at(writer: Interactions, site: str, days: int = 30) -> Interactions:
    return writer.of(site, QuestionLog.FULL, timedelta(days=days))


def test_exchange_is_written_with_its_site(file: Path, writer: Interactions) -> None:
    first, second = at(writer, "a"), at(writer, "b")
    writer.start()
    first.record(PAY)
    second.record(WHICH)
    second.give_feedback(said(WHICH, True))
    writer.close()

    found = rows(file, "select id, site from interactions order by site")
    assert found == [(PAY.id, "a"), (WHICH.id, "b")]
    assert rows(file, "select interaction, site from feedback") == [(WHICH.id, "b")]


def test_exchange_is_recent_for_its_own_site_alone(writer: Interactions) -> None:
    first, second = at(writer, "a"), at(writer, "b")
    first.record(PAY)

    second.erase(PAY.id)

    assert first.is_recent(PAY.id)
    assert not second.is_recent(PAY.id)
    assert not writer.is_recent(PAY.id)


def test_erasure_by_another_site_takes_no_feedback_away(file: Path, writer: Interactions) -> None:
    first, second = at(writer, "a"), at(writer, "b")
    first.record(PAY)
    first.give_feedback(said(PAY, True))
    foreign = second.erase(PAY.id)
    writer.start()
    writer.close()

    assert foreign.result(5) is False
    assert rows(file, "select site, helpful from feedback") == [("a", 1)]


def test_each_site_keeps_texts_as_it_says(file: Path, writer: Interactions) -> None:
    for site, keep in (("a", QuestionLog.OFF), ("b", QuestionLog.REDACTED)):
        exchange = asked("write to me@example.org")
        writer.of(site, keep, timedelta(days=30)).record(exchange)
    writer.start()
    writer.close()

    found = rows(file, "select site, question from interactions order by site")
    assert found == [("a", None), ("b", "write to [email]")]


def test_each_site_is_forgotten_in_its_own_time(file: Path, writer: Interactions) -> None:
    first, second = at(writer, "a", days=7), at(writer, "b")
    for site in (first, second):
        for days in (1, 10, 40):
            exchange = asked("old", days_ago=days)
            site.record(exchange)
            site.give_feedback(said(exchange, True))
    writer.start()
    writer.close()

    later = Interactions(
        Database(f"sqlite:///{file}", by_site=True),
        QuestionLog.FULL,
        timedelta(days=30),
        lambda count: None,
        now=lambda: NOW,
    )
    at(later, "a", days=7)
    later.start()
    later.close()

    kept = "select site, count(*) from {} group by site order by site"
    assert rows(file, kept.format("interactions")) == [("a", 1), ("b", 2)]
    assert rows(file, kept.format("feedback")) == [("a", 1), ("b", 2)]


def test_reports_of_a_site_are_read_from_indexes_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "x.db"
    database = Database(f"sqlite:///{file}", by_site=True)
    database.write([of("a", PAY)], [])
    database.close()

    (plan,) = rows(
        file,
        "explain query plan select day, index_version, outcome, tenth, count(*) from interactions "
        "where day >= '2026-11-01' and site = 'a' group by day, index_version, outcome, tenth",
    )
    assert "USING COVERING INDEX ix_interactions_site_counts" in str(plan[-1])


def test_only_a_service_of_several_sites_makes_what_their_reports_are_read_from(
    tmp_path: Path, index_folder: Path, sites_folder: Path
) -> None:
    alone = tmp_path / "alone"
    with serving(settings_for(alone, index_dir=index_folder)) as client:
        client.post("/v1/ask", json={"question": "Who pays more?"})
    with hosting(sites_folder, sites_file(sites_folder)) as client:
        client.post(f"{BAKERY}/v1/ask", json={"question": "Who pays more?"})

    names = "SELECT name FROM sqlite_master WHERE type = 'index'"
    made = [set(rows(folder / "interactions.db", names)) for folder in (alone, sites_folder)]
    needed = {(index.name,) for index in site_indexes()}
    assert [needed & indexes for indexes in made] == [set(), needed]
    assert all(made)
