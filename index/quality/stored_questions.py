"""Many questions asked of one version: products of matrices are computed for all of them at once.

The cosines of questions with every text, and their scores from the intent classifier, are rows of
two products. An index that is searched by lists or elsewhere, and one without a classifier, is
asked one question at a time as ever.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from index.text.character_ngrams import SparseRows
from index.versions.version_store import Contents

_BLOCK = 256
"""Questions whose products are computed at once; of 50,000 texts they take 50 MB."""


@dataclass(frozen=True, slots=True)
class StoredQuestion:
    """A question as search and ranker see it."""

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
    """Computes the products of some questions, a block at a time as they are asked for in order."""

    def __init__(
        self, contents: Contents, model: RankingModel, vectors: Vectors, ngrams: SparseRows
    ) -> None:
        if model.classifier is None:
            raise ValueError("an index without a classifier is asked one question at a time")
        self._texts = contents.dense.vectors
        self._weights = model.classifier.weights
        among = slice(None) if model.among is None else model.among
        self._out_of_scope = model.out_of_scope[among]
        self._vectors, self._ngrams = vectors, ngrams
        self._block: _Block | None = None

    def of(self, place: int) -> StoredQuestion:
        """Return what belongs to the question at a place."""
        block = self._block
        if block is None or not block.first <= place < block.first + len(block.cosines):
            block = self._block = self._computed(place - place % _BLOCK)
        row = place - block.first
        return StoredQuestion(
            block.cosines[row],
            QuestionViews(block.ngrams[row], block.classes[row], float(block.outside[row])),
        )

    def _computed(self, first: int) -> _Block:
        vectors = self._vectors[first : first + _BLOCK]
        ngrams = self._ngrams.take(range(first, first + len(vectors))).dense()
        classes = intent_classifier.features(vectors, ngrams) @ self._weights
        outside = (vectors @ self._out_of_scope.T).max(axis=1, initial=-1.0)
        return _Block(first, vectors @ self._texts.T, ngrams, classes, outside)


def is_computable(knowledge: Knowledge) -> bool:
    """Whether an index need not be asked one question at a time."""
    search, classifier = knowledge.search, knowledge.ranker.model.classifier
    return classifier is not None and isinstance(search, LocalSearch) and search.dense.exact


def products_of_texts(knowledge: Knowledge, positions: Sequence[int]) -> StoredProducts | None:
    """Return the products of texts of the index; None for one that is asked one by one."""
    if not is_computable(knowledge):
        return None
    contents, model = knowledge.contents, knowledge.ranker.model
    chosen = np.array(positions, dtype=np.int64)
    return StoredProducts(contents, model, contents.dense.vectors[chosen], model.rows.take(chosen))


def retriever(
    knowledge: Knowledge,
    encoder: Encoder,
    questions: Iterable[str],
    today: Callable[[], date] | None = None,
) -> Retriever:
    """Return a retriever, by default as of today, that has searched some questions already.

    It answers as any other does; these questions it answers faster, best of all in their order.
    """
    plain = Retriever(knowledge, encoder, today=today)
    searched = list(dict.fromkeys(map(plain.searched, questions)))
    if not searched or not is_computable(knowledge):
        return plain
    model, places = knowledge.ranker.model, {text: at for at, text in enumerate(searched)}
    vectors = encoder.encode(searched)
    found = StoredProducts(knowledge.contents, model, vectors, model.ngrams.sparse(searched))

    def cosines(text: str) -> Scores | None:
        place = places.get(text)
        return None if place is None else found.of(place).cosines

    quick = replace(
        knowledge,
        search=StoredSearch(knowledge.search, cosines),
        ranker=_StoredRanker(model, found, places),
    )
    return Retriever(quick, _StoredVectors(encoder, vectors, places), today=today)


class StoredSearch(CandidateSearch):
    """Looks up the cosines of some questions, and searches for others."""

    def __init__(self, search: CandidateSearch, cosines: Callable[[str], Scores | None]) -> None:
        """Search with `search` where `cosines` has none of a question as it was encoded."""
        self._search, self._cosines = search, cosines

    @property
    def most_probes(self) -> int:
        """As of the search."""
        return self._search.most_probes

    def find(self, vector: Vectors, text: str, known: Sequence[int] = ()) -> SearchResult:
        """Compare a question with every text, or as the search does."""
        cosines = self._cosines(text)
        if cosines is None:
            return self._search.find(vector, text, known)
        return SearchResult(cosines, None)

    def neighbours(
        self, texts: Sequence[str], vectors: Vectors, count: int, least: float
    ) -> Iterator[list[int]]:
        """Find the nearest texts as the search does."""
        return self._search.neighbours(texts, vectors, count, least)


class _StoredRanker(Ranker):
    """Looks up what the classifier says of some questions."""

    def __init__(
        self, model: RankingModel, found: StoredProducts, places: Mapping[str, int]
    ) -> None:
        super().__init__(model)
        self._products, self._places = found, places

    def _views(self, vector: Vectors, text: str) -> QuestionViews:
        place = self._places.get(text)
        return super()._views(vector, text) if place is None else self._products.of(place).views


class _StoredVectors:
    """Looks up the vectors of some texts, and encodes others."""

    def __init__(self, encoder: Encoder, vectors: Vectors, places: Mapping[str, int]) -> None:
        self._encoder, self._vectors, self._places = encoder, vectors, places

    def encode(self, texts: Sequence[str], /) -> Vectors:
        return np.stack([self._row(text) for text in texts])

    def _row(self, text: str) -> Vectors:
        place = self._places.get(text)
        row: Vectors = self._encoder.encode([text])[0] if place is None else self._vectors[place]
        return row


def vectors_of(contents: Contents, positions: Sequence[int], encoder: Encoder) -> Vectors:
    """Return the vectors of some texts; those that the version does not hold are encoded."""
    rows = _rows(contents, positions)
    return np.stack(
        [
            contents.dense.row(rows[at])
            if at in rows
            else encoder.encode([contents.chunks[at].embedded])[0]
            for at in positions
        ]
    )


def _rows(contents: Contents, positions: Sequence[int]) -> dict[int, int]:
    """Map positions of texts to their rows among the version's own vectors."""
    if contents.resident is None:
        return {at: at for at in positions}
    held = {at: row for row, at in enumerate(contents.resident.tolist())}
    return {at: held[at] for at in positions if at in held}
