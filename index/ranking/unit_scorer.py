"""Scores of every unit for one question: by meaning, by intent and by spelling.

`fit` is for building: it learns the intent classifier and the n-grams from the texts of an index.
`Ranker` is for answering. A unit scores by its best text (a question, a variant or a passage), and
a sparse one by its passages as a whole, too.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Chunk, ChunkRole, Scores, Vectors
from index.errors import IndexCorrupt
from index.ranking import intent_classifier, passage_scorer, topic_agreement, word_counts
from index.ranking.intent_classifier import IntentClassifier
from index.ranking.passage_scorer import PassageScorer
from index.ranking.topic_agreement import TopicModel
from index.ranking.word_counts import WordCounts, WordUses
from index.storage import tensors
from index.storage.tensors import Buffer
from index.text import character_ngrams
from index.text.character_ngrams import SparseRows

FILE = "ranking.safetensors"
COSINE_WEIGHT = 0.5
SPELLING_WEIGHT = 0.2
"""Weight of each view beside the classifier's; ranking is flat around these (docs/quality.md)."""
PASSAGE_WEIGHT = 2.0
"""What a unit loses for each cosine by which another's passages are closer; flat from 1.5 to 3."""
LEXICAL_WEIGHT = 0.05
"""Weight of BM25 in an index without a classifier; beside one it adds nothing (docs/quality.md)."""
CLASSIFIER_LIMIT = passage_scorer.MOST_UNITS
"""Most units that a classifier is fitted for; its size grows with units, its use does not."""
ALIKE = 0.55
"""An out-of-scope sentence this close to a text of the corpus may belong to it, and is left out."""
_ASKING = (ChunkRole.QUESTION, ChunkRole.VARIANT)
_BLOCK = 4096
"""Texts that are compared with the out-of-scope sentences at once."""
SPELLED_UNITS = 16
"""Units whose texts are compared by n-grams, best first by meaning and intent."""


@dataclass(frozen=True, slots=True)
class UnitScores:
    """One score a unit in each array, in the order of the index's units."""

    cosine: Scores
    """Best cosine of the question with a text of the unit, in [-1, 1]."""
    classifier: Scores
    """Score of the intent classifier, about 0 to 1; all 0 in an index without one."""
    spelling: Scores
    """Best n-gram cosine, in [-1, 1]; 0 for a unit that was not compared."""
    total: Scores
    """Ranking score; -inf for a unit that was not searched, and so is its cosine."""
    out_of_scope_cosine: float
    """Best cosine of the question with an out-of-scope sentence; -1 without any."""
    out_of_scope_classifier: float
    """The classifier's score for out-of-scope sentences; 0 without these or without it."""
    sparseness: Scores
    """How much passages count for each unit, from 0 to 1, whatever the question."""
    words: WordUses
    """How often the units are asked in the question's words."""
    agreement: Scores
    """Topic agreement of the question with each unit; `topic_agreement.NONE` without topics."""


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """Sentences that belong to no corpus: the class "none of these" of the intent classifier."""

    texts: tuple[str, ...]
    vectors: Vectors
    topics: Vectors | None = None
    """Mean vectors of the topics of common questions, for sparse units; None where none is."""


@dataclass(frozen=True, slots=True)
class RankingModel:
    """The part of an index that is learned from its texts."""

    classifier: IntentClassifier | None
    """None in an index too large for one."""
    ngrams: character_ngrams.NgramModel
    rows: SparseRows
    """One row a chunk; without a classifier those of questions alone are filled."""
    bounds: NDArray[np.int64]
    """Where the chunks of each unit start, and last where they all end."""
    out_of_scope: Vectors
    """Of the out-of-scope sentences that are unlike the corpus; the classifier's last class."""
    sampled: NDArray[np.int32]
    """Positions of the chunks whose leverages the classifier has, in ascending order."""
    passages: PassageScorer
    """Of the sparse units; of none in an index without a classifier."""
    words: WordCounts
    """Of no unit in an index without a classifier."""
    topics: TopicModel
    """Of the same units."""
    among: NDArray[np.int64] | None = None
    """Which rows of `out_of_scope` count, where it is shared with other indexes; None for all."""

    def out_of_scope_cosine(self, vector: Vectors) -> float:
        """Return the best cosine of a vector with an out-of-scope sentence; -1 without any."""
        cosines = np.vecdot(self.out_of_scope, vector)
        return float((cosines if self.among is None else cosines[self.among]).max(initial=-1.0))


@dataclass(frozen=True, slots=True)
class ClassifierInput:
    """What an intent classifier is fitted to, as `intent_classifier.fit` says."""

    vectors: Vectors
    ngrams: SparseRows
    classes: Sequence[int]
    count: int
    sampled: Sequence[int]

    def fit(self) -> IntentClassifier:
        """Fit it."""
        return intent_classifier.fit(
            self.vectors, self.ngrams.dense(), self.classes, self.count, self.sampled
        )


