"""Read-only queries over many exchanges; each reads an index of the database alone."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, or_, select, true

from service.analytics.database import ClickKind, Database
from service.analytics.tables import clicks, feedback, interactions

PAGE = 5_000
"""Rows of an export to read at once."""


class Topic(StrEnum):
    """Which exchanges to look at."""

    ASKED = "asked"
    """Everything."""
    UNANSWERED = "unanswered"
    """Not covered by the content, or by an expired text only."""
    UNHELPFUL = "unhelpful"
    """Rated thumbs down."""
    CLARIFIED = "clarified"
    """Answered with a clarifying question."""
    REFUSED = "refused"
    """Refused on purpose: a boundary, another language, no question at all."""


@dataclass(frozen=True, slots=True)
class Count:
    """The number of exchanges with the same properties."""

    day: date
    version: str
    outcome: str
    tenth: int
    """Of the confidence: 0 for [0, 0.1), 9 for [0.9, 1]."""
    number: int


@dataclass(frozen=True, slots=True)
class Verdicts:
    """Ratings of what one version answered on one day."""

    day: date
    version: str
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class AskedText:
    """A question in any spelling, and how often it was asked."""

    text: str
    """As one visitor wrote it."""
    number: int


@dataclass(frozen=True, slots=True)
class AnswerCount:
    """How often an answer was given, how it was rated, and how often its source was opened."""

    asked: int
    up: int
    down: int
    opened: int = 0


@dataclass(frozen=True, slots=True)
class RecordedExchange:
    """One exchange as it is stored, with its rating."""

    id: str
    asked_at: datetime
    question: str | None
    outcome: str
    reason: str
    answer: str | None
    confidence: float
    index_version: str
    helpful: bool | None
    comment: str | None


_UNCOVERED = ("not_covered", "expired")
_asked, _said = interactions.c, feedback.c


def counts(database: Database, since: date) -> tuple[Count, ...]:
    """Count exchanges since this day, by day, version, outcome and confidence."""
    keys = (_asked.day, _asked.index_version, _asked.outcome, _asked.tenth)
    query = select(*keys, func.count()).where(_asked.day >= since, _own(database))
    query = query.group_by(*keys).order_by(*keys)
    with database.reading() as connection:
        return tuple(Count(*row) for row in connection.execute(query))


def verdicts(database: Database, since: date) -> tuple[Verdicts, ...]:
    """Count the ratings since this day, by day and version of the answer."""
    up: Counter[tuple[date, str]] = Counter()
    down: Counter[tuple[date, str]] = Counter()
    with database.reading() as connection:
        query = _thumbs(database, since, _asked.day, _asked.index_version, _said.helpful)
        for day, version, helpful in connection.execute(query):
            (up if helpful else down)[day, version] += 1
    keys = sorted(up.keys() | down.keys())
    return tuple(Verdicts(*key, up[key], down[key]) for key in keys)


def by_answer(database: Database, since: date) -> dict[str, AnswerCount]:
    """Count exchanges and ratings since this day, by the id of the answer."""
    query = (
        select(_asked.answer, func.count())
        .where(_asked.asked_at >= _start(since), _asked.answer.is_not(None), _own(database))
        .group_by(_asked.answer)
    )
    clicked = clicks_by_answer(database, since)
    with database.reading() as connection:
        ratings = Counter(
            (answer, bool(helpful))
            for answer, helpful in connection.execute(
                _thumbs(database, since, _asked.answer, _said.helpful)
            )
        )
        return {
            answer: AnswerCount(
                asked=number,
                up=ratings[answer, True],
                down=ratings[answer, False],
                opened=clicked[answer, ClickKind.SOURCE],
            )
            for answer, number in connection.execute(query)
        }


def clicks_by_answer(database: Database, since: date) -> "Counter[tuple[str | None, str]]":
    """Count what visitors went on to since this day, by the id of the answer and the kind."""
    query = (
        select(_asked.answer, clicks.c.kind)
        .join_from(clicks, interactions, clicks.c.interaction == _asked.id)
        .where(clicks.c.clicked_at >= _start(since), _own(database))
    )
    with database.reading() as connection:
        return Counter((answer, kind) for answer, kind in connection.execute(query))


def _own(database: Database) -> ColumnElement[bool]:
    """Restrict to the visible site; all where there is only one."""
    return database.own(interactions)


def _thumbs(database: Database, since: date, *columns: ColumnElement[Any]) -> Select[Any]:
    """Select from the ratings, which are few, to their exchanges.

    Left to group them, a database would scan all exchanges instead. No rating precedes its answer,
    so its own time is enough to look up.
    """
    return (
        select(*columns)
        .join_from(feedback, interactions, _said.interaction == _asked.id)
        .where(_said.given_at >= _start(since), _own(database))
    )


def texts(database: Database, since: date, topic: Topic, limit: int) -> tuple[AskedText, ...]:
    """List the questions asked most since this day, in any spelling."""
    with database.reading() as connection:
        most = _most_asked(database, connection, since, topic, limit)
        found = [(_written(database, connection, folded), number) for folded, number in most]
    # One may have been erased meanwhile.
    return tuple(AskedText(question, number) for question, number in found if question is not None)


def _written(database: Database, connection: Connection, folded: str) -> str | None:
    """Return a question as one visitor wrote it."""
    query = select(_asked.question).where(_asked.folded == folded, _own(database)).limit(1)
    written: str | None = connection.execute(query).scalar_one_or_none()
    return written


def _most_asked(
    database: Database, connection: Connection, since: date, topic: Topic, limit: int
) -> Sequence[tuple[str, int]]:
    if topic is Topic.UNHELPFUL:
        counted = _disliked(database, connection, since)
        return sorted(counted.items(), key=lambda one: (-one[1], one[0]))[:limit]
    number = func.count().label("number")
    query = (
        select(_asked.folded, number)
        .where(_asked.folded.is_not(None), _asked.day >= since, _about(topic), _own(database))
        .group_by(_asked.folded)
        .order_by(number.desc(), _asked.folded)
        .limit(limit)
    )
    return [(folded, count) for folded, count in connection.execute(query)]


def _disliked(database: Database, connection: Connection, since: date) -> "Counter[str]":
    query = _thumbs(database, since, _asked.folded).where(_about(Topic.UNHELPFUL))
    return Counter(folded for folded in connection.execute(query).scalars() if folded)


def number_of_texts(database: Database, since: date, topic: Topic) -> int:
    """Count the different questions that `texts` could list."""
    each = (
        select(_asked.folded)
        .where(_asked.folded.is_not(None), _asked.day >= since, _about(topic), _own(database))
        .group_by(_asked.folded)
        .subquery()
    )
    with database.reading() as connection:
        if topic is Topic.UNHELPFUL:
            return len(_disliked(database, connection, since))
        return int(connection.execute(select(func.count()).select_from(each)).scalar_one())


def _about(topic: Topic) -> ColumnElement[bool]:
    match topic:
        case Topic.UNANSWERED:
            return and_(_asked.outcome == "no_answer", _asked.reason.in_(_UNCOVERED))
        case Topic.REFUSED:
            return and_(_asked.outcome == "no_answer", _asked.reason.not_in(_UNCOVERED))
        case Topic.CLARIFIED:
            return _asked.outcome == "clarify"
        case Topic.UNHELPFUL:
            return _said.helpful == false()
        case _:
            return true()


def exchanges(database: Database, since: date, topic: Topic) -> Iterator[RecordedExchange]:
    """Iterate over all exchanges since this day, oldest first, a page at a time."""
    after: RecordedExchange | None = None
    while True:
        page = _page(database, since, topic, after)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1]


def _page(
    database: Database, since: date, topic: Topic, after: RecordedExchange | None
) -> list[RecordedExchange]:
    columns = [_asked[name] for name in RecordedExchange.__slots__ if name in _asked]
    query = (
        select(*columns, _said.helpful, _said.comment)
        .join_from(interactions, feedback, _said.interaction == _asked.id, isouter=True)
        .where(_asked.asked_at >= _start(since), _about(topic), _own(database))
        .order_by(_asked.asked_at, _asked.id)
        .limit(PAGE)
    )
    if after is not None:
        later = and_(_asked.asked_at == after.asked_at, _asked.id > after.id)
        # The first condition alone can be looked up in the index.
        query = query.where(_asked.asked_at >= after.asked_at).where(
            or_(_asked.asked_at > after.asked_at, later)
        )
    with database.reading() as connection:
        return [RecordedExchange(**row) for row in connection.execute(query).mappings()]


def latest_ratings(database: Database, since: date, limit: int) -> tuple[RecordedExchange, ...]:
    """List the exchanges that were rated last since this day, the newest rating first."""
    columns = [_asked[name] for name in RecordedExchange.__slots__ if name in _asked]
    query = (
        _thumbs(database, since, *columns, _said.helpful, _said.comment)
        .order_by(_said.given_at.desc(), _asked.id)
        .limit(limit)
    )
    with database.reading() as connection:
        rows = connection.execute(query).mappings().all()
    return tuple(RecordedExchange(**row) for row in rows)


def _start(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=UTC)
