"""Word counts: how much more often a unit is asked in the words of a question than others are.

Meaning and intent blur the one word that may set a question apart from all that a unit answers:
``disadvantages``, ``in Norway``, ``part-time``. Counting does not. A naive Bayes classifier of two
classes: the questions of the candidate, and those of all that is out of scope (Maron, Automatic
Indexing: An Experimental Inquiry, 1961).
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores
from index.text import normalisation

UNSEEN = 0.003
"""Share of the questions that is added to each word's, so that one never seen weighs little."""
CAP = 12.0
"""Most that all words together say; a long question has more of them, and is no surer."""


@dataclass(frozen=True, slots=True)
class WordUses:
    """Counts of the words of one question."""

    counts: Scores
    """In how many questions of each unit a word occurs, shape (words, units)."""
    questions: Scores
    """How many questions each unit has, shape (units,)."""


@dataclass(frozen=True, slots=True)
class WordCounts:
    """In how many questions of each unit every word occurs."""

    places: Mapping[str, int]
    """Of each word in `starts`."""
    starts: NDArray[np.int64]
    """Where the units of each word begin, and last where they all end."""
    units: NDArray[np.int32]
    counts: Scores
    questions: Scores
    """How many questions each unit has."""

    def of(self, text: str) -> WordUses:
        """Look the words of a question up; those of no unit say nothing."""
        places = (self.places.get(word) for word in normalisation.topic_words(text))
        known = sorted(place for place in places if place is not None)  # sums depend on the order
        found = np.zeros((len(known), len(self.questions)), dtype=np.float32)
        for row, place in enumerate(known):
            span = slice(self.starts[place], self.starts[place + 1])
            found[row, self.units[span]] = self.counts[span]
        return WordUses(found, self.questions)

    def arrays(self) -> dict[str, NDArray[np.generic]]:
        """Return what `read` reads."""
        return {
            "words": np.frombuffer("\n".join(self.places).encode(), dtype=np.uint8),
            "word_starts": self.starts,
            "word_units": self.units,
            "word_counts": self.counts,
            "questions": self.questions,
        }


def count(questions: Iterable[tuple[str, int]], units: int) -> WordCounts:
    """Count the words of questions, each with the position of its unit."""
    counted: dict[str, Counter[int]] = {}
    asked = np.zeros(units, dtype=np.float32)
    for text, unit in questions:
        asked[unit] += 1
        for word in normalisation.topic_words(text):
            counted.setdefault(word, Counter())[unit] += 1
    places = {word: place for place, word in enumerate(sorted(counted))}
    rows = [sorted(counted[word].items()) for word in places]
    starts = np.array([0, *accumulate(map(len, rows))], dtype=np.int64)
    pairs = [pair for row in rows for pair in row]
    owners = np.array([unit for unit, _ in pairs], dtype=np.int32)
    return WordCounts(
        places, starts, owners, np.array([n for _, n in pairs], dtype=np.float32), asked
    )


def read(arrays: Mapping[str, NDArray[np.generic]]) -> WordCounts:
    """Read what `WordCounts.arrays` wrote. Raises KeyError and ValueError, among others."""
    words = arrays["words"].tobytes().decode().splitlines()
    return WordCounts(
        {word: place for place, word in enumerate(words)},
        arrays["word_starts"].astype(np.int64, copy=False),
        arrays["word_units"].astype(np.int32, copy=False),
        arrays["word_counts"].astype(np.float32, copy=False),
        arrays["questions"].astype(np.float32, copy=False),
    )


def likelihood(uses: WordUses, members: NDArray[np.intp], outside: NDArray[np.intp]) -> float:
    """Return the log likelihood ratio of a question's words, within `CAP` of 0.

    Args:
        uses: Of the question.
        members: Units that say what the candidate says.
        outside: Units that are out of scope. Where none has a question, words say nothing.

    """
    inside, others = uses.questions[members].sum(), uses.questions[outside].sum()
    if not inside or not others:
        return 0.0
    here = uses.counts[:, members].sum(axis=1) / inside
    there = uses.counts[:, outside].sum(axis=1) / others
    ratio = float(np.log((here + UNSEEN) / (there + UNSEEN)).sum())
    return min(max(ratio, -CAP), CAP)
