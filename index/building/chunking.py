"""Chunking: a corpus -> the units that can answer, and the chunks that stand for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from math import ceil

from corpus import Boundary, Corpus, Document, Entry, Section, Span
from corpus import Source as ContentSource
from index.datatypes import Chunk, ChunkRole, Citation, Kind, Side, Source, Unit
from index.ranking import passage_scorer
from index.text.normalisation import clean, compile_synonyms
from index.text.sentences import phrases, sentence_spans

LONGEST_PASSAGE = 180
"""Words. The encoder reads 256 tokens, about 190 words with the heading before them."""
LONGEST_PHRASED = 120
"""Words. Most phrases of a longer text are said in passing, and nobody asks about them."""
_SPARSE_ONLY = (ChunkRole.PHRASE, ChunkRole.TITLED)
"""What an index too large to weigh it does without."""
FAQ_PAGE = "/faq"
FAQ_TITLE = "Frequently asked questions"
_LONGEST_LEAD = 6
"""Words before the colon of a list item that still read as its title."""
_cleaned = lru_cache(2**14)(clean)
"""Texts of the content, of which an edit changes few; `clean` caches less, of visitors' texts."""


@dataclass(frozen=True, slots=True)
class Chunked:
    """Units in the order of the corpus, and chunks in the order of their units."""

    units: tuple[Unit, ...]
    chunks: tuple[Chunk, ...]


def chunk(corpus: Corpus) -> Chunked:
    """Make units of sections, canned answers, boundaries and smalltalk, in this order."""
    units = (
        *(unit for document in corpus.documents for unit in _section_units(document)),
        *(_entry_unit(entry, Kind.FAQ) for entry in corpus.entries),
        *(_boundary_unit(boundary) for boundary in corpus.boundaries),
        *(_entry_unit(entry, Kind.SMALLTALK) for entry in corpus.smalltalk),
    )
    return Chunked(units, chunks_of(units, corpus.synonyms))


def chunks_of(units: Sequence[Unit], synonyms: Sequence[Sequence[str]]) -> tuple[Chunk, ...]:
    """Make the chunks of units, with the words that the content uses."""
    canonical = compile_synonyms(synonyms)
    in_full = len(units) <= passage_scorer.MOST_UNITS
    return tuple(
        replace(chunk, embedded=canonical.apply(_cleaned(chunk.embedded)))
        for position, unit in enumerate(units)
        for chunk in _chunks(position, unit)
        if in_full or chunk.role not in _SPARSE_ONLY
    )


def _section_units(document: Document) -> Iterator[Unit]:
    items: dict[str, list[Section]] = {}
    for section in document.sections:
        if section.parent is not None and section.role is not None:
            items.setdefault(section.parent, []).append(section)
    for section in document.sections:
        if section.role is None:
            yield _section_unit(document, section, items.get(section.id, []))


def _section_unit(document: Document, section: Section, sides: Sequence[Section]) -> Unit:
    questions = (*section.questions, *(q for side in sides for q in side.questions))
    return Unit(
        id=section.id,
        kind=Kind.COMPARISON if sides else Kind.PASSAGE,
        document=section.span.file,
        document_title=document.title,
        title=_title(section),
        level=section.level,
        trail=section.trail,
        text=section.text,
        markdown=section.markdown,
        html=section.html,
        url=f"{document.url}#{section.id}",
        owner=document.owner,
        reviewed=document.reviewed,
        valid_until=document.valid_until,
        sources=_sources(section.sources),
        related=(),
        questions=questions,
        parent=section.parent,
        sides=tuple(_side(document, side) for side in sides),
        citation=_citation(section.span),
    )


def _title(section: Section) -> str:
    """Return the heading; for a list item the heading and what stands before the item's colon."""
    lead, colon, _ = section.text.partition(":")
    if section.level or not colon or len(lead.split()) > _LONGEST_LEAD:
        return section.heading
    return _under(section.heading, lead)


def _under(heading: str, title: str) -> str:
    joint = " " if heading.endswith(("?", "!", ":")) else ": "
    return f"{heading}{joint}{title}"


def _side(document: Document, section: Section) -> Side:
    role = section.role or ""
    return Side(
        role=role,
        label=document.roles.get(role, role),
        id=section.id,
        text=section.text,
        html=section.html,
        citation=_citation(section.span),
    )


