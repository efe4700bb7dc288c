"""Bare topics: a message of a word or two, such as ``salary``, that asks nothing about it."""

from functools import lru_cache, partial
from itertools import islice

from index.datatypes import Outcome, Unit
from index.decision.outcomes import Outcomes, Passages
from index.decision.suggestions import MOST_SUGGESTIONS
from index.loading import Knowledge
from index.query_ranker import QueryRanker, RankedQuery
from index.ranking import candidates
from index.text import normalisation
from index.text.normalisation import Synonyms

_TOPIC_WORDS = 2
"""A message with more words asks something about its topic."""
_LEAST_LETTERS = 2
"""Of a word that names a topic."""
_TOPIC_UNITS = 24
"""Units among which those that speak of a topic are looked for, best first."""
_TOPICS = 4096
"""Titles and variants whose words are kept: there are thousands, and a short message reads many."""
_TOPIC_QUESTIONS = 2
"""Variants of a unit that speak of a topic; one alone may do so in passing."""


def _topic_of(synonyms: Synonyms, text: str) -> frozenset[str]:
    return normalisation.topic_words(synonyms.apply(text))


class BareTopics:
    """Finds what the content has on a topic, and asks which of it is meant."""

    def __init__(self, knowledge: Knowledge, ranker: QueryRanker, outcomes: Outcomes) -> None:
        self._knowledge = knowledge
        self._units = knowledge.contents.units
        self._ranker = ranker
        self._outcomes = outcomes
        # A function of its own, since an object that caches its own method is freed late.
        self._topic = lru_cache(_TOPICS)(partial(_topic_of, knowledge.synonyms))

    def answer(self, best: RankedQuery, passages: Passages) -> Outcome | None:
        """Return the outcome of a message that names a topic and asks nothing about it.

        One word gets a question back; two may be answered. None where the content has nothing.
        """
        calibration, spelling = self._knowledge.calibration, self._knowledge.spelling
        topics = self._on_topic(best)
        is_sure = best.confidence >= calibration.answer_at
        if not topics or (is_sure and (len(topics) == 1 or " " in best.query)):
            return None
        is_likely = best.confidence >= calibration.clarify_at
        if len(topics) == 1 and is_likely and spelling.correct(best.query) == best.query:
            return self._outcomes.answer_with(topics[0], best, passages)
        offered = self._outcomes.suggester.titles(topics)
        return self._outcomes.clarify(offered, best, passages)

    def _on_topic(self, best: RankedQuery) -> tuple[Unit, ...]:
        """Return what the content has on a topic, where a message only names one."""
        if len(normalisation.words(best.query)) > _TOPIC_WORDS:
            return ()
        knowledge = self._knowledge
        read = knowledge.synonyms.apply(knowledge.spelling.correct(best.query))
        topic = normalisation.topic_words(read)
        if not topic or max(map(len, topic)) < _LEAST_LETTERS:
            return ()
        if self._ranker.listed(best.query) is not None:
            return ()  # the content lists it as something that it does not answer
        fixed = knowledge.fixed
        closest = candidates.families(best.candidate, fixed, _TOPIC_UNITS)
        units = [self._units[min(at, *fixed.equivalents.get(at, (at,)))] for at in closest]
        # Of two words one may be about something else: "data scientist" beside "data".
        is_likely = best.confidence >= knowledge.calibration.clarify_at
        in_passing = len(topic) == 1 or is_likely
        speaking = (unit for unit in units if self._asks_about(topic, unit, in_passing))
        suggester = self._outcomes.suggester
        in_force = (unit for unit in speaking if not suggester.is_expired(unit))
        return tuple(islice(in_force, MOST_SUGGESTIONS))

    def _asks_about(self, topic: frozenset[str], unit: Unit, in_passing: bool) -> bool:
        in_title = topic <= self._topic(unit.title)
        asked = (topic <= self._topic(variant) for variant in unit.questions)
        return in_title or (in_passing and sum(asked) >= _TOPIC_QUESTIONS)
