"""Sentence boundaries by rules, not by a model: short, fast and deterministic.

A sentence ends at ``.``, ``!``, ``?`` or ``…`` before a space, at their CJK forms, and at a line
break. A full stop does not end one inside ``3.5``, ``Node.js`` or ``C++.NET``, nor after an
abbreviation.
"""

import re

_MARKER = re.compile(r"\s*(?:[-*•]\s+|\d{1,3}[.)]\s+)?")
"""Blank space, and the bullet or number of a list item."""
_END = re.compile(r"(?:(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s|$))|[。！？]+[」』”]*")  # noqa: RUF001 - CJK marks
_JOINT = re.compile(
    r"(?<![,;:.!?…])[,;:.!?…]++(?=\s|$)|[()\n]|\s(?:and|or|but|which|who|that|when|if|because|while|so)\s"
)
"""Where a phrase ends."""
_OPENING = re.compile(
    r"\A(?i:(?:an?|the|of|to|in|on|at|for|is|are|be|was|with|you|your|we|us|our|it|its|they|their|this"
    r"|there|as|by|from|will|can|may|must|do|does|not|have|has|had|he|she|i)\s+)+"
)
_LAST_WORD = re.compile(r"[^\s(\[\"'“‘]+$")  # noqa: RUF001 - curly quotes open a word too
_DOTTED = re.compile(r"\w{1,2}(?:\.\w{1,2})+")
_NEVER_LAST = frozenset(
    {"e.g", "i.e", "cf", "vs", "viz", "approx", "mr", "mrs", "dr", "prof", "fig"}
)
_MAYBE_LAST = frozenset({"etc", "inc", "ltd", "co", "corp", "jr", "sr"})
"""Abbreviations that may end a sentence, as may ``U.S.``, ``A.I.`` and ``Ph.D.``"""
_LANGUAGES_AND_PRONOUNS = frozenset("CRI")
"""Capital letters that can end a sentence; others are initials of a name."""


def sentence_spans(text: str) -> tuple[tuple[int, int], ...]:
    """Return `[start, end)` of every sentence, in order, without bullets and outer blank space.

    Text without any end mark is one sentence a line; blank text has none.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        spans.extend(_line_spans(text, start, start + len(line)))
        start += len(line)
    return tuple(spans)


def phrases(text: str) -> tuple[str, ...]:
    """Cut a text at marks and conjunctions into phrases of two words or more, each once.

    Function words at the beginning of a phrase are left out.
    """
    parts = (_OPENING.sub("", part.strip()) for part in _JOINT.split(text))
    return tuple(dict.fromkeys(part for part in parts if " " in part))


def _line_spans(text: str, start: int, stop: int) -> list[tuple[int, int]]:
    spans = []
    marker = _MARKER.match(text, start, stop)
    start = marker.end() if marker else start
    for mark in _END.finditer(text, start, stop):
        if _ends_sentence(text, start, mark, stop):
            spans.append(_trimmed(text, start, mark.end()))
            start = mark.end()
    spans.append(_trimmed(text, start, stop))
    return [span for span in spans if span[0] < span[1]]


def _ends_sentence(text: str, start: int, mark: re.Match[str], stop: int) -> bool:
    following = text[mark.end() : stop].lstrip()
    if not following:
        return True
    if mark.group().startswith(("..", "…")):
        return not following[0].islower()
    if mark.group() != ".":
        return True
    word = _LAST_WORD.search(text, start, mark.start())
    return _may_be_last(word.group() if word else "", following)


def _may_be_last(word: str, following: str) -> bool:
    """Whether a full stop after `word` ends a sentence."""
    folded = word.lower()
    if folded in _NEVER_LAST:
        return False
    if folded in _MAYBE_LAST or _DOTTED.fullmatch(word):
        return not (following[0].islower() or following[0].isdigit())
    if folded in {"no", "nr"}:
        return not following[0].isdigit()
    return len(word) != 1 or not word.isupper() or word in _LANGUAGES_AND_PRONOUNS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
