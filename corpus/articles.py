"""Article parser: Markdown with front matter -> Document with sections, ids and spans. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise, zip_longest

from markdown_it.token import Token
from pydantic import TypeAdapter

from corpus.documents import Document, Section
from corpus.entries import IdMention, Parsed, sources_of
from corpus.errors import Fault
from corpus.files import TextFile
from corpus.markdown import References, inline_text, parse, render
from corpus.models import ID, FrontMatter
from corpus.slugs import unique_slugs
from corpus.yaml_files.reader import Plain, check, keys_of, plain, read_yaml

FRONT_MATTER = re.compile(
    r"---[ \t]*(?:\r\n|\r|\n)(.*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL
)
_META = TypeAdapter(FrontMatter)
_MARKER = re.compile(r"(?<!\s)\s*+\{#([^{}\n]*)\}\s*\Z")
_BULLET = re.compile(r"[ \t]*(?:[-+*]|\d{1,9}[.)])(?:\s+|\Z)")


@dataclass(frozen=True, slots=True)
class Marker:
    """An id in braces, with the white space before it: characters `[start, end)`."""

    id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class OutlineItem:
    """A list item with an id: characters `[start, end)`, the bullet left out."""

    marker: Marker
    start: int
    end: int
    parent: str | None
    """Id of the item around it."""


@dataclass(frozen=True, slots=True)
class OutlineHeading:
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
    items: tuple[OutlineItem, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """The parts of an article in order."""

    headings: tuple[OutlineHeading, ...]
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


def _headings(body: _Body) -> Iterator[OutlineHeading]:
    starts = [
        position
        for position, token in enumerate(body.tokens)
        if token.type == "heading_open" and token.level == 0
    ]
    bounds = [*starts, len(body.tokens)]
    preamble = OutlineHeading("", 2, None, body.at(0), (), 0, 0, ())
    yield _with_blocks(body, preamble, body.tokens[: bounds[0]])
    above: list[OutlineHeading] = []
    for start, end in pairwise(bounds):
        heading = _heading(body, start)
        above = [part for part in above if part.level < heading.level]
        trail = tuple(part.text for part in above if part.text != body.title)
        above.append(heading)
        yield _with_blocks(body, replace(heading, trail=trail), body.tokens[start + 3 : end])


def _heading(body: _Body, start: int) -> OutlineHeading:
    token, inline = body.tokens[start], body.tokens[start + 1]
    words = inline_text(inline.children or [])
    marker = _marker(body, inline)
    text = " ".join((_MARKER.sub("", words) if marker else words).split())
    position = body.at((token.map or [0])[0])
    if not text:
        body.complain(position, "the heading has no words", "Write some, or remove it")
    level = int(token.tag.removeprefix("h"))
    return OutlineHeading(text, level, marker.id if marker else None, position, (), 0, 0, ())


def _with_blocks(body: _Body, heading: OutlineHeading, blocks: Sequence[Token]) -> OutlineHeading:
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
    if not ID.match(match[1]):
        remedy = "Write {#id} with letters a-z, digits, '.', '_' and '-' only"
        body.complain(begin, f"'{match[1]}' cannot be an id", remedy)
        return None
    return Marker(match[1], start, end)


def _items(body: _Body, blocks: Sequence[Token]) -> Iterator[OutlineItem]:
    """List items with ids, in the order of the file, an outer one before those in it."""
    opened: list[tuple[Token, int]] = []
    found: dict[int, OutlineItem] = {}
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
    body: _Body, inline: Token, opened: Sequence[tuple[Token, int]], found: dict[int, OutlineItem]
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
    found[start] = OutlineItem(marker, start, end, parent)


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


@dataclass(frozen=True, slots=True)
class ParsedArticle:
    """A document, and which of its ids nobody wrote: those may still change."""

    document: Document
    implicit: tuple[IdMention, ...]


@dataclass(frozen=True, slots=True)
class _NamedHeading:
    """A heading with text of its own, and its final id."""

    id: str
    heading: OutlineHeading


def parse_article(source: TextFile, document: str) -> Parsed[ParsedArticle]:
    """Read one article; `document` is the id of the result."""
    faults: list[Fault] = []
    match = FRONT_MATTER.match(source.text)
    meta = _front_matter(source, match, faults)
    content = outline(source, match.end() if match else 0, meta.title, faults)
    title = meta.title or next((part.text for part in content.headings if part.level == 1), "")
    if not title:
        remedy = "Start the file with the lines '---', 'title: …', '---'"
        faults.append(Fault(source.name, 1, "the article has no title", remedy))
    parts = _parts(content.headings, title)
    sections = _Sections(source, meta, content.references, faults)
    result = Document(
        id=document,
        title=title,
        url=meta.url,
        owner=meta.owner or "",
        reviewed=meta.reviewed,
        valid_until=meta.valid_until,
        roles=dict(meta.roles),
        sections=tuple(section for part in parts for section in sections.of(part)),
        file=source.name,
    )
    implicit = tuple(_mention(source, part) for part in parts if not part.heading.id)
    return Parsed(
        (ParsedArticle(result, implicit),),
        tuple(_explicit(source, parts)),
        faults=tuple(faults),
        cautions=tuple(_empty(source, content.headings, title)),
    )


def _empty(source: TextFile, headings: Sequence[OutlineHeading], title: str) -> Iterator[Fault]:
    """Report headings with neither words nor parts below them."""
    for heading, after in zip_longest(headings, headings[1:]):
        has_parts = after is not None and after.level > heading.level
        if heading.end == heading.start and heading.text not in ("", title) and not has_parts:
            problem = f"nothing stands below the heading '{heading.text}', so that nobody sees it"
            yield source.fault(heading.position, problem, "Write what it announces, or remove it")


def _front_matter(
    source: TextFile, match: re.Match[str] | None, faults: list[Fault]
) -> FrontMatter:
    if match is None:
        if not source.text.startswith("---"):
            return FrontMatter()
        faults.append(source.fault(0, "the front matter has no end", "Close it with '---'"))
        return FrontMatter(title=source.name)
    tree = read_yaml(source, match.start(1), match.end(1))
    faults.extend(tree.faults)
    if tree.root is None:
        return FrontMatter(title=source.name) if tree.faults else FrontMatter()
    checked = check(_META, tree, tree.root, keys_of(FrontMatter))
    faults.extend(checked.faults)
    return checked.value or _salvaged(source, plain(tree.root))


def _salvaged(source: TextFile, data: Plain) -> FrontMatter:
    """Enough of a faulty front matter to keep the rest of the file from being blamed for it."""
    roles = data.get("roles") if isinstance(data, dict) else None
    keys = roles if isinstance(roles, dict) else {}
    return FrontMatter.model_construct(title=source.name, roles=dict.fromkeys(keys, ""))


def _parts(headings: Sequence[OutlineHeading], title: str) -> tuple[_NamedHeading, ...]:
    """Headings with words under them; what stands above the first one goes under the title."""
    written = [
        part if part.text else replace(part, text=title)
        for part in headings
        if part.end > part.start
    ]
    unnamed = [part for part in written if not part.id]
    taken = [part.id for part in written if part.id]
    taken += [item.marker.id for part in written for item in part.items]
    parents = [part.trail[-1] if part.trail else "" for part in unnamed]
    slugs = iter(unique_slugs([part.text for part in unnamed], parents, taken))
    return tuple(_NamedHeading(part.id or next(slugs), part) for part in written)


def _mention(source: TextFile, part: _NamedHeading) -> IdMention:
    return IdMention(part.id, source.name, source.line(part.heading.position))


def _explicit(source: TextFile, parts: Sequence[_NamedHeading]) -> Iterator[IdMention]:
    for part in parts:
        if part.heading.id:
            yield _mention(source, part)
        for item in part.heading.items:
            yield IdMention(item.marker.id, source.name, source.line(item.marker.end - 1))


@dataclass(frozen=True, slots=True)
class _Sections:
    """Makes the sections of one article."""

    source: TextFile
    meta: FrontMatter
    references: References
    faults: list[Fault]

    def of(self, part: _NamedHeading) -> Iterator[Section]:
        """Yield the section of a heading, then one for every list item with an id."""
        heading, text = part.heading, self.source.text
        markers = tuple(item.marker for item in heading.items)
        whole = Section(
            id=part.id,
            heading=heading.text,
            level=max(2, heading.level),
            trail=heading.trail,
            markdown="",
            text="",
            html="",
            parent=None,
            role=None,
            questions=(),
            sources=sources_of(self.meta.sources),
            span=self.source.span(heading.start, heading.end),
        )
        yield self._filled(whole, without(text, heading.start, heading.end, markers))
        for item in heading.items:
            section = replace(
                whole,
                id=item.marker.id,
                level=0,
                parent=item.parent or part.id,
                role=self._role(item, part.id),
                span=self.source.span(item.start, item.end),
            )
            written = without(text, item.start, item.end, markers)
            section = self._filled(section, dedent(text, item.start, written))
            if not section.text:
                problem, remedy = "the list item has no words", "Write them before the id"
                self.faults.append(self.source.fault(item.start, problem, remedy))
            yield section

    def _filled(self, section: Section, markdown: str) -> Section:
        rendered = render(markdown, self.references)
        return replace(section, markdown=markdown, text=rendered.text, html=rendered.html)

    def _role(self, item: OutlineItem, section: str) -> str | None:
        """Return the role that an item of a paired section plays."""
        prefix = section + "--"
        if not item.marker.id.startswith(prefix):
            return None
        role = item.marker.id.removeprefix(prefix)
        if role in self.meta.roles:
            return role
        known = ", ".join(self.meta.roles) or "none yet"
        problem = f"'{role}' is not the key of a role"
        remedy = f"Add it to 'roles' in the front matter (there: {known}), or use a single hyphen"
        self.faults.append(self.source.fault(item.marker.end - 1, problem, remedy))
        return None
