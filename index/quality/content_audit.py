"""Content audit: faults that show only once the content is searched, which no linter sees.

`audit` asks a version its own questions, as they stand and each left out in turn, and compares
texts by meaning. In a large corpus it looks at the sample of the self-test, so that it takes
seconds.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from corpus import Corpus
from corpus.figures import Figures, figures_of
from corpus.linter import Finding, Severity, questions, units
from index.datatypes import ChunkRole, Kind
from index.quality import self_test, stored_questions
from index.quality.leave_one_out import QuestionResult, tested
from index.quality.opened_version import BEFORE_ANY_EXPIRY, OpenedVersion
from index.quality.self_test import Judge
from index.text.language_identification import foreign
from index.text.normalisation import fold

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
CONTESTED = 1 / 4
"""Share of the questions of an answer, each left out, from which on a boundary competes with it."""
MOST_TITLES = 2000
"""Own questions of canned answers that are asked beside the sample of the self-test."""
_BETWEEN_LOOKS = 100
"""Questions that are asked before looking whether the content is another one by now."""
_NEIGHBOURS = 30
"""Texts that are looked at around one; phrases of answers are among them, and are passed over."""
_MOST_QUOTED = 3
_ENOUGH_TEXT = 500
"""Characters of an answer by which its language is told."""
_NO_ANSWER = (ChunkRole.QUESTION, ChunkRole.PHRASE, ChunkRole.TITLED)
"""A title is none; a phrase, and what stands below a title, are there in full as well."""


def audit(
    corpus: Corpus, version: OpenedVersion, is_outdated: Callable[[], bool] = lambda: False
) -> tuple[Finding, ...]:
    """Find what is wrong with content once it is searched, in file and line order.

    Args:
        corpus: What the version was built from.
        version: The version.
        is_outdated: Whether the content is another one by now; asked now and then.

    Raises:
        Outdated: It is, so that nobody waits for what was found in the one before.

    """
    view = _View(corpus, version, is_outdated)
    return tuple(sorted({finding for check in _CHECKS for finding in check(view)}))


class Outdated(Exception):
    """The content has changed since it was read."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Positions of two texts of different units that mean nearly the same, in ascending order."""

    first: int
    second: int


