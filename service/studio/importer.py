"""Import and export in the studio: a file or a pasted text -> what it holds -> content files."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.errors import CorpusError, LibraryMissing
from corpus.importers import (
    FORMATS,
    ImportDraft,
    Note,
    Target,
    arrange,
    download,
    merge,
    read_source,
)
from corpus.importers.table_export import write_table
from corpus.linter import as_finding
from corpus.loader import FOLDERS, load
from corpus.slugs import slug
from service.studio.content_files import digest_of
from service.studio.content_store import ContentStore, finding_of, refuse_errors
from service.studio.errors import ContentFaulty, LayoutRefused, StudioError
from service.studio.items import SourceDocument

_MARKDOWN = re.compile(r"^#{1,6} |\*\*|\]\(", re.MULTILINE)


_ADDRESS = re.compile(r"https?://[^\s/]", re.IGNORECASE)
MOST_FETCHED = 2_000_000
"""Bytes of a page; what was shown comes back with the form that saves it, encoded."""
FETCH_SECONDS = 15.0


class SourceRefused(StudioError):
    """A source cannot be read."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a source holds, and what would come of it."""

    draft: ImportDraft
    targets: tuple[Target, ...]
    notes: tuple[Note, ...]


class _Written(BaseModel):
    """A file as it was before an import, and the SHA-256 of what the import made of it."""

    before: str | None
    after: str


_WRITTEN = TypeAdapter(dict[str, _Written])


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import wrote."""

    files: tuple[str, ...]
    undo: str
    """For `Importer.undo`."""


class Importer:
    """Reads sources into one content folder."""

    def __init__(self, store: ContentStore, *, only_public: bool = True) -> None:
        self._store = store
        self._only_public = only_public
        self.formats = FORMATS

    def fetch(self, address: str) -> SourceDocument:
        """Fetch a page. Raises SourceRefused."""
        if not _ADDRESS.match(address):
            raise SourceRefused("Write the whole address of the page, from https:// on.")
        try:
            page = download(address, FETCH_SECONDS, MOST_FETCHED, only_public=self._only_public)
        except CorpusError as error:
            raise _refused(error) from None
        parts = urlsplit(page.address)
        stem = slug(PurePosixPath(unquote(parts.path)).stem) or slug(parts.hostname or "")
        ending = page.ending if page.ending in FORMATS else ".html"
        return SourceDocument(f"{stem or 'page'}{ending}", page.raw, page.address, page.encoding)

    def look(self, source: SourceDocument, owner: str) -> ImportPreview:
        """Read a source; nothing is written. Raises SourceRefused."""
        draft = _draft(source)
        merged = merge(draft, _stem(source.name), self._store.files.folder, owner)
        return ImportPreview(draft, merged.targets, merged.notes)

    def save(
        self, source: SourceDocument, owner: str, chosen: Collection[int], *, with_article: bool
    ) -> Imported:
        """Write the chosen questions of a source, and its article.

        Raises:
            SourceRefused: It cannot be read, or nothing of it was chosen.
            ContentFaulty: The content would be at fault.
            ContentUnwritable: The folder cannot be written to.

        """
        draft = _draft(source)
        questions = tuple(one for at, one in enumerate(draft.questions) if at in chosen)
        draft = replace(draft, questions=questions, article=draft.article if with_article else None)
        with self._store.files.locked():
            merged = merge(draft, _stem(source.name), self._store.files.folder, owner)
            if not merged.targets:
                raise SourceRefused(
                    "I saved nothing, because you chose nothing. Tick what you want, then save."
                )
            texts = {one.name: one.text for one in merged.targets}
            before = {name: self._store.source(name).text or None for name in texts}
            self._write(texts)
        written = {
            name: _Written(before=before[name], after=digest_of(text.encode()))
            for name, text in texts.items()
        }
        return Imported(tuple(texts), _WRITTEN.dump_json(written).decode())

    def undo(self, undo: str) -> tuple[str, ...]:
        """Undo a whole import; returns the names of the files.

        Raises:
            SourceRefused: One of its files was changed since; nothing is undone.
            ContentFaulty: The content would be at fault, as where something refers to it by now.
            ContentUnwritable: The folder cannot be written to.

        """
        try:
            written = _WRITTEN.validate_json(undo)
        except ValidationError:
            raise SourceRefused(
                "I can't undo this import any more. Delete what you don't want one by one."
            ) from None
        with self._store.files.locked():
            for name, one in written.items():
                is_ours = name.startswith(tuple(f"{folder}/" for folder in FOLDERS))
                if not is_ours or digest_of(self._store.source(name).raw) != one.after:
                    raise SourceRefused(
                        f"Somebody changed {name} since the import, so I undid nothing. Delete "
                        "what you don't want one by one."
                    )
            self._write({name: one.before for name, one in written.items()})
        return tuple(written)

    def _write(self, texts: Mapping[str, str | None]) -> None:
        refuse_errors([finding_of(found) for found in self._store.lint(texts)])
        self._store.write(texts)

    def export(self, ending: str) -> bytes:
        """Return all canned answers as a table. Raises ContentFaulty."""
        try:
            return write_table(load(self._store.files.folder), ending)
        except LibraryMissing as error:
            raise LayoutRefused(str(error)) from None
        except CorpusError as error:
            found = [finding_of(as_finding(fault)) for fault in error.faults]
            raise ContentFaulty(found) from None


def _refused(error: CorpusError) -> SourceRefused:
    return SourceRefused("".join(f"{fault}. " for fault in error.faults).rstrip())


def _draft(source: SourceDocument) -> ImportDraft:
    ending = PurePosixPath(source.name).suffix.lower()
    if not ending:
        ending = ".md" if _MARKDOWN.search(source.raw.decode("utf-8", "replace")) else ".txt"
    if ending not in FORMATS:
        raise SourceRefused(
            f"I can't read a file that ends in {ending}. Save it as .docx, .xlsx or .txt;"
            f" I read {_formats()}."
        )
    try:
        name = source.address or source.name
        found = read_source(name, source.raw, ending, source.address, source.encoding)
        return arrange(found, _stem(source.name).replace("-", " ").capitalize())
    except CorpusError as error:
        raise _refused(error) from None


def _formats() -> str:
    return ", ".join(FORMATS)


def _stem(name: str) -> str:
    return slug(PurePosixPath(name).stem) or "imported"
