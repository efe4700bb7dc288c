"""What was asked, what was answered, and feedback: the database.

Nothing here delays or fails an answer. A record goes into a bounded queue; one thread writes what
has gathered, and deletes what is past its time. What cannot be queued or written is counted and
dropped.
"""

import logging
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from copy import copy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TypeAlias

from service.analytics.database import Database, DatabaseError, Feedback, Interaction
from service.analytics.redaction import redact
from service.settings import QuestionLog

QUEUE_SIZE = 10_000
"""Some 10 MB of records: a minute of a database that stands still, at full load."""
BATCH_SIZE = 500
GATHER_SECONDS = 0.2
"""How long a record may wait for others to be written together with it."""
SWEEP_SECONDS = 3600.0
RECENT_SIZE = 20_000
"""Ids known without the database: twice what may be queued."""
CLOSE_SECONDS = 5.0
_NOWHERE = ""
"""No site has this key."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Erasure:
    """A wish to forget an exchange, in the order of what is to be written."""

    interaction: str
    site: str | None = None
    done: Future[bool] = field(default_factory=Future)
    """Whether there was such an exchange, or DatabaseError."""


Record: TypeAlias = Interaction | Feedback | Erasure


class Interactions:
    """Takes records on the event loop and writes them from a thread of its own."""

    def __init__(
        self,
        database: Database,
        keep: QuestionLog,
        retention: timedelta,
        on_lost: Callable[[int], None],
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._database = database
        self._keep = keep
        self._retention = retention
        self._on_lost = on_lost
        self._now = now
        self._queue: queue.Queue[Record | None] = queue.Queue(QUEUE_SIZE)
        self._recent: OrderedDict[str, str | None] = OrderedDict()
        self._site: str | None = None
        self._periods: dict[str, timedelta] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="interactions", daemon=True)

    def of(self, site: str, keep: QuestionLog, retention: timedelta) -> "Interactions":
        """Return what takes and knows the records of one site alone; all are written together.

        Args:
            site: Its key.
            keep: What is kept of its texts.
            retention: How long; no longer than what all are kept for.

        """
        self._periods[site] = retention
        other = copy(self)
        other._site, other._keep, other._database = site, keep, self._database.of(site)
        return other

    def start(self) -> None:
        """Begin to write. Without it, records gather in the queue."""
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
        """Take one exchange. Never waits and never raises."""
        self._recent[interaction.id] = self._site
        if len(self._recent) > RECENT_SIZE:
            self._recent.popitem(last=False)
        kept = self._kept_text(interaction.question)
        self._put(replace(interaction, question=kept, site=self._site))

    def give_feedback(self, feedback: Feedback) -> None:
        """Take feedback on an exchange that is known. Never waits and never raises."""
        self._put(replace(feedback, comment=self._kept_text(feedback.comment), site=self._site))

    def erase(self, interaction: str) -> Future[bool]:
        """Forget an exchange and what was said of it, also when it waits to be written.

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
        """Whether this process made the exchange lately; needs no database."""
        return self._recent.get(interaction, _NOWHERE) == self._site

    def is_stored(self, interaction: str) -> bool:
        """Whether the database holds the exchange. Waits for it; raises DatabaseError."""
        return self._database.has(interaction)

    def _kept_text(self, text: str | None) -> str | None:
        if text is None or self._keep is QuestionLog.OFF:
            return None
        return redact(text) if self._keep is QuestionLog.REDACTED else text

    def _put(self, record: Record) -> None:
        try:
            self._queue.put_nowait(record)
        except queue.Full:
            self._on_lost(1)

    def _run(self) -> None:
        is_open = True
        next_sweep = self._now()
        while is_open:
            if self._now() >= next_sweep:
                self._sweep()
                next_sweep = self._now() + timedelta(seconds=SWEEP_SECONDS)
            batch, is_open = self._gather()
            self._write(batch)

    def _gather(self) -> tuple[Sequence[Record], bool]:
        """Wait for a record, and a while for what comes soon after; False once closed.

        Asleep rather than at the queue: a thread that each record wakes takes turns with the event
        loop, which has better things to do.
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
        asked = [record for record in batch if isinstance(record, Interaction)]
        erasures = [record for record in batch if isinstance(record, Erasure)]
        gone = {(one.site, one.interaction) for one in erasures}
        said = [record for record in batch if isinstance(record, Feedback)]
        given = [one for one in said if (one.site, one.interaction) not in gone]
        try:
            self._database.write(asked, given)
        except DatabaseError as error:
            self._on_lost(len(asked) + len(given))
            log.error("interactions: %d records lost: %s", len(asked) + len(given), error)
        for erasure in erasures:
            self._erase(erasure)

    def _erase(self, erasure: Erasure) -> None:
        try:
            database = self._database if erasure.site is None else self._database.of(erasure.site)
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
            log.error("interactions: what is past its time could not be deleted: %s", error)
            return
        if deleted:
            log.info("interactions: %d past their time deleted", deleted)
