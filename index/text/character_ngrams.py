"""Hashed character n-gram vectors: similarity of spelling, for typos, jargon and joined words.

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
"""Measured on simulated bots: 8192 columns rank no better, 512 rank 1 % worse."""
_SIGN_BIT = 20
_GRAM_LIMIT = 4000
"""N-grams of one text that are used at most, which bounds the time for a long text."""
_WORDS = 2048
"""Words whose n-grams are cached; most questions are made of the same few hundred."""
_LONG = 24
"""Letters of the longest word that is cached; longer ones are links and noise."""
_BATCH = 256
"""Dense rows that are made before their zeros are dropped; 2 MB."""


@dataclass(frozen=True, slots=True)
class SparseRows:
    """Sparse rows: the values of row n are those from `starts[n]` to `starts[n + 1]`."""

    columns: NDArray[np.uint16]
    values: NDArray[np.float32]
    starts: NDArray[np.int64]
    """Shape (rows + 1,)."""


class _GramTable:
    """Numbers the known n-grams as they occur, with the column and weight of each."""

    def __init__(self, idf: Mapping[str, float]) -> None:
        self._idf = idf
        self._numbers: dict[str, int] = {}
        self._lock = Lock()
        self.columns = np.zeros(len(idf), dtype=np.int64)
        self.weights = np.zeros(len(idf))
        """Inverse document frequency, with the sign of the hash."""

    def of(self, word: str) -> NDArray[np.int64]:
        """Return the number of every known n-gram of a word, repeated as often as it occurs."""
        known = [gram for gram in _cut(word) if gram in self._idf]
        numbers = self._numbers
        return np.array([numbers[g] if g in numbers else self._number(g) for g in known], np.int64)

    def _number(self, gram: str) -> int:
        digest = zlib.crc32(gram.encode())
        sign = 1 if digest >> _SIGN_BIT & 1 else -1
        with self._lock:
            number = self._numbers.get(gram, len(self._numbers))
            self.columns[number], self.weights[number] = digest % COLUMNS, sign * self._idf[gram]
            self._numbers[gram] = number  # last, for threads that look without the lock
        return number


class NgramModel:
    """Inverse document frequencies of n-grams in a corpus. Safe to use from several threads."""

    def __init__(self, idf: Mapping[str, float]) -> None:
        self.idf = idf
        self._grams = _GramTable(idf)
        # Not inside the table: an object that caches its own method is freed by the garbage
        # collector only.
        self._cached = lru_cache(_WORDS)(self._grams.of)

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Encode texts as rows of length 1, all zeros for a text without known n-grams."""
        rows = np.zeros((len(texts), COLUMNS), dtype=np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._fill(row, text)
        return rows

    def sparse(self, texts: Sequence[str]) -> SparseRows:
        """Encode many texts as `vectors` does, without storing zeros."""
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
        weights = self._grams.weights[numbers] * (1.0 + np.log(counts))
        sums = np.bincount(self._grams.columns[numbers], weights, COLUMNS)
        length = float(np.linalg.norm(sums))
        if length:  # grams that share a column can cancel out, so the length is taken after hashing
            row[:] = sums / length

    def _numbers(self, text: str) -> NDArray[np.int64]:
        numbers, count = [np.empty(0, dtype=np.int64)], 0
        for word in text.lower().split():
            numbers.append(self._cached(word) if len(word) <= _LONG else self._grams.of(word))
            count += len(numbers[-1])
            if count > _GRAM_LIMIT:
                break
        return np.concatenate(numbers)


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
    """Compute document frequencies, smoothed as if one more text held every n-gram."""
    document_frequency: Counter[str] = Counter()
    for text in texts:
        document_frequency.update(ngrams(text).keys())
    size = 1 + len(texts)
    return NgramModel({g: log(size / (1 + n)) + 1 for g, n in document_frequency.items()})
