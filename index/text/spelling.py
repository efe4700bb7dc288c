"""Spelling correction towards the words of the corpus. The only module that imports rapidfuzz.

English words are left alone, and so are words of the corpus unless a similar one is far more
frequent; names and terms of other fields stay, since no word of the corpus is similar to them.
"""

import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from rapidfuzz import process
from rapidfuzz.distance import OSA

from index.text.normalisation import replace_words, words

LEAST_LETTERS = 5
"""Shorter words differ from too many others by one letter."""
TWO_EDITS_FROM = 8
"""Letters of a word that may differ by two; shorter ones may differ by one."""
LEAST_USES = 3
"""The corpus has typos of its own; a word used this often is none."""
FAR_MORE = 20
"""A word of the corpus is a typo of a similar one that is used this many times as often."""
MOST_UNKNOWN = 32
"""Different words of a text that are looked up; a text with more is in another language, or made to
keep the interpreter, which others wait for, busy."""
_LEAST_PART = 3
_WORD_STARTS = ("\u2581", "\u0120")
"""Markers of SentencePiece and byte-level BPE before the first piece of a word."""


@dataclass(frozen=True, slots=True)
class Spelling:
    """Words of a corpus and of English, and corrections towards them."""

    uses: Counter[str]
    """How often each word occurs in the corpus."""
    targets: tuple[str, ...]
    """Words that a typo may be corrected to, in alphabetical order."""
    english: frozenset[str]

    def correct(self, text: str) -> str:
        """Replace misspelt words by the words of the corpus that they most likely are."""
        return replace_words(text, partial(self._corrected, {}))

    def _corrected(self, seen: dict[str, str | None], word: str) -> str:
        """Correct a word as it was before in the same text, or look it up."""
        folded = word.lower()
        if len(folded) < LEAST_LETTERS or not folded.isalpha() or folded in self.english:
            return word
        if folded not in seen and len(seen) < MOST_UNKNOWN:
            seen[folded] = self._split(folded) or self._nearest(folded)
        return seen.get(folded) or word

    def _split(self, word: str) -> str | None:
        """Split two words of the corpus written as one, unless the corpus writes them so."""
        if self.uses[word]:
            return None
        for cut in range(_LEAST_PART, len(word) - _LEAST_PART + 1):
            first, second = word[:cut], word[cut:]
            if min(self.uses[first], self.uses[second]) >= LEAST_USES:
                return f"{first} {second}"
        return None

    def _nearest(self, word: str) -> str | None:
        """Return the nearest word by optimal string alignment, the most frequent among equals."""
        most = 2 if len(word) >= TWO_EDITS_FROM else 1
        similar = process.extract(
            word, self.targets, scorer=OSA.distance, score_cutoff=most, limit=None
        )
        ranked = sorted(
            (distance, -self.uses[near], near)
            for near, distance, _ in similar
            if self.uses[near] >= FAR_MORE * self.uses[word]
        )
        return ranked[0][2] if ranked else None


def count(texts: Iterable[str]) -> Counter[str]:
    """Count the words of a corpus, in order of their first use."""
    uses: Counter[str] = Counter()
    for text in texts:
        uses.update(words(text))
    return uses


def know(uses: Counter[str], english: frozenset[str]) -> Spelling:
    """Make the spelling of a corpus from how often it uses each word."""
    targets = sorted(
        word
        for word, used in uses.items()
        if len(word) >= LEAST_LETTERS and (word in english or used >= LEAST_USES)
    )
    return Spelling(uses, tuple(targets), english)


def english_words(tokenizer: Path) -> frozenset[str]:
    """Read the whole words of an encoder's vocabulary; none when the file has no vocabulary."""
    try:
        vocabulary = json.loads(tokenizer.read_bytes())["model"]["vocab"]
        pieces = [piece if isinstance(piece, str) else str(piece[0]) for piece in vocabulary]
    except (OSError, ValueError, KeyError, TypeError):
        return frozenset()
    starts = [piece[1:] for piece in pieces if piece.startswith(_WORD_STARTS)]
    # Tokenizers that do not mark the first piece of a word mark the others.
    return frozenset(
        word for word in starts or pieces if len(word) >= LEAST_LETTERS and word.isalpha()
    )
