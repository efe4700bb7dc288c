"""Outcomes: a ranked query as an answer, a question back, a refusal or smalltalk, with passages."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from typing import TypeAlias

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
    Unit,
)
from index.decision.suggestions import MOST_SUGGESTIONS, Suggester
from index.loading import Knowledge
from index.query_ranker import RankedQuery
from index.ranking import candidates, highlights
from index.ranking.highlights import Shelf
from index.search.autocomplete import question_of

Passages: TypeAlias = tuple[Hit, ...]

_TRACED = 8
_WORTH_OFFERING = 0.15
"""Confidence from which an uncertain answer is offered."""
_TWIN_MARGIN = 0.5
"""A question fits the other role as well when that unit ranks this close."""
_SMALLTALK_COSINE = 0.62
"""Smalltalk is returned at this cosine or more; below it, function words alone look alike."""
_BOUNDARY_COSINE = 0.5
"""A boundary's own reply is returned at this cosine or more; below it, the general refusal."""


class Outcomes:
    """Makes outcomes of what one version of an index holds; an expired unit is in none."""

    def __init__(self, knowledge: Knowledge, today: Callable[[], date]) -> None:
        self._knowledge = knowledge
        self._units = knowledge.contents.units
        self.suggester = Suggester(knowledge, today)

    def answered(self, best: RankedQuery, passages: Passages) -> Outcome:
        """Answer with the candidate, or ask which role is meant where two fit."""
        unit = self.suggester.in_force(best.candidate.unit)
        if unit is None:
            return self.abstained(best, passages, Reason.EXPIRED)
        if (twin := self._twin(best)) is not None:
            return self.clarify(self.suggester.titles((unit, twin)), best, passages)
        return self.answer_with(unit, best, passages)

    def answer_with(self, unit: Unit, best: RankedQuery, passages: Passages) -> Answered:
        """Answer with a unit, whatever the candidate is."""
        related = self.suggester.related(unit, best.candidate)
        named = [mention.role for mention in self._knowledge.roles.mentions(best.query)]
        if sides := sorted(unit.sides, key=lambda side: [side.label.lower()] != named[:1]):
            unit = replace(unit, sides=tuple(sides))
        return Answered(
            unit,
            best.confidence,
            passages,
            related,
            self._trace(best),
            asked_role=sides[0].role if sides and len(set(named)) == 1 else None,
        )

    def clarify(
        self, offered: tuple[Suggestion, ...], best: RankedQuery, passages: Passages
    ) -> Clarify:
        """Ask which of some questions is meant."""
        return Clarify(offered, best.confidence, passages, self._trace(best))

    def abstained(
        self,
        best: RankedQuery,
        passages: Passages,
        reason: Reason,
        *,
        boundary: Unit | None = None,
        spoken: str | None = None,
    ) -> Abstained:
        """Refuse, and offer what the boundary's reply links to and the nearest questions."""
        confidence = 0.0 if reason is Reason.UNREADABLE else best.confidence
        linked = self.suggester.linked(boundary) if boundary else ()
        nearest = (*linked, *_but(linked, self.suggester.nearest(best.candidate, ())))
        offered = nearest[:MOST_SUGGESTIONS]
        return Abstained(reason, boundary, spoken, confidence, offered, passages, self._trace(best))

    def conversed(self, best: RankedQuery, passages: Passages, position: int) -> Conversed:
        """Reply with smalltalk, as confident as its cosine is high."""
        cosine = max(0.0, min(1.0, float(best.scores.cosine[position])))
        starters = self.suggester.starters()
        return Conversed(self._units[position], cosine, passages, starters, self._trace(best))

    def out_of_scope(self, best: RankedQuery) -> int | None:
        """Return the boundary or smalltalk in force that ranks above all content, if any."""
        position = best.candidate.out_of_scope
        if position is None or best.candidate.out_of_scope_total <= best.candidate.total:
            return None
        unit = self._units[position]
        least = _SMALLTALK_COSINE if unit.kind is Kind.SMALLTALK else _BOUNDARY_COSINE
        is_close = best.scores.cosine[position] >= least
        return position if is_close and not self.suggester.is_expired(unit) else None

    def passages(self, best: RankedQuery, limit: int, first: int | None = None) -> Passages:
        """Return the closest units of the content, best first, one a family; `first` before all."""
        closest = candidates.families(best.candidate, self._knowledge.fixed, limit)
        if first is not None:
            closest = (first, *(at for at in closest if at != first))[:limit]
        ranked = best.candidate.ranked
        return tuple(highlights.hit(self._shelf(at, best), float(ranked[at])) for at in closest)

    def _shelf(self, unit: int, best: RankedQuery) -> Shelf:
        span = self._knowledge.ranker.chunks_of(unit)
        chunks = self._knowledge.contents.chunks[span.start : span.stop]
        cosines = best.matches.cosines[span.start : span.stop]
        return Shelf(self._units[unit], chunks, cosines)

    def _twin(self, best: RankedQuery) -> Unit | None:
        """Return the unit that says of the other role what a question asks of neither."""
        at = self._knowledge.twins.get(best.candidate.unit)
        if at is None or self._knowledge.roles.likely_mentions(best.query):
            return None
        unit = self._units[at]
        is_close = best.candidate.total - best.candidate.ranked[at] <= _TWIN_MARGIN
        return unit if is_close and not self.suggester.is_expired(unit) else None

    def _trace(self, best: RankedQuery) -> Trace:
        candidate = best.candidate
        first = candidate.order[:_TRACED]
        totals = candidate.ranked[first].tolist()
        return Trace(
            best.query,
            candidate.evidence.by_name(),
            tuple(
                (self._units[at].id, round(total, 4))
                for at, total in zip(first.tolist(), totals, strict=True)
            ),
            is_partial=best.matches.is_partial,
        )


def to_offer(outcome: Outcome) -> tuple[Suggestion, ...]:
    """Return what leads to the outcome of one part of a message."""
    match outcome:
        case Answered(unit=unit):
            return (Suggestion(unit.id, question_of(unit)),)
        case Clarify(candidates=offered):
            return offered[:2]
        case Abstained(reason=Reason.NOT_COVERED) if outcome.confidence >= _WORTH_OFFERING:
            return outcome.nearest[:1]
        case _:
            return ()


def with_others(answered: Answered, others: Iterable[Suggestion]) -> Answered:
    """Offer before all else what a message asks besides."""
    by_id = {suggestion.id: suggestion for suggestion in others}
    by_id.pop(answered.unit.id, None)
    besides = tuple(by_id.values())
    return replace(answered, others=besides, related=(*besides, *_but(besides, answered.related)))


def _but(
    without: Iterable[Suggestion], suggestions: Iterable[Suggestion]
) -> tuple[Suggestion, ...]:
    ids = {suggestion.id for suggestion in without}
    return tuple(suggestion for suggestion in suggestions if suggestion.id not in ids)