def fit(
    chunks: Sequence[Chunk],
    vectors: Vectors,
    units: int,
    out_of_scope: OutOfScope | None = None,
    sampled: Sequence[int] = (),
    fit_classifier: Callable[[ClassifierInput], IntentClassifier] = ClassifierInput.fit,
) -> RankingModel:
    """Learn the n-grams, and the classifier: from questions alone where a unit has variants.

    Args:
        chunks: In the order of their units.
        vectors: Of the chunks.
        units: How many there are.
        out_of_scope: Sentences that belong to no corpus.
        sampled: Positions of variants that will be left out in turn.
        fit_classifier: May look up one that was fitted to the same before.

    """
    asking = [chunk.embedded for chunk in chunks if chunk.role in _ASKING]
    texts = [chunk.embedded for chunk in chunks]
    model = character_ngrams.fit(asking or texts)
    out_of_scope = out_of_scope or OutOfScope((), vectors[:0])
    outside = _unlike(out_of_scope, vectors)
    is_small = units <= CLASSIFIER_LIMIT
    if not is_small:
        # N-grams distinguish similar questions; those of passages would fill most of the file.
        texts = [chunk.embedded if chunk.role in _ASKING else "" for chunk in chunks]
    rows = model.sparse([*texts, *outside.texts])
    classifier = None
    if is_small:
        chosen = _classified_texts(chunks)
        data = ClassifierInput(
            np.vstack([vectors[chosen], outside.vectors]),
            rows.take([*chosen, *range(len(texts), len(texts) + len(outside.texts))]),
            [chunks[i].unit for i in chosen] + [units] * len(outside.texts),
            units + 1,
            np.searchsorted(chosen, sampled).tolist(),
        )
        classifier = fit_classifier(data)
    owners = np.array([chunk.unit for chunk in chunks], dtype=np.int64)
    bounds = np.searchsorted(owners, np.arange(units + 1)).astype(np.int64)
    passages = passage_scorer.find(chunks if classifier else ())
    topics = vectors[:0] if out_of_scope.topics is None else out_of_scope.topics
    return RankingModel(
        classifier,
        model,
        rows.first(len(texts)),
        bounds,
        outside.vectors,
        np.array(sampled, dtype=np.int32),
        passages,
        word_counts.count(_questions(chunks) if classifier else (), units),
        topic_agreement.find(chunks, vectors, passages.units, topics),
    )


def _unlike(out_of_scope: OutOfScope, vectors: Vectors) -> OutOfScope:
    """Keep the sentences that are unlike every text of the corpus."""
    nearest = np.full(len(out_of_scope.texts), -1.0, dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK] @ out_of_scope.vectors.T
        np.maximum(nearest, block.max(axis=0, initial=-1.0), out=nearest)
    kept = np.flatnonzero(nearest < ALIKE)
    texts = tuple(out_of_scope.texts[position] for position in kept)
    return OutOfScope(texts, out_of_scope.vectors[kept])


def _questions(chunks: Sequence[Chunk]) -> Iterator[tuple[str, int]]:
    return ((chunk.embedded, chunk.unit) for chunk in chunks if chunk.role in _ASKING)


def _classified_texts(chunks: Sequence[Chunk]) -> list[int]:
    """Return the positions of questions, and of every text of units without variants."""
    with_variants = {chunk.unit for chunk in chunks if chunk.role is ChunkRole.VARIANT}
    return [
        position
        for position, chunk in enumerate(chunks)
        if chunk.role in _ASKING or chunk.unit not in with_variants
    ]


def dump(model: RankingModel) -> bytes:
    """Write a model as the bytes of one file, the same every time."""
    grams, classifier = sorted(model.ngrams.idf), model.classifier
    return tensors.dump(
        {
            "head": classifier.weights if classifier else np.zeros((0, 0), dtype=np.float32),
            "typical": np.array([classifier.typical if classifier else 0.0]),
            "leverages": classifier.leverages if classifier else np.zeros(0, dtype=np.float32),
            "grams": np.frombuffer("\n".join(grams).encode(), dtype=np.uint8),
            "idf": np.array([model.ngrams.idf[gram] for gram in grams], dtype=np.float32),
            "columns": model.rows.columns,
            "values": model.rows.values,
            "starts": model.rows.starts,
            "bounds": model.bounds,
            "background": model.out_of_scope,
            "held_out": model.sampled,
            **model.passages.arrays(),
            **model.words.arrays(),
            **model.topics.arrays(),
        }
    )


def parse(data: Buffer) -> RankingModel:
    """Read what `dump` wrote; large arrays are not copied.

    Raises:
        IndexCorrupt: The bytes are not a ranking model.

    """
    try:
        read = tensors.parse(data)
        grams = read["grams"].tobytes().decode().splitlines()
        idf = dict(zip(grams, read["idf"].tolist(), strict=True))
        weights, typical = read["head"], read["typical"].item()
        passages = passage_scorer.read(read)
        return RankingModel(
            IntentClassifier(weights, typical, read["leverages"]) if weights.size else None,
            character_ngrams.NgramModel(idf),
            SparseRows(read["columns"], read["values"], read["starts"]),
            read["bounds"],
            read["background"],
            read["held_out"],
            passages,
            word_counts.read(read),
            topic_agreement.read(read, passages.units),
        )
    except (KeyError, ValueError) as error:
        raise IndexCorrupt(f"{FILE} cannot be read. Build the index again.") from error


