"""Markdown -> plain text and safe HTML; the only module that imports markdown_it and nh3.

Raw HTML counts only where it is a known harmless tag; anything else in angle brackets is text, so
that ``vector<int>`` is shown as it was written. Images become their alternative text.
"""

import html
import re
from collections.abc import Mapping, MutableMapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token

References: TypeAlias = Mapping[str, Any]
"""What `[name]: address` lines of the whole document define; made by `parse`."""

_INLINE_TAGS = ["a", "b", "br", "code", "del", "em", "i", "s", "span", "strong", "sub", "sup", "u"]
_BLOCK_TAGS = ["blockquote", "div", "hr", "li", "ol", "p", "pre", "ul"]
_TABLE_TAGS = ["table", "tbody", "td", "th", "thead", "tr"]
TAGS = frozenset([*_INLINE_TAGS, *_BLOCK_TAGS, *_TABLE_TAGS, "h1", "h2", "h3", "h4", "h5", "h6"])

_CLEANER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags=set(),
    attributes={"a": {"href", "title"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener",
)
_PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
_MARKUP = re.compile(r"[\\`*_\[<&~\n\r\x00]|^(?:\s|[-+#>]|\d+[.)])|\s$")
"""A text without any of these is one paragraph and needs no parser."""
_COMMENTS = (("<!--", "-->"), (r"<\?", "?>"), ("<![A-Z]", ">"), (r"<!\[CDATA\[", "]]>"))
"""What begins and what ends a part that no browser shows."""
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)(?:\s[^<>]*)?/?>")
_BREAKS = frozenset({"br", "p", "div", "li", "tr", "hr"})


@dataclass(frozen=True, slots=True)
class Rendered:
    """One Markdown text in its two other forms."""

    text: str
    """The words alone: a blank line between paragraphs, one line ``- item`` a list item."""
    html: str
    """Sanitised: no scripts, images, styles or classes."""


def parse(markdown: str) -> tuple[list[Token], References]:
    """Block tokens, and the link definitions that parts of this text need when they stand alone."""
    env: MutableMapping[str, Any] = {}
    tokens = _PARSER.parse(markdown, env)
    return tokens, {"references": env.get("references", {})}


def render(markdown: str, references: References | None = None) -> Rendered:
    """Read Markdown once for both forms; `references` may define links from elsewhere."""
    if not _MARKUP.search(markdown):
        safe = f"<p>{html.escape(markdown, quote=False)}</p>" if markdown else ""
        return Rendered(markdown, safe)
    return _rendered(markdown, references) if any((references or {}).values()) else _alone(markdown)


@lru_cache(1024)
def _alone(markdown: str) -> Rendered:
    """Render what needs no link definitions; the next build, and the linter, ask for the same."""
    return _rendered(markdown, None)


def _rendered(markdown: str, references: References | None) -> Rendered:
    tokens = _PARSER.parse(markdown, dict(references or {}))
    raw = _PARSER.renderer.render(_tame(tokens), _PARSER.options, {})
    return Rendered(_Blocks(tokens).text(), _CLEANER.clean(raw).strip())


def to_html(markdown: str) -> str:
    """Sanitised HTML, without scripts, images, styles or classes."""
    return render(markdown).html


def inline_html(markdown: str) -> str:
    """Render what stands in a cell of a table, where nothing begins a block."""
    tokens = _PARSER.parseInline(markdown)
    return str(_PARSER.renderer.render(_tame(tokens), _PARSER.options, {}))


def plain_text(markdown: str) -> str:
    """Return the words alone: a blank line between paragraphs, one line ``- item`` a list item."""
    return render(markdown).text


def _tame(tokens: Sequence[Token]) -> list[Token]:
    """Return the same tokens with images as text and unknown tags as text."""
    tamed = []
    for token in tokens:
        if token.type == "image":
            token = Token("text", "", 0, content=_alternative(token))
        elif token.type in ("html_block", "html_inline"):
            token = token.copy(content=_known_tags(token.content))
        elif token.children:
            token = token.copy(children=_tame(token.children))
        tamed.append(token)
    return tamed


