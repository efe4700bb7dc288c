"""Several questions in one message, taken apart so that each can be answered."""

import re

from index.dialogue.phrases import AUXILIARY, either
from index.text.normalisation import LONG_POST_WORDS, words

MOST = 3
"""Questions of one message that are looked at."""
_LEAST_WORDS = 2
_INTERROGATIVE = either("any(?:one)?|what(?:'?s)?|which|who|whom|how|why|when|where", AUXILIARY)
_ASKS = re.compile(
    rf"(?:(?:and|or|also|but|so|then|plus|ok)[\s,]+)*{_INTERROGATIVE}\b", re.IGNORECASE
)
_BETWEEN_SENTENCES = re.compile(r"(?<=[.!?])\s+|\n+")
_JOINED = re.compile(
    rf"[\s,]+(?:and|also|plus|&|and also|as well as)\s+(?:also\s+)?(?={_INTERROGATIVE}\b)"
    rf"|,\s+(?={_INTERROGATIVE}\b)",
    re.IGNORECASE,
)


def sentences(text: str) -> tuple[str, ...]:
    """Return the questions of a message that asks several, one a sentence; else the text alone.

    What stands before the first question belongs to it.
    """
    if len(words(text)) > LONG_POST_WORDS:
        return (text,)
    questions: list[str] = []
    context: list[str] = []
    for sentence in filter(None, map(str.strip, _BETWEEN_SENTENCES.split(text))):
        # "Which is better? Bachelor or master?" is one question: a further one begins like one.
        if not (_ASKS.match(sentence) or (sentence.endswith("?") and not questions)):
            if not questions:
                context.append(sentence)
            continue
        if len(words(sentence)) >= _LEAST_WORDS:
            questions.append(" ".join((*context, sentence)))
            context = []
    return tuple(questions[:MOST]) if len(questions) > 1 else (text,)


def clauses(text: str) -> tuple[str, ...]:
    """Return the questions that ``and`` or a comma may join; else the text alone."""
    if not _ASKS.match(text) or len(words(text)) > LONG_POST_WORDS:
        return (text,)
    parts = [part.strip(" ,") for part in _JOINED.split(text)]
    if len(parts) < 2 or min(len(words(part)) for part in parts) < _LEAST_WORDS:
        return (text,)
    return tuple(parts[:MOST])
