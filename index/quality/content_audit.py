"""Content judged by what the index makes of it: what a linter that only reads cannot see.

`audit` asks a version its own questions, as they are and each held out, and compares texts by
meaning. In a large corpus the same questions are looked at as in a trial, so that it takes seconds.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence

from corpus import Corpus
from corpus.linter import Finding, Severity
from index.datatypes import Kind
from index.encoding.encoder import Encoder
from index.loading import OpenVectors
from index.quality.inspected_version import View
from index.quality.leave_one_out import Tried
from index.text.normalisation import fold
from index.versions.version_store import Loaded

LEFT_OUT = (
    "shadowed and unreached answers, boundaries that get an answer, questions and figures that"
    " contradict each other by meaning, which need the encoder"
)
NEAR = 0.98
"""Cosine from which two questions are the same to the encoder; on the shipped content, pairs below
it are told apart by the ranking."""
ALIKE = 0.85
"""Cosine from which two sentences with figures are about the same thing."""
FEWEST = 3
"""Questions of a unit from which something is said about all of them."""
MOST_PASSING = 2 / 3
"""Share of a boundary's examples from which on it is as good as none."""
_MOST_QUOTED = 3


def audit(
    corpus: Corpus,
    loaded: Loaded,
    encoder: Encoder | None = None,
    vectors: OpenVectors | None = None,
) -> tuple[Finding, ...]:
    """Find what is wrong with content once it is searched, in file and line order.

    Args:
        corpus: What the version was built from.
        loaded: The version.
        encoder: Instead of the one in the version; for tests.
        vectors: Opens the vector store of a version whose vectors are in one.

    """
    view = View(corpus, loaded, encoder, vectors)
    return tuple(sorted({found for check in CHECKS for found in check(view)}))


def _by_unit(tried: Sequence[Tried]) -> dict[str, list[Tried]]:
    groups: dict[str, list[Tried]] = {}
    for one in tried:
        groups.setdefault(one.unit, []).append(one)
    return groups


def _quoted(tried: Sequence[Tried]) -> str:
    return "; ".join(f"'{one.question}' -> {one.said}" for one in tried[:_MOST_QUOTED])


def _shadowed(view: View) -> Iterator[Finding]:
    """Find answers of which most questions, each held out, find one other answer first."""
    for unit, tried in _by_unit(view.held_out).items():
        if not view.judge.is_content(unit) or len(tried) < FEWEST:
            continue
        first = Counter(
            one.first for one in tried if one.first and not view.are_kin(unit, one.first)
        )
        other, count = first.most_common(1)[0] if first else ("", 0)
        if count > len(tried) / 2:
            problem = (
                f"'{unit}' is shadowed: {count} of {len(tried)} questions find '{other}' first"
            )
            remedy = "Tell the two apart, merge them, or name the other under 'equivalents'"
            yield view.finding(Severity.WARNING, unit, problem, remedy)


def _stolen(view: View) -> Iterator[Finding]:
    """Find questions that get another answer than the one under which they stand."""
    for one in view.asked:
        given = one.said.unit if one.said.outcome == "answer" else None
        if given and view.judge.is_content(one.unit) and not view.are_kin(one.unit, given):
            problem = f"'{one.question}' stands under '{one.unit}' and gets '{given}'"
            yield view.about(one.unit, one.question, problem, "Move it there, or word it anew")


def _unreached(view: View) -> Iterator[Finding]:
    """Find answers that none of their questions gets."""
    for unit, tried in _by_unit(view.asked).items():
        if view.judge.is_content(unit) and not any(_reaches(view, one) for one in tried):
            problem = f"no question reaches '{unit}': {_quoted(tried)}"
            yield view.finding(Severity.WARNING, unit, problem, "Add questions as people ask them")
    for unit, tried in _by_unit(view.held_out).items():
        reached = any(_reaches(view, one) for one in tried)
        if view.judge.is_content(unit) and len(tried) >= FEWEST and not reached:
            problem = f"a new way to ask for '{unit}' would hardly reach it: {_quoted(tried)}"
            yield view.finding(Severity.NOTE, unit, problem, "Add more ways to ask for it")


def _reaches(view: View, one: Tried) -> bool:
    return view.judge.is_right(one.unit, one.said)


def _answered_boundaries(view: View) -> Iterator[Finding]:
    """Find questions outside the content that get an answer all the same."""
    for one in view.asked:
        boundary = view.judge.units[one.unit].kind is Kind.BOUNDARY
        if boundary and one.said.outcome == "answer":
            problem = f"'{one.question}' is outside ('{one.unit}') and yet gets '{one.said}'"
            remedy = "Add examples like it, or take it out if that answer is right"
            yield view.about(one.unit, one.question, problem, remedy)
    for unit, tried in _by_unit(view.held_out).items():
        given = [one for one in tried if one.said.outcome == "answer"]
        boundary = view.judge.units[unit].kind is Kind.BOUNDARY
        if boundary and len(tried) >= FEWEST and len(given) > MOST_PASSING * len(tried):
            problem = (
                f"'{unit}' keeps little out: {len(given)} of {len(tried)} examples, each held out,"
                f" get an answer: {_quoted(given)}"
            )
            yield view.finding(Severity.WARNING, unit, problem, "Add more examples")


def _near_duplicates(view: View) -> Iterator[Finding]:
    """Find questions of different answers that mean the same."""
    chunks = view.contents.chunks
    for pair in view.pairs(view.questions, NEAR):
        here, there = chunks[pair.one].text, chunks[pair.other].text
        units = view.unit_of(pair.one), view.unit_of(pair.other)
        # What is the same to the letter is the linter's; who becomes what is no duplicate.
        if fold(here) == fold(there) or view.roles(pair.one) != view.roles(pair.other):
            continue
        problem = f"'{here}' ('{units[0]}') means the same as '{there}' ('{units[1]}')"
        remedy = "Keep one of them, or name the other answer under 'equivalents'"
        yield view.about(units[0], here, problem, remedy)


def _contradictions(view: View) -> Iterator[Finding]:
    """Find sentences of different answers on the same thing whose figures do not agree."""
    told = set[tuple[str, str]]()
    for pair in view.pairs(list(view.figures), ALIKE):
        here, there = view.figures[pair.one], view.figures[pair.other]
        units = view.unit_of(pair.one), view.unit_of(pair.other)
        apart = [m for m in here if m in there and not here[m].keys() & there[m].keys()]
        same_roles = set(view.roles(pair.one)) == set(view.roles(pair.other))
        if not apart or not same_roles or units in told:
            continue
        told.add(units)
        says = [", ".join(sorted(figures[apart[0]].values())) for figures in (here, there)]
        problem = f"'{units[0]}' says {says[0]}, but '{units[1]}' says {says[1]} on the same thing"
        yield view.finding(Severity.WARNING, units[0], problem, "Make the figures agree")


def _idle_checks(view: View) -> Iterator[Finding]:
    """Find checks that the content lists word for word, which pass whatever the ranking is."""
    checks = {fold(check.question): check for check in view.corpus.checks}
    for unit in view.contents.units if checks else ():
        for check in filter(None, (checks.get(fold(question)) for question in unit.questions)):
            problem = f"the check '{check.question}' stands in the content, under '{unit.id}'"
            remedy = "Word it as somebody else would ask it"
            yield Finding(check.file, check.line, Severity.NOTE, problem, remedy)


CHECKS: Sequence[Callable[[View], Iterator[Finding]]] = (
    _shadowed,
    _stolen,
    _unreached,
    _answered_boundaries,
    _near_duplicates,
    _contradictions,
    _idle_checks,
)
