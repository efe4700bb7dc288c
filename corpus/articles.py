"""One Markdown text -> one Document: front matter, headings, ids, lists and paired lists. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from pydantic import TypeAdapter

from corpus.documents import Document, Section
from corpus.entries import Mention, Parsed, sources_of
from corpus.errors import Fault
from corpus.files import TextFile
from corpus.markdown import References, render
from corpus.models import FrontMatter
from corpus.outline import Heading, Item, dedent, outline, without
from corpus.slugs import unique_slugs
from corpus.validation import check, keys_of
from corpus.yaml_reader import Plain, plain, read_yaml

_FRONT = re.compile(
    r"---[ \t]*(?:\r\n|\r|\n)(.*?)(?<=[\r\n])(?:---|\.\.\.)[ \t]*(?:\r\n|\r|\n|\Z)", re.DOTALL
)
_META = TypeAdapter(FrontMatter)


@dataclass(frozen=True, slots=True)
class Draft:
    """A document, and which of its ids nobody wrote: those may still change."""

    document: Document
    implicit: tuple[Mention, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """A heading with text of its own, and its final id."""

    id: str
    heading: Heading


def parse_article(source: TextFile, document: str) -> Parsed[Draft]:
    """Read one article; `document` is the id of the result."""
    faults: list[Fault] = []
    match = _FRONT.match(source.text)
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
    return Parsed((Draft(result, implicit),), tuple(_explicit(source, parts)), faults=tuple(faults))


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


def _parts(headings: Sequence[Heading], title: str) -> tuple[_Part, ...]:
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
    return tuple(_Part(part.id or next(slugs), part) for part in written)


def _mention(source: TextFile, part: _Part) -> Mention:
    return Mention(part.id, source.name, source.line(part.heading.position))


def _explicit(source: TextFile, parts: Sequence[_Part]) -> Iterator[Mention]:
    for part in parts:
        if part.heading.id:
            yield _mention(source, part)
        for item in part.heading.items:
            yield Mention(item.marker.id, source.name, source.line(item.marker.end - 1))


@dataclass(frozen=True, slots=True)
class _Sections:
    """Makes the sections of one article."""

    source: TextFile
    meta: FrontMatter
    references: References
    faults: list[Fault]

    def of(self, part: _Part) -> Iterator[Section]:
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

    def _role(self, item: Item, section: str) -> str | None:
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
