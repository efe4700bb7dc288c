"""Freshness: how many answers are overdue for review, about to expire, or expired on a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Kind, Unit

STALE_AFTER = timedelta(days=365)
EXPIRES_SOON = timedelta(days=30)
"""The limits of the linter, which the run time does not import; a test compares them."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Numbers of answers; one may be both overdue and expired."""

    overdue: int
    """Reviewed more than a year ago."""
    expiring: int
    """Expire within 30 days."""
    expired: int
    """Past their `valid_until`, and so no longer returned."""


class Dates:
    """The dates of all answers, sorted once for fast counting.

    Boundaries and smalltalk are counted only when they expire.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        units = tuple(units)
        content = [unit for unit in units if unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)]
        self._reviewed = _sorted(unit.reviewed for unit in content)
        self._until = _sorted(unit.valid_until for unit in units)

    def freshness(self, today: date) -> Freshness:
        """Count the answers that are due on a day."""
        expired = _before(self._until, today)
        soon = _before(self._until, today + EXPIRES_SOON + timedelta(days=1))
        return Freshness(
            overdue=_before(self._reviewed, today - STALE_AFTER),
            expiring=soon - expired,
            expired=expired,
        )


def is_expired(unit: Unit, today: date) -> bool:
    """Whether an answer is past its `valid_until`."""
    return unit.valid_until is not None and unit.valid_until < today


def _sorted(dates: Iterable[date | None]) -> NDArray[np.int64]:
    return np.array(sorted(day.toordinal() for day in dates if day), dtype=np.int64)


def _before(dates: NDArray[np.int64], day: date) -> int:
    return int(np.searchsorted(dates, day.toordinal()))
