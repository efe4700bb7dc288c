"""Character n-grams as hashed vectors: likeness of spelling, for typos, jargon and joined words.

Weights are tf-idf with a logarithmic term frequency (Manning, Raghavan and Schütze, Introduction
to Information Retrieval, 2008, section 6.4); the vocabulary is folded into a fixed number of
columns by signed feature hashing (Weinberger et al., Feature Hashing for Large Scale Multitask
Learning, 2009).
"""

import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import log
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Vectors

SHORTEST = 2
LONGEST = 5
COLUMNS = 2048
"""Measured on simulated help desks: 8192 columns rank no better, 512 rank 1 % worse."""
_SIGN_BIT = 20
_GRAM_LIMIT = 4000
"""Most n-grams of one text that are looked at, so that time is bounded by more than the length."""
_WORDS = 2048
"""Words whose n-grams are remembered; most questions are made of the same few hundred."""
_LONG = 24
"""Letters of a word that is remembered, at most; longer ones are links and noise."""
_BATCH = 256
"""Rows that are filled whole before their zeros are left out; 2 MB."""


@dataclass(frozen=True, slots=True)
class SparseRows:
    """Rows without their zeros: those of row n stand at `starts[n]` to `starts[n + 1]`."""

    columns: NDArray[np.uint16]
    values: NDArray[np.float32]
    starts: NDArray[np.int64]
    """Shape (rows + 1,)."""


class _Places:
    """Known n-grams by numbers, given as they come: where each counts, and how much."""

    def __init__(self, idf: Mapping[str, float]) -> None:
        self._idf = idf
        self._numbers: dict[str, int] = {}
        self._lock = Lock()
        self.columns = np.zeros(len(idf), dtype=np.int64)
        self.weights = np.zeros(len(idf))
        """Rarity with the sign of the column."""

    def of(self, word: str) -> NDArray[np.int64]:
        """Return the number of every known n-gram of a word, as often as it stands there."""
        known = [gram for gram in _cut(word) if gram in self._idf]
        numbers = self._numbers
        return np.array([numbers[g] if g in numbers else self._number(g) for g in known], np.int64)

    def _number(self, gram: str) -> int:
        digest = zlib.crc32(gram.encode())
        sign = 1 if digest >> _SIGN_BIT & 1 else -1
        with self._lock:
            number = self._numbers.get(gram, len(self._numbers))
            self.columns[number], self.weights[number] = digest % COLUMNS, sign * self._idf[gram]
            self._numbers[gram] = number  # last, for those who look without the lock
        return number


class NgramModel:
    """How rare each n-gram is in the texts of a corpus. Safe to use from several threads."""

    def __init__(self, idf: Mapping[str, float]) -> None:
        self.idf = idf
        self._places = _Places(idf)
        # Not a part of the places: what remembers a method of its own is never freed by itself.
        self._remembered = lru_cache(_WORDS)(self._places.of)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Encode texts as rows of length 1; a text without any known n-gram is all zeros."""
        rows = np.zeros((len(texts), COLUMNS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._fill(row, text)
        return rows

    def sparse(self, texts: Sequence[str]) -> SparseRows:
        """Encode many texts as `vectors` does, in the memory of what is not zero."""
        columns, values = [np.empty(0, dtype=np.uint16)], [np.empty(0, dtype=np.float32)]
        sizes: list[NDArray[np.int64]] = []
        for start in range(0, len(texts), _BATCH):
            rows = self.vectors(texts[start : start + _BATCH])
            filled = rows != 0
            columns.append(np.nonzero(filled)[1].astype(np.uint16))
            values.append(rows[filled])
            sizes.append(filled.sum(axis=1))
        starts = np.concatenate([[0], *sizes]).cumsum().astype(np.int64)
        return SparseRows(np.concatenate(columns), np.concatenate(values), starts)

    def _fill(self, row: NDArray[np.float32], text: str) -> None:
        """Fill an empty row."""
        numbers, counts = np.unique(self._numbers(text), return_counts=True)
        weights = self._places.weights[numbers] * (1.0 + np.log(counts))
        sums = np.bincount(self._places.columns[numbers], weights, COLUMNS)
        length = float(np.linalg.norm(sums))
        if length:  # grams that share a column can cancel out, so the length is taken after hashing
            row[:] = sums / length

    def _numbers(self, text: str) -> NDArray[np.int64]:
        found, count = [np.empty(0, dtype=np.int64)], 0
        for word in text.lower().split():
            found.append(self._remembered(word) if len(word) <= _LONG else self._places.of(word))
            count += len(found[-1])
            if count > _GRAM_LIMIT:
                break
        return np.concatenate(found)


def ngrams(text: str) -> dict[str, int]:
    """Count the n-grams inside words, each word with a space before and after it; in any case."""
    counts: Counter[str] = Counter()
    for word in text.lower().split():
        counts.update(_cut(word))
        if len(counts) > _GRAM_LIMIT:
            break
    return counts


def _cut(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(
        padded[start : start + size]
        for size in range(SHORTEST, min(LONGEST, len(padded)) + 1)
        for start in range(len(padded) - size + 1)
    )


def fit(texts: Sequence[str]) -> NgramModel:
    """Learn how rare each n-gram is, smoothed as if one more text held every n-gram."""
    document_frequency: Counter[str] = Counter()
    for text in texts:
        document_frequency.update(ngrams(text).keys())
    size = 1 + len(texts)
    return NgramModel({g: log(size / (1 + n)) + 1 for g, n in document_frequency.items()})
