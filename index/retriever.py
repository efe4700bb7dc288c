"""Question -> outcome: `Retriever.answer` rewrites, encodes, searches, ranks and decides.

A question is cleaned once. With the conversation before it, it becomes queries that stand alone;
each is searched, and the one that is answered with the most confidence decides.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.datatypes import (
    Abstained,
    Answered,
    Clarify,
    Conversed,
    Hit,
    Kind,
    Outcome,
    Reason,
    Suggestion,
    Trace,
    Turn,
    Unit,
    Vectors,
)
from index.dialogue import query_rewriting
from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder, OnnxEncoder
from index.errors import IndexCorrupt
from index.freshness import is_expired
from index.loading import ALONE, Knowledge, Parts, gather
from index.ranking import candidates, highlights
from index.ranking.calibration import Evidence
from index.ranking.candidates import Candidate
from index.ranking.highlights import Shelf
from index.ranking.unit_scorer import UnitScores, best_first
from index.search.autocomplete import question_of
from index.search.candidate_search import SearchResult
from index.stopwatch import Stopwatch
from index.text import language_identification, normalisation
from index.versions import version_store

MOST_SUGGESTIONS = 3
LISTED_BONUS = 0.5
"""What a unit gains in the ranking when the content lists the question as the unit's own."""
OTHER_ROLE_PENALTY = 0.4
"""What a unit about another role loses in the ranking: none such was right on any labelled
question."""
_TRACED = 8
_SMALLTALK_COSINE = 0.62
"""Smalltalk is returned at this cosine or more; below it, function words alone look alike."""
_BOUNDARY_COSINE = 0.5
"""A boundary's own reply is returned at this cosine or more; below it, the general refusal."""


