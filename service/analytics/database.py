"""What visitors asked, said and clicked. With `tables` and `queries`, all that uses SQLAlchemy.

DatabaseError    the database cannot be opened, read or written
"""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from threading import Event, Lock
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Engine,
    Table,
    create_engine,
    delete,
    event,
    insert,
    select,
    true,
    update,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from index.text.normalisation import fold
from service.analytics.tables import (
    LONGEST_KEY,
    clicks,
    dismissed_questions,
    ended_sessions,
    feedback,
    interactions,
    make_tables,
)

BUSY_MILLISECONDS = 5000
"""How long a writer waits for another process that is writing."""
MAPPED_BYTES = 2**30
"""Of a SQLite file, so that a report on a million exchanges copies nothing."""
DELETED_AT_ONCE = 1000
"""Rows, so that a sweep never blocks other writers for long."""

_POSTGRES = {
    "connect_timeout": 5,
    "tcp_user_timeout": 10_000,
    "options": "-c statement_timeout=30000",
}
"""Seconds to connect, milliseconds until data is acknowledged, milliseconds of a statement."""


class DatabaseError(Exception):
    """The database cannot be opened, read or written. The message holds no data."""


@dataclass(frozen=True, slots=True)
class Interaction:
    """One exchange."""

    id: str
    asked_at: datetime
    """UTC."""
    question: str | None
    """None when text is not kept."""
    outcome: str
    reason: str
    """Empty unless there was no answer."""
    answer: str | None
    confidence: float
    index_version: str
    milliseconds: float
    site: str | None = None
    """Key of the site that was asked; None where there is only one."""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a visitor thought of an answer."""

    interaction: str
    given_at: datetime
    """UTC."""
    helpful: bool
    comment: str | None
    site: str | None = None


class ClickKind(StrEnum):
    """What a visitor went on to."""

    SOURCE = "source"
    SUGGESTION = "suggestion"
    CONTACT = "contact"


@dataclass(frozen=True, slots=True)
class Click:
    """A visitor went on from an answer."""

    interaction: str
    kind: ClickKind
    clicked_at: datetime
    """UTC."""
    site: str | None = None


class Database:
    """Thread-safe. Connects and creates its tables when first used."""

    def __init__(self, url: str, *, by_site: bool = False, must_exist: bool = False) -> None:
        """Connect to nothing yet; `by_site` where it holds exchanges of several sites.

        Raises `DatabaseError` where a file `must_exist` and does not.
        """
        with _translated():
            self._engine = _engine(url)
        if must_exist and _is_file_gone(self._engine):
            raise DatabaseError(f"There is no database {self._engine.url.database}. Check its path")
        self._by_site = by_site
        self._has_tables = Event()
        self._lock = Lock()
        self.site: str | None = None
        """The only site whose exchanges are visible and may be erased; None for all."""

    def of(self, site: str | None) -> "Database":
        """Return a view of the same database restricted to one site; None for all."""
        other = copy(self)
        other.site = site
        return other

    def write(
        self,
        asked: Sequence[Interaction],
        ratings: Sequence[Feedback],
        clicked: Sequence[Click] = (),
    ) -> None:
        """Write all or nothing; feedback replaces earlier feedback, a click of a kind counts once.

        What is about an exchange that is not there, because it was erased meanwhile, is left out.
        """
        latest = {one.interaction: asdict(one) for one in ratings}
        first = {(one.interaction, one.kind.value): asdict(one) for one in reversed(clicked)}
        with self._transaction() as connection:
            if asked:
                connection.execute(insert(interactions), [_row(one) for one in asked])
            if latest or first:
                there = set(_locked(connection, {*latest, *(id_ for id_, _ in first)}))
                connection.execute(delete(feedback).where(feedback.c.interaction.in_(latest)))
                if ratings_there := [latest[id_] for id_ in latest.keys() & there]:
                    connection.execute(insert(feedback), ratings_there)
                keys = (clicks.c.interaction, clicks.c.kind)
                known = select(*keys).where(clicks.c.interaction.in_(there))
                old = {(id_, kind) for id_, kind in connection.execute(known)}
                if new := [first[key] for key in first.keys() - old if key[0] in there]:
                    connection.execute(insert(clicks), new)

    def has(self, interaction: str) -> bool:
        """Whether this exchange is stored."""
        query = select(interactions.c.id).where(interactions.c.id == interaction)
        query = query.where(self.own(interactions))
        with self._transaction() as connection:
            return connection.execute(query).first() is not None

    def erase(self, interaction: str) -> bool:
        """Delete an exchange, its feedback and clicks; returns whether there was one."""
        with self._transaction() as connection:
            asked = delete(interactions).where(interactions.c.id == interaction)
            # In this order: whoever is writing feedback on the exchange has locked it.
            is_erased = connection.execute(asked.where(self.own(interactions))).rowcount > 0
            for table in (feedback, clicks):
                about = delete(table).where(table.c.interaction == interaction)
                connection.execute(about.where(self.own(table)))
            return is_erased

    def delete_before(self, limit: datetime) -> int:
        """Delete what is from before `limit` (UTC); returns the number of rows."""
        asked = self._delete_old(interactions, "id", "asked_at", limit)
        said = self._delete_old(feedback, "interaction", "given_at", limit)
        return asked + said + self._delete_old(clicks, "interaction", "clicked_at", limit)

    def _delete_old(self, table: Table, key: str, time: str, limit: datetime) -> int:
        """Delete in batches, with reads apart from writes, so that neither waits for a reader."""
        query = select(table.c[key]).where(table.c[time] < limit, self.own(table))
        query = query.limit(DELETED_AT_ONCE)
        deleted = 0
        while True:
            with self._transaction() as connection:
                old = list(connection.execute(query).scalars())
            if not old:
                return deleted
            with self._transaction() as connection:
                connection.execute(delete(table).where(table.c[key].in_(old)))
            deleted += len(old)

    def own(self, table: Table) -> ColumnElement[bool]:
        """Restrict a query to the visible site; to nothing where all are visible."""
        return true() if self.site is None else table.c.site == self.site

    def end_session(self, session: str, now: datetime, longest: timedelta) -> None:
        """Note that an administrator has signed out; forget those whose cookies are over by now."""
        with self._transaction() as connection:
            over = ended_sessions.c.ended_at < now - longest
            connection.execute(
                delete(ended_sessions).where(over | (ended_sessions.c.id == session))
            )
            connection.execute(insert(ended_sessions).values(id=session, ended_at=now))

    def has_ended(self, session: str) -> bool:
        """Whether an administrator has signed out of this session."""
        query = select(ended_sessions.c.id).where(ended_sessions.c.id == session)
        with self._transaction() as connection:
            return connection.execute(query).first() is not None

    def dismiss(self, questions: Collection[str], now: datetime) -> None:
        """Note questions, by their digests, that editors want to see no more."""
        site = self.site or ""
        rows = [{"question": one, "site": site, "dismissed_at": now} for one in set(questions)]
        with self._transaction() as connection:
            column = dismissed_questions.c
            again = column.question.in_(set(questions)) & (column.site == site)
            connection.execute(delete(dismissed_questions).where(again))
            if rows:
                connection.execute(insert(dismissed_questions), rows)

    def dismissed(self) -> frozenset[str]:
        """Return the digests of what was dismissed."""
        column = dismissed_questions.c
        query = select(column.question).where(column.site == (self.site or ""))
        with self._transaction() as connection:
            return frozenset(connection.execute(query).scalars())

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield a connection for reading; raises DatabaseError whatever goes wrong within."""
        with self._transaction() as connection:
            yield connection

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with _translated():
            self._make_tables()
            with self._engine.begin() as connection:
                yield connection

    def _make_tables(self) -> None:
        with self._lock:
            if self._has_tables.is_set() and _is_file_gone(self._engine):
                # Writing would go on into the deleted file, which nobody can read.
                self._engine.dispose()
                self._has_tables.clear()
            if not self._has_tables.is_set():
                make_tables(self._engine, by_site=self._by_site)
                self._has_tables.set()


