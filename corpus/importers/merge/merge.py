"""A draft and a corpus folder -> files to write, and how they differ from what stands there."""

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from corpus.documents import Document
from corpus.importers.assemble.ids import question_ids, same, section_ids
from corpus.importers.assemble.rendering import article_markdown, entries_yaml
from corpus.importers.blocks import ImportDraft, ImportedArticle, Note, NoteKind, Question, key
from corpus.importers.merge.entry_file import Update, updated_text
from corpus.importers.merge.existing_content import carried, matched, read_folder, with_kept


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
    """The files of one source, and what became of it."""

    targets: tuple[Target, ...]
    notes: tuple[Note, ...]
    """In the order of the source."""


def merge(draft: ImportDraft, name: str, out: Path, owner: str = "") -> Merged:
    """Give ids and compare with what `out` holds under the same names.

    What an editor did there to a question or heading that is imported again is kept: its id,
    variants, sources, related questions, owner and dates.
    """
    article, entries = f"articles/{name}.md", f"faqs/{name}.yaml"
    folder = read_folder(out, article, entries)
    notes = list(draft.notes)
    fresh = tuple(_new(draft.questions, folder.questions, notes))
    before = matched(fresh, folder.entries)
    questions = [
        carried(one, known, folder.equivalents) for one, known in zip(fresh, before, strict=True)
    ]
    known_ids = {entry.id for entry in before if entry is not None}
    elsewhere = folder.ids | {entry.id for entry in folder.entries if entry.id not in known_ids}
    ids = question_ids(questions, [known.id if known else "" for known in before], elsewhere)
    texts: dict[str, str] = {}
    if draft.article:
        kept = with_kept(draft.article, folder)
        named = section_ids(kept, name, folder.ids | set(ids))
        texts[article] = article_markdown(kept, named, owner)
        notes.extend(_gone(draft.article, folder.document))
    if questions:
        updates = list(map(Update, questions, ids, before))
        kept_text = updated_text(folder.source, updates, owner) if folder.source else None
        texts[entries] = kept_text or entries_yaml(questions, ids, owner)
        gone = "stays, though the source does not have it" if kept_text else "goes"
        notes.extend(
            Note(0, NoteKind.LEFT_OUT, f"'{entry.id}' of {entries} {gone}")
            for entry in folder.entries
            if entry.id not in known_ids
        )
    targets = tuple(_target(out, path, text) for path, text in texts.items())
    return Merged(targets, tuple(sorted(notes)))


def _gone(article: ImportedArticle, before: Document | None) -> Iterator[Note]:
    """Name the sections of a file that the source does not have."""
    there = {key(section.heading.text) for section in article.sections}
    for section in before.sections if before else ():
        if section.level and key(section.heading) not in there:
            note = f"the section '{section.heading}' ('{section.id}') of the article goes"
            yield Note(0, NoteKind.LEFT_OUT, note)


def _new(
    questions: tuple[Question, ...], elsewhere: Mapping[str, str], notes: list[Note]
) -> Iterator[Question]:
    for question in questions:
        file = elsewhere.get(same(question.question))
        kind, note = question.kind, f"canned answer '{question.question}'"
        if file is None:
            yield question
        else:
            kind = NoteKind.LEFT_OUT
            note = f"the question '{question.question}' stands in {file} already"
        notes.append(Note(question.line, kind, note, question.blocks))


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
