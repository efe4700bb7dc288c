"""No regular expression is slow on the longest text that it may have to read, whatever the text."""

import time
from itertools import chain

import pytest

from index.dialogue import choices
from tests.support.patterns import Use, attacks, seconds, uses

LENGTHS = {"corpus": 3000, "index": 1000, "service": 1000}
"""What stands in a cell or line of an import, and what a visitor may ask."""
OF_CONTENT = "index/text/sentences.py"
"""Reads the paragraphs of content too, so it is timed as `corpus` is."""
MOST_SECONDS = 0.02
"""Of a processor; most of what grows with the square takes 30 ms and more at 3000 signs."""
MOST_TO_READ = 0.08
"""Of a processor, for all of the patterns by which a reply is read."""
BESIDE = "index/dialogue/"
"""Timed as whole steps of at most 1000 signs, as several patterns read the same signs there."""
LINES = ("_BULLET", "_NUMBER")
"""Of plain text, in a loop over both: each has to fit a whole line."""
ALL = {(use.pattern, use.calls): use for use in uses() if not use.where.startswith(BESIDE)}


@pytest.mark.parametrize("package", LENGTHS)
def test_pattern_reads_any_text_as_long_as_may_be_in_no_time(package: str) -> None:
    own = [use for use in ALL.values() if use.where.startswith(package) and not is_line(use)]

    slow = {
        use.where: text[:40]
        for use in own
        for text in set(attacks(use.pattern, length_for(use, package)))
        if seconds(use, text) > MOST_SECONDS and seconds(use, text) > MOST_SECONDS
    }

    assert len(own) > 20
    assert slow == {}


def test_a_reply_of_any_shape_is_read_in_no_time() -> None:
    """A line of blanks or commas after a question back took 0.26 s, and nobody else's turn came."""
    patterns = {use.pattern for use in uses() if use.where.startswith(BESIDE)}
    texts = set(chain.from_iterable(attacks(pattern, LENGTHS["index"]) for pattern in patterns))

    slow = {text[:40] for text in texts if min(reading(text), reading(text)) > MOST_TO_READ}

    assert len(texts) > 300
    assert slow == set()


def reading(text: str) -> float:
    """Seconds of a processor until it is known which of three titles a reply chooses, if any."""
    started = time.thread_time()
    choices.choose(text, ["What is it?", "Who does it?", "How is it done?"], str)
    return time.thread_time() - started


def length_for(use: Use, package: str) -> int:
    return LENGTHS["corpus" if use.where.startswith(OF_CONTENT) else package]


def is_line(use: Use) -> bool:
    return use.where.startswith("corpus/importers/readers/plain_text.py") and use.where.endswith(
        LINES
    )
