"""Stable ids, from the words of a question or heading and never from its position. Pure."""

import hashlib
import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from corpus.importers.blocks import DraftSection, ImportedArticle, Listing, Question
from corpus.markdown import plain_text
from corpus.models import ID
from corpus.slugs import slug

_LABEL = re.compile(r"([^:.!?\n]{2,60}):\s+\S")
_LONGEST = 200


@dataclass(frozen=True, slots=True)
class Named:
    """The ids of one section."""

    id: str
    """Empty when the section has no words of its own."""
    items: tuple[tuple[str, ...], ...] = ()
    """For each of its lists the ids of the items; an empty one where an item gets none."""
    roles: Mapping[str, str] = field(default_factory=dict)
    """Key to name, for a list that sets the same things side by side in several sections."""


def question_ids(
    questions: Sequence[Question], kept: Sequence[str], taken: Collection[str]
) -> tuple[str, ...]:
    """One id a question; the order of the questions does not change them.

    Args:
        questions: What was found.
        kept: For each the id that it has already, which an editor may have changed, or nothing.
        taken: Ids that stand elsewhere.

    """
    wanted = [name or _own(one) or _slug(one) for name, one in zip(kept, questions, strict=True)]
    counts = Counter([*wanted, *taken])
    ids = [
        name if counts[name] == 1 else f"{name}-{_digest(one.question)}"
        for name, one in zip(wanted, questions, strict=True)
    ]
    counts = Counter([*ids, *taken])
    return tuple(
        name if counts[name] == 1 else f"{name}-{_digest(one.answer)}"
        for name, one in zip(ids, questions, strict=True)
    )


def same(question: str) -> str:
    """Return what two spellings of one question share."""
    return " ".join(question.casefold().split())


def _own(question: Question) -> str:
    return question.id if len(question.id) <= _LONGEST and ID.match(question.id) else ""


def _slug(question: Question) -> str:
    return slug(question.question) or "question"


def _digest(text: str) -> str:
    return hashlib.sha256(text.strip().encode()).hexdigest()[:6]


def section_ids(
    article: ImportedArticle, document: str, taken: Collection[str]
) -> tuple[Named, ...]:
    """Name sections and those list items that carry a label, such as `Testing: …`.

    Ids that exist elsewhere get the heading above, then the document, as a prefix.
    """
    sections = [section for section in article.sections if section.blocks]
    slugs = [slug(section.heading.text) or "section" for section in sections]
    names = _apart(sections, slugs, document, taken)
    roles = _roles(sections)
    used = Counter([*names, *taken])
    found = iter(
        [_named(section, name, roles, used) for section, name in zip(sections, names, strict=True)]
    )
    return tuple(next(found) if section.blocks else Named("") for section in article.sections)


def _apart(
    sections: Sequence[DraftSection], slugs: Sequence[str], document: str, taken: Collection[str]
) -> list[str]:
    seen = Counter([*slugs, *taken])
    names = []
    for section, name in zip(sections, slugs, strict=True):
        if seen[name] > 1 and section.trail:
            name = f"{slug(section.trail[-1]) or 'section'}-{name}"
        names.append(name)
    seen = Counter([*names, *taken])
    names = [f"{document}-{name}" if name in taken else name for name in names]
    used = set(taken) | {section.heading.id for section in sections}
    result = []
    for section, name in zip(sections, names, strict=True):
        candidate, number = section.heading.id or name, 1
        while candidate in used and candidate != section.heading.id:
            number += 1
            candidate = f"{name}-{number}"
        used.add(candidate)
        result.append(candidate)
    return result


def _labels(block: Listing) -> tuple[str, ...]:
    """Return the label of every item, or nothing when one of them has none."""
    found = [_LABEL.match(plain_text(item.markdown)) for item in block.items]
    labels = tuple(match[1].strip() for match in found if match)
    whole = len(labels) == len(block.items) and len(labels) == len({slug(one) for one in labels})
    return labels if whole and len(labels) > 1 else ()


def _roles(sections: Sequence[DraftSection]) -> dict[tuple[str, ...], dict[str, str]]:
    """Labels that head the two items of several lists: those set two things side by side."""
    pairs = Counter(
        labels
        for section in sections
        for block in section.blocks
        if isinstance(block, Listing) and len(labels := _labels(block)) == 2
    )
    repeated = [labels for labels, count in pairs.items() if count > 1]
    keys = {label: _initials(label) for labels in repeated for label in labels}
    clashing = {one for one, count in Counter(keys.values()).items() if count > 1 or not one}
    return {
        labels: {
            re.sub("[^a-z0-9]", "", slug(label)) if keys[label] in clashing else keys[label]: label
            for label in labels
        }
        for labels in repeated
    }


def _initials(label: str) -> str:
    return "".join(word[0] for word in slug(label).split("-") if word)


def _named(
    section: DraftSection,
    name: str,
    roles: Mapping[tuple[str, ...], Mapping[str, str]],
    used: Counter[str],
) -> Named:
    lists: list[tuple[str, ...]] = []
    playing: dict[str, str] = {}
    for block in section.blocks:
        if not isinstance(block, Listing):
            continue
        labels = _labels(block)
        pair = roles.get(labels, {})
        kept = [item.id for item in block.items]
        ids = [f"{name}--{one}" for one in pair] or [f"{name}-{slug(one)}" for one in labels]
        if any(kept):
            ids = kept
        elif any(used[one] for one in ids):
            ids, pair = [], {}
        used.update(ids)
        playing.update(pair)
        lists.append(tuple(ids))
    return Named(name, tuple(lists), playing)
