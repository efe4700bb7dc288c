"""Plain text -> Markdown that shows exactly this text. Pure."""

import re

from corpus.markdown import inline_text, parse, plain_text

_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&=:])")
_CONTROL = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\ufeff]"
)
_BREAKS = re.compile(r"\r\n|[\r\x85\u2028\u2029]")
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
    if "{#" not in words and plain_text(words) == words and _is_paragraph(words):
        return words
    return _escaped(words)


def heading(text: str) -> str:
    """Return Markdown for the words of a heading."""
    words = one_line(text)
    tokens, _ = parse(f"## {words}\n")
    shown = inline_text(tokens[1].children or []) if len(tokens) == 3 else ""
    return words if shown == words and "{#" not in words else _escaped(words)


def _is_paragraph(words: str) -> bool:
    return [token.type for token in parse(words)[0][:1]] in ([], ["paragraph_open"])


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words).replace(r"\{\#", _MARKER_START)
