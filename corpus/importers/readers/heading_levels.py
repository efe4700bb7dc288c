"""Levels of the headings in a plain text, and which of them only repeat another. Pure.

A text that was slides or pages repeats the heading of a part on each of them. Such a running
heading says nothing new: what follows goes on with what came before.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.importers.blocks import asks, key

_MAJOR = re.compile(
    r"(what|how|why|when|where|who|which|is|are|can|do|does|should|will)\b"
    r"|(introduction|conclusions?|summary|overview|references|sources|bibliography)$"
    r"|(faqs?|frequently asked questions|questions and answers)$"
    r"|(useful |related )?(videos?|links|articles?)$|further reading$|see also$",
)
_RUNNING = 4
"""Words from which on a heading is not likely to stand for two different parts."""
TOP, BELOW = 2, 3


@dataclass(frozen=True, slots=True)
class HeadingLine:
    """A heading as it is written."""

    text: str
    bare: bool
    """Whether another heading follows at once."""


def levels(headings: Sequence[HeadingLine]) -> list[int | None]:
    """Guess 2 or 3 for each heading; None for one that repeats a heading.

    Where most of them ask, what does not is no part of the answer above.
    """
    repeats = _repeats(headings)
    asking = [asks(heading.text) for heading in headings]
    if 2 * sum(asking) > len(headings):
        grouped = any(one.bare and not asked for one, asked in zip(headings, asking, strict=True))
        known = zip(asking, repeats, strict=True)
        return [
            None if r is not None else BELOW if asked and grouped else TOP for asked, r in known
        ]
    found: list[int | None] = []
    for position, heading in enumerate(headings):
        if repeats[position] is not None:
            found.append(None)
            continue
        own = position in repeats and _encloses(position, repeats)
        if own or _is_major(heading) or _has_parts(position, headings, repeats):
            found.append(TOP)
        else:
            found.append(BELOW if TOP in found and _some_major(headings, repeats) else TOP)
    return found


def _is_major(heading: HeadingLine) -> bool:
    return asks(heading.text) or bool(_MAJOR.match(key(heading.text)))


def _some_major(headings: Sequence[HeadingLine], repeats: Sequence[int | None]) -> bool:
    """Whether anything tells the top level from the one below."""
    return any(
        _is_major(heading) or _has_parts(position, headings, repeats)
        for position, heading in enumerate(headings)
    )


def _has_parts(
    position: int, headings: Sequence[HeadingLine], repeats: Sequence[int | None]
) -> bool:
    """Whether the first of its parts follows at once, or it runs over several of them."""
    follows = headings[position].bare and position + 1 < len(headings)
    if follows and repeats[position + 1] is None:
        return True
    return _encloses(position, repeats)


def _encloses(position: int, repeats: Sequence[int | None]) -> bool:
    """Whether the heading is repeated after other headings."""
    return any(
        first == position and any(repeats[between] is None for between in range(first + 1, later))
        for later, first in enumerate(repeats)
    )


def _repeats(headings: Sequence[HeadingLine]) -> list[int | None]:
    """For each heading the position of the one that it repeats, or None."""
    last: dict[str, int] = {}
    found: list[int | None] = []
    for position, heading in enumerate(headings):
        words = key(heading.text)
        first = last.get(words)
        if first is not None and _runs_on(headings, found, first, position):
            found.append(first)
        else:
            found.append(None)
            last[words] = position
    return found


def _runs_on(
    headings: Sequence[HeadingLine], repeats: Sequence[int | None], first: int, later: int
) -> bool:
    """Whether the later one repeats the first, rather than naming another part the same."""
    between = [
        headings[position] for position in range(first + 1, later) if repeats[position] is None
    ]
    if not between:
        return True
    if any(_is_major(heading) for heading in between):
        return False
    before, after = headings[first].text, headings[later].text
    if before.endswith(":") != after.endswith(":"):
        return True
    return not before.endswith(":") and len(key(before).split()) >= _RUNNING
