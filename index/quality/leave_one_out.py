"""Leave-one-out: an index asked its own variants, each as if it had been built without that one.

A variant that is asked as it stands finds itself, which shows nothing. Here its own text is taken
out of every view: its row is masked for meaning, words and spelling, the bonus of a question that
the content lists is left out, and the intent classifier scores as if fitted without it, in closed
form (`intent_classifier.left_out`). Three things stay as they were: how rare each n-gram is, how
much each text counts, and, in an index that is searched by lists, that the variant's unit is among
those that are scored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.datatypes import Chunk, Scores, Vectors
from index.quality import stored_questions
from index.quality.opened_version import BEFORE_ANY_EXPIRY, OpenedVersion, Reply, reply_of
from index.quality.stored_questions import StoredProducts, StoredSearch
from index.ranking import intent_classifier
from index.ranking.unit_scorer import QuestionViews, Ranker, RankingModel, UnitScores
from index.ranking.word_counts import WordUses
from index.retriever import Retriever
from index.search.exact_match import NO_QUESTIONS
from index.search.vector_index import VectorIndex
from index.text.spelling import Spelling


@dataclass(frozen=True, slots=True)
class QuestionResult:
    """A question of a unit, and what came of it."""

    question: str
    unit: str
    reply: Reply
    first: str
    """Id of the content that ranks first; empty when none does."""


def leave_one_out(version: OpenedVersion) -> tuple[QuestionResult, ...]:
    """Ask a version its sampled variants, each left out in turn."""
    tester = _Tester(version)
    sampled = version.knowledge.ranker.model.sampled
    return tuple(tester.test(int(position)) for position in sampled)


class _Tester:
    """Asks one variant at a time."""

    def __init__(self, version: OpenedVersion) -> None:
        knowledge = version.knowledge
        self._contents, model = knowledge.contents, knowledge.ranker.model
        products = stored_questions.products_of_texts(knowledge, model.sampled.tolist())
        self._ranker = _RankerWithoutOne(model, len(self._contents.units), products)
        self._encoder = _StoredRow(self._contents.dense)
        without_itself = replace(
            knowledge,
            search=StoredSearch(knowledge.search, self._ranker.cosines),
            ranker=self._ranker,
            spelling=_AsWritten(knowledge.spelling.uses, (), frozenset()),
            own=NO_QUESTIONS,
        )
        self._retriever = Retriever(without_itself, self._encoder, today=lambda: BEFORE_ANY_EXPIRY)

    def test(self, position: int) -> QuestionResult:
        chunk = self._contents.chunks[position]
        self._encoder.position = position
        self._ranker.leave_out(position, chunk)
        unit = self._contents.units[chunk.unit].id
        return tested(self._retriever, chunk.text, unit)


def tested(retriever: Retriever, question: str, unit: str) -> QuestionResult:
    """Ask a question of a unit."""
    outcome = retriever.answer(question, limit=1)
    first = outcome.passages[0].unit.id if outcome.passages else ""
    return QuestionResult(question, unit, reply_of(outcome), first)


class _StoredRow:
    """An encoder that returns the index's own vector of the variant that is asked."""

    def __init__(self, dense: VectorIndex) -> None:
        self._dense = dense
        self.position = 0

    def encode(self, texts: Sequence[str], /) -> Vectors:
        return np.repeat(self._dense.row(self.position)[None], len(texts), axis=0)


class _AsWritten(Spelling):
    """Corrects nothing: the closed form holds for the text that the classifier was fitted to."""

    def correct(self, text: str) -> str:
        return text


class _RankerWithoutOne(Ranker):
    """Ranks as if one text were not in the index."""

    def __init__(
        self, model: RankingModel, units: int, products: StoredProducts | None = None
    ) -> None:
        # A copy, since the row that is left out is set to 0.
        rows = replace(model.rows, values=model.rows.values.copy())
        super().__init__(replace(model, rows=rows))
        self._products = products
        self._whole = model.rows.values
        self._position = self._place = 0
        self._text = ""
        self._target = np.zeros(units + 1)

    def leave_out(self, position: int, chunk: Chunk) -> None:
        """Rank without this text from now on, and with the one before it again."""
        before = self._span()
        self.model.rows.values[before] = self._whole[before]
        self._position, self._text = position, chunk.embedded
        self._place = int(np.searchsorted(self.model.sampled, position))
        self._target[:] = 0.0
        self._target[chunk.unit] = 1.0
        self.model.rows.values[self._span()] = 0.0

    def _span(self) -> slice:
        starts = self.model.rows.starts
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

    def _words(self, text: str) -> WordUses:
        # The text itself is among the questions of its unit, with all of its words.
        uses = super()._words(text)
        counts, questions = uses.counts - self._target[:-1], uses.questions - self._target[:-1]
        return WordUses(np.maximum(counts, 0.0), np.maximum(questions, 0.0))

    def cosines(self, _: str) -> Scores | None:
        """Return the cosines of the text that is left out, where they are computed already."""
        return self._products.of(self._place).cosines if self._products else None

    def _views(self, vector: Vectors, text: str) -> QuestionViews:
        products, classifier = self._products, self.model.classifier
        views = products.of(self._place).views if products else super()._views(vector, text)
        if classifier is None:
            return views
        leverage = classifier.leverages[self._place]
        scores = views.classes.astype(np.float64)
        without = intent_classifier.left_out(scores, leverage, self._target)
        return replace(views, classes=without.astype(np.float32))
