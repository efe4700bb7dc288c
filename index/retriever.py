"""Question -> answer. Composes the parts; `Retriever.answer` reads top to bottom."""

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
from index.encoding.encoder import Encoder, OnnxEncoder
from index.freshness import is_expired
from index.loading import Knowledge, gather
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
KNOWN_BONUS = 0.5
"""What a unit gains in the ranking when the content lists the question as the unit's own."""
OTHER_ROLE_PENALTY = 0.4
"""What a unit about another role loses in the ranking: none such was right on any labelled
question."""
_TRACED = 8
_TALK_COSINE = 0.62
"""Smalltalk is answered from this likeness on; below it, small words alone look alike."""
_BOUNDARY_COSINE = 0.5
"""A boundary's own reply is given from this likeness on; below it, the general refusal."""


@dataclass(frozen=True, slots=True)
class Considered:
    """One reading of a question, searched."""

    text: str
    vector: Vectors
    """Shape (dimension,)."""
    compared: SearchResult
    """Cosines with every text."""
    scores: UnitScores
    candidate: Candidate
    confidence: float


@dataclass(frozen=True, slots=True)
class Observation:
    """What a confidence model is fitted on."""

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
        """Reads what only some questions need."""
        self.encode = encoder.encode
        """Encodes texts as questions are encoded, to compare them with each other."""
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
        outcome = self._outcome(question, history, limit, watch)
        watch.lap("decide")
        return replace(outcome, trace=replace(outcome.trace, stages=watch.stages))

    def _outcome(
        self, question: str, history: Sequence[Turn], limit: int, watch: Stopwatch
    ) -> Outcome:
        cleaned, known = normalisation.clean(question), self._knowledge
        readings = query_rewriting.readings(cleaned, history, known.roles)
        found = self._best(readings, watch)
        hits = self._hits(found, limit)
        watch.lap("passages")
        if not normalisation.is_readable(cleaned):
            return self._abstained(found, hits, Reason.UNREADABLE)
        if spoken := language_identification.foreign(cleaned, known.spelling.uses, known.languages):
            return self._abstained(found, hits, Reason.LANGUAGE, spoken=spoken)
        return self._decide(found, hits)

    def observe(self, question: str) -> Observation:
        """Return the candidate for a question and the evidence about it, whatever is decided."""
        found = self._best((normalisation.clean(question),), Stopwatch())
        return Observation(self._units[found.candidate.unit].id, found.candidate.evidence)

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        """Return canned questions for what a visitor has typed so far."""
        found = self._knowledge.canned.complete(prefix, limit)
        return tuple(Suggestion(self._units[at].id, self._units[at].title) for at in found)

    def _best(self, readings: Sequence[str], watch: Stopwatch) -> Considered:
        """Search every reading of a question, and keep the one that is answered best."""
        parts = [part for reading in readings for part in normalisation.parts(reading)]
        considered = [self._consider(part, watch) for part in parts]
        return max(considered, key=lambda one: one.confidence)

    def _consider(self, reading: str, watch: Stopwatch) -> Considered:
        knowledge = self._knowledge
        searched = knowledge.synonyms.apply(knowledge.spelling.correct(reading))
        watch.lap("read")
        vector = self._encoder.encode([searched])
        watch.lap("encode")
        known = knowledge.own.unit(reading)
        found = knowledge.search.find(vector[0], searched, () if known is None else (known,))
        watch.lap("dense")
        scores = knowledge.ranker.score(found.cosines, vector, searched, found.words)
        scores.total[self._of_another_role(reading)] -= OTHER_ROLE_PENALTY
        if known is not None:
            scores.total[known] += KNOWN_BONUS
        watch.lap("rank")
        candidate = candidates.choose(scores, knowledge.fixed, knowledge.typical, known)
        outside = known is not None and not knowledge.fixed.content[known]  # the content says so
        probability = 0.0 if outside else knowledge.calibration.probability(candidate.evidence)
        watch.lap("weigh")
        return Considered(reading, vector[0], found, scores, candidate, probability)

    def _of_another_role(self, reading: str) -> NDArray[np.bool_]:
        """Tell which units are about another role than the only one that the question names."""
        roles, subjects = self._knowledge.roles, self._knowledge.subjects
        named = {mention.role for mention in roles.mentions(reading)}
        asked = roles.names.index(named.pop()) if len(named) == 1 else -1
        if asked == -1:
            return np.zeros(len(subjects), dtype=np.bool_)
        return np.asarray((subjects != asked) & (subjects != -1), dtype=np.bool_)

    def _decide(self, found: Considered, hits: tuple[Hit, ...]) -> Outcome:
        calibration = self._knowledge.calibration
        rival = self._rival(found)
        if rival is not None and rival.kind is Kind.SMALLTALK:
            return self._conversed(found, hits, rival)
        if found.confidence >= calibration.answer_at:
            return self._answered(found, hits)
        if rival is not None and rival.kind is Kind.BOUNDARY:
            return self._abstained(found, hits, Reason.BOUNDARY, boundary=rival)
        offered = self._offered(found)
        if found.confidence >= calibration.clarify_at and len(offered) > 1:
            return Clarify(offered, found.confidence, hits, self._trace(found))
        return self._abstained(found, hits, Reason.NOT_COVERED)

    def _rival(self, found: Considered) -> Unit | None:
        """Return the boundary or smalltalk in force that fits better than any content, if any."""
        position = found.candidate.rival
        if position is None or found.candidate.rival_total <= found.candidate.total:
            return None
        unit = self._units[position]
        least = _TALK_COSINE if unit.kind is Kind.SMALLTALK else _BOUNDARY_COSINE
        return unit if found.scores.cosine[position] >= least and not self._is_out(unit) else None

    def _answered(self, found: Considered, hits: tuple[Hit, ...]) -> Outcome:
        unit = self._in_force(found.candidate.unit)
        if unit is None:
            return self._abstained(found, hits, Reason.EXPIRED)
        related = self._related(unit, found)
        return Answered(unit, found.confidence, hits, related, self._trace(found))

    def _in_force(self, position: int) -> Unit | None:
        """Return a unit or, where that is out of date, one that says the same and is not."""
        same = (position, *self._knowledge.fixed.equivalents.get(position, ()))
        return next((self._units[at] for at in same if not self._is_out(self._units[at])), None)

    def _is_out(self, unit: Unit) -> bool:
        return is_expired(unit, self._today())

    def _abstained(
        self,
        found: Considered,
        hits: tuple[Hit, ...],
        reason: Reason,
        *,
        boundary: Unit | None = None,
        spoken: str | None = None,
    ) -> Abstained:
        trace = self._trace(found)
        confidence_ = 0.0 if reason is Reason.UNREADABLE else found.confidence
        nearest = self._nearest(found, ())
        return Abstained(reason, boundary, spoken, confidence_, nearest, hits, trace)

    def _conversed(self, found: Considered, hits: tuple[Hit, ...], unit: Unit) -> Conversed:
        position = found.candidate.rival
        likeness = float(found.scores.cosine[position]) if position is not None else 0.0
        starters = self._canned(np.flatnonzero(self._knowledge.fixed.canned), ())
        return Conversed(unit, max(0.0, min(1.0, likeness)), hits, starters, self._trace(found))

    def _offered(self, found: Considered) -> tuple[Suggestion, ...]:
        """Return what to choose from when the question is not clear."""
        chosen = candidates.alternatives(found.candidate, self._knowledge.fixed, MOST_SUGGESTIONS)
        return self._suggestions(self._units[position] for position in chosen)

    def _related(self, unit: Unit, found: Considered) -> tuple[Suggestion, ...]:
        """Return the follow-ups that the corpus names, else the nearest canned questions."""
        if unit.related:
            named = [self.units[name] for name in unit.related if name in self.units]
            return self._suggestions(named)
        given = found.candidate.unit
        return self._nearest(found, (given, *self._knowledge.fixed.equivalents.get(given, ())))

    def _nearest(self, found: Considered, without: Sequence[int]) -> tuple[Suggestion, ...]:
        best = best_first(found.candidate.ranked)
        return self._canned(best[self._knowledge.fixed.canned[best]], without)

    def _canned(
        self, positions: NDArray[np.intp], without: Sequence[int]
    ) -> tuple[Suggestion, ...]:
        """Return the first of some canned questions but these, of equivalents only one."""
        chosen: list[int] = []
        for position in map(int, positions):
            said = self._knowledge.fixed.equivalents.get(position, ())
            out = self._is_out(self._units[position])
            if not out and position not in without and not set(said) & set(chosen):
                chosen.append(position)
            if len(chosen) == MOST_SUGGESTIONS:
                break
        return self._suggestions(self._units[position] for position in chosen)

    def _suggestions(self, units: Iterable[Unit]) -> tuple[Suggestion, ...]:
        """Offer units, but none whose answer would not be given any more."""
        return tuple(Suggestion(u.id, question_of(u)) for u in units if not self._is_out(u))

    def _hits(self, found: Considered, limit: int) -> tuple[Hit, ...]:
        """Return the closest units of the content, best first, one of each family."""
        best = candidates.families(found.candidate.ranked, self._knowledge.fixed, limit)
        ranked = found.candidate.ranked.tolist()
        return tuple(highlights.hit(self._shelf(at, found), ranked[at]) for at in best)

    def _shelf(self, unit: int, found: Considered) -> Shelf:
        span = self._knowledge.ranker.chunks_of(unit)
        chunks = self._knowledge.contents.chunks[span.start : span.stop]
        cosines = found.compared.cosines[span.start : span.stop]
        return Shelf(self._units[unit], chunks, cosines)

    def _trace(self, found: Considered) -> Trace:
        ranked = found.candidate.ranked
        return Trace(
            found.text,
            asdict(found.candidate.evidence),
            tuple(
                (self._units[n].id, round(float(ranked[n]), 4))
                for n in best_first(ranked)[:_TRACED]
            ),
            is_partial=found.compared.is_partial,
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
    loaded = load(folder, version)
    return Retriever(gather(loaded), encoder or OnnxEncoder(loaded.folder))
