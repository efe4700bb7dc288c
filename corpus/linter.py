"""Linter: findings on a corpus that loads, and how hard its texts are to read. Pure."""

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from html import unescape
from itertools import chain, combinations

from corpus.documents import Boundary, Corpus, Document, Entry, Place, Section, Span
from corpus.errors import Fault
from corpus.figures import figures_of
from corpus.markdown import plain_text
from corpus.models import is_address

LONGEST_ANSWER = 250
"""Words. A visitor reads a canned answer in a chat window; what is longer belongs in an article."""
HIGHEST_GRADE = 14.0
"""Years of school; a text above it is hard even for graduates."""
SHORTEST_GRADED = 40
"""Words. The formula is not meant for shorter texts."""
STALE_AFTER = timedelta(days=365)
EXPIRES_SOON = timedelta(days=30)

_IMAGE = re.compile(r"!\[[^]]*\](?:\([^)]*\)|\[[^]]*\])?")
_BLANKS = frozenset("\u2800\u3164\u115f\u1160\uffa0")
"""Letters and signs without a shape."""
_LEFTOVER = re.compile(
    r"\{\{[^{}]*\}\}|\{%[^{}]*%\}|<%[^<>]*%>|\$\{[^{}]*\}|%%\w+%%|_{4,}"
    r"|@@\w+@@|\b(?:TODO|FIXME|TB[ACD]|XXX+|tb[acd]|fixme)\b|\b[Ll]orem [Ii]psum\b"
    r"|\b[Xx]{2,}(?:[./:][Xx]{2,})+|(?<=\s)\?{3,}(?=\s)"
    r"|#(?:REF!|N/A|VALUE!|NAME\?|DIV/0!)|\[citation needed\]"
    r"|Error! (?:Reference|Bookmark|Hyperlink)[^.]*|Click or tap (?:here )?to enter[^.]*"
    r"|\[[a-z][\w-]+(?: [\w-]+=[^][\s]+)+\](?![(\[:])"
    r"|(?<!\\)</?(?:script|style|img|iframe|form|input|video|object|font|center)\b[^<>]*>"
    r"|\[(?i:insert|your|company|name|date|link|placeholder)\b[^][]*\](?![(\[:])"
    r"|<(?i:insert|your)\b[^<>]*>"
)
_HREF = re.compile(r'href="([^"]*)"')
_SAME_WORDS = 0.8
"""Share of the words of two questions from which on they say the same."""
_ENDING = re.compile(r"(?<=\w{3})(?:ing|es|ed|s)$")
_COMMON = frozenset(
    re.findall(
        r"\w+",
        "a an the and or of to in on at for with from by about as it its this that these those"
        " there here i me my you your we our us they them be is are was were am do doe did can"
        " could will would should may might must have has had get got what which who whom how"
        " when where why much many any some please tell know want need one",
    )
)
"""Words that say little about what is asked."""
_LEFT_MARKER = re.compile(r"\{#[^}\s]*\}")


class Severity(StrEnum):
    """How bad a finding is; only an error stops a build."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing worth a look, with what to do about it."""

    file: str
    """Path inside the corpus folder."""
    line: int
    """1-based; 0 for the whole file."""
    severity: Severity
    problem: str
    remedy: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.severity}: {self.problem}. {self.remedy}"


@dataclass(frozen=True, slots=True)
class Asked:
    """A question, and the unit that it leads to."""

    unit: str
    text: str
    key: str
    """The words alone: case and punctuation make no difference."""
    place: Place


def lint(corpus: Corpus, today: date) -> tuple[Finding, ...]:
    """Every finding, in file and line order."""
    return tuple(sorted({found for check in CHECKS for found in check(corpus, today)}))


def as_finding(fault: Fault, severity: Severity = Severity.ERROR) -> Finding:
    """Show what keeps a corpus, or one file, from loading the way findings are shown."""
    return Finding(fault.file, fault.line, severity, fault.problem, fault.remedy)


def _owners(corpus: Corpus, today: date) -> Iterator[Finding]:
    for unit, name in _dated(corpus):
        if not unit.owner:
            yield _warn(_place(unit), f"{name} has no owner", "Add 'owner: …'")
        if unit.reviewed is None:
            yield _warn(_place(unit), f"{name} has no review date", "Add 'reviewed: YYYY-MM-DD'")


