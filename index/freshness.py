"""How many answers are due: overdue for review, about to expire, expired. As of a day."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Kind, Unit

STALE_AFTER = timedelta(days=365)
EXPIRES_SOON = timedelta(days=30)
"""As the linter has them, which this package's run time does not import; a test compares."""


@dataclass(frozen=True, slots=True)
class Freshness:
    """Numbers of answers; one may be overdue and expired at once."""

    overdue: int
    """Reviewed more than a year ago."""
    expiring: int
    """Given for 30 days more at most."""
    expired: int
    """Past their `valid_until`, and so no longer given."""


class Dates:
    """The dates of all answers, sorted once so that counting takes no time.

    Of smalltalk only its end counts, past which it is not given either.
    """

    def __init__(self, units: Iterable[Unit]) -> None:
        units = tuple(units)
        content = [unit for unit in units if unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)]
        self._reviewed = _sorted(unit.reviewed for unit in content)
        self._until = _sorted(unit.valid_until for unit in units)

    def freshness(self, today: date) -> Freshness:
        """Count what is due on a day."""
        expired = _before(self._until, today)
        soon = _before(self._until, today + EXPIRES_SOON + timedelta(days=1))
        return Freshness(
            overdue=_before(self._reviewed, today - STALE_AFTER),
            expiring=soon - expired,
            expired=expired,
        )


def is_expired(unit: Unit, today: date) -> bool:
    """Tell whether an answer is past its `valid_until`."""
    return unit.valid_until is not None and unit.valid_until < today


def _sorted(dates: Iterable[date | None]) -> NDArray[np.int64]:
    return np.array(sorted(one.toordinal() for one in dates if one), dtype=np.int64)


def _before(dates: NDArray[np.int64], day: date) -> int:
    return int(np.searchsorted(dates, day.toordinal()))
