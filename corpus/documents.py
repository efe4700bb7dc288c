"""Content as frozen data: what a corpus folder holds, after parsing and checking.

Every text that can become an answer carries a `Span`, the place in its source file where it stands
verbatim.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from corpus.errors import Fault


@dataclass(frozen=True, slots=True)
class Span:
    """Where a text stands in a source file."""

    file: str
    """Path inside the corpus folder, with forward slashes."""
    line: int
    """1-based line of the first character."""
    start: int
    """Offset of the first byte in the UTF-8 file."""
    end: int
    """Offset one past the last byte."""
    sha256: str
    """Hex digest of the bytes in `[start, end)`."""


@dataclass(frozen=True, slots=True, order=True)
class Place:
    """A line of a content file."""

    file: str
    line: int
    """1-based."""


@dataclass(frozen=True, slots=True)
class Source:
    """A reference that backs an answer."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of an article that has an id: a heading with its text, or a list item with one.

    A section whose items differ by role (``<id>--se``, ``<id>--mle``) is a paired section;
    its items have a `role`.
    """

    id: str
    heading: str
    """The heading, or the heading of the list that holds this item."""
    level: int
    """2 to 6 for a heading; 0 for a list item."""
    trail: tuple[str, ...]
    """Headings above this one, outermost first, without the title of the document."""
    markdown: str
    """The text as written, id markers removed."""
    text: str
    """The text without Markdown."""
    html: str
    """Sanitised HTML of `markdown`."""
    parent: str | None
    """Id of the section that holds this list item; None for a heading."""
    role: str | None
    """For an item of a paired section, the key of its role in `Document.roles`."""
    questions: tuple[str, ...]
    """The questions that this section answers, as people ask them."""
    sources: tuple[Source, ...]
    span: Span
    asked_at: tuple[Place, ...] = ()
    """Of each of `questions`."""


@dataclass(frozen=True, slots=True)
class Document:
    """One article. Sections stand in the order of the file, a list before its items."""

    id: str
    """Name of the file without its ending."""
    title: str
    url: str
    owner: str
    """Empty when the file names none; the linter warns then."""
    reviewed: date | None
    valid_until: date | None
    roles: Mapping[str, str]
    """Key of a role (``se``) to its name (``Software engineer``); empty when nothing is paired."""
    sections: tuple[Section, ...]
    file: str


@dataclass(frozen=True, slots=True)
class Entry:
    """A canned answer, or a smalltalk intent: what people ask, and the text they get."""

    id: str
    question: str
    variants: tuple[str, ...]
    markdown: str
    text: str
    html: str
    sources: tuple[Source, ...]
    related: tuple[str, ...]
    """Ids offered as follow-ups."""
    owner: str
    reviewed: date | None
    valid_until: date | None
    span: Span
    """Of the answer."""
    asked_at: tuple[Place, ...] = ()
    """Of the question and of each variant."""


@dataclass(frozen=True, slots=True)
class Boundary:
    """A topic that this site does not answer, and what to say instead."""

    id: str
    topic: str
    examples: tuple[str, ...]
    markdown: str
    text: str
    html: str
    span: Span
    """Of the reply."""
    asked_at: tuple[Place, ...] = ()
    """Of each example."""


@dataclass(frozen=True, slots=True)
class Starter:
    """A question to begin with."""

    id: str
    """Of the unit that answers it."""
    text: str
    """What is shown; empty for the unit's own question."""
    line: int = field(default=0, compare=False)
    """Of the file; 0 when it is not from one."""


@dataclass(frozen=True, slots=True)
class Check:
    """A question with the answer that an editor expects; it is asked before publishing."""

    question: str
    expect: str | None
    """Id of the unit; None when there shall be no answer."""
    file: str
    line: int
    """1-based."""


@dataclass(frozen=True, slots=True)
class Corpus:
    """Everything a folder holds, in path order and then in file order."""

    folder: Path
    documents: tuple[Document, ...]
    entries: tuple[Entry, ...]
    smalltalk: tuple[Entry, ...]
    boundaries: tuple[Boundary, ...]
    synonyms: tuple[tuple[str, ...], ...]
    """Groups of words that mean the same; the first of a group is the one that content uses."""
    equivalents: tuple[tuple[str, ...], ...]
    """Groups of ids whose answers say the same, so that one serves for the other."""
    content_hash: str
    """SHA-256 over the names and bytes of every content file, in path order."""
    checks: tuple[Check, ...] = ()
    starters: tuple[Starter, ...] = ()
    """In the order in which they are offered; without any the service chooses."""
    cautions: tuple[Fault, ...] = ()
    """What the files hold that reads as a mistake; the linter warns of it."""
