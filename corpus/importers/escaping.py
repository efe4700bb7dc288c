"""Plain text -> Markdown that shows exactly this text. Pure."""

import re
from collections.abc import Iterator

from corpus.markdown import inline_text, parse, plain_text

_INLINE = re.compile(r"([\\`*_\[\]<>&~])")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&=:])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\ufeff]")
_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_MARKER_START = "&#123;#"
"""`{#` would be read as the start of an id, even behind a backslash."""


def clean(text: str) -> str:
    """Return the text with line feeds alone, and without what no YAML or HTML file may hold."""
    return _CONTROL.sub("", _BREAKS.sub("\n", text))


def one_line(text: str) -> str:
    """Return the words with single spaces between them."""
    return " ".join(clean(text).split())


def paragraph(text: str) -> str:
    """Return Markdown for one paragraph; left as it is written where that shows the same."""
    words = one_line(text)
    return next((one for one in _candidates(words) if _shows(one, words)), _escaped(words))


def heading(text: str) -> str:
    """Return Markdown for the words of a heading."""
    words = one_line(text)
    return next((one for one in _candidates(words) if _heads(one, words)), _escaped(words))


def cell(text: str) -> str:
    """Return Markdown for a cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\|", paragraph(text))


def _candidates(words: str) -> Iterator[str]:
    if "{#" not in words:
        yield words
        yield _INLINE.sub(r"\\\1", words)


def _shows(markdown: str, words: str) -> bool:
    kinds = [token.type for token in parse(markdown)[0][:1]]
    return plain_text(markdown) == words and kinds in ([], ["paragraph_open"])


def _heads(markdown: str, words: str) -> bool:
    tokens, _ = parse(f"## {markdown}\n")
    return len(tokens) == 3 and inline_text(tokens[1].children or []) == words


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words).replace(r"\{\#", _MARKER_START)
