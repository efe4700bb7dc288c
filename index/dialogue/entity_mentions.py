"""Entity mentions: where a text names a role that is compared, by name, short form or field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum
from itertools import pairwise

from index.datatypes import Unit
from index.text.normalisation import plural

_ALIKE = 0.86
"""A word with at least this share of common letters counts as a misspelt name."""
_LEAST_LETTERS = 6
"""Shorter names differ by too little to guess which is meant."""
_FIELDS = (
    ("scientist", "science"),
    ("developer", "development"),
    ("designer", "design"),
    ("manager", "management"),
    ("analyst", "analysis"),
    ("engineer", "engineering"),
    ("er", "ing"),
)
"""Endings of job titles, and of the fields that belong to them."""
_TOWARDS = re.compile(r"\b(?:to|into|become|becoming|work(?:ing)? as)\b|[-=]>|→", re.IGNORECASE)
_BECOMES = re.compile(r"\b(?:become|becoming|into|be|as)\b", re.IGNORECASE)
_FROM = re.compile(r"\b(?:from|after)\b", re.IGNORECASE)
_MOST_BETWEEN = 40
"""Letters between two roles of which one becomes the other; more may be another thought."""


class Form(StrEnum):
    """How a role is named."""

    ONE = "one"
    MANY = "many"
    FIELD = "field"
    """By its field, such as ``software engineering``."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A role named in a text, at `[start, end)`."""

    start: int
    end: int
    role: str
    form: Form


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles that are compared, and every way to name them."""

    names: tuple[str, ...]
    """In lower case, one each."""
    fields: Mapping[str, str]
    """The field of each role, by its name."""
    meanings: Mapping[str, tuple[str, Form]]
    """Role and form by lower-case name, short form or field."""
    pattern: re.Pattern[str] | None

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Find every role that a text names, in order."""
        if self.pattern is None:
            return ()
        return tuple(
            Mention(match.start(), match.end(), *self.meanings[match.group().lower()])
            for match in self.pattern.finditer(text)
        )

    def direction(self, text: str) -> tuple[str, str] | None:
        """Return from which role to which a text goes, ``cook to baker``; None for no direction."""
        mentions = self.mentions(text)
        pairs = ((one, two) for one, two in pairwise(mentions) if one.role != two.role)
        for one, two in pairs:
            between = text[one.end : two.start]
            if len(between) > _MOST_BETWEEN:
                continue
            if _FROM.search(between) and _BECOMES.search(text[: one.start]):
                return two.role, one.role
            if _TOWARDS.search(between):
                return one.role, two.role
        return None

    def masked(self, text: str) -> str:
        """Put a placeholder, with no article before it, where a text names a role."""
        if self.pattern is None:
            return text
        return re.sub(r"(?:\ban? )?\0", "\0", self.pattern.sub("\0", text))

    def likely_mentions(self, text: str) -> tuple[Mention, ...]:
        """Find every role that a text names; when it names none, the first misspelt one."""
        if mentions := self.mentions(text):
            return mentions
        words = list(re.finditer(r"[^\s?!.,]+", text))
        spans = [
            (words[at].start(), words[at + size - 1].end())
            for size in sorted({len(name.split()) for name in self.names}, reverse=True)
            for at in range(len(words) - size + 1)
        ]
        for start, end in spans:
            if meaning := self.misspelt(text[start:end]):
                return (Mention(start, end, *meaning),)
        return ()

    def misspelt(self, text: str) -> tuple[str, Form] | None:
        """Return the role and form of a text that is nearly a name, if it is."""
        similar = [
            name
            for name in self.meanings
            if len(name) >= _LEAST_LETTERS and name[:1] == text[:1].lower()
        ]
        close = get_close_matches(text.lower(), similar, n=1, cutoff=_ALIKE)
        return self.meanings[close[0]] if close else None

    def say(self, role: str, form: Form) -> str:
        """Name a role in a form, without an article."""
        if form is Form.FIELD:
            return self.fields[role]
        return plural(role) if form is Form.MANY else role


def roles_of(units: Iterable[Unit], canonical: Mapping[str, str]) -> Roles:
    """Gather every way to name the roles that units compare; arguments as of `compile_roles`."""
    return compile_roles((side.label for unit in units for side in unit.sides), canonical)


def compile_roles(labels: Iterable[str], canonical: Mapping[str, str]) -> Roles:
    """Gather every way to name roles.

    Args:
        labels: Names of the roles, as content writes them; duplicates are ignored.
        canonical: Lower-case synonyms to the words that they stand for.

    """
    names = tuple(dict.fromkeys(label.lower() for label in labels))
    fields = {name: _fields(name) for name in names}
    meanings: dict[str, tuple[str, Form]] = {}
    for name in names:
        for field in fields[name]:
            meanings |= dict.fromkeys(_with_synonyms(field, canonical), (name, Form.FIELD))
        for noun in _with_synonyms(name, canonical):
            meanings |= {noun: (name, Form.ONE), plural(noun): (name, Form.MANY)}
    longest_first = sorted(meanings, key=lambda word: (-len(word), word))
    alternatives = "|".join(map(re.escape, longest_first))
    pattern = re.compile(rf"(?<![\w+#])(?:{alternatives})(?![\w+#])", re.IGNORECASE)
    first_fields = {name: synonyms[0] for name, synonyms in fields.items()}
    return Roles(names, first_fields, meanings, pattern if meanings else None)


def _with_synonyms(word: str, canonical: Mapping[str, str]) -> tuple[str, ...]:
    return (word, *(short for short, full in canonical.items() if full.lower() == word))


def _fields(role: str) -> tuple[str, ...]:
    """Return names of a role's field: ``machine learning``, ``machine learning engineering``."""
    before, _, doer = role.rpartition(" ")
    ending = next((pair for pair in _FIELDS if doer.endswith(pair[0])), None)
    if ending is None:
        return (f"being {with_article(role)}",)
    whole = role[: -len(ending[0])] + ending[1]
    return (before, whole) if " " in before else (whole,)


def with_article(noun: str) -> str:
    """Put ``a`` or ``an`` before a name."""
    return f"an {noun}" if noun[:1].lower() in tuple("aeiou") else f"a {noun}"
