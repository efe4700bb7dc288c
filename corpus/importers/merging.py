"""A draft and a corpus folder -> files to write, and how they differ from what stands there."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from pathlib import Path

from corpus.articles import parse_article
from corpus.documents import Section as Written
from corpus.entries import parse_entries
from corpus.errors import CorpusError
from corpus.files import TextFile
from corpus.importers.found import Article, Draft, Kind, Note, Question
from corpus.importers.naming import question_ids, same, section_ids
from corpus.importers.rendering import article_markdown, entries_yaml


class Change(StrEnum):
    """What writing a file would change."""

    NEW = "new"
    SAME = "unchanged"
    DIFFERENT = "different"


@dataclass(frozen=True, slots=True)
class Target:
    """One file of the corpus to be."""

    name: str
    """Path inside the corpus folder, with forward slashes."""
    text: str
    change: Change
    diff: str
    """Unified; empty unless the file is there and different."""


@dataclass(frozen=True, slots=True)
class Merged:
    """The files of one source, and what the folder had to say about them."""

    targets: tuple[Target, ...]
    notes: tuple[Note, ...]


@dataclass(slots=True)
class _Folder:
    """What stands in a corpus folder already."""

    ids: set[str] = field(default_factory=set)
    """Of other files than those to be written."""
    questions: dict[str, str] = field(default_factory=dict)
    """By `same`, the file that holds the question; of other files."""
    kept: dict[str, str] = field(default_factory=dict)
    """By `same`, the id that a question has in the file to be written."""
    sections: dict[tuple[str, ...], str] = field(default_factory=dict)
    """By trail and heading, the id in the article to be written."""


def merge(draft: Draft, name: str, out: Path, owner: str = "") -> Merged:
    """Give ids and compare with what `out` holds under the same names.

    Ids that questions and headings have there are kept, also when an editor has changed them.
    """
    article, entries = f"articles/{name}.md", f"faqs/{name}.yaml"
    folder = _read(out, article, entries)
    notes: list[Note] = []
    questions = tuple(_new(draft.questions, folder.questions, notes))
    ids = question_ids(questions, folder.kept, folder.ids)
    texts: dict[str, str] = {}
    if draft.article:
        known = _with_kept(draft.article, folder.sections)
        named = section_ids(known, name, folder.ids | set(ids))
        texts[article] = article_markdown(known, named, owner)
    if questions:
        texts[entries] = entries_yaml(questions, ids, owner)
    targets = tuple(_target(out, path, text) for path, text in texts.items())
    return Merged(targets, tuple(notes))


def _new(
    questions: tuple[Question, ...], elsewhere: Mapping[str, str], notes: list[Note]
) -> Iterator[Question]:
    for question in questions:
        file = elsewhere.get(same(question.question))
        if file is None:
            yield question
        else:
            note = f"the question '{question.question}' stands in {file} already"
            notes.append(Note(question.line, Kind.LEFT_OUT, note))


def _with_kept(article: Article, ids: Mapping[tuple[str, ...], str]) -> Article:
    sections = tuple(
        replace(section, heading=replace(section.heading, id=section.heading.id or kept))
        if (kept := ids.get((*section.trail, section.heading.text), ""))
        else section
        for section in article.sections
    )
    return replace(article, sections=sections)


def _read(out: Path, article: str, entries: str) -> _Folder:
    """Read what can be read; faults of the folder are told when all is loaded."""
    folder = _Folder()
    for path in sorted([*out.glob("faqs/**/*.yaml"), *out.glob("faqs/**/*.yml")]):
        name = path.relative_to(out).as_posix()
        source = _source(name, path)
        if source is None:
            continue
        parsed = parse_entries(source)
        for entry in parsed.items:
            if name == entries:
                folder.kept[same(entry.question)] = entry.id
            else:
                folder.questions.setdefault(same(entry.question), name)
        if name != entries:
            folder.ids.update(mention.id for mention in parsed.declared)
    for path in sorted(out.glob("articles/**/*.md")):
        name = path.relative_to(out).as_posix()
        source = _source(name, path)
        for draft in parse_article(source, path.stem).items if source else ():
            if name == article:
                folder.sections.update(_by_heading(draft.document.sections))
            else:
                folder.ids.update(section.id for section in draft.document.sections)
    return folder


def _by_heading(sections: tuple[Written, ...]) -> dict[tuple[str, ...], str]:
    return {(*section.trail, section.heading): section.id for section in sections if section.level}


def _source(name: str, path: Path) -> TextFile | None:
    try:
        return TextFile.of(name, path.read_bytes())
    except (OSError, CorpusError):
        return None


def _target(out: Path, name: str, text: str) -> Target:
    path = out / name
    if not path.exists():
        return Target(name, text, Change.NEW, "")
    before = path.read_text(encoding="utf-8", errors="replace")
    if before == text:
        return Target(name, text, Change.SAME, "")
    lines = difflib.unified_diff(
        before.splitlines(keepends=True),
        text.splitlines(keepends=True),
        f"{name} (as it is)",
        f"{name} (imported)",
        n=1,
    )
    diff = "".join(line if line.endswith("\n") else f"{line}\n" for line in lines)
    return Target(name, text, Change.DIFFERENT, diff)
