"""Items of content: what is kept as a list in YAML files. Knows nothing of files."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from service.studio.schemas import ContentFinding, EntryBody, StoredEntry


class ItemKind(StrEnum):
    """A kind of content."""

    ENTRY = "entry"
    SMALLTALK = "smalltalk"
    BOUNDARY = "boundary"


@dataclass(frozen=True, slots=True)
class StoredItem:
    """One item as it stands in its file."""

    kind: ItemKind
    file: str
    position: int
    """In the list of the file."""
    model: BaseModel
    """An `EntryModel` or a `BoundaryModel` of the corpus."""

    @property
    def fields(self) -> dict[str, Any]:
        """Its fields as JSON has them, in their usual order."""
        return self.model.model_dump(mode="json")

    @property
    def id(self) -> str:
        """Its id, unique in the whole corpus."""
        return str(self.fields["id"])

    @property
    def etag(self) -> str:
        """Changes with every change of the item, and with nothing else."""
        return hashlib.sha256(json.dumps([self.file, self.fields]).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of an edit."""

    item: StoredItem
    findings: tuple[ContentFinding, ...]
    """Warnings and notes about it, which keep nobody from saving."""


def stored_entry(item: StoredItem) -> StoredEntry:
    """Show an entry as JSON does."""
    return StoredEntry(**item.fields, file=item.file, etag=item.etag)


def entry_fields(body: EntryBody) -> Mapping[str, Any]:
    """Return the fields of an entry that an editor sent."""
    return body.model_dump(exclude={"file", "etag"})


def entry_file(body: EntryBody) -> str | None:
    """Return the file that an editor wants, which may be named as it is from outside."""
    if body.file is None:
        return None
    return "faqs/" + body.file.removeprefix("corpus/").removeprefix("faqs/")


@dataclass(frozen=True, slots=True)
class SourceDocument:
    """A file, a pasted text, or a page that was fetched."""

    name: str
    """With the ending of its format; none for a text."""
    raw: bytes
    address: str = ""
    """Of a page, after redirects."""
    encoding: str = ""
    """Of a page, as its server says."""
