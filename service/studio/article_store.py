"""Article store: the sections of articles and the questions that lead to them, edited in place."""

import hashlib
import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from corpus.articles import FRONT_MATTER, parse_article
from corpus.documents import Document, Section
from corpus.entries import parse_questions
from corpus.files import TextFile
from corpus.yaml_files.editor import with_field
from service.studio.content_files import ContentFiles
from service.studio.content_store import ContentStore, finding_of, in_place, refuse_errors
from service.studio.errors import ContentFaulty, EditConflict, UnknownContent
from service.studio.schemas import FieldDifference


@dataclass(frozen=True, slots=True)
class StoredSection:
    """A section that can be an answer, as it stands in its file."""

    id: str
    file: str
    heading: str
    level: int
    """2 to 6 for a heading; 0 for a list item."""
    text: str
    """Markdown as written, with the ids of the items in it."""
    questions: tuple[str, ...]
    owner: str
    """Of the whole article, like the dates."""
    reviewed: str
    valid_until: str

    @property
    def etag(self) -> str:
        """Changes with the section and with what is said of the whole article."""
        data = [self.text, self.questions, self.owner, self.reviewed, self.valid_until]
        return hashlib.sha256(json.dumps(data).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class SectionEdit:
    """What an editor makes of a section; the dates are of the whole article."""

    text: str
    questions: Sequence[str]
    owner: str
    reviewed: str
    valid_until: str


class ArticleStore:
    """The articles of a content folder, for editors."""

    def __init__(self, store: ContentStore) -> None:
        self._store = store
        self._files: ContentFiles = store.files

    def by(self, name: str) -> "ArticleStore":
        """Return the store as somebody uses it, whose name every change bears."""
        return ArticleStore(self._store.by(name))

    def sections(self) -> list[StoredSection]:
        """Return all sections, in the order of the files; broken files are left out."""
        found = []
        for name in self._files.names():
            if name.startswith("articles/") and name.endswith(".md"):
                found += self._sections(name)
        return found

    def section(self, id_: str) -> StoredSection:
        """Return one section. Raises UnknownContent."""
        for section in self.sections():
            if section.id == id_:
                return section
        raise UnknownContent("No section of an article has this id.")

    def replace(self, id_: str, etags: Collection[str], edit: SectionEdit) -> StoredSection:
        """Replace a section, its questions and the dates of its article.

        Raises as `ContentStore.replace` does.
        """
        with self._files.locked():
            stored = self.section(id_)
            if "*" not in etags and stored.etag not in etags:
                raise EditConflict(None, _difference(stored, edit))
            texts = {stored.file: self._article(stored, edit)}
            if tuple(edit.questions) != stored.questions:
                source = self._questions_file(stored.file)
                with in_place(source.name):
                    texts[source.name] = with_field(source, id_, list(edit.questions))
            refuse_errors([finding_of(found) for found in self._store.lint(texts)])
            changed = {n: text for n, text in texts.items() if text != self._store.source(n).text}
            self._store.write(changed)
            return self.section(id_)

    def add_question(self, id_: str, text: str) -> StoredSection:
        """Add a question to a section."""
        stored = self.section(id_)
        return self.replace(id_, [stored.etag], _edit(stored, [*stored.questions, text]))

    def remove_question(self, id_: str, text: str) -> StoredSection:
        """Undo what `add_question` did."""
        stored = self.section(id_)
        rest = [one for one in stored.questions if one != " ".join(text.split())]
        return self.replace(id_, [stored.etag], _edit(stored, rest))

    def _sections(self, name: str) -> list[StoredSection]:
        try:
            source = self._store.source(name)
            questions = parse_questions(self._questions_file(name)).items
        except ContentFaulty:
            return []
        asked = {one.unit.id: one.questions for one in questions}
        return [
            _stored(source, article.document, section, asked.get(section.id, ()))
            for article in parse_article(source, name.rpartition("/")[2]).items
            for section in article.document.sections
        ]

    def _questions_file(self, article: str) -> TextFile:
        stem = article.removesuffix(".md")
        names = [f"{stem}.questions.yaml", f"{stem}.questions.yml"]
        present = [name for name in names if (self._files.folder / name).exists()]
        return self._store.source((present or names)[0])

    def _article(self, stored: StoredSection, edit: SectionEdit) -> str:
        source = self._store.source(stored.file)
        articles = parse_article(source, stored.file).items
        sections = [one for article in articles for one in article.document.sections]
        section = next(one for one in sections if one.id == stored.id)
        text = source.text
        if edit.text != stored.text:
            start, end = _characters(source, section)
            indent = " " * _column(source, start)
            new = edit.text.replace("\r\n", "\n").strip().replace("\n", f"\n{indent}")
            new = new.replace(f"\n{indent}\n", "\n\n")
            text = text[:start] + _as_lines_end(source, new) + text[end:]
        for key in ("owner", "reviewed", "valid_until"):
            value = getattr(edit, key)
            if value != getattr(stored, key):
                text = _with_front_matter(source.name, text, key, value)
        return text


def _edit(stored: StoredSection, questions: Sequence[str]) -> SectionEdit:
    return SectionEdit(stored.text, questions, stored.owner, stored.reviewed, stored.valid_until)


def _difference(stored: StoredSection, edit: SectionEdit) -> list[FieldDifference]:
    return [
        FieldDifference(field=key, sent=getattr(edit, key), current=getattr(stored, key))
        for key in ("text", "questions", "owner", "reviewed", "valid_until")
        if getattr(edit, key) != getattr(stored, key)
    ]


def _stored(
    source: TextFile, document: Document, section: Section, questions: Sequence[str]
) -> StoredSection:
    start, end = _characters(source, section)
    indent = " " * _column(source, start)
    text = source.text[start:end].replace("\r\n", "\n")
    return StoredSection(
        id=section.id,
        file=source.name,
        heading=section.heading,
        level=section.level,
        text=text.replace(f"\n{indent}", "\n"),
        questions=tuple(questions),
        owner=document.owner,
        reviewed=str(document.reviewed or ""),
        valid_until=str(document.valid_until or ""),
    )


def _characters(source: TextFile, section: Section) -> tuple[int, int]:
    """Return the range of a section's text in characters of its file."""
    before = source.raw[: section.span.start].decode()
    inside = source.raw[section.span.start : section.span.end].decode()
    return len(before), len(before) + len(inside)


def _column(source: TextFile, position: int) -> int:
    return position - source.line_start(source.line(position) - 1)


def _as_lines_end(source: TextFile, text: str) -> str:
    return text.replace("\n", "\r\n") if "\r\n" in source.text else text


def _with_front_matter(name: str, text: str, key: str, value: str) -> str:
    match = FRONT_MATTER.match(text)
    if match is None:
        return f"---\n{key}: {value}\n---\n\n{text}" if value else text
    front = TextFile.of(name, match[1].encode())
    with in_place(name):
        return text[: match.start(1)] + with_field(front, key, value) + text[match.end(1) :]
