"""What a corpus folder holds already, and what of it an import keeps."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path

from corpus.articles import parse_article
from corpus.documents import Document, Entry
from corpus.entries import parse_entries
from corpus.errors import CorpusError
from corpus.files import TextFile
from corpus.importers.assemble.ids import same
from corpus.importers.blocks import Article, Question


@dataclass(slots=True)
class Folder:
    """A corpus folder, seen from the two files that are to be written."""

    ids: set[str] = field(default_factory=set)
    """Of other files."""
    questions: dict[str, str] = field(default_factory=dict)
    """By `same`, the other file that holds the question."""
    entries: list[Entry] = field(default_factory=list)
    """Of the file to be written."""
    equivalents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By the id of an entry of the file to be written."""
    document: Document | None = None
    """The article to be written, as it is."""


def read_folder(out: Path, article: str, entries: str) -> Folder:
    """Read what can be read; faults of the folder are told when all of it is loaded."""
    folder = Folder()
    for source in _sources(out, "faqs/**/*.yaml", "faqs/**/*.yml"):
        parsed = parse_entries(source)
        if source.name == entries:
            folder.entries.extend(parsed.items)
            folder.equivalents.update((group[0], group[1:]) for group in parsed.equivalents)
        else:
            folder.ids.update(mention.id for mention in parsed.declared)
            for entry in parsed.items:
                folder.questions.setdefault(same(entry.question), source.name)
    for source in _sources(out, "articles/**/*.md"):
        for draft in parse_article(source, Path(source.name).stem).items:
            if source.name == article:
                folder.document = draft.document
            else:
                folder.ids.update(section.id for section in draft.document.sections)
    return folder


def _sources(out: Path, *patterns: str) -> list[TextFile]:
    found = []
    for path in sorted(path for pattern in patterns for path in out.glob(pattern)):
        try:
            found.append(TextFile.of(path.relative_to(out).as_posix(), path.read_bytes()))
        except (OSError, CorpusError):
            continue
    return found


def matched(questions: Sequence[Question], entries: Sequence[Entry]) -> list[Entry | None]:
    """For each question the entry that it was imported as before.

    Where a question stands there with several answers, the answer has to be the same, too.
    """
    times = Counter(same(one.question) for one in questions)
    by_question: dict[str, list[Entry]] = {}
    for entry in entries:
        by_question.setdefault(same(entry.question), []).append(entry)
    found: list[Entry | None] = []
    for question in questions:
        candidates = by_question.get(same(question.question), [])
        if len(candidates) != 1 or times[same(question.question)] != 1:
            answer = question.answer.strip()
            candidates = [entry for entry in candidates if entry.markdown == answer]
        found.append(candidates[0] if candidates else None)
    return found


def carried(
    question: Question, before: Entry | None, equivalents: Mapping[str, tuple[str, ...]]
) -> Question:
    """Return the question with what an editor added to it and the source does not say."""
    if before is None:
        return question
    return replace(
        question,
        variants=tuple(dict.fromkeys([*before.variants, *question.variants])),
        sources=question.sources or before.sources,
        related=before.related,
        equivalents=equivalents.get(before.id, ()),
        owner=question.owner or before.owner,
        reviewed=question.reviewed or _day(before.reviewed),
        valid_until=question.valid_until or _day(before.valid_until),
    )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def with_kept(article: Article, before: Document | None) -> Article:
    """Return the article with the ids, the owner and the dates that it has already."""
    if before is None:
        return article
    ids: dict[tuple[str, ...], list[str]] = {}
    for section in before.sections:
        if section.level:
            ids.setdefault((*section.trail, section.heading), []).append(section.id)
    sections = []
    for part in article.sections:
        known = ids.get((*part.trail, part.heading.text), []) if part.blocks else []
        name = part.heading.id or (known.pop(0) if known else "")
        sections.append(replace(part, heading=replace(part.heading, id=name)))
    return replace(
        article,
        sections=tuple(sections),
        owner=before.owner,
        reviewed=_day(before.reviewed),
        valid_until=_day(before.valid_until),
    )
