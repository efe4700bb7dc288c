"""How hard a text is to read. Pure; English only."""

import re

_SENTENCE_END = re.compile(r"[.!?]+(?=\s|$)|\n+")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^td]ed|[^laeiouy]e)$")
_VOWELS = re.compile(r"[aeiouy]+")


def words(text: str) -> list[str]:
    """Return the words of an English text."""
    return _WORD.findall(text)


def grade(text: str) -> float:
    """Years of school that a reader needs, by Flesch and Kincaid; 0 for a text without words.

    Kincaid et al., Derivation of new readability formulas, 1975 (Research Branch Report 8-75).
    """
    found = words(text)
    if not found:
        return 0.0
    sentences = max(1, len([part for part in _SENTENCE_END.split(text) if part.strip()]))
    syllables = sum(_syllables(word) for word in found)
    return 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59


def _syllables(word: str) -> int:
    """Count groups of vowels, silent endings left out."""
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word.lower()))))