def _dates(corpus: Corpus, today: date) -> Iterator[Finding]:
    ending = ((talk, f"'{talk.id}'") for talk in corpus.smalltalk if talk.valid_until)
    for unit, name in (*_dated(corpus), *ending):
        place = _place(unit)
        reviewed, until = unit.reviewed, unit.valid_until
        if reviewed and reviewed > today:
            yield _warn(place, f"{name} was reviewed in the future, on {reviewed}", "Correct it")
        if reviewed and reviewed + STALE_AFTER < today:
            problem = f"{name} was last reviewed on {reviewed}, more than a year ago"
            yield _warn(place, problem, "Check it and set 'reviewed' to today")
        if reviewed and until and until < reviewed:
            yield _warn(place, f"{name} expires before it was reviewed", "Correct one of the dates")
        if until and until < today:
            problem = f"{name} expired on {until} and is no longer returned"
            yield _warn(place, problem, "Bring it up to date, or remove it")
        elif until and until <= today + EXPIRES_SOON:
            yield _warn(place, f"{name} expires soon, on {until}", "Bring it up to date")


def _duplicate_questions(corpus: Corpus, today: date) -> Iterator[Finding]:
    same = {frozenset(pair) for group in corpus.equivalents for pair in combinations(group, 2)}
    first: dict[str, Asked] = {}
    for asked in questions(corpus):
        if not asked.key:
            continue
        earlier = first.setdefault(asked.key, asked)
        if earlier is asked or frozenset((earlier.unit, asked.unit)) in same:
            continue
        if earlier.unit == asked.unit:
            problem = f"'{asked.unit}' lists '{asked.text}' twice"
            yield _note(asked.place, problem, "Remove one of the two")
        else:
            problem = f"'{asked.text}' leads to '{asked.unit}' and to '{earlier.unit}'"
            remedy = "Keep it in one place, or name the other under 'equivalents'"
            yield _warn(asked.place, problem, remedy)


def _poor_questions(corpus: Corpus, today: date) -> Iterator[Finding]:
    talk = {entry.id for entry in corpus.smalltalk}
    for asked in questions(corpus):
        if asked.unit not in talk and len(asked.key) < 3:
            problem = f"'{asked.text}' says too little to find '{asked.unit}' by"
            yield _warn(asked.place, problem, "Write it as people ask it, or remove it")
    for entry in corpus.entries:
        if not entry.variants:
            yield _note(entry.span, f"'{entry.id}' has no variants", "Add other ways to ask it")
    for boundary in corpus.boundaries:
        if not boundary.examples:
            problem = f"'{boundary.id}' has no examples, so that no question leads to it"
            yield _warn(boundary.span, problem, "Add questions that people ask")


def _cautions(corpus: Corpus, today: date) -> Iterator[Finding]:
    for caution in corpus.cautions:
        place = Place(caution.file, caution.line)
        yield _warn(place, caution.problem, caution.remedy)


def _blank(corpus: Corpus, today: date) -> Iterator[Finding]:
    """Texts of which a visitor would see nothing."""
    for document in corpus.documents:
        if not document.sections:
            problem = "the article shows nothing below its title"
            yield _warn(_place(document), problem, "Write a text there, or remove the file")
    for unit in units(corpus):
        if not _visible(plain_text(_IMAGE.sub("", unit.markdown))):
            problem = f"the text of '{unit.id}' shows nothing"
            yield _finding(Severity.ERROR, unit.span, problem, "Write what visitors shall read")
        if isinstance(unit, Section) and not _visible(unit.heading):
            problem = f"the heading of '{unit.id}' shows nothing"
            yield _finding(Severity.ERROR, unit.span, problem, "Write its words")
    for asked in questions(corpus):
        if not _visible(asked.text):
            problem = f"a question of '{asked.unit}' shows nothing"
            yield _finding(Severity.ERROR, asked.place, problem, "Write its words, or remove it")


def _visible(text: str) -> bool:
    return any(
        unicodedata.category(character)[0] not in "CZM" and character not in _BLANKS
        for character in text
    )


