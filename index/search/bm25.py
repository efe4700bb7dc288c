"""BM25 scores. The only module that imports bm25s.

It does so inside functions: bm25s imports SciPy, which takes 20 MB and a third of the start-up
time, and the service answers without it.
"""

import errno
import json
import os
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from index.datatypes import Scores
from index.errors import IndexCorrupt
from index.text.normalisation import words

if TYPE_CHECKING:
    import bm25s

K1 = 1.2
B = 0.75
"""The values that Lucene ships (Robertson and Zaragoza, 2009, section 3.5, for their meaning)."""
_STOPWORDS = frozenset(
    """a an the and or but if of to in on at by for from with as into about than then so this that
    these those it its is are was were be been being am do does did has have had will would can
    could should i you he she we they me my your our their there here""".split()  # noqa: SIM905 - the list would take a line a word
)
_UNSEARCHABLE = ""
"""The only term of a corpus without words, which BM25 cannot index; no query contains it."""


def terms(text: str) -> list[str]:
    """Split a text into terms: words without stopwords, plurals folded."""
    return [_singular(word) for word in words(text) if word not in _STOPWORDS]


def _singular(word: str) -> str:
    """Fold English plurals (the S-stemmer of Harman, How Effective Is Suffixing?, 1991)."""
    if len(word) > 3 and word.endswith("ies") and not word.endswith(("eies", "aies")):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("es") and not word.endswith(("aes", "ees", "oes")):
        return word[:-1]
    if len(word) > 2 and word.endswith("s") and not word.endswith(("us", "ss", "'s")):
        return word[:-1]
    return word


class Bm25Index:
    """BM25 scores of every indexed text for a query. Safe to use from several threads."""

    def __init__(self, make: "Callable[[], bm25s.BM25]") -> None:
        self._make = make

    @cached_property
    def _bm25(self) -> "bm25s.BM25":
        return self._make()

    def scores(self, query: str) -> Scores:
        """Score every text, in order; 0 for one that shares no term with the query."""
        indexed = [term for term in terms(query) if term in self._bm25.vocab_dict]
        if not indexed:
            return np.zeros(int(self._bm25.scores["num_docs"]), dtype=np.float32)
        return np.asarray(self._bm25.get_scores(indexed), dtype=np.float32)

    def save(self, folder: Path) -> None:
        """Write the index into `folder`, which is created if need be.

        The files are read back: on a full disk NumPy drops the last 4 KB without an error, and more
        than that without naming the cause.
        """
        try:
            self._bm25.save(folder, show_progress=False)
            for path in folder.glob("*.npy"):
                np.load(path, mmap_mode="r")
        except (OSError, ValueError, EOFError) as error:
            code = getattr(error, "errno", None) or errno.ENOSPC
            raise OSError(code, os.strerror(code), str(folder)) from error


def build(texts: Sequence[str]) -> Bm25Index:
    """Index texts; the same texts give the same index."""
    documents = [terms(text) for text in texts]
    if not any(documents):
        documents = [[_UNSEARCHABLE] for _ in documents]
    # Numbered by first use: bm25s would number a set, whose order differs from run to run.
    vocabulary = {
        term: number
        for number, term in enumerate(
            dict.fromkeys(term for document in documents for term in document)
        )
    }
    numbered = [[vocabulary[term] for term in document] for document in documents]
    return Bm25Index(lambda: _indexed(numbered, vocabulary))


def load(folder: Path) -> Bm25Index:
    """Return the index that `Bm25Index.save` wrote, which is read at its first use.

    That raises IndexCorrupt when the folder cannot be read.
    """
    return Bm25Index(lambda: _read(folder))


def check(path: Path) -> None:
    """Look at a file that `load` will need, without SciPy. Raises ValueError, among others."""
    if path.suffix == ".npy":
        np.load(path, mmap_mode="r", allow_pickle=False)
    elif path.suffix == ".json":
        dict(json.loads(path.read_bytes()).items())


def _indexed(documents: list[list[int]], vocabulary: dict[str, int]) -> "bm25s.BM25":
    import bm25s

    bm25 = bm25s.BM25(k1=K1, b=B, method="lucene")
    bm25.index((documents, vocabulary), show_progress=False)
    return bm25


def _read(folder: Path) -> "bm25s.BM25":
    import bm25s

    try:
        return bm25s.BM25.load(folder, show_progress=False)
    except (OSError, ValueError, KeyError, TypeError) as error:
        message = f"{folder.name}/ cannot be read. Build the index again."
        raise IndexCorrupt(message) from error
