"""Query -> `RankedQuery`: put into the content's words, encoded, searched, its units ranked."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Turn
from index.dialogue import courtesy
from index.encoding.encoder import Encoder
from index.loading import Knowledge
from index.ranking import candidates
from index.ranking.candidates import Candidate
from index.ranking.unit_scorer import UnitScores
from index.search.candidate_search import SearchResult
from index.stopwatch import Stopwatch
from index.text import normalisation

LISTED_BONUS = 0.5
"""What a unit gains in the ranking when the content lists the question as the unit's own."""
OTHER_ROLE_PENALTY = 0.4
"""What a unit about another role loses in the ranking: none such was right on any labelled
question."""
OTHER_DIRECTION_PENALTY = 2.0
"""The same of one that goes the opposite way, ``baker to cook``: more than it can be ahead."""


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message on its way to an outcome."""

    text: str
    """After cleaning."""
    core: str
    """The question in it; empty when there is nothing but courtesy."""
    courtesies: tuple[str, ...]
    """What was said around the question, in order."""
    history: tuple[Turn, ...]
    limit: int
    """How many passages to return."""
    watch: Stopwatch


@dataclass(frozen=True, slots=True)
class RankedQuery:
    """One query, searched and ranked."""

    query: str
    matches: SearchResult
    """Cosines with every text."""
    scores: UnitScores
    candidate: Candidate
    confidence: float


class QueryRanker:
    """Ranks the units of one version of an index by how well they answer a query."""

    def __init__(self, knowledge: Knowledge, encoder: Encoder) -> None:
        self._knowledge = knowledge
        self._encoder = encoder
        self._units = knowledge.contents.units
        self._begins = {normalisation.fold(text): at for text, at in knowledge.starters.items()}

    def read(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> IncomingMessage:
        """Clean a message, once, and take courtesy off it."""
        text = normalisation.clean(question)
        parts = courtesy.take_apart(text)
        core = self._core(text, parts)
        return IncomingMessage(text, core, parts.courtesies, tuple(history), limit, Stopwatch())

    def core(self, text: str) -> str:
        """Return the question in a message; empty when there is nothing but courtesy."""
        return self._core(text, courtesy.take_apart(text))

    def _core(self, text: str, parts: courtesy.Message) -> str:
        if parts.courtesies and self.listed(text) is not None:
            return text.strip(" ?.!")  # the content itself lists the words of courtesy
        return normalisation.clean(parts.core)

    def listed(self, query: str) -> int | None:
        """Return the unit that the content itself gives for a question, if it does."""
        folded = normalisation.fold(query)
        unit = self._knowledge.own.unit(folded)
        return self._begins.get(folded) if unit is None else unit

    def best(self, queries: Sequence[str], watch: Stopwatch) -> RankedQuery:
        """Search every query and every part of a long one; return the most confident result."""
        parts = [part for query in queries for part in normalisation.parts(query)]
        return max((self._rank_words(part, watch) for part in parts), key=lambda r: r.confidence)

    def _rank_words(self, query: str, watch: Stopwatch) -> RankedQuery:
        """Rank a query, without its years where what it finds does not speak of them."""
        ranked = self.rank(query, watch)
        if not (years := normalisation.years(query)):
            return ranked
        unit = self._units[ranked.candidate.unit]
        if any(year in f"{unit.title} {unit.text}" for year in years):
            return ranked
        return self.rank(normalisation.without_years(query), watch)

    def rank(self, query: str, watch: Stopwatch, *, is_question: bool = True) -> RankedQuery:
        """Search and rank one query, a stage of `watch` each."""
        knowledge = self._knowledge
        searched = self.searched(query, is_question=is_question)
        watch.lap("read")
        vector = self._encoder.encode([searched])
        watch.lap("encode")
        listed = self.listed(query)
        always = () if listed is None else (listed,)
        matches = knowledge.search.find(vector[0], searched, always)
        watch.lap("dense")
        scores = knowledge.ranker.score(matches.cosines, vector, searched, matches.words)
        scores.total[self._about_another_role(query)] -= OTHER_ROLE_PENALTY
        opposite = self._opposite(query)
        scores.total[opposite] -= OTHER_DIRECTION_PENALTY
        if listed is not None:
            scores.total[listed] += LISTED_BONUS
        watch.lap("rank")
        candidate = candidates.choose(scores, knowledge.fixed, knowledge.typical, listed)
        # The content itself lists the question as one that it does not answer.
        is_outside = listed is not None and not knowledge.fixed.content[listed]
        ahead = scores.total[opposite].max(initial=-np.inf) + OTHER_DIRECTION_PENALTY
        is_outside = is_outside or ahead > candidate.total  # or it answers the opposite
        confidence = 0.0 if is_outside else knowledge.calibration.probability(candidate.evidence)
        watch.lap("weigh")
        return RankedQuery(query, matches, scores, candidate, confidence)

    def searched(self, query: str, *, is_question: bool = True) -> str:
        """Return what is encoded and searched: spelt right, in the words of the content."""
        knowledge = self._knowledge
        searched = knowledge.synonyms.apply(knowledge.spelling.correct(query.strip(" ?.!¿¡")))
        if is_question and normalisation.is_interrogative(searched):
            # Whatever mark the visitor wrote, so that "!", "?" and none find the same; a statement
            # has none, as the variants that are statements.
            searched += "?"
        return searched

    def _opposite(self, query: str) -> list[int]:
        """List the units that go from the role to which a query goes to the one it goes from."""
        directions = self._knowledge.directions
        way = self._knowledge.roles.direction(query) if directions else None
        return [] if way is None else [at for at, own in directions.items() if own == way[::-1]]

    def _about_another_role(self, query: str) -> NDArray[np.bool_]:
        """Return which units are about another role than the only one that a query names."""
        roles, subjects = self._knowledge.roles, self._knowledge.subjects
        names = {mention.role for mention in roles.mentions(query)}
        role = roles.names.index(names.pop()) if len(names) == 1 else -1
        if role == -1:
            return np.zeros(len(subjects), dtype=np.bool_)
        return np.asarray((subjects != role) & (subjects != -1), dtype=np.bool_)