def _unfinished(corpus: Corpus, today: date) -> Iterator[Finding]:
    for unit in units(corpus):
        if not isinstance(unit, (Section, Boundary)) and unit.text.startswith("TODO"):
            problem = f"the answer of '{unit.id}' is still to be written"
            yield _finding(Severity.ERROR, unit.span, problem, "Write it, or remove the entry")
            continue
        for match in _LEFTOVER.finditer(unit.markdown):
            line = unit.span.line + unit.markdown.count("\n", 0, match.start())
            problem = f"'{match[0]}' in '{unit.id}' is left of a template or a draft"
            yield _warn(Place(unit.span.file, line), problem, "Write what is meant")
    for asked in questions(corpus):
        for leftover in _leftovers(asked.text):
            problem = f"'{leftover}' in a question of '{asked.unit}' is left of a template"
            yield _warn(asked.place, problem, "Write what is meant")


@lru_cache(2**14)
def _leftovers(text: str) -> tuple[str, ...]:
    return tuple(match[0] for match in _LEFTOVER.finditer(text))


def _reading(corpus: Corpus, today: date) -> Iterator[Finding]:
    for entry in corpus.entries:
        length = len(entry.text.split())
        if length > LONGEST_ANSWER:
            problem = f"the answer of '{entry.id}' has {length} words"
            yield _warn(entry.span, problem, f"Shorten it to {LONGEST_ANSWER} words")
    for unit in units(corpus):
        level = grade(unit.text)
        if len(words(unit.text)) >= SHORTEST_GRADED and level > HIGHEST_GRADE:
            problem = f"'{unit.id}' takes {level:.0f} years of school to read"
            yield _note(unit.span, problem, "Write shorter sentences and plainer words")


def _links(corpus: Corpus, today: date) -> Iterator[Finding]:
    anchors = {unit.id for unit in units(corpus)}
    pages = {"", "/faq", *(document.url for document in corpus.documents)}
    for unit, span, address in linked(corpus):
        page, hash_sign, anchor = address.partition("#")
        if hash_sign and page in pages and anchor not in anchors:
            problem = f"the link to '{address}' in '{unit}' leads nowhere"
            yield _finding(Severity.ERROR, span, problem, "Use an id that exists")
        elif not is_address(address):
            problem = f"the link to '{address}' in '{unit}' is no address"
            yield _warn(span, problem, "Start it with https:// or, for a page of this site, with /")


def linked(corpus: Corpus) -> Iterator[tuple[str, Span, str]]:
    """Yield every address that content links to, with the unit and its place."""
    for unit in units(corpus):
        sources = () if isinstance(unit, Boundary) else unit.sources
        written = map(unescape, _HREF.findall(unit.html))
        for address in dict.fromkeys((*written, *(source.url for source in sources))):
            yield unit.id, unit.span, address


def _markers(corpus: Corpus, today: date) -> Iterator[Finding]:
    for section in _sections(corpus):
        for marker in _LEFT_MARKER.findall(section.text):
            problem = f"'{marker}' stands inside the text of '{section.id}' and is shown"
            yield _warn(section.span, problem, "Move it to the end of the item or heading")


def _references(corpus: Corpus, today: date) -> Iterator[Finding]:
    for entry in (*corpus.entries, *corpus.smalltalk):
        if entry.id in entry.related:
            yield _note(entry.span, f"'{entry.id}' is related to itself", "Remove the id")
        if len(set(entry.related)) < len(entry.related):
            yield _note(entry.span, f"'{entry.id}' names a related id twice", "Remove one")


def _pairs(corpus: Corpus, today: date) -> Iterator[Finding]:
    for document in corpus.documents:
        roles: dict[str, set[str]] = {}
        for section in document.sections:
            if section.role and section.parent:
                roles.setdefault(section.parent, set()).add(section.role)
        for section in document.sections:
            missing = [role for role in document.roles if role not in roles.get(section.id, ())]
            if section.id in roles and missing:
                problem = f"'{section.id}' has no side for {', '.join(missing)}"
                remedy = f"Add a list item with the id '{section.id}--{missing[0]}'"
                yield _warn(section.span, problem, remedy)


