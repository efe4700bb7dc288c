"""One Markdown text -> one Document: front matter, headings, ids, lists and paired lists. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token
from pydantic import TypeAdapter

from corpus.documents import Document, Section
from corpus.entries import Mention, Parsed, sources_of
from corpus.errors import Fault
from corpus.files import TextFile
from corpus.markdown import References, inline_text, parse, plain_text, to_html
from corpus.models import ID_PATTERN, FrontMatter
from corpus.slugs import unique_slugs
from corpus.validation import check, keys_of
from corpus.yaml_reader import Fields, read_yaml

_FRONT = re.compile(
    r"---[ \t]*(?:\r\n|\r|\n)(.*?)^(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.S | re.M
)
_MARKER = re.compile(r"\s*\{#([^{}\n]*)\}\s*\Z")
_BULLET = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:\s+|\Z)")
_ID = re.compile(ID_PATTERN)
_META = TypeAdapter(FrontMatter)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document, and which of its ids nobody wrote: those may still change."""

    document: Document
    implicit: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _Marker:
    """An id in braces, with the white space before it: characters `[start, end)`."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Item:
    """A list item with an id: characters `[start, end)`, the bullet left out."""

    marker: _Marker
    start: int
    end: int
    parent: str | None
    """Id of the item around it."""


@dataclass(frozen=True, slots=True)
class _Heading:
    """A heading, and the blocks under it up to the next heading."""

    text: str
    level: int
    id: str | None
    position: int
    trail: tuple[str, ...]
    blocks: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class _Body:
    """The Markdown of an article and where it stands in its file."""

    source: TextFile
    tokens: tuple[Token, ...]
    references: References
    first_line: int
    """0-based line of the file where the Markdown starts."""
    faults: list[Fault]

    def at(self, line: int) -> int:
        """Position of the first character of a 0-based line of the Markdown."""
        return self.source.line_start(self.first_line + line)

    def complain(self, position: int, problem: str, remedy: str) -> None:
        self.faults.append(self.source.fault(position, problem, remedy))


def parse_article(source: TextFile, document: str) -> Parsed[Draft]:
    """Read one article; `document` is the id of the result."""
    faults: list[Fault] = []
    match = _FRONT.match(source.text)
    meta = _front_matter(source, match, faults)
    start = match.end() if match else 0
    tokens, references = parse(source.text[start:])
    body = _Body(source, tuple(tokens), references, source.line(start) - 1, faults)
    headings = _headings(body, meta.title)
    title = meta.title or next((part.text for part in headings if part.level == 1), "")
    if not title:
        faults.append(Fault(source.name, 1, "the article has no title", _FRONT_REMEDY))
    return _assemble(body, headings, meta, document, title)


_FRONT_REMEDY = "Start the file with the lines '---', 'title: …', '---'"


def _front_matter(
    source: TextFile, match: re.Match[str] | None, faults: list[Fault]
) -> FrontMatter:
    if match is None:
        if source.text.startswith("---"):
            faults.append(source.fault(0, "the front matter has no end", "Close it with '---'"))
        return FrontMatter()
    tree = read_yaml(source, match.start(1), match.end(1))
    faults.extend(tree.faults)
    if tree.root is None:
        return FrontMatter()
    checked = check(_META, tree, tree.root, keys_of(FrontMatter))
    faults.extend(checked.faults)
    if checked.value is not None:
        return checked.value
    # The title keeps the rest of the file from being blamed for a fault up here.
    return FrontMatter(title=source.name) if isinstance(tree.root, Fields) else FrontMatter()


def _headings(body: _Body, title: str | None) -> list[_Heading]:
    """Headings in order; text above the first one stands under the title."""
    starts = [
        position
        for position, token in enumerate(body.tokens)
        if token.type == "heading_open" and token.level == 0
    ]
    found = [_Heading(title or "", 2, None, body.at(0), (), body.tokens[: [*starts, None][0]])]
    above: list[_Heading] = []
    for start, end in zip(starts, [*starts[1:], None], strict=True):
        heading = _heading(body, start, end)
        above = [part for part in above if part.level < heading.level]
        trail = tuple(part.text for part in above if part.text != title)
        heading = replace(heading, trail=trail)
        above.append(heading)
        found.append(heading)
    return found


def _heading(body: _Body, start: int, end: int | None) -> _Heading:
    token, inline = body.tokens[start], body.tokens[start + 1]
    words = inline_text(inline.children or [])
    marker = _marker(body, inline)
    text = " ".join((_MARKER.sub("", words) if marker else words).split())
    position = body.at((token.map or [0])[0])
    if marker and not text:
        body.complain(position, "the heading has no words", "Write them before the id")
    blocks = body.tokens[start + 3 : end]
    return _Heading(text, int(token.tag[1]), marker.id if marker else None, position, (), blocks)


def _marker(body: _Body, inline: Token) -> _Marker | None:
    """The id at the end of a heading or paragraph, if there is one."""
    match = _MARKER.search(inline.content)
    if match is None or inline.map is None:
        return None
    first, last = body.at(inline.map[0]), body.at(inline.map[1])
    written = "{#" + match[1] + "}"
    end = body.source.text.rindex(written, first, last) + len(written)
    start = len(body.source.text[: end - len(written)].rstrip())
    if not _ID.match(match[1]):
        remedy = "Write {#id} with letters a-z, digits, '.', '_' and '-' only"
        body.complain(end - 1, f"'{match[1]}' cannot be an id", remedy)
        return None
    return _Marker(match[1], start, end)


def _items(body: _Body, blocks: Sequence[Token]) -> Iterator[_Item]:
    """List items with ids, in the order of the file, an outer one before those in it."""
    opened: list[tuple[Token, int]] = []
    found: dict[int, _Item] = {}
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
    body: _Body, inline: Token, opened: Sequence[tuple[Token, int]], found: dict[int, _Item]
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
    found[start] = _Item(marker, start, end, parent)


def _item_start(body: _Body, token: Token, opened: Sequence[tuple[Token, int]]) -> int:
    """Position behind the bullet; an item may start on the line of the one around it."""
    start = body.at((token.map or [0])[0])
    if opened:
        start = max(start, opened[-1][1])
    match = _BULLET.match(body.source.text, start)
    return match.end() if match else start


def _assemble(
    body: _Body, headings: Sequence[_Heading], meta: FrontMatter, document: str, title: str
) -> Parsed[Draft]:
    headings = [part if part.text else replace(part, text=title) for part in headings]
    written = [part for part in headings if _own_range(body, part)]
    items = [tuple(_items(body, part.blocks)) for part in written]
    ids = _ids(written, items)
    sections: list[Section] = []
    for heading, unit, held in zip(written, ids, items, strict=True):
        sections.extend(_sections(body, heading, unit, held, meta))
    result = Document(
        id=document,
        title=title,
        url=meta.url,
        owner=meta.owner or "",
        reviewed=meta.reviewed,
        valid_until=meta.valid_until,
        roles=meta.roles,
        sections=tuple(sections),
        file=body.source.name,
    )
    return _with_mentions(body, result, written, ids, items)


def _with_mentions(
    body: _Body,
    document: Document,
    headings: Sequence[_Heading],
    ids: Sequence[str],
    items: Sequence[Sequence[_Item]],
) -> Parsed[Draft]:
    explicit, implicit = [], []
    for heading, unit, held in zip(headings, ids, items, strict=True):
        mention = Mention(unit, body.source.name, body.source.line(heading.position))
        (explicit if heading.id else implicit).append(mention)
        explicit.extend(
            Mention(item.marker.id, body.source.name, body.source.line(item.marker.end - 1))
            for item in held
        )
    draft = Draft(document, tuple(implicit))
    return Parsed((draft,), tuple(explicit), faults=tuple(body.faults))


def _ids(headings: Sequence[_Heading], items: Sequence[Sequence[_Item]]) -> list[str]:
    taken = [part.id for part in headings if part.id]
    taken += [item.marker.id for held in items for item in held]
    unnamed = [part for part in headings if not part.id]
    parents = [part.trail[-1] if part.trail else "" for part in unnamed]
    slugs = iter(unique_slugs([part.text for part in unnamed], parents, taken))
    return [part.id or next(slugs) for part in headings]


def _own_range(body: _Body, heading: _Heading) -> tuple[int, int] | None:
    """First and last character of the text under a heading; None when there are no words."""
    lines = [token.map for token in heading.blocks if token.level == 0 and token.map]
    if not lines:
        return None
    start, end = body.source.trim(body.at(lines[0][0]), body.at(lines[-1][1]))
    if not plain_text(body.source.text[start:end], body.references):
        return None
    return start, end


def _sections(
    body: _Body, heading: _Heading, unit: str, items: Sequence[_Item], meta: FrontMatter
) -> Iterator[Section]:
    """The section of a heading, then one for every list item with an id."""
    start, end = _own_range(body, heading) or (heading.position, heading.position)
    markers = tuple(item.marker for item in items)
    base = Section(
        id=unit,
        heading=heading.text,
        level=max(2, heading.level),
        trail=heading.trail,
        markdown="",
        text="",
        html="",
        parent=None,
        role=None,
        questions=(),
        sources=sources_of(meta.sources),
        span=body.source.span(start, end),
    )
    yield _filled(body, base, _without(body.source.text, start, end, markers))
    for item in items:
        written = _without(body.source.text, item.start, item.end, markers)
        part = replace(
            base,
            id=item.marker.id,
            level=0,
            parent=item.parent or unit,
            role=_role(body, item, unit, meta),
            span=body.source.span(item.start, item.end),
        )
        yield _filled(body, part, _dedent(body.source.text, item.start, written))


def _filled(body: _Body, section: Section, markdown: str) -> Section:
    return replace(
        section,
        markdown=markdown,
        text=plain_text(markdown, body.references),
        html=to_html(markdown, body.references),
    )


def _role(body: _Body, item: _Item, unit: str, meta: FrontMatter) -> str | None:
    prefix = unit + "--"
    if not item.marker.id.startswith(prefix):
        return None
    role = item.marker.id.removeprefix(prefix)
    if role in meta.roles:
        return role
    known = ", ".join(meta.roles) or "none yet"
    remedy = f"Add it to 'roles' in the front matter (there: {known}), or use a single hyphen"
    body.complain(item.marker.end - 1, f"'{role}' is not the key of a role", remedy)
    return None


def _without(text: str, start: int, end: int, markers: Sequence[_Marker]) -> str:
    """The characters `[start, end)` with the id markers taken out and newlines as LF."""
    parts = []
    for marker in markers:
        if start <= marker.start and marker.end <= end:
            parts.append(text[start : marker.start])
            start = marker.end
    parts.append(text[start:end])
    return "".join(parts).replace("\r\n", "\n").replace("\r", "\n")


def _dedent(text: str, start: int, markdown: str) -> str:
    """Continuation lines without the indentation that keeps them in their list item."""
    line = max(text.rfind("\n", 0, start), text.rfind("\r", 0, start)) + 1
    return re.sub(rf"\n[ \t]{{1,{max(1, start - line)}}}", "\n", markdown)
