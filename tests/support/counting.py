"""How much work a regular expression is, in steps of a matcher that tries what `re` tries.

`re` does not tell its steps, and a time says as much about the machine. This one walks the
tree that `re` itself parsed, in the same order (greedy, from the left), and counts every look at a
character or position. It knows what the patterns of `service.analytics.redaction` use.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from re import _constants as c  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any


@dataclass
class Counter:
    """Finds what `pattern.finditer` finds, and counts."""

    pattern: re.Pattern[str]
    text: str
    steps: int = 0
    spans: list[tuple[int, int]] = field(default_factory=list)
    known: dict[tuple[int, str], bool] = field(default_factory=dict)

    def run(self) -> "Counter":
        tree = list(parser.parse(self.pattern.pattern, self.pattern.flags & re.IGNORECASE))
        at = 0
        while at <= len(self.text):
            end = next(self._sequence(tree, at), None)
            if end is not None:
                self.spans.append((at, end))
            at = end if end is not None and end > at else at + 1
        return self

    def _sequence(self, items: list[Any], at: int) -> Iterator[int]:
        if not items:
            yield at
            return
        for end in self._one(items[0], at):
            yield from self._sequence(items[1:], end)

    def _one(self, item: Any, at: int) -> Iterator[int]:
        """Where this item may end, the first choice first."""
        kind, value = item
        self.steps += 1
        if kind is c.SUBPATTERN:
            yield from self._sequence(list(value[3]), at)
        elif kind is c.BRANCH:
            for branch in value[1]:
                yield from self._sequence(list(branch), at)
        elif kind is c.MAX_REPEAT:
            yield from self._repeat(value, at)
        elif kind in (c.ASSERT, c.ASSERT_NOT):
            start = at - value[1].getwidth()[0] if value[0] < 0 else at
            found = start >= 0 and next(self._sequence(list(value[1]), start), None) is not None
            if found is (kind is c.ASSERT):
                yield at
        elif kind is c.AT:
            if re.compile(r"\b").match(self.text, at):
                yield at
        elif at < len(self.text) and self._fits(item, self.text[at]):
            yield at + 1

    def _repeat(self, value: Any, at: int) -> Iterator[int]:
        least, most, body = value
        limit = len(self.text) if most is c.MAXREPEAT else most
        if len(body) == 1 and body[0][0] in (c.LITERAL, c.IN, c.ANY):
            end = at
            while end < len(self.text) and end - at < limit and self._fits(body[0], self.text[end]):
                self.steps += 1
                end += 1
            yield from range(end, at + least - 1, -1)
        else:
            yield from self._again(list(body), at, least, limit)

    def _again(self, body: list[Any], at: int, least: int, most: int) -> Iterator[int]:
        if most > 0:
            for end in self._sequence(body, at):
                if end > at:
                    yield from self._again(body, end, least - 1, most - 1)
        if least <= 0:
            yield at

    def _fits(self, item: Any, letter: str) -> bool:
        # The tree lives as long as the run, so an item is known by its place in memory.
        key = (id(item), letter)
        if key not in self.known:
            self.known[key] = self._compare(item, letter)
        return self.known[key]

    def _compare(self, item: Any, letter: str) -> bool:
        kind, value = item
        variants = {letter, letter.lower(), letter.upper()}
        if not self.pattern.flags & re.IGNORECASE:
            variants = {letter}
        if kind is c.LITERAL:
            return chr(value) in variants
        if kind is c.IN:
            is_negated = value[0][0] is c.NEGATE
            parts = value[1:] if is_negated else value
            return (
                any(_part_fits(part, variant) for part in parts for variant in variants)
                != is_negated
            )
        return letter != "\n"


def _part_fits(part: Any, letter: str) -> bool:
    kind, value = part
    if kind is c.LITERAL:
        return chr(value) == letter
    if kind is c.RANGE:
        return bool(value[0] <= ord(letter) <= value[1])
    return re.fullmatch(_CATEGORIES[value], letter) is not None


_CATEGORIES = {
    c.CATEGORY_WORD: r"\w",
    c.CATEGORY_NOT_WORD: r"\W",
    c.CATEGORY_DIGIT: r"\d",
    c.CATEGORY_NOT_DIGIT: r"\D",
    c.CATEGORY_SPACE: r"\s",
    c.CATEGORY_NOT_SPACE: r"\S",
}
