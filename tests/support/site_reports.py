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
    return [
        replace(exchange, asked_at=exchange.asked_at.replace(tzinfo=None)) for exchange in found
    ]


REPORTS: Mapping[str, Callable[[Database], Any]] = {
    "counts": lambda database: queries.counts(database, SINCE),
    "verdicts": lambda database: queries.verdicts(database, SINCE),
    **{
        f"texts {topic}": lambda database, topic=topic: queries.texts(database, SINCE, topic, 9)  # type: ignore[misc]
        for topic in Topic
    },
    **{
        f"number {topic}": lambda database, topic=topic: queries.number_of_texts(  # type: ignore[misc]
            database, SINCE, topic
        )
        for topic in Topic
    },
    **{
        f"export {topic}": lambda database, topic=topic: exported(database, topic)  # type: ignore[misc]
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
    theirs = [other(exchange, number) for number, exchange in enumerate((*EXCHANGES, *EXCHANGES))]
    database.write(
        theirs,
        [Feedback(exchange.id, exchange.asked_at, False, "theirs", "b") for exchange in theirs],
    )
    ours = [replace(thumb, site="a") for thumb in THUMBS]
    database.write([of("a", exchange) for exchange in EXCHANGES], ours)


def reports(database: Database) -> dict[str, Any]:
    """Every report, by its name."""
    return {name: report(database) for name, report in REPORTS.items()}
