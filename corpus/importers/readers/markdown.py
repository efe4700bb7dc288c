"""Markdown -> blocks, each as it is written. Pure."""

import re
import textwrap
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markdown_it.token import Token

from corpus.importers.blocks import (
    Block,
    Found,
    Heading,
    Item,
    Listing,
    Note,
    NoteKind,
    Prose,
    Question,
)
from corpus.importers.escaping import one_line
from corpus.importers.readers.html_blocks import TO_TOP
from corpus.importers.readers.html_to_markdown import to_markdown, words
from corpus.importers.readers.markdown_dialects import to_common
from corpus.importers.readers.tables import Row, has_names, read_rows
from corpus.markdown import inline_html, inline_text, parse, plain_text
from corpus.models import ID

_FRONT = re.compile(
    r"(?P<mark>---|\+\+\+)[ \t]*\n(?P<front>.*?)\n(?:(?P=mark)|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL
)
"""YAML, or TOML."""
_MARKER = re.compile(r"\s*\{#([^{}\n]*)\}\s*\Z")
_ASIDE = re.compile(
    r"(?P<code>^(?:```|~~~).*?^(?:```|~~~)[ \t]*$)"
    r"|<!--(?P<comment>(?:(?!<!--).)*?)-->"
    r"|^[ \t]*<details[^<>]*>\s*<summary[^<>]*>(?P<name>(?:(?!<summary).)*?)</summary>"
    r"(?P<answer>(?:(?!<details).)*?)</details>[ \t]*$"
    r"|^\[\^[^\]\s]+\]:[ \t]*(?P<note>[^\n]+(?:\n[ \t]+[^\n]+)*)"
    r"|(?P<sign>\[\^[^\]\s]+\])",
    re.MULTILINE | re.DOTALL | re.IGNORECASE,
)
"""Comments, panels that open, footnotes and the signs that lead to them."""
_PLACE = re.compile(r"\[([^\]]*)\]\(#[^)\s]*\)")
"""A link to a place of the page."""
_HTML = re.compile(r"<(?:p|ul|ol|li|br|div|table)\b", re.IGNORECASE)
_BULLET = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:[ \t]+|\Z)")
_READ_KEYS = {"title", "url", "owner", "reviewed", "valid_until", "roles", "sources"}


@dataclass(frozen=True, slots=True)
class _SourceLines:
    """The lines of a text, and where they start in its file."""

    lines: Sequence[str]
    first: int
    """1-based line of the file where the Markdown starts."""
    definitions: Mapping[str, str]
    """Lines `[label]: address` by their label; a block takes along what it refers to."""

    def raw(self, token: Token) -> str:
        start, end = token.map or (0, 0)
        return "\n".join(self.lines[start:end]).strip("\n").rstrip()

    def whole(self, markdown: str) -> str:
        folded = markdown.casefold()
        needed = [line for label, line in self.definitions.items() if f"[{label}]" in folded]
        return "\n\n".join([markdown, "\n".join(needed)]) if needed else markdown

    def line(self, token: Token) -> int:
        return self.first + (token.map or (0, 0))[0]


def read_markdown(text: str) -> Found:
    """Read Markdown; front matter that articles here know is kept."""
    match = _FRONT.match(text)
    notes: list[Note] = []
    questions: list[Question] = []
    first = text.count("\n", 0, match.end()) + 1 if match else 1
    body = to_common(text[match.end() :] if match else text, first, notes)
    body = _aside(body, first, questions, notes)
    tokens, references = parse(body)
    reader = _SourceLines(body.split("\n"), first, _definitions(references))
    tables = dict(_tables(reader, tokens))
    for rows in tables.values():
        found = read_rows("", rows)
        questions.extend(found.questions)
        notes.extend(found.notes)
    blocks = tuple(_without_contents(_blocks(reader, tokens, tables), notes))
    front = tuple(match["front"].split("\n")) if match and _is_known(match["front"]) else ()
    title = re.search(r"^title\s*[:=]\s*(\S.*)$", match["front"], re.MULTILINE) if match else None
    return Found(
        title=title[1].strip("'\" ") if title else "",
        blocks=blocks,
        questions=tuple(questions),
        front=front,
        notes=tuple(notes),
        seen=len(questions) + sum(note.blocks for note in notes),
    )


def _aside(body: str, first: int, questions: list[Question], notes: list[Note]) -> str:
    """Take out what is no paragraph; the rest keeps its lines."""

    def taken(match: re.Match[str]) -> str:
        if match["code"]:
            return match[0]
        line = first + body.count("\n", 0, match.start())
        if match["name"]:
            answer = _ASIDE.sub(lambda inner: inner["code"] or "", match["answer"])
            answer = textwrap.dedent(answer).strip()
            answer = to_markdown(answer) if _HTML.search(answer) else answer
            name = words(match["name"])
            if name and plain_text(answer).strip():
                questions.append(Question(name, answer, line))
            else:
                note = f"the question '{name}' has no answer"
                notes.append(Note(line, NoteKind.LEFT_OUT, note, 1))
        elif not match["sign"]:
            kind = "footnote" if match["note"] else "comment"
            said = one_line(match["note"] or match["comment"])
            notes.append(Note(line, NoteKind.LEFT_OUT, f"a {kind}: '{said}'", 1))
        return "\n" * match[0].count("\n")

    return _ASIDE.sub(taken, body)