def _one_sided(corpus: Corpus, today: date) -> Iterator[Finding]:
    """Questions for one role where the other role has a text of its own."""
    for document in corpus.documents:
        sides = [section for section in document.sections if section.role]
        for section in sides:
            others = [one for one in sides if one.parent == section.parent and one != section]
            for other in others:
                if section.questions and not other.questions:
                    problem = f"'{section.id}' has questions of its own and '{other.id}' has none"
                    yield _note(section.span, problem, f"Ask the same for '{other.role}'")

    yield from _one_role_alone(corpus)


def _one_role_alone(corpus: Corpus) -> Iterator[Finding]:
    """Answers on several roles of which only one is asked for."""
    named = {name: _role_words(corpus, name) for d in corpus.documents for name in d.roles.values()}
    asked: dict[str, list[set[str]]] = {}
    for one in questions(corpus) if named else ():
        roles = {name for name, words in named.items() if _speaks_of(words, one.text)}
        asked.setdefault(one.unit, []).append(roles)
    paired = {section.parent for section in _sections(corpus) if section.role}
    shared = [section for section in _sections(corpus) if section.id in paired]
    answers: Sequence[Entry | Section] = (*corpus.entries, *shared)
    for unit in answers:
        of_unit = asked.get(unit.id, [])
        roles = set[str]().union(*of_unit)
        others = {name for name, words in named.items() if words.search(unit.text)}
        if len(roles) == 1 and 2 * sum(map(bool, of_unit)) >= len(of_unit):
            for other in sorted(others - roles):
                problem = f"'{unit.id}' speaks of '{other}', too, and no question of it does"
                yield _note(unit.span, problem, f"Ask the same for '{other}'")


@lru_cache(2**15)
def _speaks_of(words: re.Pattern[str], text: str) -> bool:
    return words.search(text) is not None


def _role_words(corpus: Corpus, name: str) -> re.Pattern[str]:
    """Return what a role is called in a text, by its name or a synonym, one or several of them."""
    groups = (group for group in corpus.synonyms if name.casefold() in map(str.casefold, group))
    words = "|".join(map(re.escape, dict.fromkeys((name, *chain(*groups)))))
    return re.compile(rf"\b(?:{words})(?:e?s)?\b", re.IGNORECASE)


def _starters(corpus: Corpus, today: date) -> Iterator[Finding]:
    """Questions to begin with of which one says what an earlier one says."""
    asked: dict[str, set[str]] = {}
    for one in questions(corpus):
        asked.setdefault(one.unit, set()).add(one.key)
    own = {unit.id: unit.question for unit in corpus.entries}
    own |= {section.id: section.heading for section in _sections(corpus)}
    shown = [(starter, starter.text or own.get(starter.id, "")) for starter in corpus.starters]
    for (first, text), (starter, later) in combinations(shown, 2):
        same_answer = first.id == starter.id or any(
            first.id in group and starter.id in group for group in corpus.equivalents
        )
        asks_other = _key(text) in asked.get(starter.id, ()) or _key(later) in asked.get(
            first.id, ()
        )
        here, there = _telling(corpus, text), _telling(corpus, later)
        share = len(here & there) / (len(here | there) or 1)
        if same_answer or asks_other or share >= _SAME_WORDS:
            place = Place("starters.yaml", starter.line)
            problem = f"to begin with, '{later}' says the same as '{text}'"
            yield _note(place, problem, "Keep one of them, or word them apart")


def _telling(corpus: Corpus, text: str) -> set[str]:
    """Return the words that say what a question is about, alike for synonyms and endings."""
    words = f" {_key(text)} "
    for group in corpus.synonyms:
        for other in group[1:]:
            words = words.replace(f" {_key(other)} ", f" {_key(group[0])} ")
    return {_ENDING.sub("", word) for word in words.split()} - _COMMON


def _synonyms(corpus: Corpus, today: date) -> Iterator[Finding]:
    first: dict[str, str] = {}
    for group in corpus.synonyms:
        for word in group:
            earlier = first.setdefault(word.casefold(), group[0])
            if earlier != group[0]:
                problem = f"'{word}' stands for '{group[0]}' and for '{earlier}'"
                finding = Finding("synonyms.yaml", 0, Severity.WARNING, problem, "Keep one of them")
                yield finding


