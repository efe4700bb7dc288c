"""Interactions and feedback in tables; the only module that imports SQLAlchemy.

DatabaseError    the database cannot be opened, read or written
"""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    DateTime,
    Engine,
    Float,
    MetaData,
    String,
    Table,
    Text,
    create_engine,
    delete,
    event,
    insert,
    select,
)
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

BUSY_MILLISECONDS = 5000
"""How long a writer waits for another process that is writing."""

_metadata = MetaData()
interactions = Table(
    "interactions",
    _metadata,
    Column("id", String(36), primary_key=True),
    Column("asked_at", DateTime(timezone=True), nullable=False, index=True),
    Column("question", Text),
    Column("outcome", String(16), nullable=False, index=True),
    Column("reason", String(16), nullable=False),
    Column("answer", String(200)),
    Column("confidence", Float, nullable=False),
    Column("index_version", String(100), nullable=False),
    Column("milliseconds", Float, nullable=False),
)
feedback = Table(
    "feedback",
    _metadata,
    Column("interaction", String(36), primary_key=True),
    Column("given_at", DateTime(timezone=True), nullable=False, index=True),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text),
)


class DatabaseError(Exception):
    """The database cannot be opened, read or written. Holds nothing of what was to be written."""


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


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a visitor thought of an answer."""

    interaction: str
    given_at: datetime
    """UTC."""
    helpful: bool
    comment: str | None


class Database:
    """Safe to use from several threads. Connects when first used, and makes its tables then."""

    def __init__(self, url: str) -> None:
        with _translated():
            self._engine = _engine(url)
        self._has_tables = False
        self._lock = Lock()

    def write(self, asked: Sequence[Interaction], given: Sequence[Feedback]) -> None:
        """Write all or nothing; feedback replaces what was given before."""
        latest = {one.interaction: asdict(one) for one in given}
        with self._transaction() as connection:
            if asked:
                connection.execute(insert(interactions), [asdict(one) for one in asked])
            if latest:
                connection.execute(delete(feedback).where(feedback.c.interaction.in_(latest)))
                connection.execute(insert(feedback), list(latest.values()))

    def has(self, interaction: str) -> bool:
        """Whether this exchange is stored."""
        query = select(interactions.c.id).where(interactions.c.id == interaction)
        with self._transaction() as connection:
            return connection.execute(query).first() is not None

    def delete_before(self, limit: datetime) -> int:
        """Delete exchanges and feedback from before `limit` (UTC); how many rows that were."""
        with self._transaction() as connection:
            old = connection.execute(delete(interactions).where(interactions.c.asked_at < limit))
            said = connection.execute(delete(feedback).where(feedback.c.given_at < limit))
            return old.rowcount + said.rowcount

    def close(self) -> None:
        """Let go of all connections."""
        self._engine.dispose()

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        with _translated():
            self._make_tables()
            with self._engine.begin() as connection:
                yield connection

    def _make_tables(self) -> None:
        with self._lock:
            if self._has_tables:
                return
            if self._engine.dialect.name == "sqlite" and self._engine.url.database:
                Path(self._engine.url.database).parent.mkdir(parents=True, exist_ok=True)
            _metadata.create_all(self._engine)
            self._has_tables = True


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        raise DatabaseError(str(error.orig)) from None
    except (SQLAlchemyError, OSError, ImportError) as error:
        raise DatabaseError(str(error)) from None
    except ValueError as error:
        # A driver cannot encode what it was given; the text of the error would hold that.
        raise DatabaseError(type(error).__name__) from None


def _engine(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True, pool_pre_ping=True)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _tune_sqlite)
    return engine


def _tune_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
