"""Tables of the database and their creation, also when several processes start at once."""

import sqlite3
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from sqlalchemy import (
    Boolean,
    Column,
    Connection,
    Date,
    DateTime,
    Engine,
    Float,
    Index,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    cast,
    func,
    inspect,
    update,
)
from sqlalchemy.exc import DBAPIError
from sqlalchemy.schema import CreateIndex

ATTEMPTS = 10
"""Attempts to create the tables: a second process finds them half made and retries."""
LONGEST_KEY = 200
"""Characters of a folded question; some databases index no more."""
LONGEST_SITE = 63

metadata = MetaData()
interactions = Table(
    "interactions",
    metadata,
    Column("id", String(36), primary_key=True),
    Column("asked_at", DateTime(timezone=True), nullable=False, index=True),
    Column("question", Text),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("answer", String(200)),
    Column("confidence", Float, nullable=False),
    Column("index_version", String(100), nullable=False),
    Column("milliseconds", Float, nullable=False),
    # What reports group by, derived from the columns above.
    Column("day", Date),
    Column("tenth", SmallInteger),
    Column("folded", String(LONGEST_KEY)),
    # Key of the site; null where the service has only one.
    Column("site", String(LONGEST_SITE)),
    # Every report reads one of these alone, in its order.
    Index("ix_interactions_counts", "day", "index_version", "outcome", "tenth"),
    Index("ix_interactions_texts", "folded", "day", "outcome", "reason"),
)
feedback = Table(
    "feedback",
    metadata,
    Column("interaction", String(36), primary_key=True),
    Column("given_at", DateTime(timezone=True), nullable=False, index=True),
    Column("helpful", Boolean, nullable=False),
    Column("comment", Text),
    Column("site", String(LONGEST_SITE)),
)
clicks = Table(
    "clicks",
    metadata,
    # What a visitor went on to from an answer: each kind once for an exchange.
    Column("interaction", String(36), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("clicked_at", DateTime(timezone=True), nullable=False, index=True),
    Column("site", String(LONGEST_SITE)),
)
ended_sessions = Table(
    "ended_sessions",
    metadata,
    # Of administrators who signed out; what a cookie says would else hold until its time is over.
    Column("id", String(36), primary_key=True),
    Column("ended_at", DateTime(timezone=True), nullable=False),
)
dismissed_questions = Table(
    "dismissed_questions",
    metadata,
    # A digest of a question that an editor wants to see no more; the text is kept nowhere for it.
    Column("question", String(64), primary_key=True),
    Column("site", String(LONGEST_SITE), primary_key=True),
    Column("dismissed_at", DateTime(timezone=True), nullable=False),
)


def site_indexes() -> tuple[Index, ...]:
    """Return the indexes that reports of one site among many read.

    Not part of the tables: a service of one site pays for none of them.
    """
    asked = interactions.to_metadata(MetaData()).c
    said = feedback.to_metadata(MetaData()).c
    clicked = clicks.to_metadata(MetaData()).c
    counted = (asked.site, asked.day, asked.index_version, asked.outcome, asked.tenth)
    texts = (asked.site, asked.folded, asked.day, asked.outcome, asked.reason)
    return (
        Index("ix_interactions_site_counts", *counted),
        Index("ix_interactions_site_texts", *texts),
        Index("ix_interactions_site_asked_at", asked.site, asked.asked_at),
        Index("ix_feedback_site_given_at", said.site, said.given_at),
        Index("ix_clicks_site_clicked_at", clicked.site, clicked.clicked_at),
    )


def make_tables(engine: Engine, *, by_site: bool = False) -> None:
    """Create missing tables, columns and indexes; with `by_site` those for sites, too."""
    if engine.dialect.name == "sqlite" and engine.url.database:
        Path(engine.url.database).parent.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with engine.begin() as connection:
                _make(connection, site_indexes() if by_site else ())
        except DBAPIError as error:
            if attempt == ATTEMPTS or not _may_pass(error):
                raise
            time.sleep(0.05 * attempt)
        else:
            return


def _may_pass(error: DBAPIError) -> bool:
    """Whether another worker that makes the tables now may be the cause; not if none connects."""
    code = getattr(error.orig, "sqlite_errorcode", None)
    if code is not None:
        return code & 0xFF not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_NOTADB)
    return getattr(error.orig, "sqlstate", None) is not None


def _make(connection: Connection, further: Sequence[Index]) -> None:
    metadata.create_all(connection)
    added = list(_add_columns(connection))
    if "day" in added:
        _fill(connection)
    for table in metadata.sorted_tables:
        known = {one["name"] for one in inspect(connection).get_indexes(table.name)}
        own = [one for one in further if one.table is not None and one.table.name == table.name]
        for index_ in (*table.indexes, *own):
            if index_.name not in known:
                connection.execute(CreateIndex(index_))


def _add_columns(connection: Connection) -> Iterator[str]:
    """Add the columns that a database of an earlier version lacks."""
    for table in metadata.sorted_tables:
        known = {one["name"] for one in inspect(connection).get_columns(table.name)}
        for column in table.columns:
            if column.name not in known:
                kind = column.type.compile(connection.dialect)
                connection.exec_driver_sql(
                    f"ALTER TABLE {table.name} ADD COLUMN {column.name} {kind}"
                )
                yield column.name


def _fill(connection: Connection) -> None:
    """Derive the new columns from the old ones, as far as SQL can."""
    table = interactions.c
    connection.execute(
        update(interactions).values(
            day=func.date(table.asked_at),
            tenth=cast(table.confidence * 10 - 0.4999, SmallInteger),
            folded=func.lower(func.substr(table.question, 1, LONGEST_KEY)),
        )
    )
