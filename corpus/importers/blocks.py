"""What a reader finds in a source: blocks in order, and questions with their answers.

Markdown in these types is ready for a corpus file; a text is not.
"""

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeAlias

from corpus.documents import Source

_ASKS = re.compile(
    r"[?\uff1f]!*(?:\s*\([^()?]*\))?[\s\u200d\ufe0f\u2600-\u27bf\U0001f000-\U0001faff]*\Z"
)


_FAQ = re.compile(
    r"\b(faqs?|frequently asked|common(ly asked)? questions|questions (and|&) answers)\b"
    r"|^(q ?(&|and|/) ?a|your questions|questions|häufige fragen|fragen und antworten)\b",
    re.IGNORECASE,
)


class NoteKind(StrEnum):
    """What became of a part of the source."""

    TAKEN = "taken"
    GUESSED = "guessed"
    LEFT_OUT = "left out"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One line of the report."""

    line: int
    """1-based line, row or paragraph of the source; 0 for all of it."""
    kind: NoteKind
    text: str
    blocks: int = field(default=0, compare=False)
    """How many blocks of the source it says this of; 0 for a remark."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading, as text of one line."""

    text: str
    level: int
    """1 to 6; 1 is the title."""
    line: int
    id: str = ""
    """Empty unless an editor wrote one in the source."""
    asked: bool = False
    """Whether the source marks it as a question with an answer: by a number, or by `Q:`."""


@dataclass(frozen=True, slots=True)
class Prose:
    """A paragraph, table, quotation or the like."""

    markdown: str
    line: int
    apart: bool = False
    """Whether it stands below a list of questions, so that it is no part of the last answer."""


@dataclass(frozen=True, slots=True)
class Item:
    """One point of a list."""

    markdown: str
    line: int
    id: str = ""
    """Empty unless an editor wrote one in the corpus."""


@dataclass(frozen=True, slots=True)
class Listing:
    """A list; lists inside its items are part of their Markdown."""

    items: tuple[Item, ...]
    ordered: bool
    line: int
    start: int = 1
    """Number of the first item, where they are numbered."""
    apart: bool = False
    """As of `Prose`."""


Block: TypeAlias = Heading | Prose | Listing


@dataclass(frozen=True, slots=True)
class Question:
    """A question with its answer, to become a canned answer."""

    question: str
    answer: str
    """Markdown."""
    line: int
    id: str = ""
    """Empty when the source has none."""
    variants: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()
    related: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()
    owner: str = ""
    reviewed: str = ""
    valid_until: str = ""
    about: str = field(default="", compare=False)
    """What it stands below; tells questions of the same words apart."""
    kind: NoteKind = field(default=NoteKind.TAKEN, compare=False)
    blocks: int = field(default=1, compare=False)
    """How many blocks of the source it was made of."""


@dataclass(frozen=True, slots=True)
class Found:
    """One source, taken apart."""

    title: str = ""
    url: str = ""
    blocks: tuple[Block, ...] = ()
    questions: tuple[Question, ...] = ()
    front: tuple[str, ...] = ()
    """Lines of a front matter that the source has already."""
    headings_guessed: bool = False
    """Whether headings were recognised by their look alone."""
    notes: tuple[Note, ...] = ()
    seen: int = 0
    """Blocks of the source that are not among `blocks`: questions, and what was left out."""


@dataclass(frozen=True, slots=True)
class DraftSection:
    """A heading with its own blocks."""

    heading: Heading
    blocks: tuple[Prose | Listing, ...]
    trail: tuple[str, ...]
    """Headings above it, outermost first, without the title."""


@dataclass(frozen=True, slots=True)
class ImportedArticle:
    """What is left of a source when its questions are taken out."""

    title: str
    url: str
    sections: tuple[DraftSection, ...]
    """The first one bears the title when words stand above every other heading."""
    sources: tuple[str, ...]
    """Addresses."""
    front: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ImportDraft:
    """One source as content: an article, canned answers, or both; and the report."""

    article: ImportedArticle | None
    questions: tuple[Question, ...]
    notes: tuple[Note, ...]
    """About everything but these questions."""
    seen: int
    """Blocks of the source; the sum of those taken, guessed and left out."""


def key(heading: str) -> str:
    """Return the words alone, to compare headings and questions by."""
    return " ".join(re.findall(r"\w+", heading.casefold()))


def heads_questions(heading: str) -> bool:
    """Whether a heading such as "FAQ" says that questions and answers stand below it."""
    return _FAQ.search(heading) is not None


def asks(text: str) -> bool:
    """Whether a text ends with a question mark, pictograms and brackets behind it left aside."""
    return _ASKS.search(text) is not None
