"""Texts of a version asked as questions: products of matrices are computed for many at once.

A question that the version holds has a vector and n-grams already, and its cosines with every text
and its scores from the intent classifier are rows of two products. An index that is searched by
lists or elsewhere, and one without a classifier, is asked one question at a time as ever.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores, Vectors
from index.encoding.encoder import Encoder
from index.loading import Knowledge
from index.ranking import intent_classifier
from index.ranking.unit_scorer import QuestionViews, Ranker, RankingModel
from index.retriever import Retriever
from index.search.candidate_search import CandidateSearch, LocalSearch, SearchResult
from index.versions.version_store import Contents

_BLOCK = 256
"""Questions whose products are computed at once; of 50,000 texts they take 50 MB."""


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A text of a version as search and ranker see it."""

    cosines: Scores
    """With every text."""
    views: QuestionViews


@dataclass(frozen=True, slots=True)
class _Block:
    first: int
    cosines: NDArray[np.float32]
    ngrams: NDArray[np.float32]
    classes: NDArray[np.float32]
    outside: NDArray[np.float32]


class StoredProducts:
    """Computes the products of some texts, a block at a time as they are asked for in order."""

    def __init__(self, contents: Contents, model: RankingModel, positions: Sequence[int]) -> None:
        if model.classifier is None:
            raise ValueError("an index without a classifier is asked one question at a time")
        self._contents, self._model = contents, model
        self._weights = model.classifier.weights
        among = slice(None) if model.among is None else model.among
        self._out_of_scope = model.out_of_scope[among]
        self._positions = np.array(positions, dtype=np.int64)
        self._block: _Block | None = None

    def of(self, place: int) -> StoredQuestion:
        """Return what belongs to the text at a place among the positions."""
        block = self._block
        if block is None or not block.first <= place < block.first + len(block.cosines):
            block = self._block = self._computed(place - place % _BLOCK)
        row = place - block.first
        return StoredQuestion(
            block.cosines[row],
            QuestionViews(block.ngrams[row], block.classes[row], float(block.outside[row])),
        )

    def _computed(self, first: int) -> _Block:
        positions = self._positions[first : first + _BLOCK]
        rows = self._contents.dense.vectors
        ngrams = self._model.rows.take(positions).dense()
        classes = intent_classifier.features(rows[positions], ngrams) @ self._weights
        outside = (rows[positions] @ self._out_of_scope.T).max(axis=1, initial=-1.0)
        return _Block(first, rows[positions] @ rows.T, ngrams, classes, outside)


def is_computable(knowledge: Knowledge) -> bool:
    """Whether an index need not be asked one question at a time."""
    search, classifier = knowledge.search, knowledge.ranker.model.classifier
    return classifier is not None and isinstance(search, LocalSearch) and search.dense.exact


def products(knowledge: Knowledge, positions: Sequence[int]) -> StoredProducts | None:
    """Return the products of some texts; None for an index that is asked one by one."""
    if not is_computable(knowledge):
        return None
    return StoredProducts(knowledge.contents, knowledge.ranker.model, positions)


def retriever(
    knowledge: Knowledge,
    encoder: Encoder,
    positions: Sequence[int],
    today: Callable[[], date] | None = None,
) -> Retriever:
    """Return a retriever, by default as of today, that knows some texts already.

    It answers as any other does; these texts it answers faster, best of all in their order.
    """
    found = products(knowledge, positions)
    vectors = _StoredVectors(knowledge.contents, positions, encoder)
    if found is not None:
        texts = [knowledge.contents.chunks[at].embedded for at in positions]
        places = {text: place for place, text in enumerate(texts)}
        knowledge = replace(
            knowledge,
            search=_StoredSearch(knowledge.search, found, places),
            ranker=_StoredRanker(knowledge.ranker.model, found, places),
        )
    return Retriever(knowledge, vectors, today=today)


class _StoredSearch(CandidateSearch):
    """Looks up the cosines of texts that the index has, and searches for others."""

    def __init__(
        self, search: CandidateSearch, found: StoredProducts, places: dict[str, int]
    ) -> None:
        self._search, self._products, self._places = search, found, places

    @property
    def most_probes(self) -> int:
        return self._search.most_probes

    def find(self, vector: Vectors, text: str, known: Sequence[int] = ()) -> SearchResult:
        place = self._places.get(text)
        if place is None:
            return self._search.find(vector, text, known)
        return SearchResult(self._products.of(place).cosines, None)

    def neighbours(
        self, texts: Sequence[str], vectors: Vectors, count: int, least: float
    ) -> Iterator[list[int]]:
        return self._search.neighbours(texts, vectors, count, least)


class _StoredRanker(Ranker):
    """Looks up what the classifier says of texts that the index has."""

    def __init__(self, model: RankingModel, found: StoredProducts, places: dict[str, int]) -> None:
        super().__init__(model)
        self._products, self._places = found, places

    def _views(self, vector: Vectors, text: str) -> QuestionViews:
        place = self._places.get(text)
        return super()._views(vector, text) if place is None else self._products.of(place).views


class _StoredVectors:
    """Looks up the vectors of texts that the index has, and encodes others."""

    def __init__(self, contents: Contents, positions: Sequence[int], encoder: Encoder) -> None:
        rows = _rows(contents, positions)
        self._rows = {contents.chunks[at].embedded: row for at, row in rows.items()}
        self._dense = contents.dense
        self._encoder = encoder

    def encode(self, texts: Sequence[str], /) -> Vectors:
        return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> Vectors:
        row = self._rows.get(text)
        return np.asarray(self._encoder.encode([text])[0]) if row is None else self._dense.row(row)


def vectors_of(contents: Contents, positions: Sequence[int], encoder: Encoder) -> Vectors:
    """Return the vectors of some texts; those that the version does not hold are encoded."""
    texts = [contents.chunks[position].embedded for position in positions]
    return _StoredVectors(contents, positions, encoder).encode(texts)


def _rows(contents: Contents, positions: Sequence[int]) -> dict[int, int]:
    """Map positions of texts to their rows among the version's own vectors."""
    if contents.resident is None:
        return {at: at for at in positions}
    held = {at: row for row, at in enumerate(contents.resident.tolist())}
    return {at: held[at] for at in positions if at in held}
