"""The form of an item: fields of a file -> what a page shows; what was sent -> fields. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from service.studio.items import ItemKind, StoredItem
from service.studio.pages.listing import SECTION, section_fields
from service.studio.pages.visit import Visit
from service.studio.schemas import ContentFinding, FieldDifference

if TYPE_CHECKING:
    from service.studio.article_store import StoredSection

LABELS: Mapping[str, str] = {
    "id": "Id",
    "question": "Question",
    "topic": "Topic",
    "variants": "Other ways people ask it",
    "examples": "Questions people ask about it",
    "answer": "Answer",
    "reply": "What to say instead",
    "sources": "Sources",
    "related": "Related answers",
    "equivalents": "Answers that say the same",
    "owner": "Owner",
    "reviewed": "Last reviewed",
    "valid_until": "Valid until",
    "file": "File",
    "text": "Text",
    "questions": "Questions that it answers",
}
NAMES: Mapping[str, str] = {
    ItemKind.ENTRY: "answer",
    ItemKind.BOUNDARY: "boundary",
    ItemKind.SMALLTALK: "smalltalk",
    SECTION: "section",
}
_LISTS = ("variants", "examples", "questions", "sources", "related", "equivalents")
_FIELDS: Mapping[str, Any] = {
    **dict.fromkeys(("id", "question", "topic", "answer", "reply", "owner"), ""),
    **dict.fromkeys(("reviewed", "valid_until", "file", "heading", "text"), ""),
    **{name: [] for name in _LISTS},
}


OF_SECTION = ("text", "questions", "owner", "reviewed", "valid_until")
_ELSEWHERE = frozenset(("topic", "examples", "reply", "file", "heading", "text", "questions"))
"""Fields that an answer does not have, or that are no field of its own."""


@dataclass(frozen=True, slots=True)
class ItemForm:
    """What the page of an item shows."""

    kind: str
    """An `ItemKind`, or a section."""
    before: str
    """Id of the item as it stands in the file; empty for a new one."""
    etag: str
    fields: Mapping[str, Any]
    findings: Mapping[str, Sequence[ContentFinding]]
    """By field; what is in none stands under the empty name."""
    difference: Sequence[FieldDifference] = ()
    """What somebody else changed meanwhile."""
    problem: str = ""
    said: str = ""
    """What became of the last step."""

    @property
    def name(self) -> str:
        """What it is, in a word."""
        return NAMES[self.kind]

    @property
    def title(self) -> str:
        """Its question or topic."""
        named = {ItemKind.BOUNDARY: "topic", SECTION: "heading"}
        return str(self.fields[named.get(self.kind, "question")])

    @property
    def prose(self) -> str:
        """Its text in Markdown."""
        named = {ItemKind.BOUNDARY: "reply", SECTION: "text"}
        return str(self.fields[named.get(self.kind, "answer")])


def blank(kind: ItemKind, fields: Mapping[str, Any] | None = None) -> ItemForm:
    """Return the form of a new item, filled in so far."""
    return ItemForm(kind, "", "", {**_FIELDS, **(fields or {})}, {})


def stored(item: StoredItem, said: str = "") -> ItemForm:
    """Return the form of an item as it stands in its file."""
    fields = {key: _FIELDS[key] if value is None else value for key, value in item.fields.items()}
    return ItemForm(
        item.kind, item.id, item.etag, {**_FIELDS, **fields, "file": item.file}, {}, said=said
    )


def of_sent(visit: Visit, kind: str, before: str) -> ItemForm:
    """Return the form as it was sent."""
    pairs = zip_longest(visit.texts("source_title"), visit.texts("source_url"), fillvalue="")
    fields = {
        "id": visit.text("id"),
        "question": visit.text("question"),
        "topic": visit.text("topic"),
        "variants": visit.lines("variants"),
        "examples": visit.lines("examples"),
        "questions": visit.lines("questions"),
        "heading": visit.text("heading"),
        "text": visit.text("text"),
        "answer": visit.text("answer"),
        "reply": visit.text("reply"),
        "sources": [{"title": title or url, "url": url} for title, url in pairs if title or url],
        "related": [_id(text) for text in visit.texts("related") if text],
        "equivalents": [_id(text) for text in visit.texts("equivalents") if text],
        "owner": visit.text("owner"),
        "reviewed": visit.text("reviewed"),
        "valid_until": visit.text("valid_until"),
        "file": visit.text("file"),
    }
    return ItemForm(kind, before, visit.text("etag"), fields, {})


def _id(text: str) -> str:
    """Return the id that a picker's text begins with."""
    return text.split(maxsplit=1)[0]


def to_store(form: ItemForm) -> dict[str, Any]:
    """Return the fields as the content store takes them."""
    if form.kind == ItemKind.BOUNDARY:
        names: Sequence[str] = ("id", "topic", "examples", "reply")
    else:
        names = [*_FIELDS.keys() - _ELSEWHERE]
    return {name: form.fields[name] or None for name in names}


def with_field_of(form: ItemForm, current: ItemForm, field: str) -> ItemForm:
    """Return a form with one field, and the entity tag, of what stands in the file by now."""
    fields = {**form.fields, field: current.fields.get(field, form.fields.get(field))}
    kept = OF_SECTION if form.kind == SECTION else sorted(to_store(current))
    difference = [
        FieldDifference(field=name, sent=fields[name], current=current.fields[name])
        for name in kept
        if fields[name] != current.fields[name] and not (name == "id" and not fields[name])
    ]
    return replace(form, fields=fields, etag=current.etag, difference=difference)


_ABSENT = {
    "has no owner": ("owner", "Say who keeps it right"),
    "has no review date": ("reviewed", "Say when somebody last read it"),
    "has no variants": ("variants", "Add other ways to ask it"),
}
"""What the linter says of a field that is not there, the field, and what to do in a form."""


def section_form(section: "StoredSection", said: str = "") -> ItemForm:
    """Return the form of a section as it stands in its article."""
    fields = {**_FIELDS, **section_fields(section), "file": section.file}
    return ItemForm(SECTION, section.id, section.etag, fields, {}, said=said)


def by_field(findings: Sequence[ContentFinding]) -> dict[str, list[ContentFinding]]:
    """Group findings by the field in which they are, or would be."""
    grouped: dict[str, list[ContentFinding]] = {}
    for one in findings:
        field, remedy = next(
            (place for words, place in _ABSENT.items() if one.problem.endswith(words)),
            (one.field or "", one.remedy),
        )
        grouped.setdefault(field, []).append(one.model_copy(update={"remedy": remedy}))
    return grouped


def reviewed_today(fields: Mapping[str, Any], today: date) -> dict[str, Any]:
    """Return the fields of an item that somebody has just read."""
    return {**fields, "reviewed": today.isoformat()}


def as_text(value: object) -> str:
    """Show a field's value in a difference."""
    if isinstance(value, list):
        return "\n".join(
            f"{one['title']}: {one['url']}" if isinstance(one, dict) else str(one) for one in value
        )
    return "" if value is None else str(value)