def _is_known(front: str) -> bool:
    keys = set(re.findall(r"^([A-Za-z_]+):", front, re.MULTILINE))
    return "title" in keys and keys <= _READ_KEYS


def _definitions(references: Mapping[str, Any]) -> dict[str, str]:
    found = references.get("references", {})
    return {
        label.casefold(): f"[{label.casefold()}]: <{one['href']}>" for label, one in found.items()
    }


def _tables(reader: _SourceLines, tokens: Sequence[Token]) -> Iterator[tuple[int, list[Row]]]:
    """Yield the tables whose columns are named as questions and answers, by their place."""
    for position, token in enumerate(tokens):
        if token.type == "table_open" and not token.level:
            rows = list(_rows(reader, tokens[position:]))
            if has_names(rows):
                yield position, rows


def _rows(reader: _SourceLines, tokens: Sequence[Token]) -> Iterator[Row]:
    cells: list[str] = []
    for token in tokens:
        if token.type == "inline":
            cells.append(inline_html(token.content))
        elif token.type == "tr_open":
            cells, line = [], reader.line(token)
        elif token.type == "tr_close":
            yield Row(tuple(cells), line)
        elif token.type == "table_close":
            return


def _blocks(
    reader: _SourceLines, tokens: Sequence[Token], tables: Collection[int]
) -> Iterator[Block]:
    for position, token in enumerate(tokens):
        if token.level or token.nesting < 0 or token.type == "hr" or position in tables:
            continue
        if token.type == "heading_open" and "\n" in tokens[position + 1].content:
            # A rule right below a paragraph, which makes a heading of all its lines.
            yield Prose(reader.whole(tokens[position + 1].content), reader.line(token))
        elif token.type == "heading_open":
            yield _heading(reader, token, tokens[position + 1])
        elif token.type in ("bullet_list_open", "ordered_list_open"):
            yield from _list(reader, token, tokens[position:])
        elif raw := reader.raw(token):
            yield Prose(reader.whole(raw), reader.line(token))


def _without_contents(blocks: Iterable[Block], notes: list[Note]) -> Iterator[Block]:
    """Leave out lists of links to the page itself, and those to its top."""
    for block in blocks:
        items = block.items if isinstance(block, Listing) else ()
        places = [
            part
            for item in items
            for part in re.split(r"\n[^\S\n]*(?:[-*+]|\d+[.)])\s+", item.markdown)
        ]
        is_contents = len(places) > 1 and all(map(_PLACE.fullmatch, places))
        up = _PLACE.fullmatch(block.markdown) if isinstance(block, Prose) else None
        if is_contents or (up and TO_TOP.fullmatch(up[1])):
            shown = one_line(plain_text(up[0] if up else "\n".join(places)))
            note = f"links to places of the page itself: '{shown}'"
            notes.append(Note(block.line, NoteKind.LEFT_OUT, note, 1))
        else:
            yield block


def _one_line(words: str) -> str:
    return " ".join(words.split())


def _heading(reader: _SourceLines, token: Token, inline: Token) -> Heading:
    words = _one_line(inline_text(inline.children or []))
    marker = _MARKER.search(inline.content)
    known = marker is not None and ID.match(marker[1])
    if marker and known:
        words = _MARKER.sub("", words)
    return Heading(
        words or "…", int(token.tag[1:]), reader.line(token), marker[1] if marker and known else ""
    )


def _list(reader: _SourceLines, token: Token, tokens: Sequence[Token]) -> Iterator[Block]:
    """Yield a list; one with ids at its items is kept as it is."""
    end = next(
        spot for spot, one in enumerate(tokens) if one.level == token.level and one.nesting < 0
    )
    inside = tokens[1:end]
    items = [one for one in inside if one.type == "list_item_open" and one.level == 1]
    if "{#" in reader.raw(token):
        yield Prose(reader.whole(reader.raw(token)), reader.line(token))
    else:
        found = tuple(
            Item(reader.whole(_item_text(reader, item)), reader.line(item)) for item in items
        )
        start = int(token.attrGet("start") or 1)
        yield Listing(found, token.type == "ordered_list_open", reader.line(token), start)


def _item_text(reader: _SourceLines, item: Token) -> str:
    """Return the Markdown of an item without its bullet and indentation."""
    lines = reader.raw(item).split("\n")
    match = _BULLET.match(lines[0])
    width = match.end() if match else 0
    rest = [re.sub(rf"^[ \t]{{1,{width}}}", "", line) if width else line for line in lines[1:]]
    return "\n".join([lines[0][width:], *rest]).strip()