def _alternative(image: Token) -> str:
    return inline_text(image.children or [])


def _known_tags(raw: str) -> str:
    """HTML with comments dropped and every unknown tag escaped."""
    parts, position = [], 0
    raw = _without_comments(raw)
    for match in _TAG.finditer(raw):
        parts.append(_escape_brackets(raw[position : match.start()]))
        known = match[1].lower() in TAGS
        parts.append(match[0] if known else html.escape(match[0], quote=False))
        position = match.end()
    parts.append(_escape_brackets(raw[position:]))
    return "".join(parts)


def _without_comments(raw: str) -> str:
    for begin, end in _COMMENTS:
        # Not behind the last end: there, each of many begins would be followed to the end in vain.
        closed = raw.rfind(end) + len(end) if end in raw else 0
        head = re.sub(f"{begin}.*?{re.escape(end)}", "", raw[:closed], flags=re.DOTALL)
        raw = head + raw[closed:]
    return raw


def _escape_brackets(text: str) -> str:
    return text.replace("<", "&lt;").replace(">", "&gt;")


def _html_text(raw: str) -> str:
    """Return what is left of raw HTML without its known tags and comments."""

    def word(match: re.Match[str]) -> str:
        tag = match[1].lower()
        if tag not in TAGS:
            return match[0]
        return "\n" if tag in _BREAKS else ""

    return html.unescape(_TAG.sub(word, _without_comments(raw)))


def inline_text(tokens: Sequence[Token]) -> str:
    """Return the words of one paragraph or heading."""
    parts = []
    for token in tokens:
        if token.type == "softbreak":
            parts.append(" ")
        elif token.type == "hardbreak":
            parts.append("\n")
        elif token.type == "image":
            parts.append(_alternative(token))
        elif token.type == "html_inline":
            parts.append(_html_text(token.content))
        else:
            parts.append(token.content)
    return "".join(parts)


class _Blocks:
    """Block tokens in, plain text out."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self._parts: list[str] = []
        self._lists: list[int | None] = []
        """For every open list the number of its next item, or None for bullets."""
        self._bullet = ""
        self._row: list[str] | None = None
        """Cells of the open row of a table."""
        self._gap = "\n\n"
        for token in tokens:
            self._take(token)

    def text(self) -> str:
        return "".join(self._parts).strip()

    def _take(self, token: Token) -> None:
        match token.type:
            case "bullet_list_open":
                self._lists.append(None)
            case "ordered_list_open":
                self._lists.append(int(token.attrGet("start") or 1))
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case "list_item_open":
                self._open_item()
            case "inline":
                self._inline(inline_text(token.children or []))
            case "tr_open" | "tr_close" | "table_close":
                self._table(token.type)
            case "fence" | "code_block":
                self._line(token.content.rstrip("\n"))
            case "html_block":
                self._line(_html_text(token.content).strip())

    def _open_item(self) -> None:
        number = self._lists[-1]
        self._bullet = "- " if number is None else f"{number}. "
        if number is not None:
            self._lists[-1] = number + 1

    def _inline(self, text: str) -> None:
        if self._row is None:
            self._line(text)
        else:
            self._row.append(text)

    def _table(self, event: str) -> None:
        if event == "tr_open":
            self._row = []
        elif event == "tr_close":
            cells, self._row = self._row or [], None
            self._line(" | ".join(cells))
            self._gap = "\n"
        else:
            self._gap = "\n\n"

    def _line(self, text: str) -> None:
        if not text:
            return
        if self._lists:
            indent = "  " * (len(self._lists) - 1)
            self._parts.append("\n" + indent + (self._bullet or "  ") + text)
        else:
            self._parts.append(self._gap + text)
        self._bullet = ""
