"""The lines of a plain text, and what each of them looks like. Pure."""

import re
from dataclasses import dataclass
from enum import Enum, auto

from corpus.importers.readers.question_marks import SENTENCE_END, is_marked, is_question

_BULLET = re.compile(r"(\s*)[•●▪■◦○‣\u2043∙·*+\u2013—-]\s+(\S.*)")
_NUMBER = re.compile(r"(\s*)\d{1,3}[.)]\s+(\S.*)")
_HASHES = re.compile(r"(#{1,6})\s+(\S.*?)\s*#*")
_RULE = re.compile(r"\s*([-=_*~])(?:\s*\1){2,}\s*")
_BOLD_START = re.compile(r"^(\s*)\*\*(?=[^\s*])([^*]+)(?<=\S)\*\*(?!\*)")
_LABELLED = re.compile(
    r"((?:useful |related )?(?:videos?|links?|articles?)|further reading|see also|sources"
    r"|references):\s+(\S.*)",
    re.IGNORECASE,
)
_MOST_CHARACTERS = 120
_MOST_WORDS = 16
"""Of a heading; the longest in the wild that were looked at have 14."""
_SMALL_WORD = 3
"""Letters; words up to this are not capitalised in titles."""
_LEAD_IN = 4
"""Words from which on a line with a colon at its end is read as a sentence."""


class Look(Enum):
    """What a line looks like on its own."""

    BLANK = auto()
    RULE = auto()
    BULLET = auto()
    NUMBER = auto()
    HASHES = auto()
    MARKED = auto()
    LABELLED = auto()
    PLAIN = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line without what marks it."""

    look: Look
    text: str
    number: int
    """1-based."""
    indent: int = 0
    label: str = ""


def look_at(text: str, number: int) -> Line:
    """Tell what a line is by its first characters; asterisks around those are no characters."""
    text = _BOLD_START.sub(r"\1\2", text)
    if not text.strip():
        return Line(Look.BLANK, "", number)
    if _RULE.fullmatch(text):
        return Line(Look.RULE, text.strip(), number)
    if match := _HASHES.fullmatch(text):
        return Line(Look.HASHES, match[2], number, label=match[1])
    for look, pattern in ((Look.BULLET, _BULLET), (Look.NUMBER, _NUMBER)):
        if match := pattern.fullmatch(text):
            return Line(look, match[2].strip(), number, len(match[1].expandtabs(4)))
    if is_marked(text):
        return Line(Look.MARKED, text.strip(), number)
    if match := _LABELLED.fullmatch(text.strip()):
        return Line(Look.LABELLED, match[2].strip(), number, label=match[1])
    return Line(Look.PLAIN, text.strip(), number)


def is_heading(text: str) -> bool:
    """Whether a line that stands alone reads as a heading rather than as a sentence."""
    words = text.rstrip(":").split()
    if len(text) > _MOST_CHARACTERS or len(words) > _MOST_WORDS or not _starts_well(text):
        return False
    if "://" in text or "@" in text:
        return False
    if is_question(text):
        return True
    if text.endswith((".", ";", ",", "!", "…")) or SENTENCE_END.search(text):
        return False
    if text.endswith(":") and len(words) >= _LEAD_IN:
        return _is_title_case(words)
    return len(words) <= 2 * _LEAD_IN or _is_title_case(words)


def _starts_well(text: str) -> bool:
    """Whether it starts with a capital or a number, where a script has capitals."""
    first = text[0]
    return first.isalnum() and not first.islower()


def _is_title_case(words: list[str]) -> bool:
    long = [word for word in words if len(word) > _SMALL_WORD and word[0].isalpha()]
    return all(not word[0].islower() for word in long)