def best_first(ranked: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the positions of units that were searched, best first, equals by position."""
    searched = np.flatnonzero(ranked > -np.inf)
    return searched[np.argsort(-ranked[searched], kind="stable")]


_Letters: TypeAlias = tuple[NDArray[np.intp], NDArray[np.float32], NDArray[np.int64]]
"""Columns and values of the n-grams of a unit's texts, and where each text begins."""


def _letters(model: RankingModel, unit: int) -> _Letters:
    """Cut out the n-grams of a unit; a text without any has no row to sum."""
    rows, first, last = model.rows, model.bounds[unit], model.bounds[unit + 1]
    starts = rows.starts[first : last + 1]
    within, filled = slice(starts[0], starts[-1]), np.diff(starts) > 0
    # `take` would convert the columns each time, which takes longer than the rest of it.
    columns = rows.columns[within].astype(np.intp)
    return columns, rows.values[within], (starts[:-1] - starts[0])[filled]


@dataclass(frozen=True, slots=True)
class QuestionViews:
    """A question as the ranker sees it beside its vector."""

    ngrams: NDArray[np.float32]
    """Shape (columns,)."""
    classes: Scores
    """Of every unit by intent, and last of the out-of-scope sentences; all 0 without a
    classifier."""
    out_of_scope_cosine: float
    """Best cosine with an out-of-scope sentence; -1 without any."""


class Ranker:
    """Scores units for a question. Chunks stand in the order of their units, each with some."""

    def __init__(self, model: RankingModel) -> None:
        self.model = model
        self._bounds = model.bounds
        # Of the units asked for most: without the cache a third of the comparison goes into this.
        self._letters = lru_cache(CLASSIFIER_LIMIT)(partial(_letters, model))
        self._sparseness = np.zeros(len(self._bounds) - 1, dtype=np.float32)
        self._sparseness[model.passages.units] = model.passages.share

    def score(
        self, cosines: Scores, vector: Vectors, text: str, words: Scores | None = None
    ) -> UnitScores:
        """Score every unit for one question.

        Args:
            cosines: Of the question with every chunk; -inf where it was not searched.
            vector: The question's own, shape (1, dimension).
            text: The question as it was encoded.
            words: BM25 of the question with every chunk; counts only without a classifier.

        """
        cosine = np.maximum.reduceat(cosines, self._bounds[:-1])
        views = self._views(vector, text)
        classifier = views.classes[:-1]
        joined = classifier + COSINE_WEIGHT * cosine + self._lexical(words)
        first = np.asarray(joined, dtype=np.float32)
        self.model.passages.lower(first, cosines, PASSAGE_WEIGHT)
        spelling = self._spelling(views.ngrams, best_first(first)[:SPELLED_UNITS])
        total = first + SPELLING_WEIGHT * spelling
        return UnitScores(
            cosine,
            classifier,
            spelling,
            total,
            out_of_scope_cosine=views.out_of_scope_cosine,
            out_of_scope_classifier=float(views.classes[-1]),
            sparseness=self._sparseness,
            words=self._words(text),
            agreement=self.model.topics.agreement(vector[0], len(cosine)),
        )

    def _words(self, text: str) -> WordUses:
        return self.model.words.of(text)

    def _views(self, vector: Vectors, text: str) -> QuestionViews:
        ngrams = self.model.ngrams.row(text)
        classes = np.zeros(len(self._bounds), dtype=np.float32)
        if self.model.classifier is not None:
            classes = intent_classifier.scores(self.model.classifier.weights, vector[0], ngrams)
        return QuestionViews(ngrams, classes, self.model.out_of_scope_cosine(vector[0]))

    def _lexical(self, words: Scores | None) -> Scores | float:
        """Score every unit by words, where no classifier does so better."""
        if self.model.classifier is not None or words is None:
            return 0.0
        best = np.maximum.reduceat(words, self._bounds[:-1])
        return np.asarray(LEXICAL_WEIGHT * best / max(float(best.max()), 1e-6), dtype=np.float32)

    def _spelling(self, row: NDArray[np.float32], units: NDArray[np.int64]) -> Scores:
        """Compare with the texts of some units; one at a time, so that little is copied."""
        best = np.zeros(len(self._bounds) - 1, dtype=np.float32)
        for unit in units.tolist():
            columns, values, starts = self._letters(unit)
            if len(starts):
                products = np.empty(len(columns), dtype=np.float32)
                row.take(columns, out=products, mode="wrap")  # twice as fast as with a check
                products *= values
                best[unit] = np.maximum.reduce(np.add.reduceat(products, starts))
        return best

    def chunks_of(self, unit: int) -> range:
        """Return the positions of the chunks of a unit."""
        return range(int(self._bounds[unit]), int(self._bounds[unit + 1]))
