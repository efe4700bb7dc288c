"""Import and export in the studio: a file or a pasted text -> what it holds -> content files."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from corpus.errors import CorpusError, LibraryMissing
from corpus.importers import FORMATS, ImportDraft, Note, Target, arrange, merge, read_source
from corpus.importers.table_export import write_table
from corpus.linter import as_finding
from corpus.loader import load
from corpus.slugs import slug
from service.studio.content_store import ContentStore, finding_of, refuse_errors
from service.studio.errors import ContentFaulty, LayoutRefused, StudioError

_MARKDOWN = re.compile(r"^#{1,6} |\*\*|\]\(", re.MULTILINE)


class SourceRefused(StudioError):
    """A source cannot be read."""


@dataclass(frozen=True, slots=True)
class ImportPreview:
    """What a source holds, and what would come of it."""

    draft: ImportDraft
    targets: tuple[Target, ...]
    notes: tuple[Note, ...]


class Importer:
    """Reads sources into one content folder."""

    def __init__(self, store: ContentStore) -> None:
        self._store = store
        self.formats = FORMATS

    def look(self, name: str, raw: bytes, owner: str) -> ImportPreview:
        """Read a source; nothing is written. Raises SourceRefused."""
        draft = _draft(name, raw)
        merged = merge(draft, _stem(name), self._store.files.folder, owner)
        return ImportPreview(draft, merged.targets, merged.notes)

    def save(
        self, name: str, raw: bytes, owner: str, chosen: Collection[int], *, with_article: bool
    ) -> tuple[str, ...]:
        """Write the chosen questions of a source, and its article; returns the names of the files.

        Raises:
            SourceRefused: It cannot be read, or nothing of it was chosen.
            ContentFaulty: The content would be at fault.
            ContentUnwritable: The folder cannot be written to.

        """
        draft = _draft(name, raw)
        questions = tuple(one for at, one in enumerate(draft.questions) if at in chosen)
        draft = replace(draft, questions=questions, article=draft.article if with_article else None)
        with self._store.files.locked():
            merged = merge(draft, _stem(name), self._store.files.folder, owner)
            if not merged.targets:
                raise SourceRefused("Nothing was chosen, so that nothing was saved.")
            texts: dict[str, str | None] = {one.name: one.text for one in merged.targets}
            refuse_errors([finding_of(found) for found in self._store.lint(texts)])
            self._store.files.write(texts)
        return tuple(texts)

    def export(self, ending: str) -> bytes:
        """Return all canned answers as a table. Raises ContentFaulty."""
        try:
            return write_table(load(self._store.files.folder), ending)
        except LibraryMissing as error:
            raise LayoutRefused(str(error)) from None
        except CorpusError as error:
            found = [finding_of(as_finding(fault)) for fault in error.faults]
            raise ContentFaulty(found) from None


def _draft(name: str, raw: bytes) -> ImportDraft:
    ending = PurePosixPath(name).suffix.lower()
    if not ending:
        ending = ".md" if _MARKDOWN.search(raw.decode("utf-8", "replace")) else ".txt"
    if ending not in FORMATS:
        raise SourceRefused(f"A file that ends in {ending} cannot be read; use {_formats()}.")
    try:
        return arrange(read_source(name, raw, ending), _stem(name).replace("-", " ").capitalize())
    except CorpusError as error:
        raise SourceRefused("; ".join(str(fault) for fault in error.faults)) from None


def _formats() -> str:
    return ", ".join(FORMATS)


def _stem(name: str) -> str:
    return slug(PurePosixPath(name).stem) or "imported"
