"""No regular expression takes more than the length of a text to read it, whatever the text."""

import pytest

from tests.support.patterns import Use, attacks, seconds, uses

LENGTHS = {"corpus": 3000, "index": 1000, "service": 1000}
"""What stands in a cell or line of an import, and what a visitor may ask."""
MOST_SECONDS = 0.02
"""Of a processor; what grows with the square takes 30 ms and more at 3000 signs."""
BESIDE = "index/dialogue/"
"""Timed as whole steps of at most 1000 signs, as several patterns read the same signs there."""
LINES = ("_BULLET", "_NUMBER")
"""Of plain text, in a loop over both: each has to fit a whole line."""
ALL = {(use.pattern, use.calls): use for use in uses() if not use.where.startswith(BESIDE)}


@pytest.mark.parametrize("package", LENGTHS)
def test_pattern_reads_any_text_in_a_time_that_grows_with_its_length(package: str) -> None:
    own = [use for use in ALL.values() if use.where.startswith(package) and not is_line(use)]

    slow = {
        use.where: text[:40]
        for use in own
        for text in set(attacks(use.pattern, LENGTHS[package]))
        if seconds(use, text) > MOST_SECONDS and seconds(use, text) > MOST_SECONDS
    }

    assert len(own) > 20
    assert slow == {}


def is_line(use: Use) -> bool:
    return use.where.startswith("corpus/importers/readers/plain_text.py") and use.where.endswith(
        LINES
    )