def _locked(connection: Connection, ids: Collection[str]) -> Sequence[str]:
    """Return which exchanges are there; until the transaction ends, none of them can be erased."""
    these = interactions.c.id.in_(ids)
    # Any write will do: it locks the rows, and a whole SQLite file.
    connection.execute(update(interactions).where(these).values(id=interactions.c.id))
    return connection.execute(select(interactions.c.id).where(these)).scalars().all()


_KEPT = tuple(field.name for field in fields(Interaction))


def _row(one: Interaction) -> dict[str, Any]:
    """Add the columns that reports group by."""
    folded = fold(one.question)[:LONGEST_KEY] if one.question else None
    return {
        **{name: getattr(one, name) for name in _KEPT},
        "day": one.asked_at.astimezone(UTC).date(),
        "tenth": max(0, min(9, int(one.confidence * 10))),
        "folded": folded or None,
    }


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise DatabaseError(str(error.orig)) from None
    except (SQLAlchemyError, sqlite3.Error, OSError, ImportError) as error:
        raise DatabaseError(str(error)) from None
    except ValueError as error:
        # A driver cannot encode a value; the text of the error would hold it.
        raise DatabaseError(type(error).__name__) from None


def _is_file_gone(engine: Engine) -> bool:
    """Whether the SQLite file was deleted while it was open."""
    file = engine.url.database
    is_file = engine.dialect.name == "sqlite" and file and not file.startswith((":", "file:"))
    return bool(is_file) and not Path(str(file)).exists()


def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "postgresql":
        event.listen(engine, "do_connect", _bound_postgres)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    return engine


def _bound_postgres(_: object, __: object, ___: object, parameters: dict[str, Any]) -> None:
    """Bound connecting and statements; parameters in the URL take precedence.

    The parameters are libpq's, https://www.postgresql.org/docs/current/libpq-connect.html.
    """
    for name, value in _POSTGRES.items():
        parameters.setdefault(name, value)


def _tune_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute(f"PRAGMA mmap_size = {MAPPED_BYTES}")
    connection.execute("PRAGMA synchronous = NORMAL")
