"""Markdown -> headings and list items with ids, and where they stand in their file. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from markdown_it.token import Token

from corpus.errors import Fault
from corpus.files import TextFile
from corpus.markdown import References, inline_text, parse, render
from corpus.models import ID_PATTERN

_MARKER = re.compile(r"\s*\{#([^{}\n]*)\}\s*\Z")
_BULLET = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:\s+|\Z)")
_ID = re.compile(ID_PATTERN)


@dataclass(frozen=True, slots=True)
class Marker:
    """An id in braces, with the white space before it: characters `[start, end)`."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Item:
    """A list item with an id: characters `[start, end)`, the bullet left out."""

    marker: Marker
    start: int
    end: int
    parent: str | None
    """Id of the item around it."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading and its own text: characters `[start, end)`, up to the next heading."""

    text: str
    """Empty for what stands above the first heading."""
    level: int
    """1 to 6."""
    id: str | None
    position: int
    trail: tuple[str, ...]
    start: int
    end: int
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of an article in order."""

    headings: tuple[Heading, ...]
    """Those without words under them included."""
    references: References


@dataclass(frozen=True, slots=True)
class _Body:
    """The Markdown of an article and where it stands in its file."""

    source: TextFile
    tokens: tuple[Token, ...]
    references: References
    first_line: int
    """0-based line of the file where the Markdown starts."""
    title: str | None
    faults: list[Fault]

    def at(self, line: int) -> int:
        """Position of the first character of a 0-based line of the Markdown."""
        return self.source.line_start(self.first_line + line)

    def complain(self, position: int, problem: str, remedy: str) -> None:
        self.faults.append(self.source.fault(position, problem, remedy))


def outline(source: TextFile, start: int, title: str | None, faults: list[Fault]) -> Outline:
    """Take the Markdown from `start` on apart; `title` is left out of the trails."""
    tokens, references = parse(source.text[start:])
    first_line = source.line(start) - 1
    body = _Body(source, tuple(tokens), references, first_line, title, faults)
    return Outline(tuple(_headings(body)), references)


def _headings(body: _Body) -> Iterator[Heading]:
    starts = [
        position
        for position, token in enumerate(body.tokens)
        if token.type == "heading_open" and token.level == 0
    ]
    bounds = [*starts, len(body.tokens)]
    preamble = Heading("", 2, None, body.at(0), (), 0, 0, ())
    yield _with_blocks(body, preamble, body.tokens[: bounds[0]])
    above: list[Heading] = []
    for start, end in pairwise(bounds):
        heading = _heading(body, start)
        above = [part for part in above if part.level < heading.level]
        trail = tuple(part.text for part in above if part.text != body.title)
        above.append(heading)
        yield _with_blocks(body, replace(heading, trail=trail), body.tokens[start + 3 : end])


def _heading(body: _Body, start: int) -> Heading:
    token, inline = body.tokens[start], body.tokens[start + 1]
    words = inline_text(inline.children or [])
    marker = _marker(body, inline)
    text = " ".join((_MARKER.sub("", words) if marker else words).split())
    position = body.at((token.map or [0])[0])
    if not text:
        body.complain(position, "the heading has no words", "Write some, or remove it")
    level = int(token.tag.removeprefix("h"))
    return Heading(text, level, marker.id if marker else None, position, (), 0, 0, ())


def _with_blocks(body: _Body, heading: Heading, blocks: Sequence[Token]) -> Heading:
    """Return the heading with its items and its own text; an empty range has no words."""
    lines = [token.map for token in blocks if token.level == 0 and token.map]
    if not lines:
        return heading
    start, end = body.source.trim(body.at(lines[0][0]), body.at(lines[-1][1]))
    items = tuple(_items(body, blocks))
    if not render(body.source.text[start:end], body.references).text:
        return heading
    return replace(heading, start=start, end=end, items=items)


def _marker(body: _Body, inline: Token) -> Marker | None:
    """Return the id at the end of a heading or paragraph, if there is one."""
    match = _MARKER.search(inline.content)
    if match is None or inline.map is None:
        return None
    first, last = body.at(inline.map[0]), body.at(inline.map[1])
    written = "{#" + match[1] + "}"
    found = body.source.text.rfind(written, first, last)
    # Markdown rewrites a few characters, so that an impossible id may not be found as it is.
    begin = found if found >= 0 else first
    end = begin + len(written)
    start = first + len(body.source.text[first:begin].rstrip())
    if not _ID.match(match[1]):
        remedy = "Write {#id} with letters a-z, digits, '.', '_' and '-' only"
        body.complain(begin, f"'{match[1]}' cannot be an id", remedy)
        return None
    return Marker(match[1], start, end)


def _items(body: _Body, blocks: Sequence[Token]) -> Iterator[Item]:
    """List items with ids, in the order of the file, an outer one before those in it."""
    opened: list[tuple[Token, int]] = []
    found: dict[int, Item] = {}
    quoted = 0
    for token in blocks:
        if token.type in ("blockquote_open", "blockquote_close"):
            quoted += token.nesting
        elif token.type == "list_item_open":
            opened.append((token, _item_start(body, token, opened)))
        elif token.type == "list_item_close":
            opened.pop()
        elif token.type == "inline" and _MARKER.search(token.content):
            owned = bool(opened) and token.level == opened[-1][0].level + 2 and not quoted
            _note(body, token, opened if owned else [], found)
    yield from (found[start] for start in sorted(found))


def _note(
    body: _Body, inline: Token, opened: Sequence[tuple[Token, int]], found: dict[int, Item]
) -> None:
    """Add the item that ends with the marker of `inline`; `opened` is empty where none may be."""
    marker = _marker(body, inline)
    if marker is None:
        return
    if not opened or opened[-1][1] in found:
        remedy = "Put one id at the end of a heading or of a list item"
        body.complain(marker.end - 1, f"the id '{marker.id}' has no place here", remedy)
        return
    token, start = opened[-1]
    end = body.at((token.map or [0, 0])[1])
    end = body.source.trim(start, end)[1]
    if end == marker.end:
        end = marker.start
    if end <= start:
        body.complain(marker.end - 1, "the list item has no words", "Write them before the id")
        return
    parent = next((found[begin].marker.id for _, begin in opened[-2::-1] if begin in found), None)
    found[start] = Item(marker, start, end, parent)


def _item_start(body: _Body, token: Token, opened: Sequence[tuple[Token, int]]) -> int:
    """Position behind the bullet; an item may start on the line of the one around it."""
    start = body.at((token.map or [0])[0])
    if opened:
        start = max(start, opened[-1][1])
    match = _BULLET.match(body.source.text, start)
    return match.end() if match else start


def without(text: str, start: int, end: int, markers: Sequence[Marker]) -> str:
    """Return the characters `[start, end)` with the id markers taken out and newlines as LF."""
    parts = []
    for marker in markers:
        if start <= marker.start and marker.end <= end:
            parts.append(text[start : marker.start])
            start = marker.end
    parts.append(text[start:end])
    return "".join(parts).replace("\r\n", "\n").replace("\r", "\n")


def dedent(text: str, start: int, markdown: str) -> str:
    """Continuation lines without the indentation that keeps them in their list item."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return re.sub(rf"\n[ \t]{{1,{max(1, start - line)}}}", "\n", markdown)