class _View:
    """A version with its content, and what it replies to its own questions."""

    def __init__(
        self, corpus: Corpus, version: OpenedVersion, is_outdated: Callable[[], bool]
    ) -> None:
        self.corpus = corpus
        self._is_outdated = is_outdated
        self.contents = version.loaded.contents
        self.judge = Judge(self.contents)
        self.left_out = self_test.result_of(version).questions
        """Variants, each asked as if it were not there."""
        self.knowledge = version.knowledge
        self.questions: list[int] = []
        """Positions of the texts that ask, which the title of a section or boundary does not."""
        self.figures: dict[int, Figures] = {}
        """By position of a text that answers."""
        self._titles: list[int] = []
        self._sort()
        self._units = {unit.id: unit for unit in units(corpus)}
        self._asked_at = {(asked.unit, asked.text): asked.place for asked in questions(corpus)}
        self._encoder = version.encoder
        self._most_probes = version.knowledge.search.most_probes

    def _sort(self) -> None:
        """Look at every text, once: a large index reads them from the disk."""
        canned = self.knowledge.fixed.canned
        for position, chunk in enumerate(self.contents.chunks):
            title = chunk.role is ChunkRole.QUESTION and bool(canned[chunk.unit])
            if title:
                self._titles.append(position)
            if title or chunk.role is ChunkRole.VARIANT:
                self.questions.append(position)
            elif chunk.role not in _NO_ANSWER and (found := figures_of(chunk.text)):
                self.figures[position] = found

    def finding(self, severity: Severity, unit: str, problem: str, remedy: str) -> Finding:
        """Return a finding about a unit."""
        span = self._units[unit].span
        return Finding(span.file, span.line, severity, problem, remedy)

    def about(self, unit: str, question: str, problem: str, remedy: str) -> Finding:
        """Warn about a question of a unit, in the line where it stands."""
        place = self._asked_at.get((unit, question), self._units[unit].span)
        return Finding(place.file, place.line, Severity.WARNING, problem, remedy)

    def unit_of(self, position: int) -> str:
        """Return the id of the unit that a text stands for."""
        return self.contents.units[self.contents.chunks[position].unit].id

    def may_share(self, one: str, other: str) -> bool:
        """Return whether two units may share questions: one says what the other does, or a part."""
        parents = {self.judge.units[name].parent for name in (one, other)}
        return (
            self.judge.answers(one, other)
            or self.judge.answers(other, one)
            or (len(parents) == 1 and parents != {None})
        )

    @cached_property
    def asked(self) -> tuple[QuestionResult, ...]:
        """Questions asked as they stand in the content."""
        sampled = self.knowledge.ranker.model.sampled.tolist()
        chosen = sorted({*sampled, *_some(self._titles, MOST_TITLES)})
        chunks = self.contents.chunks
        questions = [chunks[at].text for at in chosen]
        retriever = stored_questions.retriever(
            self.knowledge, self._encoder, questions, lambda: BEFORE_ANY_EXPIRY
        )
        results = []
        for number, at in enumerate(chosen):
            if number % _BETWEEN_LOOKS == 0 and self._is_outdated():
                raise Outdated
            results.append(tested(retriever, chunks[at].text, self.unit_of(at)))
        return tuple(results)

    def roles(self, position: int) -> list[str]:
        """Return the roles that a text names, in order."""
        text = self.contents.chunks[position].embedded
        return [mention.role for mention in self.knowledge.roles.mentions(text)]

    def pairs(self, positions: Sequence[int], least: float) -> Iterator[_Pair]:
        """Yield pairs of texts of unrelated units whose cosine is high enough, each pair once.

        Of many texts only some are compared, the same ones every time, with all others.
        """
        dense = self.contents.dense
        if stored_questions.is_computable(self.knowledge) and len(positions) <= self._most_probes:
            for first, second in dense.close_pairs(np.array(positions, dtype=np.int64), least):
                if self._are_unrelated(first, second):
                    yield _Pair(first, second)
            return
        among, seen = set(positions), set[tuple[int, int]]()
        chosen = _some(positions, self._most_probes)
        for position, others in zip(chosen, self._near(chosen, least), strict=True):
            for other in among.intersection(others):
                pair = (min(position, other), max(position, other))
                if pair not in seen and self._are_unrelated(*pair):
                    yield _Pair(*pair)
                seen.add(pair)

    def _near(self, chosen: Sequence[int], least: float) -> Iterator[list[int]]:
        """For each text yield the nearest ones."""
        if not chosen:
            return iter(())
        texts = [self.contents.chunks[position].embedded for position in chosen]
        vectors = stored_questions.vectors_of(self.contents, chosen, self._encoder)
        return self.knowledge.search.neighbours(texts, vectors, _NEIGHBOURS, least)

    def _are_unrelated(self, one: int, other: int) -> bool:
        units = self.unit_of(one), self.unit_of(other)
        return units[0] != units[1] and not self.may_share(*units)


