"""Typos and joined words -> the words of the corpus. The only module that imports rapidfuzz.

A word of plain English is left alone, and so is one of the corpus unless a near one is used far
more often; names and terms of other trades stay, since nothing of the corpus is near them.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.text.normalisation import replace_words, words

LEAST_LETTERS = 5
"""Shorter words are one letter from too many others."""
FAR_FROM = 8
"""Words of at least as many letters may differ by two letters, shorter ones by one."""
LEAST_USES = 3
"""A corpus holds typos itself; a word that it uses as often is none."""
FAR_MORE = 20
"""A word of the corpus is a typo of a near one that is used this many times as often."""
_LEAST_PART = 3
_WORD_STARTS = ("\u2581", "\u0120")
"""What SentencePiece and byte-level BPE write before the first piece of a word."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Knows the words of a corpus, and of English."""

    uses: Counter[str]
    """How often the corpus uses each word."""
    targets: tuple[str, ...]
    """Words that a typo may stand for, in alphabetical order."""
    english: frozenset[str]

    def correct(self, text: str) -> str:
        """Replace what is no word by the word of the corpus that it most likely stands for."""
        return replace_words(text, self._corrected)

    def _corrected(self, word: str) -> str:
        folded = word.lower()
        if len(folded) < LEAST_LETTERS or not folded.isalpha() or folded in self.english:
            return word
        return self._split(folded) or self._nearest(folded) or word

    def _split(self, word: str) -> str | None:
        """Return two words of the corpus that were written as one, unless it writes them so."""
        if self.uses[word]:
            return None
        for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
            first, second = word[:cut], word[cut:]
            if min(self.uses[first], self.uses[second]) >= LEAST_USES:
                return f"{first} {second}"
        return None

    def _nearest(self, word: str) -> str | None:
        """Return the nearest word by optimal string alignment, of equals the most used one."""
        most = 2 if len(word) >= FAR_FROM else 1
        found = process.extract(
            word, self.targets, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        ranked = sorted(
            (distance, -self.uses[near], near)
            for near, distance, _ in found
            if self.uses[near] >= FAR_MORE * self.uses[word]
        )
        return ranked[0][2] if ranked else None


def count(texts: Iterable[str]) -> Counter[str]:
    """Count the words of a corpus, in the order in which they come."""
    uses: Counter[str] = Counter()
    for text in texts:
        uses.update(words(text))
    return uses


def know(uses: Counter[str], english: frozenset[str]) -> Spelling:
    """Choose what typos may stand for, of how often a corpus uses each word."""
    targets = sorted(
        word
        for word, used in uses.items()
        if len(word) >= LEAST_LETTERS and (word in english or used >= LEAST_USES)
    )
    return Spelling(uses, tuple(targets), english)


def english_words(tokenizer: Path) -> frozenset[str]:
    """Read the whole words of an encoder's vocabulary; none when the file holds no vocabulary."""
    try:
        vocabulary = json.loads(tokenizer.read_bytes())["model"]["vocab"]
        pieces = [piece if isinstance(piece, str) else str(piece[0]) for piece in vocabulary]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    starts = [piece[1:] for piece in pieces if piece.startswith(_WORD_STARTS)]
    # Where no piece is marked as the start of a word, those that continue one are.
    found = starts or pieces
    return frozenset(word for word in found if len(word) >= LEAST_LETTERS and word.isalpha())
