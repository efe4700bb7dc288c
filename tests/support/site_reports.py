"""Reports on two sites in one database, and on one of them by itself."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from service.analytics import queries
from service.analytics.database import Database, Feedback, Interaction
from service.analytics.queries import Topic
from tests.support.asking import NOW, asked, said

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


REPORTS: Mapping[str, Callable[[Database], Any]] = {
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


def of(site: str, exchange: Interaction) -> Interaction:
    return replace(exchange, site=site)


def other(exchange: Interaction, number: int) -> Interaction:
    """The same question in other letters, asked of another site."""
    question = exchange.question and exchange.question.swapcase()
    id_ = f"{number:08x}-0000-7000-8000-000000000000"
    return replace(exchange, id=id_, site="b", question=question, index_version="vb")


def write_two_sites(database: Database) -> None:
    """Write everything of site a once, and of site b twice."""
    theirs = [other(one, number) for number, one in enumerate((*EXCHANGES, *EXCHANGES))]
    database.write(
        theirs,
        [Feedback(exchange.id, exchange.asked_at, False, "theirs", "b") for exchange in theirs],
    )
    ours = [replace(thumb, site="a") for thumb in THUMBS]
    database.write([of("a", exchange) for exchange in EXCHANGES], ours)


def reports(database: Database) -> dict[str, Any]:
    """Every report, by its name."""
    return {name: report(database) for name, report in REPORTS.items()}