def _some(positions: Sequence[int], most: int) -> list[int]:
    """Choose evenly, the same ones every time."""
    step = -(-len(positions) // most) if positions else 1
    return list(positions[::step])


def _by_unit(results: Sequence[QuestionResult]) -> dict[str, list[QuestionResult]]:
    groups: dict[str, list[QuestionResult]] = {}
    for result in results:
        groups.setdefault(result.unit, []).append(result)
    return groups


def _quoted(results: Sequence[QuestionResult]) -> str:
    return "; ".join(f"'{result.question}' -> {result.reply}" for result in results[:_MOST_QUOTED])


def _shadowed(view: _View) -> Iterator[Finding]:
    """Find answers of which most questions, each left out, find one other answer first."""
    for unit, results in _by_unit(view.left_out).items():
        if not view.judge.is_content(unit) or len(results) < FEWEST:
            continue
        ranked_first = (result.first for result in results if result.first)
        first = Counter(other for other in ranked_first if not view.may_share(unit, other))
        other, count = first.most_common(1)[0] if first else ("", 0)
        if count > len(results) / 2:
            problem = (
                f"'{unit}' is shadowed: {count} of {len(results)} questions find '{other}' first"
            )
            remedy = "Tell the two apart, merge them, or name the other under 'equivalents'"
            yield view.finding(Severity.WARNING, unit, problem, remedy)


def _stolen(view: _View) -> Iterator[Finding]:
    """Find questions that get another answer than the one under which they stand."""
    for result in view.asked:
        answer = result.reply.unit if result.reply.outcome == "answer" else None
        if (
            answer
            and view.judge.is_content(result.unit)
            and not view.may_share(result.unit, answer)
        ):
            problem = f"'{result.question}' stands under '{result.unit}' and gets '{answer}'"
            remedy = "Move it there, or reword it"
            yield view.about(result.unit, result.question, problem, remedy)


def _unreached(view: _View) -> Iterator[Finding]:
    """Find answers that none of their questions gets."""
    for unit, results in _by_unit(view.asked).items():
        if view.judge.is_content(unit) and not any(_reaches(view, result) for result in results):
            problem = f"no question reaches '{unit}': {_quoted(results)}"
            yield view.finding(Severity.WARNING, unit, problem, "Add questions as people ask them")
    for unit, results in _by_unit(view.left_out).items():
        reached = any(_reaches(view, result) for result in results)
        if view.judge.is_content(unit) and len(results) >= FEWEST and not reached:
            problem = f"a new way to ask for '{unit}' would hardly reach it: {_quoted(results)}"
            yield view.finding(Severity.NOTE, unit, problem, "Add more ways to ask for it")


def _reaches(view: _View, result: QuestionResult) -> bool:
    return view.judge.is_right(result.unit, result.reply)


def _contested(view: _View) -> Iterator[Finding]:
    """Find answers of which a question, or many of those left out, are refused as outside."""
    refused: dict[tuple[str, str], list[QuestionResult]] = {}
    for result in (*view.asked, *view.left_out):
        other = result.reply.unit
        if other and view.judge.is_content(result.unit) and result.reply.outcome == "no_answer":
            refused.setdefault((result.unit, other), []).append(result)
    said = set[tuple[str, str]]()
    certain = {(one.unit, one.reply.unit or "") for one in view.asked}
    times = Counter(result.unit for result in view.left_out)
    for (unit, boundary), results in refused.items():
        if (unit, boundary) not in certain and len(results) < CONTESTED * times[unit]:
            continue
        said.add((unit, boundary))
        problem = f"'{boundary}' competes with '{unit}': {_quoted(results)}"
        remedy = "Add more ways to ask for it, or take examples out of the boundary"
        yield view.finding(Severity.NOTE, unit, problem, remedy)
    # An entry with hardly a variant has no questions of its own to leave out: those of the
    # boundary show the same.
    taken: dict[tuple[str, str], list[QuestionResult]] = {}
    for boundary, _, answered in _passing_examples(view):
        for result in answered:
            pair = (result.reply.unit or "", boundary)
            if times[pair[0]] < FEWEST and pair not in said:
                taken.setdefault(pair, []).append(result)
    for (unit, boundary), results in taken.items():
        examples = "; ".join(f"'{result.question}'" for result in results[:_MOST_QUOTED])
        problem = f"'{boundary}' competes with '{unit}', which seems to answer {examples}"
        remedy = f"Take examples out of '{boundary}' if it does; else add more of them"
        yield view.finding(Severity.NOTE, unit, problem, remedy)


def _passing_examples(view: _View) -> Iterator[tuple[str, int, list[QuestionResult]]]:
    """Yield each boundary, how many examples were left out, and those that got an answer."""
    for unit, results in _by_unit(view.left_out).items():
        if view.judge.units[unit].kind is Kind.BOUNDARY:
            answered = [one for one in results if one.reply.outcome == "answer"]
            yield unit, len(results), answered


def _answered_boundaries(view: _View) -> Iterator[Finding]:
    """Find questions outside the content that get an answer all the same."""
    for result in view.asked:
        is_boundary = view.judge.units[result.unit].kind is Kind.BOUNDARY
        if is_boundary and result.reply.outcome == "answer":
            problem = (
                f"'{result.question}' is outside ('{result.unit}') and yet gets '{result.reply}'"
            )
            remedy = "Add examples like it, or take it out if that answer is right"
            yield view.about(result.unit, result.question, problem, remedy)
    for unit, count, answered in _passing_examples(view):
        if count >= FEWEST and len(answered) > MOST_PASSING * count:
            problem = (
                f"'{unit}' keeps little out: {len(answered)} of {count} examples, each left out,"
                f" get an answer: {_quoted(answered)}"
            )
            remedy = "Add more examples, or take out those that are answered right"
            yield view.finding(Severity.WARNING, unit, problem, remedy)


def _near_duplicates(view: _View) -> Iterator[Finding]:
    """Find questions of different answers that mean the same."""
    chunks = view.contents.chunks
    for pair in view.pairs(view.questions, NEAR):
        here, there = chunks[pair.first].text, chunks[pair.second].text
        units = view.unit_of(pair.first), view.unit_of(pair.second)
        # What is the same to the letter is the linter's; who becomes what is no duplicate.
        if fold(here) == fold(there) or view.roles(pair.first) != view.roles(pair.second):
            continue
        problem = f"'{here}' ('{units[0]}') means the same as '{there}' ('{units[1]}')"
        remedy = "Keep one of them, or name the other answer under 'equivalents'"
        yield view.about(units[0], here, problem, remedy)


def _contradictions(view: _View) -> Iterator[Finding]:
    """Find sentences of different answers on the same thing whose figures do not agree."""
    reported = set[tuple[str, str]]()
    for pair in view.pairs(list(view.figures), ALIKE):
        here, there = view.figures[pair.first], view.figures[pair.second]
        units = view.unit_of(pair.first), view.unit_of(pair.second)
        differing = [m for m in here if m in there and not here[m].keys() & there[m].keys()]
        about_same_roles = set(view.roles(pair.first)) == set(view.roles(pair.second))
        if not differing or not about_same_roles or units in reported:
            continue
        reported.add(units)
        says = [", ".join(sorted(figures[differing[0]].values())) for figures in (here, there)]
        problem = f"'{units[0]}' says {says[0]}, but '{units[1]}' says {says[1]} on the same thing"
        yield view.finding(Severity.WARNING, units[0], problem, "Make the figures agree")


def _idle_checks(view: _View) -> Iterator[Finding]:
    """Find checks that the content lists word for word, which pass whatever the ranking is."""
    checks = {fold(check.question): check for check in view.corpus.checks}
    for unit in view.contents.units if checks else ():
        for check in filter(None, (checks.get(fold(question)) for question in unit.questions)):
            problem = f"the check '{check.question}' stands in the content, under '{unit.id}'"
            remedy = "Word it as somebody else would ask it"
            yield Finding(check.file, check.line, Severity.NOTE, problem, remedy)


def _foreign(view: _View) -> Iterator[Finding]:
    """Find content in another language: visitors who ask in it are mostly refused."""
    units = [
        unit
        for unit in view.contents.units
        if unit.kind in (Kind.FAQ, Kind.PASSAGE) and foreign(unit.text[:_ENOUGH_TEXT], ())
    ]
    if units:
        more = len(units) - 1
        others = f", nor {'is 1 other' if more == 1 else f'are {more} others'}" if more else ""
        problem = (
            f"'{units[0].id}' is not in English{others}; I refuse questions in other languages"
        )
        yield view.finding(Severity.WARNING, units[0].id, problem, "Write it in English")


_CHECKS: Sequence[Callable[[_View], Iterator[Finding]]] = (
    _shadowed,
    _stolen,
    _unreached,
    _contested,
    _answered_boundaries,
    _near_duplicates,
    _contradictions,
    _idle_checks,
    _foreign,
)
