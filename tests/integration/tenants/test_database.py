"""That one site sees, erases and forgets nothing of another in the same database."""

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from service.analytics import queries
from service.analytics.database import Database, Feedback, Interaction
from service.analytics.queries import Topic
from service.analytics.recorder import Interactions
from service.analytics.tables import site_indexes
from service.settings import QuestionLog
from tests.support.asking import NOW, asked, said
from tests.support.hosting import BAKERY, hosting, sites_file
from tests.support.postgres import postgres
from tests.support.serving import serving, settings_for

SINCE = (NOW - timedelta(days=6)).date()
EXCHANGES = (
    PAY := asked("Who pays more?", "answer", confidence=0.95),
    BOOTCAMP := asked("bootcamp price?", confidence=0.1),
    asked("BOOTCAMP PRICE", days_ago=2),
    WHICH := asked("which one", "clarify", confidence=0.5),
    asked("visa?", reason="boundary"),
)
THUMBS = (said(PAY, True), said(WHICH, False, "no"))


def exported(database: Database, topic: Topic) -> list[queries.RecordedExchange]:
    """Without the time zone, which SQLite does not keep."""
    found = queries.exchanges(database, SINCE, topic)
    return [replace(one, asked_at=one.asked_at.replace(tzinfo=None)) for one in found]


REPORTS: dict[str, Callable[[Database], Any]] = {
    "counts": lambda one: queries.counts(one, SINCE),
    "verdicts": lambda one: queries.verdicts(one, SINCE),
    **{
        f"texts {topic}": lambda one, topic=topic: queries.texts(one, SINCE, topic, 9)  # type: ignore[misc]
        for topic in Topic
    },
    **{
        f"number {topic}": lambda one, topic=topic: queries.number_of_texts(one, SINCE, topic)  # type: ignore[misc]
        for topic in Topic
    },
    **{
        f"export {topic}": lambda one, topic=topic: exported(one, topic)  # type: ignore[misc]
        for topic in Topic
    },
}


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    with postgres() as url:
        yield url


def of(site: str, exchange: Interaction) -> Interaction:
    return replace(exchange, site=site)


def other(exchange: Interaction, number: int) -> Interaction:
    """The same question in other letters, asked of another site."""
    question = exchange.question and exchange.question.swapcase()
    id_ = f"{number:08x}-0000-7000-8000-000000000000"
    return replace(exchange, id=id_, site="b", question=question, index_version="vb")


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Database]:
    """Everything of site a once, of site b twice."""
    folder: Path = tmp_path_factory.mktemp("sites")
    is_file = request.param == "sqlite"
    url = f"sqlite:///{folder}/x.db" if is_file else request.getfixturevalue("server")
    database = Database(url, by_site=True)
    theirs = [other(one, number) for number, one in enumerate((*EXCHANGES, *EXCHANGES))]
    thumbs = [Feedback(one.id, one.asked_at, False, "theirs", "b") for one in theirs]
    database.write(theirs, thumbs)
    ours = [replace(thumb, site="a") for thumb in THUMBS]
    database.write([of("a", exchange) for exchange in EXCHANGES], ours)
    yield database
    database.close()


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Database]:
    """What site a would have by itself."""
    database = Database(f"sqlite:///{tmp_path}/alone.db")
    database.write(EXCHANGES, THUMBS)
    yield database
    database.close()


@pytest.mark.parametrize("name", REPORTS)
def test_report_of_a_site_is_as_if_it_were_alone(
    name: str, database: Database, alone: Database
) -> None:
    report = REPORTS[name]

    assert report(database.of("a")) == report(alone)
    assert report(database.of("nobody")) in ((), 0, [])


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


def test_service_with_one_site_has_no_indexes_of_sites(alone: Database, tmp_path: Path) -> None:
    alone.close()

    names = rows(tmp_path / "alone.db", "select name from sqlite_master where name like '%_site_%'")
    assert names == []


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