@dataclass(frozen=True, slots=True)
class _Ranked:
    """One query, searched and ranked."""

    query: str
    matches: SearchResult
    """Cosines with every text."""
    scores: UnitScores
    candidate: Candidate
    confidence: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What the confidence model is fitted on."""

    unit: str
    evidence: Evidence


class Retriever:
    """Answers questions from one version of an index. Safe to call from several threads."""

    def __init__(
        self, knowledge: Knowledge, encoder: Encoder, *, today: Callable[[], date] | None = None
    ) -> None:
        self._knowledge = knowledge
        self._encoder = encoder
        self.warm = knowledge.languages.warm
        """Loads ahead what only some questions need."""
        self.encode = encoder.encode
        """Encodes texts as questions are encoded, to compare them."""
        self._today = today or (lambda: datetime.now(UTC).date())
        self._units = knowledge.contents.units
        self.manifest = knowledge.manifest
        self.units: Mapping[str, Unit] = knowledge.units

    def answer(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> Outcome:
        """Answer a question.

        Args:
            question: As the visitor wrote it.
            history: Earlier exchanges of the conversation, oldest first.
            limit: How many passages to return with it.

        """
        watch = Stopwatch()
        question = normalisation.clean(question)
        queries = query_rewriting.rewrite(question, history, self._knowledge.roles)
        best = self._best(queries, watch)
        passages = self._passages(best, limit)
        watch.lap("passages")
        outcome = self._decide(question, best, passages)
        watch.lap("decide")
        return replace(outcome, trace=replace(outcome.trace, stages=watch.stages))

    def observe(self, question: str) -> Observation:
        """Return the candidate for a question and the evidence about it, whatever is decided."""
        best = self._best((normalisation.clean(question),), Stopwatch())
        return Observation(self._units[best.candidate.unit].id, best.candidate.evidence)

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return canned questions for what a visitor has typed so far."""
        positions = self._knowledge.autocomplete.complete(prefix, limit)
        return tuple(Suggestion(self._units[at].id, self._units[at].title) for at in positions)

    def _best(self, queries: Sequence[str], watch: Stopwatch) -> _Ranked:
        """Search every query and every part of a long one; return the most confident result."""
        parts = [part for query in queries for part in normalisation.parts(query)]
        return max((self._rank(part, watch) for part in parts), key=lambda r: r.confidence)

    def _rank(self, query: str, watch: Stopwatch) -> _Ranked:
        knowledge = self._knowledge
        searched = knowledge.synonyms.apply(knowledge.spelling.correct(query))
        watch.lap("read")
        vector = self._encoder.encode([searched])
        watch.lap("encode")
        listed = knowledge.own.unit(query)
        always = () if listed is None else (listed,)
        matches = knowledge.search.find(vector[0], searched, always)
        watch.lap("dense")
        scores = knowledge.ranker.score(matches.cosines, vector, searched, matches.words)
        scores.total[self._about_another_role(query)] -= OTHER_ROLE_PENALTY
        if listed is not None:
            scores.total[listed] += LISTED_BONUS
        watch.lap("rank")
        candidate = candidates.choose(scores, knowledge.fixed, knowledge.typical, listed)
        # The content itself lists the question as one that it does not answer.
        is_outside = listed is not None and not knowledge.fixed.content[listed]
        confidence = 0.0 if is_outside else knowledge.calibration.probability(candidate.evidence)
        watch.lap("weigh")
        return _Ranked(query, matches, scores, candidate, confidence)

    def _about_another_role(self, query: str) -> NDArray[np.bool_]:
        """Tell which units are about another role than the only one that a query names."""
        roles, subjects = self._knowledge.roles, self._knowledge.subjects
        names = {mention.role for mention in roles.mentions(query)}
        role = roles.names.index(names.pop()) if len(names) == 1 else -1
        if role == -1:
            return np.zeros(len(subjects), dtype=np.bool_)
        return np.asarray((subjects != role) & (subjects != -1), dtype=np.bool_)

    def _decide(self, question: str, best: _Ranked, passages: tuple[Hit, ...]) -> Outcome:
        knowledge = self._knowledge
        if not normalisation.is_readable(question):
            return self._abstained(best, passages, Reason.UNREADABLE)
        uses, languages = knowledge.spelling.uses, knowledge.languages
        if language := language_identification.foreign(question, uses, languages):
            return self._abstained(best, passages, Reason.LANGUAGE, spoken=language)
        outside = self._out_of_scope(best)
        if outside is not None and outside.kind is Kind.SMALLTALK:
            return self._conversed(best, passages, outside)
        if best.confidence >= knowledge.calibration.answer_at:
            return self._answered(best, passages)
        if outside is not None and outside.kind is Kind.BOUNDARY:
            return self._abstained(best, passages, Reason.BOUNDARY, boundary=outside)
        choices = self._choices(best)
        if best.confidence >= knowledge.calibration.clarify_at and len(choices) > 1:
            return Clarify(choices, best.confidence, passages, self._trace(best))
        return self._abstained(best, passages, Reason.NOT_COVERED)

    def _out_of_scope(self, best: _Ranked) -> Unit | None:
        """Return the boundary or smalltalk in force that ranks above all content, if any."""
        position = best.candidate.out_of_scope
        if position is None or best.candidate.out_of_scope_total <= best.candidate.total:
            return None
        unit = self._units[position]
        least = _SMALLTALK_COSINE if unit.kind is Kind.SMALLTALK else _BOUNDARY_COSINE
        is_close = best.scores.cosine[position] >= least
        return unit if is_close and not self._is_expired(unit) else None

    def _answered(self, best: _Ranked, passages: tuple[Hit, ...]) -> Outcome:
        unit = self._in_force(best.candidate.unit)
        if unit is None:
            return self._abstained(best, passages, Reason.EXPIRED)
        related = self._related(unit, best)
        return Answered(unit, best.confidence, passages, related, self._trace(best))

    def _in_force(self, position: int) -> Unit | None:
        """Return a unit or, where it is expired, an equivalent that is not."""
        same = (position, *self._knowledge.fixed.equivalents.get(position, ()))
        return next((self._units[at] for at in same if not self._is_expired(self._units[at])), None)

    def _is_expired(self, unit: Unit) -> bool:
        return is_expired(unit, self._today())

    def _abstained(
        self,
        best: _Ranked,
        passages: tuple[Hit, ...],
        reason: Reason,
        *,
        boundary: Unit | None = None,
        spoken: str | None = None,
    ) -> Abstained:
        trace = self._trace(best)
        confidence = 0.0 if reason is Reason.UNREADABLE else best.confidence
        nearest = self._nearest(best, ())
        return Abstained(reason, boundary, spoken, confidence, nearest, passages, trace)

    def _conversed(self, best: _Ranked, passages: tuple[Hit, ...], unit: Unit) -> Conversed:
        position = best.candidate.out_of_scope
        cosine = float(best.scores.cosine[position]) if position is not None else 0.0
        starters = self._canned(np.flatnonzero(self._knowledge.fixed.canned), ())
        return Conversed(unit, max(0.0, min(1.0, cosine)), passages, starters, self._trace(best))

    def _choices(self, best: _Ranked) -> tuple[Suggestion, ...]:
        """Return what to choose from when the question is not clear."""
        chosen = candidates.alternatives(best.candidate, self._knowledge.fixed, MOST_SUGGESTIONS)
        return self._suggestions(self._units[position] for position in chosen)

    def _related(self, unit: Unit, best: _Ranked) -> tuple[Suggestion, ...]:
        """Return the follow-ups that the corpus names, else the nearest canned questions."""
        if unit.related:
            named = [self.units[name] for name in unit.related if name in self.units]
            return self._suggestions(named)
        answering = best.candidate.unit
        return self._nearest(
            best, (answering, *self._knowledge.fixed.equivalents.get(answering, ()))
        )

    def _nearest(self, best: _Ranked, without: Sequence[int]) -> tuple[Suggestion, ...]:
        units = best_first(best.candidate.ranked)
        return self._canned(units[self._knowledge.fixed.canned[units]], without)

    def _canned(
        self, positions: NDArray[np.intp], without: Sequence[int]
    ) -> tuple[Suggestion, ...]:
        """Return the first few canned questions but for some, only one of equivalents."""
        chosen: list[int] = []
        for position in map(int, positions):
            same = self._knowledge.fixed.equivalents.get(position, ())
            is_expired = self._is_expired(self._units[position])
            if not is_expired and position not in without and not set(same) & set(chosen):
                chosen.append(position)
            if len(chosen) == MOST_SUGGESTIONS:
                break
        return self._suggestions(self._units[position] for position in chosen)

    def _suggestions(self, units: Iterable[Unit]) -> tuple[Suggestion, ...]:
        """Return the questions of units, but for those whose answer is expired."""
        return tuple(Suggestion(u.id, question_of(u)) for u in units if not self._is_expired(u))

    def _passages(self, best: _Ranked, limit: int) -> tuple[Hit, ...]:
        """Return the closest units of the content, best first, one of each family."""
        ranked = best.candidate.ranked
        closest = candidates.families(ranked, self._knowledge.fixed, limit)
        totals = ranked.tolist()
        return tuple(highlights.hit(self._shelf(at, best), totals[at]) for at in closest)

    def _shelf(self, unit: int, best: _Ranked) -> Shelf:
        span = self._knowledge.ranker.chunks_of(unit)
        chunks = self._knowledge.contents.chunks[span.start : span.stop]
        cosines = best.matches.cosines[span.start : span.stop]
        return Shelf(self._units[unit], chunks, cosines)

    def _trace(self, best: _Ranked) -> Trace:
        ranked = best.candidate.ranked
        return Trace(
            best.query,
            asdict(best.candidate.evidence),
            tuple(
                (self._units[n].id, round(float(ranked[n]), 4))
                for n in best_first(ranked)[:_TRACED]
            ),
            is_partial=best.matches.is_partial,
        )


