"""The list of all content: what each item is, who keeps it, and what state it is in. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from index import Unit
from index.freshness import STALE_AFTER
from service.analytics.queries import AnswerCount
from service.studio.items import ItemKind, StoredItem

if TYPE_CHECKING:
    from service.studio.article_store import StoredSection

SECTION = "section"
"""A kind beside those of `ItemKind`: a part of an article."""
MARKER = re.compile(r"\{#[^}\s]*\}")
"""An explicit id."""
PER_PAGE = 50
FEW_RATINGS = 3
"""Ratings down, at least so many, from which an answer counts as badly rated."""


class ItemState(StrEnum):
    """What an editor may want to do something about."""

    UNPUBLISHED = "unpublished"
    EXPIRED = "expired"
    REVIEW_DUE = "review"
    NO_VARIANTS = "variants"
    REFUSED = "refused"
    LOW_RATINGS = "ratings"


STATES: Mapping[ItemState, str] = {
    ItemState.UNPUBLISHED: "Not live yet",
    ItemState.EXPIRED: "Expired",
    ItemState.REVIEW_DUE: "Review due",
    ItemState.NO_VARIANTS: "No variants",
    ItemState.REFUSED: "Often asked nearby, refused",
    ItemState.LOW_RATINGS: "Low ratings",
}
KINDS: Mapping[str, str] = {
    ItemKind.ENTRY: "Answers",
    SECTION: "Articles",
    ItemKind.BOUNDARY: "Boundaries",
    ItemKind.SMALLTALK: "Smalltalk",
}


@dataclass(frozen=True, slots=True)
class ItemRow:
    """One item of the list."""

    id: str
    kind: str
    title: str
    text: str
    """What is searched besides the title."""
    variants: int
    owner: str
    reviewed: str
    file: str
    asked: int
    up: int
    down: int
    states: tuple[ItemState, ...]


@dataclass(frozen=True, slots=True)
class Query:
    """Which rows are wanted, and in which order."""

    search: str = ""
    kind: str = ""
    owner: str = ""
    state: str = ""
    sort: str = ""
    page: int = 1


def rows(
    items: Sequence[StoredItem],
    sections: Sequence["StoredSection"],
    live: Mapping[str, Unit],
    counts: Mapping[str, AnswerCount],
    refused: Collection[str],
    today: date,
) -> list[ItemRow]:
    """Return a row for every item and every section of an article.

    Args:
        items: As they stand in the files.
        sections: As they stand in the articles.
        live: Units of the live version, by id.
        counts: How often each answer was given and rated.
        refused: Ids that come nearest to many questions without an answer.
        today: For what is due.

    """
    found = [_row(*known, counts, refused, today) for known in _known(items, sections, live)]
    return sorted(found, key=lambda row: list(KINDS).index(row.kind))


def _known(
    items: Sequence[StoredItem], sections: Sequence["StoredSection"], live: Mapping[str, Unit]
) -> Iterator[tuple[str, Mapping[str, Any], str, bool]]:
    """Yield kind, fields, file, and whether it is live as it stands."""
    for item in items:
        yield item.kind, item.fields, item.file, is_live(item, live.get(item.id))
    for section, as_live in live_sections(sections, live):
        fields = {**section_fields(section), "question": section.heading}
        yield SECTION, {**fields, "variants": section.questions}, section.file, as_live


def live_sections(
    sections: Sequence["StoredSection"], live: Mapping[str, Unit]
) -> Iterator[tuple["StoredSection", bool]]:
    """Yield each section, and whether it is live as it stands; a side counts with its pair."""
    ids = {section.id for section in sections}
    pairs: dict[str, list[str]] = {}
    for section in sections:
        pairs.setdefault(section.id.rpartition("--")[0], []).extend(section.questions)
    for section in sections:
        if section.id.rpartition("--")[0] not in ids:
            questions = {*section.questions, *pairs.get(section.id, ())}
            yield section, _is_section_live(section, questions, live.get(section.id))


def section_fields(section: "StoredSection") -> dict[str, Any]:
    """Return the fields of a section as its form has them."""
    return {
        "id": section.id,
        "heading": section.heading,
        "text": section.text,
        "questions": list(section.questions),
        "owner": section.owner,
        "reviewed": section.reviewed,
        "valid_until": section.valid_until,
    }


def _is_section_live(
    section: "StoredSection", questions: Collection[str], unit: Unit | None
) -> bool:
    """Whether what stands in the article is what the live version says."""
    if unit is None:
        return False
    days = tuple(str(day or "") for day in (unit.reviewed, unit.valid_until))
    return (
        MARKER.sub("", section.text).split() == unit.markdown.split()
        and questions == {*unit.questions}
        and (section.owner, section.reviewed, section.valid_until) == (unit.owner, *days)
    )


def is_live(item: StoredItem, unit: Unit | None) -> bool:
    """Whether what stands in the file is what the live version says."""
    if unit is None:
        return False
    fields = item.fields
    if item.kind is ItemKind.BOUNDARY:
        return (fields["topic"], fields["reply"], tuple(fields["examples"])) == (
            unit.title,
            unit.markdown,
            unit.questions,
        )
    sources = [{"title": one.title, "url": one.url} for one in unit.sources]
    return bool(
        fields["answer"] == unit.markdown
        and (fields["question"], *fields["variants"]) == unit.questions
        and fields["sources"] == sources
        and tuple(fields["related"]) == unit.related
        and (fields["owner"] or "") == unit.owner
        and _day(fields["reviewed"]) == unit.reviewed
        and _day(fields["valid_until"]) == unit.valid_until
    )


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _row(
    kind: str,
    fields: Mapping[str, Any],
    file: str,
    is_as_live: bool,
    counts: Mapping[str, AnswerCount],
    refused: Collection[str],
    today: date,
) -> ItemRow:
    id_ = fields["id"]
    variants = fields.get("variants", fields.get("examples", []))
    count = counts.get(id_, AnswerCount(0, 0, 0))
    reviewed, until = _day(fields.get("reviewed")), _day(fields.get("valid_until"))
    found = {
        ItemState.UNPUBLISHED: not is_as_live,
        ItemState.EXPIRED: until is not None and until < today,
        ItemState.REVIEW_DUE: kind in (ItemKind.ENTRY, SECTION)
        and (reviewed is None or reviewed + STALE_AFTER < today),
        ItemState.NO_VARIANTS: not variants,
        ItemState.REFUSED: id_ in refused,
        ItemState.LOW_RATINGS: count.down >= FEW_RATINGS and count.down > count.up,
    }
    return ItemRow(
        id=id_,
        kind=kind,
        title=fields.get("question") or fields.get("topic", ""),
        text=" ".join(
            [id_, *variants, *(fields.get(name, "") for name in ("answer", "reply", "text"))]
        ),
        variants=len(variants),
        owner=fields.get("owner") or "",
        reviewed=reviewed.isoformat() if reviewed else "",
        file=file,
        asked=count.asked,
        up=count.up,
        down=count.down,
        states=tuple(state for state, is_so in found.items() if is_so),
    )


def chosen(all_rows: Sequence[ItemRow], query: Query) -> list[ItemRow]:
    """Return the rows that a query wants, in its order."""
    words = query.search.casefold().split()
    kept = [
        row
        for row in all_rows
        if (not query.kind or row.kind == query.kind)
        and (not query.owner or row.owner == query.owner)
        and (not query.state or query.state in row.states)
        and all(word in f"{row.title} {row.text}".casefold() for word in words)
    ]
    match query.sort:
        case "asked":
            kept.sort(key=lambda row: -row.asked)
        case "reviewed":
            kept.sort(key=lambda row: row.reviewed)
        case "title":
            kept.sort(key=lambda row: row.title.casefold())
    return kept
