"""The FAQ page: arranges the units of an index by article and topic, and as JSON-LD. Pure."""

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePosixPath

from index.datatypes import Kind, Unit

_ITEM = re.compile(r"<li>(.*?)(?=<li>|</li>|<[uo]l>)", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NOT_A_LETTER = re.compile(r"\W+")


@dataclass(frozen=True, slots=True)
class Block:
    """A heading and its content."""

    level: int
    """Of the heading, 2 to 6."""
    title: str
    unit: Unit | None
    """None for a heading with nothing of its own."""
    html: str
    """Sanitised when the index was built, with the anchors of the list items put in."""


@dataclass(frozen=True, slots=True)
class FaqArticle:
    """One document of the corpus."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class FaqTopic:
    """The canned answers of one file."""

    title: str
    entries: tuple[Unit, ...]


def current(units: Mapping[str, Unit], today: date) -> dict[str, Unit]:
    """Leave out units that have expired."""
    return {
        name: unit
        for name, unit in units.items()
        if unit.valid_until is None or unit.valid_until >= today
    }


def articles(units: Mapping[str, Unit]) -> tuple[FaqArticle, ...]:
    """List every document with a section, in the order of the corpus."""
    by_file: dict[str, list[Unit]] = {}
    for unit in units.values():
        if unit.kind in (Kind.PASSAGE, Kind.COMPARISON):
            by_file.setdefault(unit.document, []).append(unit)
    return tuple(
        FaqArticle(title=found[0].document_title, blocks=tuple(_blocks(found)))
        for found in by_file.values()
    )


def _blocks(units: Iterable[Unit]) -> Iterator[Block]:
    found = list(units)
    seen: set[tuple[str, ...]] = set()
    for unit in (one for one in found if one.level):
        for depth in range(1, len(unit.trail) + 1):
            if unit.trail[:depth] not in seen:
                seen.add(unit.trail[:depth])
                yield Block(depth + 1, unit.trail[depth - 1], None, "")
        seen.add((*unit.trail, unit.title))
        yield Block(unit.level, unit.title, unit, _anchored(unit, found))


def _anchored(unit: Unit, units: Iterable[Unit]) -> str:
    """Put the ids of a section's list items and sides into its HTML."""
    ids = {_letters(item.text): item.id for item in units if item.parent == unit.id}
    ids |= {_letters(side.text): side.id for side in unit.sides}

    def item(match: re.Match[str]) -> str:
        own = _letters(html.unescape(_TAG.sub("", match[1])))
        known = next((key for key in ids if own and key.startswith(own)), None)
        return f'<li id="{html.escape(ids.pop(known))}">{match[1]}' if known else match[0]

    return _ITEM.sub(item, unit.html)


def _letters(text: str) -> str:
    return _NOT_A_LETTER.sub("", text)


def topics(units: Mapping[str, Unit]) -> tuple[FaqTopic, ...]:
    """Group the canned answers by file, in the order of the corpus."""
    by_file: dict[str, list[Unit]] = {}
    for unit in units.values():
        if unit.kind is Kind.FAQ:
            by_file.setdefault(unit.document, []).append(unit)
    return tuple(FaqTopic(_topic_title(file), tuple(found)) for file, found in by_file.items())


def _topic_title(file: str) -> str:
    return PurePosixPath(file).stem.replace("-", " ").replace("_", " ").capitalize()


def json_ld(units: Mapping[str, Unit]) -> str:
    """Describe the canned answers as a FAQPage of schema.org, safe to put into a script element."""
    questions = [
        {
            "@type": "Question",
            "@id": f"#{unit.id}",
            "name": unit.title,
            "acceptedAnswer": {"@type": "Answer", "text": unit.html, "url": unit.url},
        }
        for unit in units.values()
        if unit.kind is Kind.FAQ
    ]
    page = {"@context": "https://schema.org", "@type": "FAQPage", "mainEntity": questions}
    text = json.dumps(page, ensure_ascii=False, indent=1)
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def saved_answers(version: str, units: Mapping[str, Unit]) -> str:
    """Write the answers that the widget uses while it cannot reach the service, as JSON."""
    shown = [unit for unit in units.values() if unit.kind is not Kind.SMALLTALK]
    answers = [
        {
            "id": unit.id,
            "kind": unit.kind,
            "title": unit.title,
            "text": unit.text,
            "html": unit.html,
            "url": unit.url,
            "reviewed": unit.reviewed.isoformat() if unit.reviewed else None,
            "sources": [{"title": one.title, "url": one.url} for one in unit.sources],
            "sides": [
                {"role": side.role, "label": side.label, "text": side.text, "html": side.html}
                for side in unit.sides
            ],
            "questions": unit.questions,
        }
        for unit in shown
    ]
    return json.dumps({"version": version, "answers": answers}, ensure_ascii=False)
