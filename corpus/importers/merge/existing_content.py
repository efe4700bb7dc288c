"""Content that a corpus folder already holds, and what an import keeps of it."""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from difflib import SequenceMatcher
from pathlib import Path

from corpus.articles import FRONT_MATTER, parse_article
from corpus.documents import Document, Entry
from corpus.entries import parse_entries
from corpus.errors import CorpusError
from corpus.files import TextFile, misplaced
from corpus.importers.assemble.ids import same
from corpus.importers.blocks import DraftSection, ImportedArticle, Listing, Prose, Question, key
from corpus.markdown import plain_text

_SAME_WORDS = 0.85
"""Likeness of two questions from which on one is a correction of the other."""
_RELATED_WORDS = 0.5
"""The same where both have the same answer, which is long enough to tell something."""
_TELLING = 30
"""Characters of such an answer."""
_MOST_COMPARED = 300
_COMMENT = re.compile(r"^<!--.*?-->[ \t]*$", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#{1,6} +(.*?)(?: *\{#[^}]*\})?$", re.MULTILINE)


@dataclass(slots=True)
class Folder:
    """A corpus folder, seen from the two files that are to be written."""

    ids: set[str] = field(default_factory=set)
    """Of other files."""
    questions: dict[str, str] = field(default_factory=dict)
    """By `same`, the other file that holds the question."""
    entries: list[Entry] = field(default_factory=list)
    """Of the file to be written."""
    source: TextFile | None = None
    """The file to be written, as it is."""
    equivalents: dict[str, tuple[str, ...]] = field(default_factory=dict)
    """By the id of an entry of the file to be written."""
    document: Document | None = None
    """The article to be written, as it is."""
    text: str = ""
    """Of its file."""


def read_folder(out: Path, article: str, entries: str) -> Folder:
    """Read what can be read; faults of the folder are reported when all of it is loaded."""
    folder = Folder()
    for source in _sources(out, "faqs/**/*.yaml", "faqs/**/*.yml"):
        parsed = parse_entries(source)
        if source.name == entries:
            folder.source = source
            folder.entries.extend(parsed.items)
            folder.equivalents.update((group[0], group[1:]) for group in parsed.equivalents)
        else:
            folder.ids.update(mention.id for mention in parsed.declared)
            for entry in parsed.items:
                folder.questions.setdefault(same(entry.question), source.name)
    for source in _sources(out, "articles/**/*.md"):
        for draft in parse_article(source, Path(source.name).stem).items:
            if source.name == article:
                folder.document, folder.text = draft.document, source.text
            else:
                folder.ids.update(section.id for section in draft.document.sections)
    return folder


def _sources(out: Path, *patterns: str) -> list[TextFile]:
    found = []
    for path in sorted(path for pattern in patterns for path in out.glob(pattern)):
        try:
            name = path.relative_to(out).as_posix()
            if misplaced(out, name, path) is None:
                found.append(TextFile.of(name, path.read_bytes()))
        except (OSError, CorpusError):
            continue
    return found


def matched(questions: Sequence[Question], entries: Sequence[Entry]) -> list[Entry | None]:
    """For each question the entry that it was imported as before.

    Entries are matched by the id of the source, then by the question, then by likeness. Where a
    question stands there with several answers, the answer has to be the same, too.
    """
    found: list[Entry | None] = [None] * len(questions)
    free = {entry.id: entry for entry in entries}
    for place, question in enumerate(questions):
        if question.id:
            found[place] = free.pop(question.id, None)
    times = Counter(same(question.question) for question in questions)
    by_question: dict[str, list[Entry]] = {}
    for entry in free.values():
        by_question.setdefault(same(entry.question), []).append(entry)
    for place, question in enumerate(questions):
        if found[place] is not None:
            continue
        candidates = by_question.get(same(question.question), [])
        if len(candidates) != 1 or times[same(question.question)] != 1:
            answer = question.answer.strip()
            candidates = [entry for entry in candidates if entry.markdown == answer]
        if candidates:
            found[place] = free.pop(candidates[0].id, None)
    for place, entry in _alike(questions, found, list(free.values())):
        found[place] = entry
    return found


def _alike(
    questions: Sequence[Question], found: Sequence[Entry | None], entries: Sequence[Entry]
) -> Iterator[tuple[int, Entry]]:
    """Yield the entries that a question is a new wording of, the likest first."""
    scores = []
    places = [place for place, entry in enumerate(found) if entry is None][:_MOST_COMPARED]
    for place in places:
        words, answer = same(questions[place].question), questions[place].answer.strip()
        for number, entry in enumerate(entries[:_MOST_COMPARED]):
            likeness = SequenceMatcher(None, words, same(entry.question)).ratio()
            said = answer == entry.markdown.strip() and len(answer) >= _TELLING
            if likeness >= _SAME_WORDS or (said and likeness >= _RELATED_WORDS):
                scores.append((likeness + said, place, number))
    taken: set[int] = set()
    done: set[int] = set()
    for _, place, number in sorted(scores, key=lambda score: (-score[0], *score[1:])):
        if place not in done and number not in taken:
            done.add(place)
            taken.add(number)
            yield place, entries[number]


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


def with_kept(article: ImportedArticle, folder: Folder) -> ImportedArticle:
    """Return the article with the front matter, the ids and the comments that it has already."""
    before = folder.document
    if before is None:
        return article
    ids: dict[tuple[str, ...], list[str]] = {}
    for section in before.sections:
        spot = (*section.trail, section.heading) if section.level else (section.text,)
        ids.setdefault(spot, []).append(section.id)
    comments = _comments(folder.text)
    first = article.sections[0].heading.text if article.sections else ""
    known = {key(section.heading.text) for section in article.sections}
    sections = []
    for part in article.sections:
        own = [name for name in comments if name == key(part.heading.text)]
        if part.heading.text == first:
            own += [name for name in comments if name not in known]
        found = ids.get((*part.trail, part.heading.text), []) if part.blocks else []
        name = part.heading.id or (found.pop(0) if found else "")
        kept = replace(part, heading=replace(part.heading, id=name))
        sections.append(_with_comments(_with_item_ids(kept, ids), own, comments))
    match = FRONT_MATTER.match(folder.text)
    front = tuple(match[1].strip("\n").split("\n")) if match else article.front
    return replace(article, sections=tuple(sections), front=front)


def _comments(text: str) -> dict[str, list[str]]:
    """Collect the comments of an article by the words of the heading above, or none."""
    found: dict[str, list[str]] = {}
    for comment in _COMMENT.finditer(text):
        above = [heading[1] for heading in _HEADING.finditer(text, 0, comment.start())]
        found.setdefault(key(above[-1]) if above else "", []).append(comment[0])
    return found


def _with_comments(
    section: DraftSection, names: Sequence[str], comments: dict[str, list[str]]
) -> DraftSection:
    there = {block.markdown for block in section.blocks if isinstance(block, Prose)}
    texts = [text for name in dict.fromkeys(names) for text in comments.pop(name, ())]
    line = section.heading.line
    added = tuple(Prose(text, line) for text in texts if text not in there)
    return replace(section, blocks=(*section.blocks, *added))


def _with_item_ids(section: DraftSection, ids: Mapping[tuple[str, ...], list[str]]) -> DraftSection:
    """Return the section with the ids that its list items have already."""
    blocks = tuple(
        replace(
            block,
            items=tuple(
                replace(item, id=next(iter(ids.get((plain_text(item.markdown),), ())), ""))
                for item in block.items
            ),
        )
        if isinstance(block, Listing)
        else block
        for block in section.blocks
    )
    return replace(section, blocks=blocks)
