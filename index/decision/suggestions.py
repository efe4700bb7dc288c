"""Suggestions: questions to offer beside an answer, to choose from, or to begin with."""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Suggestion, Unit
from index.freshness import is_expired
from index.loading import Knowledge
from index.ranking import candidates
from index.ranking.candidates import Candidate
from index.search.autocomplete import question_of
from index.text import normalisation

MOST_SUGGESTIONS = 3
_STARTERS_FROM = 200
"""Canned answers among which questions to begin with are looked for."""
_LINKED = re.compile(r'href="[^"#]*#([^"]+)"')


class Suggester:
    """Offers units of one version of an index, none of them expired."""

    def __init__(self, knowledge: Knowledge, today: Callable[[], date]) -> None:
        self._knowledge = knowledge
        self._units = knowledge.contents.units
        self._by_id = knowledge.units
        self._today = today

    def linked(self, boundary: Unit) -> tuple[Suggestion, ...]:
        """Return what the reply of a boundary links to."""
        names = dict.fromkeys(_LINKED.findall(boundary.html))
        return self.questions(self._by_id[name] for name in names if name in self._by_id)

    def starters(self, limit: int = MOST_SUGGESTIONS) -> tuple[Suggestion, ...]:
        """Return questions to begin with: those that the content names, else varied ones."""
        named = [
            Suggestion(self._units[at].id, text)
            for text, at in self._knowledge.starters.items()
            if not self.is_expired(self._units[at])
        ]
        return tuple(named[:limit]) or self._varied(limit)

    def _varied(self, limit: int) -> tuple[Suggestion, ...]:
        """Return canned questions of different files and wordings, as far as there are."""
        by_file: dict[str, list[int]] = {}
        for at in map(int, np.flatnonzero(self._knowledge.fixed.canned)[:_STARTERS_FROM]):
            by_file.setdefault(self._units[at].document, []).append(at)
        in_turn = (at for row in zip_longest(*by_file.values()) for at in row if at is not None)
        chosen: list[frozenset[str]] = []
        varied, alike = list[int](), list[int]()
        for at in in_turn:
            topic = normalisation.topic_words(self._units[at].title)
            is_new = all(len(topic & other) * 2 <= len(topic | other) for other in chosen)
            (varied if is_new else alike).append(at)
            chosen.append(topic)
        return self._canned(np.array([*varied, *alike], dtype=np.intp), (), limit)

    def choices(self, candidate: Candidate) -> tuple[Suggestion, ...]:
        """Return what to choose from when the question is not clear."""
        chosen = candidates.alternatives(candidate, self._knowledge.fixed, MOST_SUGGESTIONS)
        return self.titles(self._units[position] for position in chosen)

    def related(self, unit: Unit, candidate: Candidate) -> tuple[Suggestion, ...]:
        """Return the follow-ups that the corpus names, else the nearest canned questions."""
        if unit.related:
            named = [self._by_id[name] for name in unit.related if name in self._by_id]
            return self.questions(named)
        answering = candidate.unit
        same = self._knowledge.fixed.equivalents.get(answering, ())
        return self.nearest(candidate, (answering, *same))

    def nearest(self, candidate: Candidate, without: Sequence[int]) -> tuple[Suggestion, ...]:
        """Return the canned questions that rank best, except some."""
        units = candidate.content
        return self._canned(units[self._knowledge.fixed.canned[units]], without)

    def _canned(
        self, positions: NDArray[np.intp], without: Sequence[int], limit: int = MOST_SUGGESTIONS
    ) -> tuple[Suggestion, ...]:
        """Return the first few canned questions except some, only one of equivalents."""
        chosen: list[int] = []
        for position in positions.tolist():
            same = self._knowledge.fixed.equivalents.get(position, ())
            is_told = position in without or not set(same).isdisjoint(chosen)
            if not is_told and not self.is_expired(self._units[position]):
                chosen.append(position)
            if len(chosen) == limit:
                break
        return self.questions(self._units[position] for position in chosen)

    def questions(self, units: Iterable[Unit]) -> tuple[Suggestion, ...]:
        """Return the questions of units whose answers have not expired."""
        return tuple(Suggestion(u.id, question_of(u)) for u in units if not self.is_expired(u))

    def titles(self, units: Iterable[Unit]) -> tuple[Suggestion, ...]:
        """Return units that have not expired by their titles, to choose from."""
        return tuple(Suggestion(u.id, u.title) for u in units if not self.is_expired(u))

    def in_force(self, position: int) -> Unit | None:
        """Return a unit or, where it is expired, an equivalent that is not."""
        same = (position, *self._knowledge.fixed.equivalents.get(position, ()))
        return next((self._units[at] for at in same if not self.is_expired(self._units[at])), None)

    def is_expired(self, unit: Unit) -> bool:
        """Whether the last day of a unit is past."""
        return unit.valid_until is not None and is_expired(unit, self._today())
