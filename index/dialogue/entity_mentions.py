"""Pure: where a text names a role that is compared: by its name, a short form or its field."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from index.datatypes import Unit

_ALIKE = 0.86
"""Share of common letters from which a word counts as a misspelt name."""
_LEAST_LETTERS = 6
"""Shorter names differ by too little to guess at."""
_FIELDS = (
    ("scientist", "science"),
    ("developer", "development"),
    ("designer", "design"),
    ("manager", "management"),
    ("analyst", "analysis"),
    ("engineer", "engineering"),
    ("er", "ing"),
)
"""Endings of those who do a job, and of what they do."""


class Form(StrEnum):
    """How a role is named."""

    ONE = "one"
    MANY = "many"
    FIELD = "field"
    """What those in the role do, such as ``software engineering``."""


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
    """What those in a role do, by its name."""
    meanings: Mapping[str, tuple[str, Form]]
    """Lower-case name, short form or field to what it means."""
    pattern: re.Pattern[str] | None

    def mentions(self, text: str) -> tuple[Mention, ...]:
        """Find every role that a text names, in order."""
        if self.pattern is None:
            return ()
        return tuple(
            Mention(found.start(), found.end(), *self.meanings[found.group().lower()])
            for found in self.pattern.finditer(text)
        )

    def likely_mentions(self, text: str) -> tuple[Mention, ...]:
        """Find every role that a text names; when it names none, the first misspelt one."""
        if found := self.mentions(text):
            return found
        words = list(re.finditer(r"[^\s?!.,]+", text))
        spans = [
            (words[at].start(), words[at + size - 1].end())
            for size in sorted({len(name.split()) for name in self.names}, reverse=True)
            for at in range(len(words) - size + 1)
        ]
        for start, end in spans:
            if meant := self.misspelt(text[start:end]):
                return (Mention(start, end, *meant),)
        return ()

    def misspelt(self, text: str) -> tuple[str, Form] | None:
        """Return what a short text means that is nearly a name, if it is."""
        known = [
            name
            for name in self.meanings
            if len(name) >= _LEAST_LETTERS and name[:1] == text[:1].lower()
        ]
        close = get_close_matches(text.lower(), known, n=1, cutoff=_ALIKE)
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
        labels: Names of the roles, as content writes them; any of them may come again.
        canonical: Lower-case synonyms to the words that they stand for.

    """
    names = tuple(dict.fromkeys(label.lower() for label in labels))
    fields = {name: _fields(name) for name in names}
    meanings: dict[str, tuple[str, Form]] = {}
    for name in names:
        for field in fields[name]:
            meanings |= dict.fromkeys(_with_synonyms(field, canonical), (name, Form.FIELD))
        for one in _with_synonyms(name, canonical):
            meanings |= {one: (name, Form.ONE), plural(one): (name, Form.MANY)}
    longest_first = sorted(meanings, key=lambda word: (-len(word), word))
    alternatives = "|".join(map(re.escape, longest_first))
    pattern = re.compile(rf"(?<![\w+#])(?:{alternatives})(?![\w+#])", re.IGNORECASE)
    spoken = {name: known[0] for name, known in fields.items()}
    return Roles(names, spoken, meanings, pattern if meanings else None)


def _with_synonyms(word: str, canonical: Mapping[str, str]) -> tuple[str, ...]:
    return (word, *(short for short, meant in canonical.items() if meant.lower() == word))


def _fields(role: str) -> tuple[str, ...]:
    """Return what those in a role do: ``machine learning`` and ``machine learning engineering``."""
    before, _, doer = role.rpartition(" ")
    ending = next((pair for pair in _FIELDS if doer.endswith(pair[0])), None)
    if ending is None:
        return (f"being {with_article(role)}",)
    whole = role[: -len(ending[0])] + ending[1]
    return (before, whole) if " " in before else (whole,)


def plural(noun: str) -> str:
    """Return the plural of the last word of a name."""
    if noun.endswith("man"):
        return f"{noun[:-3]}men"
    if re.search(r"(?:s|x|ch|sh)$", noun):
        return f"{noun}es"
    return f"{noun[:-1]}ies" if re.search(r"[^aeiou]y$", noun) else f"{noun}s"


def with_article(noun: str) -> str:
    """Put ``a`` or ``an`` before a name."""
    return f"an {noun}" if noun[:1].lower() in tuple("aeiou") else f"a {noun}"
