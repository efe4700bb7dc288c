"""A gap as an entry that an editor can paste into `corpus/faqs/` and finish. Pure."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from datetime import date

import yaml

PLACEHOLDER = "TODO: write the answer."
"""`careers-faq check` refuses an entry that still says so."""
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
        questions: What people asked; the first stands for all.
        taken: Ids that are in use.
        reviewed: The day that stands in it.

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
    """Write the YAML of further ways to ask an entry that exists."""
    return _dump({"variants": _usable([_line(one) for one in questions])[:MOST_VARIANTS]})


def _dump(content: object) -> str:
    text: str = yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=_WIDE)
    return text


def _line(text: str) -> str:
    """One line without characters that a file of text cannot hold."""
    kept = "".join(one if unicodedata.category(one)[0] != "C" else " " for one in text)
    return " ".join(kept.split())


def _usable(questions: Sequence[str]) -> list[str]:
    """Leave out what was redacted: a mark is no word that people ask with."""
    kept = [one for one in questions if not re.search(r"\[[a-z]+\]", one)]
    return list({one.casefold(): one for one in reversed(kept)}.values())[::-1]


def _id(question: str, taken: Collection[str]) -> str:
    """Make an id out of the words that say most, which is not in use."""
    plain = unicodedata.normalize("NFKD", question.lower()).encode("ascii", "ignore").decode()
    words = re.findall(r"[a-z0-9]+", plain)
    telling = [word for word in words if word not in _SMALL][:_SLUG_WORDS] or words[:_SLUG_WORDS]
    slug = "-".join(["faq", *telling])[:80]
    names = (slug if number == 1 else f"{slug}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in names if name not in taken)