def _entry_unit(entry: Entry, kind: Kind) -> Unit:
    return Unit(
        id=entry.id,
        kind=kind,
        document=entry.span.file,
        document_title=FAQ_TITLE if kind is Kind.FAQ else "",
        title=entry.question,
        level=0,
        trail=(),
        text=entry.text,
        markdown=entry.markdown,
        html=entry.html,
        url=f"{FAQ_PAGE}#{entry.id}" if kind is Kind.FAQ else FAQ_PAGE,
        owner=entry.owner,
        reviewed=entry.reviewed,
        valid_until=entry.valid_until,
        sources=_sources(entry.sources),
        related=entry.related,
        questions=(entry.question, *entry.variants),
        parent=None,
        sides=(),
        citation=_citation(entry.span),
    )


def _boundary_unit(boundary: Boundary) -> Unit:
    return Unit(
        id=boundary.id,
        kind=Kind.BOUNDARY,
        document=boundary.span.file,
        document_title="",
        title=boundary.topic,
        level=0,
        trail=(),
        text=boundary.text,
        markdown=boundary.markdown,
        html=boundary.html,
        url=FAQ_PAGE,
        owner="",
        reviewed=None,
        valid_until=None,
        sources=(),
        related=(),
        questions=boundary.examples,
        parent=None,
        sides=(),
        citation=_citation(boundary.span),
    )


def _sources(sources: Sequence[ContentSource]) -> tuple[Source, ...]:
    return tuple(Source(source.title, source.url) for source in sources)


def _citation(span: Span) -> Citation:
    return Citation(span.file, span.start, span.end, span.sha256)


def _chunks(position: int, unit: Unit) -> Iterator[Chunk]:
    """Yield a unit's texts, each once: its title, its variants, its passages and sentences.

    The reply of a boundary or of smalltalk is not searched: it holds nothing about the topic.
    """
    # The title of a list item holds its heading already.
    context = _under(unit.trail[-1], unit.title) if unit.trail and unit.level else unit.title
    yield Chunk(position, ChunkRole.QUESTION, unit.title, context)
    variants = [question for question in dict.fromkeys(unit.questions) if question != unit.title]
    for question in variants:
        yield Chunk(position, ChunkRole.VARIANT, question, question)
    if unit.kind in (Kind.BOUNDARY, Kind.SMALLTALK):
        return
    is_sparse = passage_scorer.share(len(variants)) > 0
    is_short = len(unit.text.split()) <= LONGEST_PHRASED
    for phrase in phrases(unit.text) if is_sparse and is_short else ():
        yield Chunk(position, ChunkRole.PHRASE, phrase, phrase)
    for passage in dict.fromkeys((*passages(unit.text), *(side.text for side in unit.sides))):
        yield Chunk(position, ChunkRole.PASSAGE, passage, f"{unit.title}\n{passage}")
    sentences = _sentences(unit.text)
    for sentence in sentences:
        yield Chunk(position, ChunkRole.SENTENCE, sentence, sentence)
    for sentence in sentences if is_sparse else ():
        yield Chunk(position, ChunkRole.TITLED, sentence, f"{unit.title}\n{sentence}")


def _sentences(text: str) -> list[str]:
    """Return the sentences of a text; none of one that has a single one."""
    spans = sentence_spans(text)
    return [text[start:end] for start, end in spans] if len(spans) > 1 else []


def passages(text: str) -> tuple[str, ...]:
    """Cut a long text at sentence ends into parts of about equal length; a short one stays whole.

    No part has more than `LONGEST_PASSAGE` words unless a single sentence has.
    """
    total = len(text.split())
    if total <= LONGEST_PASSAGE:
        return (text,)
    target = total / ceil(total / LONGEST_PASSAGE)
    parts: list[tuple[int, int]] = []
    for start, end in sentence_spans(text):
        if parts and _fits(text[parts[-1][0] : end], text[start:end], target):
            parts[-1] = (parts[-1][0], end)
        else:
            parts.append((start, end))
    return tuple(text[start:end] for start, end in parts)


def _fits(grown: str, sentence: str, target: float) -> bool:
    """Return whether a part may grow: up to the target, within half of the last sentence."""
    words = len(grown.split())
    return words <= LONGEST_PASSAGE and words - len(sentence.split()) / 2 <= target
