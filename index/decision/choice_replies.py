"""Replies to a question back: what a visitor chooses of the questions that were offered."""

from collections.abc import Sequence
from dataclasses import replace

from index.datatypes import Outcome, Reason, Turn, Unit
from index.decision.outcomes import Outcomes, with_others
from index.dialogue import choices
from index.dialogue.choices import Choice
from index.loading import Knowledge
from index.query_ranker import IncomingMessage, QueryRanker
from index.ranking import candidates
from index.search.autocomplete import question_of
from index.text import normalisation

_WORTH_CHOOSING = 0.04
"""Confidence from which a short reply is taken for one of the few that are on offer."""
_MOST_CHOOSING = 6
"""Words of a reply that chooses without saying so."""


class ChoiceReplies:
    """Answers replies such as ``the first one``, ``the one about maths``, ``both``, ``yes``."""

    def __init__(self, knowledge: Knowledge, ranker: QueryRanker, outcomes: Outcomes) -> None:
        self._knowledge = knowledge
        self._fixed = knowledge.fixed
        self._ranker = ranker
        self._outcomes = outcomes

    def answer(self, message: IncomingMessage) -> Outcome | None:
        """Answer a reply that chooses from what was offered; None when it does not."""
        turn, picked = choices.standing(message.history)
        by_id = self._knowledge.units
        units = [by_id[name] for name in turn.offered if name in by_id] if turn else []
        if turn is None or not units or len(units) < len(turn.offered):
            return None
        if picked is not None:
            choice = choices.choose_another(message.text, len(units), turn.offered.index(picked))
        else:
            titles = [unit.title for unit in units]
            choice = choices.choose(message.text, titles, self._knowledge.synonyms.apply)
        if choice is not None and choice.topic:
            choice = self._by_topic(choice, self._positions(units), message)
        elif choice is None and picked is None:
            choice = self._by_likeness(self._positions(units), message)
        return None if choice is None else self._given(choice, units, turn, message)

    def _positions(self, units: Sequence[Unit]) -> list[int]:
        return [self._fixed.positions[unit.id] for unit in units]

    def _by_topic(
        self, choice: Choice, offered: list[int], message: IncomingMessage
    ) -> Choice | None:
        """Find the choice that a topic is about: the best unit for it, if that was offered."""
        candidate = self._ranker.rank(choice.topic, message.watch).candidate
        closest = max(offered, key=lambda at: candidate.ranked[at])
        if candidates.same(candidate.unit, closest, self._fixed) or choice.is_certain:
            return Choice((offered.index(closest),))
        return None

    def _by_likeness(self, offered: list[int], message: IncomingMessage) -> Choice | None:
        """Choose what a short reply is closest to, where it is no clear question of its own."""
        if not message.core or len(normalisation.words(message.core)) > _MOST_CHOOSING:
            return None
        best = self._ranker.rank(message.core, message.watch)
        is_unsure = _WORTH_CHOOSING <= best.confidence < self._knowledge.calibration.answer_at
        unit = best.candidate.unit
        same = next((at for at in offered if candidates.same(unit, at, self._fixed)), None)
        if not is_unsure or same is None or self._outcomes.out_of_scope(best) is not None:
            return None
        return Choice((offered.index(same),))

    def _given(
        self, choice: Choice, units: Sequence[Unit], turn: Turn, message: IncomingMessage
    ) -> Outcome:
        """Return the outcome of a choice: an answer, the same question back, or a refusal."""
        outcomes = self._outcomes
        suggester = outcomes.suggester
        chosen = [units[at] for at in choice.positions if not suggester.is_expired(units[at])]
        if chosen:
            best = self._ranker.rank(question_of(chosen[0]), message.watch)
            first = self._fixed.positions[chosen[0].id]
            passages = outcomes.passages(best, message.limit, first)
            answered = outcomes.answer_with(chosen[0], best, passages)
            others = suggester.titles(chosen[1:])
            return with_others(replace(answered, confidence=1.0, is_chosen=True), others)
        best = self._ranker.best((turn.question,), message.watch)
        passages = outcomes.passages(best, message.limit)
        if choice.positions:
            return outcomes.abstained(best, passages, Reason.EXPIRED)
        if choice.is_none:
            refused = outcomes.abstained(best, passages, Reason.NONE_CHOSEN)
            nearest = suggester.nearest(best.candidate, self._positions(units))
            return replace(refused, confidence=0.0, nearest=nearest)
        return outcomes.clarify(suggester.titles(units), best, passages)