def open_index(
    folder: Path,
    encoder: Encoder | None = None,
    version: str | None = None,
    load: version_store.Load = version_store.load,
) -> Retriever:
    """Open a version of an index, by default the live one.

    Args:
        folder: Of the index.
        encoder: Instead of the one in the version; for tests.
        version: Its name.
        load: Reads the version; that of a vector store searches there.

    Raises:
        RetrievalError: There is none, or its files are not what was built.

    """
    return assemble(load(folder, version), None if encoder is None else lambda _: encoder)


def assemble(
    loaded: version_store.Loaded,
    open_encoder: Callable[[Path], Encoder] | None = None,
    parts: Parts = ALONE,
) -> Retriever:
    """Make a retriever of a version that was read, and ask it something.

    Args:
        loaded: The version.
        open_encoder: Opens the encoder of its folder, by default the one in it.
        parts: Readers of what other versions may have as well.

    Raises:
        RetrievalError: Something in it cannot be used, although it is what was built.

    """
    with version_store.blamed(loaded.folder):
        knowledge = gather(loaded, parts)
        if open_encoder is None:
            for name in (ENCODER_FILE, TOKENIZER_FILE):
                version_store.listed(loaded.folder, loaded.manifest, name)
        with version_store.blamed(loaded.folder / ENCODER_FILE):
            encoder = (open_encoder or OnnxEncoder)(loaded.folder)
            title = next(iter(knowledge.units.values())).title
            _check_dimension(encoder.encode([title]), loaded)
        with version_store.blamed(loaded.folder / language_identification.FILE):
            knowledge.languages.check()
        retriever = Retriever(knowledge, encoder)
        if loaded.search is None:  # else it would ask a server
            retriever.answer(title)
    return retriever


def _check_dimension(vectors: Vectors, loaded: version_store.Loaded) -> None:
    expected = loaded.manifest.model.dimension
    if vectors.shape != (1, expected) or not np.isfinite(vectors).all():
        raise IndexCorrupt(
            f"{loaded.folder / ENCODER_FILE} does not give {expected} numbers. "
            f"{version_store.REBUILD}"
        )
