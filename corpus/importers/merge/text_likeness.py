"""Counterparts of texts in another corpus, by the cosine of their words. Pure.

Texts are compared by the cosine of tf-idf weights with a logarithmic term frequency (Manning,
Raghavan and Schütze, Introduction to Information Retrieval, 2008, section 6.4); a title counts
twice.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import TypeAlias

from corpus.documents import Corpus, Document, Entry

ALIKE = 0.25
"""At this cosine or more, two texts say the same; of 105 texts about another subject none
reaches it against 503 strange ones."""
LEAST = 0.15
"""At this cosine or more, the nearest text is the counterpart, on the same subject."""
_SAME_SUBJECT = 0.5
"""Share of the texts with something alike from which on two corpora have one subject."""
_WORD = re.compile(r"[^\W\d_][\w+#]+")
_ENDINGS = ("ing", "ers", "er", "ed", "es", "s")
_SHORTEST_STEM = 4

Weights: TypeAlias = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Text:
    """What stands under one id."""

    id: str
    title: str
    body: str


def texts_of(documents: Sequence[Document], entries: Sequence[Entry]) -> tuple[Text, ...]:
    """List sections, list items and canned answers; the two sides of a pair stand in the pair."""
    return (
        *(
            Text(section.id, " ".join([*section.trail[-1:], section.heading]), section.text)
            for document in documents
            for section in document.sections
            if section.role is None
        ),
        *(Text(entry.id, entry.question, entry.text) for entry in entries),
    )


def counterparts(old: Corpus, new: Sequence[Text]) -> dict[str, str]:
    """For each id of `old` that of the text in `new` that says the same, if the subject is one.

    Several may have the same counterpart, where one text of `new` says what several say in `old`.
    """
    known = texts_of(old.documents, old.entries)
    rows = list(_weights([*known, *new]))
    before, after = rows[: len(known)], rows[len(known) :]
    cosines = [[_cosine(one, other) for other in after] for one in before]
    alike = [max(column) >= ALIKE for column in zip(*cosines, strict=True)]
    if not alike or sum(alike) < _SAME_SUBJECT * len(alike):
        return {}
    return {
        text.id: new[row.index(max(row))].id
        for text, row in zip(known, cosines, strict=True)
        if max(row) >= LEAST
    }


def _weights(texts: Sequence[Text]) -> Iterator[Weights]:
    """Weigh the words of each text, as a vector of length 1."""
    counted = [Counter([*_stems(t.title), *_stems(t.title), *_stems(t.body)]) for t in texts]
    holding = Counter(stem for counts in counted for stem in counts)
    for counts in counted:
        raw = {s: (1 + log(n)) * log(len(texts) / holding[s]) for s, n in counts.items()}
        length = sqrt(sum(weight * weight for weight in raw.values()))
        yield {stem: weight / length for stem, weight in raw.items() if weight}


def _stems(text: str) -> Iterator[str]:
    for word in _WORD.findall(text.lower()):
        ending = next((one for one in _ENDINGS if word.endswith(one)), "")
        yield word[: len(word) - len(ending)] if len(word) - len(ending) >= _SHORTEST_STEM else word


def _cosine(one: Weights, other: Weights) -> float:
    return sum(weight * other.get(stem, 0.0) for stem, weight in one.items())
