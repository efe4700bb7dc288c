"""An index asked its own questions, each as if the index had been built without it.

A variant that is asked as it stands finds itself, which tells nothing. Here its own text is taken
out of every view: its row is masked for meaning, words and spelling, the bonus of a known question
is left out, and the intent head scores as if fitted without it, in closed form
(`intent.left_out`). What stays is how rare each n-gram is, how much each text counts, and,
in an index that is searched by lists, that its unit is among those that are looked at.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from index.datatypes import (
    Answered,
    Chunk,
    Clarify,
    Conversed,
    Outcome,
    Scores,
    Vectors,
)
from index.loading import gather
from index.ranking import intent_classifier, unit_scorer
from index.ranking.unit_scorer import Ranker, RankingModel, UnitScores
from index.retriever import Retriever
from index.search.exact_match import NO_QUESTIONS
from index.search.vector_index import Dense
from index.storage import tensors
from index.text.spelling import Spelling
from index.versions.version_store import Loaded

ALWAYS = date.min
"""A day on which nothing has expired: what a version can do does not depend on the day."""


@dataclass(frozen=True, slots=True)
class Said:
    """What came of a question."""

    outcome: str
    """As in the API: answer, clarify, no_answer or smalltalk."""
    unit: str | None
    """Id of the answer, of the boundary or of the smalltalk that was given."""

    def __str__(self) -> str:
        if self.outcome == "clarify":
            return "a question back"
        if self.outcome == "no_answer":
            return f"no answer ({self.unit})" if self.unit else "no answer"
        return self.unit or "smalltalk"


@dataclass(frozen=True, slots=True)
class Tried:
    """A question of a unit, and what came of it without itself."""

    question: str
    unit: str
    said: Said
    first: str
    """Id of the content that ranks first."""


def said(outcome: Outcome) -> Said:
    """Sum an outcome up."""
    if isinstance(outcome, Answered):
        return Said("answer", outcome.unit.id)
    if isinstance(outcome, Clarify):
        return Said("clarify", None)
    if isinstance(outcome, Conversed):
        return Said("smalltalk", outcome.unit.id)
    return Said("no_answer", outcome.boundary.id if outcome.boundary else None)


def held_out(loaded: Loaded) -> tuple[Tried, ...]:
    """Ask a version the questions that it was built to be asked."""
    model = unit_scorer.parse(tensors.read(loaded.folder / unit_scorer.FILE))
    asker = _Asker(loaded, model)
    return tuple(asker.tried(int(position)) for position in model.held_out)


class _Asker:
    """Asks one question at a time."""

    def __init__(self, loaded: Loaded, model: RankingModel) -> None:
        known = gather(loaded)
        self._contents = loaded.contents
        self._ranker = _LeavingOut(model, len(loaded.contents.units))
        self._stored = _Stored(loaded.contents.dense)
        as_written = _AsWritten(known.spelling.uses, (), frozenset())
        blind = replace(
            known,
            ranker=self._ranker,
            spelling=as_written,
            own=NO_QUESTIONS,
        )
        self._retriever = Retriever(blind, self._stored, today=lambda: ALWAYS)

    def tried(self, position: int) -> Tried:
        chunk = self._contents.chunks[position]
        self._stored.position = position
        self._ranker.leave_out(position, chunk)
        outcome = self._retriever.answer(chunk.text, limit=1)
        first = outcome.passages[0].unit.id if outcome.passages else ""
        return Tried(chunk.text, self._contents.units[chunk.unit].id, said(outcome), first)


class _Stored:
    """Encodes the question that is asked now as the index has it."""

    def __init__(self, dense: Dense) -> None:
        self._dense = dense
        self.position = 0

    def encode(self, texts: Sequence[str], /) -> Vectors:
        return np.repeat(self._dense.row(self.position)[None], len(texts), axis=0)


class _AsWritten(Spelling):
    """Leaves typos, since the head's closed form holds for the text that the head was fitted to."""

    def correct(self, text: str) -> str:
        return text


class _LeavingOut(Ranker):
    """Ranks as if one text had not been there."""

    def __init__(self, model: RankingModel, units: int) -> None:
        # A copy, since the row that is left out is set to 0.
        rows = replace(model.rows, values=model.rows.values.copy())
        super().__init__(replace(model, rows=rows))
        self._whole = model.rows.values
        self._position = 0
        self._text = ""
        self._own = np.zeros(units + 1)

    def leave_out(self, position: int, chunk: Chunk) -> None:
        """Rank without this text from now on, and with the one before it again."""
        before = self._span()
        self._model.rows.values[before] = self._whole[before]
        self._position, self._text = position, chunk.embedded
        self._own[:] = 0.0
        self._own[chunk.unit] = 1.0
        self._model.rows.values[self._span()] = 0.0

    def _span(self) -> slice:
        starts = self._model.rows.starts
        return slice(int(starts[self._position]), int(starts[self._position + 1]))

    def score(
        self, cosines: Scores, vector: Vectors, text: str, words: Scores | None = None
    ) -> UnitScores:
        masked = cosines.copy()
        masked[self._position] = -1.0
        if words is not None:
            words = words.copy()
            words[self._position] = 0.0
        return super().score(masked, vector, self._text, words)

    def _head(self, vector: Vectors, rows: Vectors, units: int) -> Scores:
        scores = super()._head(vector, rows, units)
        head = self._model.head
        if head is None:
            return scores
        leverage = head.leverages[np.searchsorted(self._model.held_out, self._position)]
        return intent_classifier.left_out(scores.astype(np.float64), leverage, self._own).astype(
            np.float32
        )
