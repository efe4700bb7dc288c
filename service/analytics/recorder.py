"""Records interactions, feedback and clicks without ever delaying or failing an answer.

A record goes into a bounded queue; one thread writes in batches and deletes what is past its
retention time. What cannot be queued or written is dropped and counted.
"""

import logging
import queue
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from service.analytics.database import Click, Database, DatabaseError, Feedback, Interaction
from service.analytics.redaction import redact
from service.settings import QuestionLog

QUEUE_SIZE = 10_000
"""Some 10 MB of records: a minute of a stalled database at full load."""
BATCH_SIZE = 500
GATHER_SECONDS = 0.2
"""How long a record may wait to be written in a batch."""
SWEEP_SECONDS = 3600.0
RECENT_SIZE = 20_000
"""Ids known without the database: twice what may be queued."""
CLOSE_SECONDS = 5.0
_NOWHERE = ""
"""No site has this key."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Erasure:
    """A request to erase an exchange, queued among the records."""

    interaction: str
    site: str | None = None
    done: Future[bool] = field(default_factory=Future)
    """Whether there was such an exchange, or DatabaseError."""


Record: TypeAlias = Interaction | Feedback | Click | Erasure


class Interactions:
    """Accepts records on the event loop and writes them from a thread of its own."""

    def __init__(
        self,
        database: Database,
        keep: QuestionLog,
        retention: timedelta,
        on_lost: Callable[[int], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Open nothing yet.

        Args:
            database: Where records go.
            keep: What is kept of a text.
            retention: How long.
            on_lost: Counts records that were not written.
            now: Tells what is past its time.
            clock: Seconds between two looks for that, whatever is done to the time of day.

        """
        self._database = database
        self._retention = retention
        self._on_lost = on_lost
        self._now = now
        self._clock = clock
        self._queue: queue.Queue[Record | None] = queue.Queue(QUEUE_SIZE)
        self._recent: OrderedDict[str, str | None] = OrderedDict()
        self._site: str | None = None
        self._periods: dict[str, timedelta] = {}
        self._kept: dict[str | None, QuestionLog] = {None: keep}
        """What is kept of the texts of each site."""
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="interactions", daemon=True)

    def of(self, site: str, keep: QuestionLog, retention: timedelta) -> "Interactions":
        """Return a recorder for the records of one site; all sites share the queue.

        Args:
            site: Its key.
            keep: What is kept of its texts.
            retention: How long; no longer than what all are kept for.

        """
        self._periods[site], self._kept[site] = retention, keep
        other = copy(self)
        other._site, other._database = site, self._database.of(site)
        return other

    def start(self) -> None:
        """Start writing. Until then, records wait in the queue."""
        self._thread.start()

    def close(self) -> None:
        """Write what is queued and stop, within a few seconds."""
        self._closing.set()
        try:
            self._queue.put(None, timeout=CLOSE_SECONDS)
        except queue.Full:
            log.error("interactions: the database is too slow to stop cleanly")
            return
        self._thread.join(CLOSE_SECONDS)
        self._database.close()

    def record(self, interaction: Interaction) -> None:
        """Queue an exchange. Never waits and never raises."""
        self._recent[interaction.id] = self._site
        if len(self._recent) > RECENT_SIZE:
            self._recent.popitem(last=False)
        self._put(replace(interaction, site=self._site))

    def give_feedback(self, feedback: Feedback) -> None:
        """Queue feedback on a known exchange. Never waits and never raises."""
        self._put(replace(feedback, site=self._site))

    def count_click(self, click: Click) -> None:
        """Queue a click on a known exchange. Never waits and never raises."""
        self._put(replace(click, site=self._site))

    def erase(self, interaction: str) -> Future[bool]:
        """Erase an exchange and all about it, also when it still waits to be written.

        The result is whether there was one; it raises DatabaseError when that cannot be done now.
        """
        if self.is_recent(interaction):
            del self._recent[interaction]
        erasure = Erasure(interaction, self._site)
        try:
            self._queue.put_nowait(erasure)
        except queue.Full:
            erasure.done.set_exception(DatabaseError("too many records wait to be written"))
        return erasure.done

    def is_recent(self, interaction: str) -> bool:
        """Whether this process recorded the exchange recently; needs no database."""
        return self._recent.get(interaction, _NOWHERE) == self._site

    def is_stored(self, interaction: str) -> bool:
        """Whether the database holds the exchange. Waits for it; raises DatabaseError."""
        return self._database.has(interaction)

    def _kept_text(self, text: str | None, site: str | None) -> str | None:
        keep = self._kept[site]
        if text is None or keep is QuestionLog.OFF:
            return None
        return redact(text) if keep is QuestionLog.REDACTED else text

    def _put(self, record: Record) -> None:
        try:
            self._queue.put_nowait(record)
        except queue.Full:
            self._on_lost(1)

    def _run(self) -> None:
        is_open = True
        next_sweep = self._clock()
        while is_open:
            if self._clock() >= next_sweep:
                self._sweep()
                next_sweep = self._clock() + SWEEP_SECONDS
            batch, is_open = self._gather()
            self._write(batch)

    def _gather(self) -> tuple[Sequence[Record], bool]:
        """Wait for a record and shortly for those that follow; False once closed.

        It sleeps instead of waiting at the queue: a thread that each record wakes would compete
        with the event loop.
        """
        batch: list[Record] = []
        try:
            record = self._queue.get(timeout=SWEEP_SECONDS)
            if self._queue.qsize() < BATCH_SIZE:
                self._closing.wait(GATHER_SECONDS)
            while record is not None:
                batch.append(record)
                if len(batch) == BATCH_SIZE:
                    return batch, True
                record = self._queue.get_nowait()
        except queue.Empty:
            return batch, True
        return batch, False

    def _write(self, batch: Sequence[Record]) -> None:
        interactions = [
            replace(record, question=self._kept_text(record.question, record.site))
            for record in batch
            if isinstance(record, Interaction)
        ]
        erasures = [record for record in batch if isinstance(record, Erasure)]
        erased = {(erasure.site, erasure.interaction) for erasure in erasures}
        feedback = [
            replace(record, comment=self._kept_text(record.comment, record.site))
            for record in batch
            if isinstance(record, Feedback) and (record.site, record.interaction) not in erased
        ]
        clicks = [
            record
            for record in batch
            if isinstance(record, Click) and (record.site, record.interaction) not in erased
        ]
        try:
            self._database.write(interactions, feedback, clicks)
        except DatabaseError as error:
            lost = len(interactions) + len(feedback) + len(clicks)
            self._on_lost(lost)
            log.error("interactions: %d records lost: %s", lost, error)
        for erasure in erasures:
            self._erase(erasure)

    def _erase(self, erasure: Erasure) -> None:
        try:
            database = self._database.of(erasure.site)
            erasure.done.set_result(database.erase(erasure.interaction))
        except DatabaseError as error:
            erasure.done.set_exception(error)

    def _sweep(self) -> None:
        try:
            deleted = self._database.delete_before(self._now() - self._retention)
            for site, period in self._periods.items():
                if period < self._retention:
                    deleted += self._database.of(site).delete_before(self._now() - period)
        except DatabaseError as error:
            log.error("interactions: expired records could not be deleted: %s", error)
            return
        if deleted:
            log.info("interactions: %d expired records deleted", deleted)
