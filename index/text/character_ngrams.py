"""Hashed character n-gram vectors: similarity of spelling, for typos, jargon and joined words.

Weights are tf-idf with a logarithmic term frequency (Manning, Raghavan and Schütze, Introduction
to Information Retrieval, 2008, section 6.4); the vocabulary is folded into a fixed number of
columns by signed feature hashing (Weinberger et al., Feature Hashing for Large Scale Multitask
Learning, 2009).
"""

import zlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
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
_BATCH = 128
"""Texts that are encoded at once; the sums of more leave the cache of a core."""


@dataclass(frozen=True, slots=True)
class SparseRows:
    """Sparse rows: the values of row n are those from `starts[n]` to `starts[n + 1]`."""

    columns: NDArray[np.uint16]
    values: NDArray[np.float32]
    starts: NDArray[np.int64]
    """Shape (rows + 1,)."""

    def first(self, count: int) -> "SparseRows":
        """Return the first rows."""
        end = self.starts[count]
        return SparseRows(self.columns[:end], self.values[:end], self.starts[: count + 1])

    def take(self, rows: Sequence[int] | NDArray[np.integer]) -> "SparseRows":
        """Return some rows, in their order."""
        chosen = np.asarray(rows, dtype=np.int64)
        sizes = np.diff(self.starts)[chosen]
        starts = np.concatenate([[0], sizes.cumsum()]).astype(np.int64)
        within = _spans(self.starts[chosen], sizes)
        return SparseRows(self.columns[within], self.values[within], starts)

    def dense(self) -> Vectors:
        """Return the rows with their zeros."""
        sizes = np.diff(self.starts)
        rows = np.zeros((len(sizes), COLUMNS), dtype=np.float32)
        rows[np.repeat(np.arange(len(sizes)), sizes), self.columns] = self.values
        return rows


@dataclass(frozen=True, slots=True)
class _Occurrences:
    """Which text has which n-gram, and how often; in order."""

    owners: NDArray[np.int64]
    grams: NDArray[np.int64]
    counts: NDArray[np.int64]


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

    def row(self, text: str) -> NDArray[np.float32]:
        """Encode a text as a row of length 1, all zeros for one without known n-grams."""
        numbers = _numbers(text, self._of)
        grams, counts = np.unique(numbers, return_counts=True)
        weights = self._grams.weights[grams] * (1.0 + np.log(counts))
        sums = np.bincount(self._grams.columns[grams], weights, COLUMNS)
        length = float(np.sqrt(sums @ sums))
        return (sums / length if length else sums).astype(np.float32)

    def sparse(self, texts: Sequence[str]) -> SparseRows:
        """Encode many texts as `row` does, without storing zeros."""
        columns, values = [np.empty(0, dtype=np.uint16)], [np.empty(0, dtype=np.float32)]
        sizes = [np.zeros(1, dtype=np.int64)]
        of = cache(self._grams.of)  # once for all texts, which share most of their words
        for start in range(0, len(texts), _BATCH):
            batch = texts[start : start + _BATCH]
            sums = self._sums(batch, of)
            # Grams that share a column can cancel out, so the length is taken after hashing.
            lengths = np.sqrt(np.vecdot(sums, sums))
            filled = np.flatnonzero(sums != 0)  # in half the time of `flatnonzero(sums)`
            owners, places = np.divmod(filled, COLUMNS)
            columns.append(places.astype(np.uint16))
            values.append((sums.reshape(-1)[filled] / lengths[owners]).astype(np.float32))
            sizes.append(np.bincount(owners, minlength=len(batch)))
        starts = np.concatenate(sizes).cumsum()
        return SparseRows(np.concatenate(columns), np.concatenate(values), starts)

    def _sums(
        self, texts: Sequence[str], of: Callable[[str], NDArray[np.int64]]
    ) -> NDArray[np.float64]:
        found = _occurrences(texts, of)
        weights = self._grams.weights[found.grams] * (1.0 + np.log(found.counts))
        cells = found.owners * COLUMNS + self._grams.columns[found.grams]
        sums = np.bincount(cells, weights, len(texts) * COLUMNS)
        return sums.astype(np.float64, copy=False).reshape(-1, COLUMNS)

    def _of(self, word: str) -> NDArray[np.int64]:
        return self._cached(word) if len(word) <= _LONG else self._grams.of(word)


def _numbers(text: str, of: Callable[[str], NDArray[np.int64]]) -> NDArray[np.int64]:
    """Return the numbers of the n-grams of a text, repeated as often as they occur."""
    numbers, count = [], 0
    for word in text.lower().split():
        numbers.append(of(word))
        count += len(numbers[-1])
        if count > _GRAM_LIMIT:
            break
    return _joined(numbers)


def _joined(numbers: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate([np.empty(0, dtype=np.int64), *numbers])


def _occurrences(texts: Sequence[str], of: Callable[[str], NDArray[np.int64]]) -> _Occurrences:
    """Count the n-grams that `_numbers` returns, of many texts at once."""
    places: dict[str, int] = {}
    words = [[places.setdefault(w, len(places)) for w in text.lower().split()] for text in texts]
    grams = [of(word) for word in places]
    spans = np.array([len(row) for row in grams], dtype=np.int64)
    chosen = np.fromiter(chain.from_iterable(words), np.int64)
    owners = np.repeat(np.arange(len(texts)), [len(row) for row in words])
    before = spans[chosen].cumsum() - spans[chosen]
    kept = before - before[np.searchsorted(owners, owners)] <= _GRAM_LIMIT
    chosen, owners = chosen[kept], np.repeat(owners[kept], spans[chosen[kept]])
    numbers = _joined(grams)[_spans((spans.cumsum() - spans)[chosen], spans[chosen])]
    size = 1 + int(numbers.max(initial=0))
    pairs, counts = np.unique(owners * size + numbers, return_counts=True)
    owners, numbers = np.divmod(pairs, size)
    return _Occurrences(owners, numbers, counts)


def _spans(starts: NDArray[np.int64], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the positions in several spans, one after the other."""
    shifts = np.repeat(starts - sizes.cumsum() + sizes, sizes)
    return shifts + np.arange(len(shifts))


def _cut(word: str) -> tuple[str, ...]:
    padded = f" {word} "
    return tuple(
        padded[start : start + size]
        for size in range(SHORTEST, min(LONGEST, len(padded)) + 1)
        for start in range(len(padded) - size + 1)
    )


def fit(texts: Sequence[str]) -> NgramModel:
    """Compute document frequencies, smoothed as if one more text held every n-gram."""
    known: dict[str, int] = {}

    @cache
    def of(word: str) -> NDArray[np.int64]:
        return np.array([known.setdefault(gram, len(known)) for gram in _cut(word)], np.int64)

    frequencies = np.zeros(0, dtype=np.int64)
    for start in range(0, len(texts), _BATCH):
        found = _occurrences(texts[start : start + _BATCH], of)
        counted = np.bincount(found.grams, minlength=len(known))
        counted[: len(frequencies)] += frequencies
        frequencies = counted
    size = 1 + len(texts)
    pairs = zip(known, frequencies.tolist(), strict=True)
    return NgramModel({gram: log(size / (1 + count)) + 1 for gram, count in pairs})
