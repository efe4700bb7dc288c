from dataclasses import replace
from datetime import date

import pytest

from corpus import linter
from index import Retriever, freshness
from index.datatypes import Kind, Unit
from index.freshness import Dates, Freshness, is_expired

TODAY = date(2026, 11, 23)


@pytest.fixture
def unit(retriever: Retriever) -> Unit:
    return replace(retriever.units["faq-pay"], reviewed=None, valid_until=None)


@pytest.mark.parametrize(
    ("dates", "expected"),
    [
        ({}, Freshness(0, 0, 0)),
        ({"reviewed": date(2025, 11, 23)}, Freshness(0, 0, 0)),
        ({"reviewed": date(2025, 11, 22)}, Freshness(1, 0, 0)),
        ({"valid_until": date(2026, 11, 22)}, Freshness(0, 0, 1)),
        ({"valid_until": date(2026, 11, 23)}, Freshness(0, 1, 0)),
        ({"valid_until": date(2026, 12, 23)}, Freshness(0, 1, 0)),
        ({"valid_until": date(2026, 12, 24)}, Freshness(0, 0, 0)),
        ({"reviewed": date(2020, 1, 1), "valid_until": date(2021, 1, 1)}, Freshness(1, 0, 1)),
    ],
    ids=str,
)
def test_answer_is_counted_by_its_dates(
    unit: Unit, dates: dict[str, date], expected: Freshness
) -> None:
    assert Dates([replace(unit, **dates)]).freshness(TODAY) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [Kind.BOUNDARY, Kind.SMALLTALK])
def test_boundaries_and_smalltalk_are_not_counted(unit: Unit, kind: Kind) -> None:
    old = replace(unit, kind=kind, reviewed=date(2000, 1, 1))

    assert Dates([old]).freshness(TODAY) == Freshness(0, 0, 0)


def test_smalltalk_past_its_end_is_counted(unit: Unit) -> None:
    old = replace(unit, kind=Kind.SMALLTALK, valid_until=date(2026, 1, 1))

    assert Dates([old]).freshness(TODAY) == Freshness(0, 0, 1)


def test_answer_expires_after_its_last_day(unit: Unit) -> None:
    last = replace(unit, valid_until=TODAY)

    assert [is_expired(last, day) for day in (TODAY, date(2026, 11, 24))] == [False, True]


def test_limits_are_those_of_the_linter() -> None:
    assert freshness.STALE_AFTER == linter.STALE_AFTER
    assert freshness.EXPIRES_SOON == linter.EXPIRES_SOON
