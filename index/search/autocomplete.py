"""Autocomplete: canned questions for what a visitor has typed so far.

Questions are looked up by their words, so a keystroke costs the same however many there are.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Kind, Unit
from index.storage.tensors import Arrays, Strings, pack, unpack
from index.text.normalisation import clean, words

_LAST = "\U0010ffff"
"""Sorts after every character of a word."""


@dataclass(frozen=True, slots=True)
class Autocomplete:
    """The canned questions of an index, by their words. Units are given by their positions."""

    titles: Strings
    """Words of each title, joined by spaces, in alphabetical order."""
    title_units: NDArray[np.int32]
    """Unit of each title."""
    vocabulary: Strings
    """In alphabetical order."""
    starts: NDArray[np.int64]
    """Where the questions with each word start in `holding`."""
    holding: NDArray[np.int32]
    """Questions by the words in them; a question is a title or a variant."""
    units: NDArray[np.int32]
    """Unit of each question, in the order of the corpus."""
    variants: NDArray[np.uint8]
    """1 for a question that is a variant, 0 for a title."""

    def complete(self, prefix: str, limit: int) -> tuple[int, ...]:
        """Return units with a question in which every typed word begins a word, best first.

        Titles that start with the text come first, then titles with the words in any order, then
        variants with them. An empty prefix returns the first questions.
        """
        limit = max(0, limit)
        chosen: dict[int, None] = {}
        for units in self._ranked(words(clean(prefix))):
            chosen.update(dict.fromkeys(units.tolist()))
            if len(chosen) >= limit:
                break
        return tuple(chosen)[:limit]

    def _ranked(self, typed: Sequence[str]) -> Iterator[NDArray[np.int32]]:
        """Yield units, best first, with repetitions."""
        start = " ".join(typed)
        span = slice(bisect_left(self.titles, start), bisect_left(self.titles, start + _LAST))
        yield np.sort(self.title_units[span])
        matching = self._holding_all(typed)
        for kind in (0, 1):
            yield np.unique(self.units[matching & (self.variants == kind)])

    def _holding_all(self, typed: Sequence[str]) -> NDArray[np.bool_]:
        """Return for each question whether every typed word begins one of its words."""
        every = np.ones(len(self.units), dtype=np.bool_)
        for word in dict.fromkeys(typed):
            first = bisect_left(self.vocabulary, word)
            last = bisect_left(self.vocabulary, word + _LAST)
            this = np.zeros(len(self.units), dtype=np.bool_)
            this[self.holding[self.starts[first] : self.starts[last]]] = True
            every &= this
            if not every.any():
                break
        return every


def learn(units: Sequence[Unit]) -> Arrays:
    """Return the arrays of the canned questions of an index."""
    titles: list[tuple[str, int]] = []
    places: list[tuple[int, int]] = []
    holding: dict[str, list[int]] = {}
    for position, unit in enumerate(units):
        if unit.kind is not Kind.FAQ:
            continue
        titles.append((" ".join(words(unit.title)), position))
        variants = (question for question in unit.questions if question != unit.title)
        for kind, question in ((0, unit.title), *((1, variant) for variant in variants)):
            for word in set(words(question)):
                holding.setdefault(word, []).append(len(places))
            places.append((position, kind))
    titles.sort()
    vocabulary = sorted(holding)
    sizes = [0, *(len(holding[word]) for word in vocabulary)]
    listed = [place for word in vocabulary for place in holding[word]]
    return {
        **pack("titles", (title for title, _ in titles)),
        **pack("vocabulary", vocabulary),
        "title_units": np.array([position for _, position in titles], dtype=np.int32),
        "holding_starts": np.cumsum(sizes, dtype=np.int64),
        "holding": np.array(listed, dtype=np.int32),
        "question_units": np.array([position for position, _ in places], dtype=np.int32),
        "question_variants": np.array([kind for _, kind in places], dtype=np.uint8),
    }


def parse(arrays: Arrays) -> Autocomplete:
    """Read what `learn` made. Raises KeyError when an array is missing."""
    return Autocomplete(
        titles=unpack("titles", arrays),
        title_units=arrays["title_units"],
        vocabulary=unpack("vocabulary", arrays),
        starts=arrays["holding_starts"],
        holding=arrays["holding"],
        units=arrays["question_units"],
        variants=arrays["question_variants"],
    )


def question_of(unit: Unit) -> str:
    """Return the question that is offered for a unit: its title, unless its first variant asks."""
    if unit.kind is Kind.FAQ or unit.title.endswith("?"):
        return unit.title
    return next((one for one in unit.questions[:1] if one.endswith("?")), unit.title)