def _contradictions(corpus: Corpus, today: date) -> Iterator[Finding]:
    """Answers that are said to be the same, with figures that are not."""
    known = {unit.id: unit for unit in units(corpus)}
    for group in corpus.equivalents:
        for one, other in combinations([known[name] for name in group if name in known], 2):
            here, there = _figures(one.text), _figures(other.text)
            if here and there and not here.keys() & there.keys():
                says = [", ".join(sorted(figures.values())) for figures in (here, there)]
                problem = (
                    f"'{one.id}' says {says[0]}, but its equivalent '{other.id}' says {says[1]}"
                )
                yield _warn(one.span, problem, "Make the figures agree")


CHECKS: Sequence[Callable[[Corpus, date], Iterator[Finding]]] = (
    _owners,
    _dates,
    _duplicate_questions,
    _poor_questions,
    _reading,
    _blank,
    _cautions,
    _unfinished,
    _links,
    _markers,
    _references,
    _pairs,
    _one_sided,
    _starters,
    _synonyms,
    _contradictions,
)


def _figures(text: str) -> dict[tuple[str, Decimal], str]:
    found = figures_of(text)
    return {(name, value): found[name][value] for name in found for value in found[name]}


def questions(corpus: Corpus) -> Iterator[Asked]:
    """Yield every question that leads to a unit, with the line where it stands."""

    def asked(unit: str, texts: Sequence[str], places: Sequence[Place]) -> Iterator[Asked]:
        for text, place in zip(texts, places, strict=True):
            yield Asked(unit, text, _key(text), place)

    for entry in (*corpus.entries, *corpus.smalltalk):
        yield from asked(entry.id, (entry.question, *entry.variants), entry.asked_at)
    for section in _sections(corpus):
        yield from asked(section.id, section.questions, section.asked_at)
    for boundary in corpus.boundaries:
        yield from asked(boundary.id, boundary.examples, boundary.asked_at)


@lru_cache(2**14)
def _key(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.findall(r"[\w+#]+", folded))


def _sections(corpus: Corpus) -> Iterator[Section]:
    for document in corpus.documents:
        yield from document.sections


def units(corpus: Corpus) -> Iterator[Entry | Section | Boundary]:
    """Yield everything that can be shown under an id of its own."""
    yield from corpus.entries
    yield from corpus.smalltalk
    yield from corpus.boundaries
    yield from _sections(corpus)


def _dated(corpus: Corpus) -> Iterator[tuple[Entry | Document, str]]:
    yield from ((entry, f"'{entry.id}'") for entry in corpus.entries)
    yield from ((document, "the article") for document in corpus.documents)


def _place(unit: Entry | Document) -> Span | Place:
    return unit.span if isinstance(unit, Entry) else Place(unit.file, 1)


def _finding(severity: Severity, place: Span | Place, problem: str, remedy: str) -> Finding:
    return Finding(place.file, place.line, severity, problem, remedy)


def _warn(place: Span | Place, problem: str, remedy: str) -> Finding:
    return _finding(Severity.WARNING, place, problem, remedy)


def _note(place: Span | Place, problem: str, remedy: str) -> Finding:
    return _finding(Severity.NOTE, place, problem, remedy)


_SENTENCE_END = re.compile(r"(?<![.!?])[.!?]+(?=\s|$)|\n+")
_WORD = re.compile(r"[A-Za-z]+(?:'[a-z]+)?")
_SILENT = re.compile(r"(?:[^laeiouy]es|[^td]ed|[^laeiouy]e)$")
_VOWELS = re.compile(r"[aeiouy]+")


def words(text: str) -> list[str]:
    """Return the words of an English text."""
    return _WORD.findall(text)


def grade(text: str) -> float:
    """Years of school that a reader needs, by Flesch and Kincaid; 0 for a text without words.

    Kincaid et al., Derivation of new readability formulas, 1975 (Research Branch Report 8-75).
    """
    found = words(text)
    if not found:
        return 0.0
    sentences = max(1, len([part for part in _SENTENCE_END.split(text) if part.strip()]))
    syllables = sum(_syllables(word) for word in found)
    return 0.39 * len(found) / sentences + 11.8 * syllables / len(found) - 15.59


def _syllables(word: str) -> int:
    """Count groups of vowels, silent endings left out."""
    return max(1, len(_VOWELS.findall(_SILENT.sub("", word.lower()))))
