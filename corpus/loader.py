"""Loader: a folder -> Corpus, files in path order; every fault of every file in one error."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path
from typing import TypeVar

from corpus.articles import ParsedArticle, parse_article
from corpus.documents import Boundary, Check, Corpus, Document, Entry, Section, Starter
from corpus.entries import (
    IdMention,
    Parsed,
    Questions,
    parse_boundaries,
    parse_checks,
    parse_entries,
    parse_questions,
    parse_starters,
    parse_synonyms,
)
from corpus.errors import CorpusError, Fault
from corpus.files import TextFile, misplaced, printable, unreadable, walk
from corpus.yaml_files.reader import closest_id

Item = TypeVar("Item")

_YAML = (".yaml", ".yml")
_QUESTIONS = (".questions.yaml", ".questions.yml")
_ID_LINE = re.compile(r"\bid:\s*['\"]?([A-Za-z0-9._-]+)")
FOLDERS = ("articles", "faqs")
_SINGLE = ("smalltalk", "boundaries", "synonyms", "starters")
_TEXT_ENDINGS = (".yaml", ".yml", ".md", ".markdown", ".txt", ".jsonl")
"""Of files that somebody may take for content."""
_QUESTIONS_LIKE = re.compile(r"\.questions?\.ya?ml$", re.IGNORECASE)
_COPY = re.compile(
    r"^#|(?<=\w)(?:\.bak|\.orig|\.old|~|#)$|(?:(?<=\.yaml)|(?<=\.yml)|(?<=\.md))\.txt$",
    re.IGNORECASE,
)
_IMPORTED = (".csv", ".tsv", ".xlsx", ".docx", ".html", ".htm", ".json", ".jsonld")
"""Of files that an import turns into content."""
_NO_CONTENT = re.compile(
    r"(?:readme|license|changelog|contributing)(?:\.\w+)?|schemas", re.IGNORECASE
)
_CONFLICT = re.compile(r"^[ \t]*(?:<{7}|>{7}|\|{7})(?: .*)?$", re.MULTILINE)
"""What a version control system writes around a change that two people made."""
CHECKS = "checks.jsonl"


def load(folder: Path, changes: Mapping[str, bytes | None] | None = None) -> Corpus:
    """Read and check a whole corpus.

    `changes` are files as they would be, by their path in the folder; None for one that would not
    be there. Raises `CorpusError` with every fault of every file, or when there is nothing to
    answer with.
    """
    if not folder.is_dir():
        remedy = "Name a folder that holds articles/ or faqs/; see docs/content-guide.md"
        raise CorpusError([Fault(str(folder), 0, "there is no such folder", remedy)])
    faults: list[Fault] = []
    files = tuple(_read(folder, changes or {}, faults))
    content = _Content(files)
    corpus = content.corpus(folder)
    faults.extend(content.faults)
    answers = corpus.entries or any(document.sections for document in corpus.documents)
    if not faults and not answers:
        remedy = "Add an article (articles/NAME.md) or canned answers (faqs/NAME.yaml)"
        faults.append(Fault(str(folder), 0, "the corpus holds nothing to answer with", remedy))
    if faults:
        raise CorpusError(faults)
    return corpus


def content_hash(files: Sequence[TextFile]) -> str:
    """SHA-256 over name and bytes of every file, each led by its length so that none runs on."""
    digest = hashlib.sha256()
    for file in files:
        for part in (file.name.encode(), file.raw):
            digest.update(len(part).to_bytes(8, "big"))
            digest.update(part)
    return digest.hexdigest()


def is_content(name: str) -> bool:
    """Whether a path inside a corpus folder is read as content."""
    if name.startswith("articles/"):
        return name.endswith((".md", *_QUESTIONS))
    if name.startswith("faqs/"):
        return name.endswith(_YAML)
    return name == CHECKS or name in _single_files()


def _single_files() -> tuple[str, ...]:
    return tuple(f"{stem}{ending}" for stem in _SINGLE for ending in _YAML)


def unread_files(folder: Path) -> tuple[Fault, ...]:
    """Report files that look like content and are not read, each with the nearest right name."""
    found = []
    for path in _texts_in(folder):
        name = printable(path.relative_to(folder).as_posix())
        beside = name.startswith(tuple(f"{part}/" for part in FOLDERS))
        named_alike = get_close_matches(name.lower(), [*_single_files(), CHECKS], cutoff=0.8)
        meant = beside or named_alike or path.suffix.lower() in _TEXT_ENDINGS
        if not is_content(name) and meant:
            found.append(Fault(name, 0, "the file is not read", _right_name(name)))
    return tuple(sorted(found))


def _texts_in(folder: Path) -> Iterator[Path]:
    """Yield files of the folder, of its content folders and of those that may be meant for them."""
    for child in sorted(folder.iterdir()) if folder.is_dir() else ():
        if child.name.startswith(".") or _NO_CONTENT.fullmatch(child.name):
            continue
        if child.is_file():
            yield child
        elif child.name in FOLDERS or not (child / "__init__.py").exists():
            yield from walk(folder, child, [])


def _right_name(name: str) -> str:
    """Return a remedy with a name that is read."""
    folder, _, last = name.rpartition("/")
    if not folder:
        wanted = get_close_matches(name.lower(), [*_single_files(), CHECKS], n=1, cutoff=0.6)
        if wanted and not _QUESTIONS_LIKE.search(name):
            return f"Did you mean '{wanted[0]}'?"
    if last.lower().endswith(_IMPORTED):
        return f"Turn it into content with 'careers-faq import {last}', and keep it elsewhere"
    first, _, below = folder.partition("/")
    last = _QUESTIONS_LIKE.sub(_QUESTIONS[0], _COPY.sub("", last))
    stem, _, ending = last.rpartition(".")
    likely = get_close_matches(first.lower(), FOLDERS, n=1, cutoff=0.5) if first else []
    part = likely[0] if likely else "faqs"
    is_questions = last.lower().endswith(_QUESTIONS)
    if is_questions or ending.lower() in ("md", "markdown", "txt"):
        part = "articles"
    elif ending.lower() in ("yaml", "yml"):
        part = "faqs"
    right = last.lower() if is_questions else f"{stem}{'.md' if part == 'articles' else '.yaml'}"
    wanted_name = "/".join(filter(None, [part, below, right]))
    return f"Did you mean '{wanted_name}'? Else remove it, or keep it elsewhere"


def _read(
    folder: Path, changes: Mapping[str, bytes | None], faults: list[Fault]
) -> Iterator[TextFile]:
    """Content files in path order; one that cannot be read is a fault."""
    paths = dict(content_paths(folder, faults))
    for name in sorted({*paths, *changes}):
        try:
            raw = changes[name] if name in changes else paths[name].read_bytes()
            if raw is not None:
                yield TextFile.of(name, raw)
        except OSError as error:
            faults.append(unreadable(name, error))
        except CorpusError as error:
            faults.extend(error.faults)


def content_paths(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, Path]]:
    """Yield name and path of every content file; what is misplaced is a fault."""
    for name, path in _named_paths(folder, faults):
        if fault := misplaced(folder, name, path):
            faults.append(fault)
        else:
            yield name, path


def _named_paths(folder: Path, faults: list[Fault]) -> Iterator[tuple[str, Path]]:
    for part in FOLDERS:
        if (folder / part).exists():
            for path in walk(folder, folder / part, faults):
                name = path.relative_to(folder).as_posix()
                if is_content(name):
                    yield name, path
    for name in (*_single_files(), CHECKS):
        path = folder / name
        if path.exists() or path.is_symlink():
            yield name, path


class _Content:
    """Collects parsed files, then checks what needs all of them."""

    def __init__(self, files: Sequence[TextFile]) -> None:
        self._hash = content_hash(files)
        self.faults: list[Fault] = []
        self._cautions: list[Fault] = []
        self._declared: list[IdMention] = []
        self._references: list[IdMention] = []
        self._equivalents: list[tuple[str, ...]] = []
        self._drafts: list[ParsedArticle] = []
        self._questions: dict[str, tuple[Questions, ...]] = {}
        self._entries: list[Entry] = []
        self._smalltalk: list[Entry] = []
        self._boundaries: list[Boundary] = []
        self._synonyms: list[tuple[str, ...]] = []
        self._checks: list[Check] = []
        self._starters: list[Starter] = []
        self._hidden: set[str] = set()
        """Ids in files that are too broken to be read: references to them are not to blame."""
        for file in files:
            self._take(file)

    def _take(self, file: TextFile) -> None:
        stem = file.name.rsplit(".", 1)[0]
        if markers := list(_CONFLICT.finditer(file.text)):
            remedy = "Keep one of the two versions and delete the lines with the signs"
            problem = "two changes of the same lines were never reconciled"
            self.faults.extend(file.fault(marker.start(), problem, remedy) for marker in markers)
            self._hidden.update(_ID_LINE.findall(file.text))
        elif file.name.endswith(_QUESTIONS):
            parsed = parse_questions(file)
            self._questions[stem.removesuffix(".questions")] = parsed.items
            self.faults.extend(parsed.faults)
            self._cautions.extend(parsed.cautions)
        elif file.name.startswith("articles/"):
            document = stem.removeprefix("articles/")
            self._drafts.extend(self._note(file, parse_article(file, document)))
        elif file.name.startswith("faqs/"):
            self._entries.extend(self._note(file, parse_entries(file)))
        elif stem == "smalltalk":
            self._smalltalk.extend(self._note(file, parse_entries(file)))
        elif file.name == CHECKS:
            self._checks.extend(self._note(file, parse_checks(file)))
        elif stem == "boundaries":
            self._boundaries.extend(self._note(file, parse_boundaries(file)))
        elif stem == "starters":
            self._starters.extend(self._note(file, parse_starters(file)))
        else:
            self._synonyms.extend(self._note(file, parse_synonyms(file)))

    def _note(self, file: TextFile, parsed: Parsed[Item]) -> tuple[Item, ...]:
        self._declared.extend(parsed.declared)
        self._references.extend(parsed.references)
        self._equivalents.extend(parsed.equivalents)
        self.faults.extend(parsed.faults)
        self._cautions.extend(parsed.cautions)
        if parsed.faults and not parsed.declared:
            self._hidden.update(_ID_LINE.findall(file.text))
        return parsed.items

    def corpus(self, folder: Path) -> Corpus:
        """Put everything together; what does not fit goes to `faults`."""
        documents = self._named(self._drafts)
        self._check_duplicates()
        known = {mention.id for mention in self._declared} | self._hidden
        self._check_references(known)
        documents = [self._with_questions(document) for document in documents]
        self._check_questions_files()
        return Corpus(
            folder=folder,
            documents=tuple(documents),
            entries=tuple(self._entries),
            smalltalk=tuple(self._smalltalk),
            boundaries=tuple(self._boundaries),
            synonyms=tuple(self._synonyms),
            equivalents=_merged(self._equivalents),
            content_hash=self._hash,
            checks=tuple(self._checks),
            starters=tuple(self._starters),
            cautions=tuple(self._cautions),
        )

    def _named(self, drafts: Sequence[ParsedArticle]) -> list[Document]:
        """Documents whose unwritten ids collide with nothing else in the corpus."""
        taken = Counter(mention.id for mention in self._declared)
        taken.update(mention.id for draft in drafts for mention in draft.implicit)
        documents = []
        for draft in drafts:
            document = draft.document
            changes = {
                mention.id: f"{document.id}-{mention.id}"
                for mention in draft.implicit
                if taken[mention.id] > 1
            }
            self._declared.extend(
                replace(mention, id=changes.get(mention.id, mention.id))
                for mention in draft.implicit
            )
            documents.append(_renamed(document, changes))
        return documents

    def _check_duplicates(self) -> None:
        first: dict[str, IdMention] = {}
        for mention in sorted(self._declared, key=lambda found: (found.file, found.line)):
            earlier = first.setdefault(mention.id, mention)
            if earlier is not mention:
                problem = f"the id '{mention.id}' is taken by {earlier.file}:{earlier.line}"
                self._complain(mention, problem, "Give one of the two another id")

    def _check_references(self, known: Collection[str]) -> None:
        ordered = sorted(known)
        for mention in self._references:
            if mention.id not in known:
                problem = f"there is no unit with the id '{mention.id}'"
                self._complain(mention, problem, closest_id(mention.id, ordered))

    def _with_questions(self, document: Document) -> Document:
        """Return the document with what its questions file says that people ask."""
        stem = document.file.rsplit(".", 1)[0]
        known = [section.id for section in document.sections]
        questions: dict[str, Questions] = {}
        for found in self._questions.pop(stem, ()):
            if found.unit.id in known:
                questions[found.unit.id] = found
            else:
                problem = f"{document.file} has no section with the id '{found.unit.id}'"
                self._complain(found.unit, problem, closest_id(found.unit.id, known))
        sections = tuple(
            replace(section, questions=asked.questions, asked_at=asked.asked_at)
            if (asked := questions.get(section.id))
            else section
            for section in document.sections
        )
        return replace(document, sections=sections)

    def _check_questions_files(self) -> None:
        """Complain about what is left: it belongs to no article."""
        for stem in self._questions:
            problem = f"there is no article {stem}.md for these questions"
            remedy = "Name the file after its article, or remove it"
            self.faults.append(Fault(f"{stem}.questions.yaml", 0, problem, remedy))

    def _complain(self, mention: IdMention, problem: str, remedy: str) -> None:
        self.faults.append(Fault(mention.file, mention.line, problem, remedy))


def _renamed(document: Document, changes: Mapping[str, str]) -> Document:
    def rename(section: Section) -> Section:
        parent = changes.get(section.parent, section.parent) if section.parent else None
        return replace(section, id=changes.get(section.id, section.id), parent=parent)

    if not changes:
        return document
    return replace(document, sections=tuple(rename(section) for section in document.sections))


def _merged(groups: Sequence[tuple[str, ...]]) -> tuple[tuple[str, ...], ...]:
    """Merge groups that share an id into one, ids in the order in which they are named."""
    group_of: dict[str, list[str]] = {}
    for group in groups:
        joined = group_of.setdefault(group[0], [group[0]])
        for name in group[1:]:
            other = group_of.setdefault(name, [name])
            if other is not joined:
                joined.extend(other)
                group_of.update(dict.fromkeys(other, joined))
    order = {name: place for place, name in enumerate(group_of)}
    unique = {id(group): sorted(group, key=order.__getitem__) for group in group_of.values()}
    return tuple(tuple(group) for group in unique.values())
