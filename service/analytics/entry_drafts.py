"""Draft entries for gaps, as YAML to paste into `corpus/faqs/` and finish. Pure."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date

import yaml

PLACEHOLDER = "TODO: write the answer."
"""`careers-faq check` rejects an entry that still holds it."""
MOST_VARIANTS = 12
_SLUG_WORDS = 6
_SMALL = frozenset(
    (
        *("a", "an", "and", "are", "be", "can", "could", "do", "does", "for", "how", "i", "in"),
        *("is", "it", "my", "of", "on", "or", "the", "to", "what", "you"),
    )
)
_WIDE = 100


def entry(questions: Sequence[str], taken: Collection[str], reviewed: date) -> str:
    """Write the YAML of an entry.

    Args:
        questions: What people asked; the first becomes the entry's question.
        taken: Ids in use.
        reviewed: The review date to write.

    """
    question, *variants = [_line(one) for one in questions]
    fields: dict[str, object] = {
        "id": _id(question, taken),
        "question": question,
        "variants": _usable(variants)[:MOST_VARIANTS],
        "answer": PLACEHOLDER,
        "reviewed": reviewed,
    }
    return _dump([{name: value for name, value in fields.items() if value != []}])


def variants(questions: Sequence[str]) -> str:
    """Write the YAML of further variants for an existing entry."""
    return _dump({"variants": _usable([_line(one) for one in questions])[:MOST_VARIANTS]})


def _dump(content: object) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=_WIDE)
    return text


def _line(text: str) -> str:
    """Return the text in one line, without control characters."""
    kept = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in text)
    return " ".join(kept.split())


def _usable(questions: Sequence[str]) -> list[str]:
    """Drop questions with redacted parts, and duplicates."""
    kept = [one for one in questions if not re.search(r"\[[a-z]+\]", one)]
    return list({one.casefold(): one for one in reversed(kept)}.values())[::-1]


def _id(question: str, taken: Collection[str]) -> str:
    """Return an unused id made of the most telling words."""
    plain = unicodedata.normalize("NFKD", question.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    telling = [word for word in words if word not in _SMALL][:_SLUG_WORDS] or words[:_SLUG_WORDS]
    slug = "-".join(["faq", *telling])[:80]
    names = (slug if number == 1 else f"{slug}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
