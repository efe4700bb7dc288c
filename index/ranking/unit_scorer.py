"""Scores of every unit for one question: by meaning, by intent and by spelling.

`fit` is for building: it learns the head and the n-grams from the texts of an index. `Ranker` is
for answering. A unit scores by its best text (a question, a variant or a passage), and one with few
ways of asking by its prose as a whole, too.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Chunk, ChunkRole, Scores, Vectors
from index.errors import IndexCorrupt
from index.ranking import intent_classifier, passage_scorer
from index.ranking.passage_scorer import Prose
from index.storage import tensors
from index.storage.tensors import Buffer
from index.text import character_ngrams
from index.text.character_ngrams import SparseRows

FILE = "ranking.safetensors"
COSINE_WEIGHT = 0.5
SPELLING_WEIGHT = 0.2
"""Share of each view beside the head's in the ranking; flat around these (docs/quality.md)."""
PROSE_WEIGHT = 2.0
"""What a unit loses for each cosine by which another's prose is closer; flat from 1.5 to 3."""
LEXICAL_WEIGHT = 0.05
"""Share of BM25 in an index without a head; beside a head it brings nothing (docs/quality.md)."""
HEAD_LIMIT = passage_scorer.MOST_UNITS
"""Most units that a head is fitted for; its size grows with units, its use does not."""
ALIKE = 0.55
"""A background sentence this close to a text of the corpus may belong to it, and is left out."""
_ASKING = (ChunkRole.QUESTION, ChunkRole.VARIANT)
_BLOCK = 4096
"""Texts that are compared with the background at once."""
SPELLED_UNITS = 16
"""Units whose texts are compared letter by letter, best first by meaning and intent."""


@dataclass(frozen=True, slots=True)
class UnitScores:
    """One score a unit in each array, in the order of the index's units."""

    cosine: Scores
    """Best cosine of the question with a text of the unit, in [-1, 1]."""
    head: Scores
    """Score of the intent head, about 0 to 1; all 0 in an index without a head."""
    spelling: Scores
    """Best n-gram cosine, in [-1, 1]; 0 for a unit that was not looked at."""
    total: Scores
    """What units are ranked by; -inf for one that was not looked at, and so is its cosine."""
    stranger_cosine: float
    """Best cosine of the question with a sentence of the background; -1 without background."""
    stranger_head: float
    """Score of the head for the background; 0 without background or head."""
    prose: Scores
    """Best cosines with its prose, in [-1, 1]; 0 for a unit with enough ways of asking."""
    bare: Scores
    """How much prose counts for each unit, from 0 to 1, whatever the question."""


@dataclass(frozen=True, slots=True)
class Background:
    """Sentences that belong to no corpus: the class "none of these" of the head."""

    texts: tuple[str, ...]
    vectors: Vectors


@dataclass(frozen=True, slots=True)
class RankingModel:
    """What is learned from the texts of an index."""

    head: intent_classifier.Head | None
    """None in an index too large for one."""
    ngrams: character_ngrams.NgramModel
    rows: SparseRows
    """One row a chunk; without a head those of questions alone are filled."""
    bounds: NDArray[np.int64]
    """Where the chunks of each unit start, and last where they all end."""
    background: Vectors
    """Of the background sentences that are unlike the corpus; the head's last class."""
    held_out: NDArray[np.int32]
    """Positions of the chunks whose leverages the head knows, in ascending order."""
    prose: Prose
    """Of the units with few ways of asking; of none in an index without a head."""
    among: NDArray[np.int64] | None = None
    """Which rows of `background` count, where it is shared with other indexes; None for all."""

    def strange(self, vector: Vectors) -> float:
        """Return the best cosine of the background with a vector; -1 without background."""
        cosines = np.vecdot(self.background, vector)
        return float((cosines if self.among is None else cosines[self.among]).max(initial=-1.0))


def fit(
    chunks: Sequence[Chunk],
    vectors: Vectors,
    units: int,
    background: Background | None = None,
    held_out: Sequence[int] = (),
) -> RankingModel:
    """Learn the head and the n-grams; the head from questions alone where a unit has variants.

    Args:
        chunks: In the order of their units.
        vectors: Of the chunks.
        units: How many there are.
        background: Sentences that belong to no corpus.
        held_out: Positions of variants that are to be asked as if they had not been there.

    """
    texts = [chunk.embedded for chunk in chunks]
    model = character_ngrams.fit([c.embedded for c in chunks if c.role in _ASKING] or texts)
    strangers = _unlike(background or Background((), vectors[:0]), vectors)
    head = (
        _head(model, chunks, vectors, units, strangers, held_out) if units <= HEAD_LIMIT else None
    )
    if head is None:
        # Letters tell similar questions apart; those of passages would fill most of the file.
        texts = [chunk.embedded if chunk.role in _ASKING else "" for chunk in chunks]
    owners = np.array([chunk.unit for chunk in chunks], dtype=np.int64)
    bounds = np.searchsorted(owners, np.arange(units + 1)).astype(np.int64)
    sparse, asked = model.sparse(texts), np.array(held_out, dtype=np.int32)
    said = passage_scorer.find(chunks if head else ())
    return RankingModel(head, model, sparse, bounds, strangers.vectors, asked, said)


def _head(
    model: character_ngrams.NgramModel,
    chunks: Sequence[Chunk],
    vectors: Vectors,
    units: int,
    strangers: Background,
    held_out: Sequence[int],
) -> intent_classifier.Head:
    chosen = _head_texts(chunks)
    return intent_classifier.fit(
        np.vstack([vectors[chosen], strangers.vectors]),
        model.vectors([*(chunks[i].embedded for i in chosen), *strangers.texts]),
        [chunks[i].unit for i in chosen] + [units] * len(strangers.texts),
        units + 1,
        np.searchsorted(chosen, held_out).tolist(),
    )


def _unlike(background: Background, vectors: Vectors) -> Background:
    """Keep the sentences that are unlike every text of the corpus."""
    nearest = np.full(len(background.texts), -1.0, dtype=np.float32)
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK] @ background.vectors.T
        np.maximum(nearest, block.max(axis=0, initial=-1.0), out=nearest)
    kept = np.flatnonzero(nearest < ALIKE)
    texts = tuple(background.texts[position] for position in kept)
    return Background(texts, background.vectors[kept])


def _head_texts(chunks: Sequence[Chunk]) -> list[int]:
    """Return where questions stand, and every text of units that have no variants."""
    asked = {chunk.unit for chunk in chunks if chunk.role is ChunkRole.VARIANT}
    return [
        position
        for position, chunk in enumerate(chunks)
        if chunk.role in _ASKING or chunk.unit not in asked
    ]


def dump(model: RankingModel) -> bytes:
    """Write a model as the bytes of one file, the same every time."""
    grams = sorted(model.ngrams.idf)
    return tensors.dump(
        {
            "head": model.head.weights if model.head else np.zeros((0, 0), dtype=np.float32),
            "typical": np.array([model.head.typical if model.head else 0.0]),
            "leverages": model.head.leverages if model.head else np.zeros(0, dtype=np.float32),
            "grams": np.frombuffer("\n".join(grams).encode(), dtype=np.uint8),
            "idf": np.array([model.ngrams.idf[gram] for gram in grams], dtype=np.float32),
            "columns": model.rows.columns,
            "values": model.rows.values,
            "starts": model.rows.starts,
            "bounds": model.bounds,
            "background": model.background,
            "held_out": model.held_out,
            **model.prose.arrays(),
        }
    )


def parse(data: Buffer) -> RankingModel:
    """Read what `dump` wrote; large arrays stay where they lie.

    Raises:
        IndexCorrupt: The bytes are not a ranking model.

    """
    try:
        read = tensors.parse(data)
        grams = read["grams"].tobytes().decode().splitlines()
        idf = dict(zip(grams, read["idf"].tolist(), strict=True))
        weights, typical = read["head"], read["typical"].item()
        return RankingModel(
            intent_classifier.Head(weights, typical, read["leverages"]) if weights.size else None,
            character_ngrams.NgramModel(idf),
            SparseRows(read["columns"], read["values"], read["starts"]),
            read["bounds"],
            read["background"],
            read["held_out"],
            passage_scorer.read(read),
        )
    except (KeyError, ValueError) as error:
        raise IndexCorrupt(f"{FILE} cannot be read. Build the index again.") from error


def best_first(ranked: NDArray[np.floating]) -> NDArray[np.intp]:
    """Return the positions of units that were looked at, best first, equals by position."""
    seen = np.flatnonzero(ranked > -np.inf)
    return seen[np.argsort(-ranked[seen], kind="stable")]


_Letters: TypeAlias = tuple[NDArray[np.uint16], NDArray[np.float32], NDArray[np.int64]]
"""Columns and values of the n-grams of a unit's texts, and where each text begins."""


def _letters(model: RankingModel, unit: int) -> _Letters:
    """Cut out the n-grams of a unit; a text without any known one has no row to sum."""
    rows, first, last = model.rows, model.bounds[unit], model.bounds[unit + 1]
    starts = rows.starts[first : last + 1]
    within, filled = slice(starts[0], starts[-1]), np.diff(starts) > 0
    return rows.columns[within], rows.values[within], (starts[:-1] - starts[0])[filled]


class Ranker:
    """Scores units for a question. Chunks stand in the order of their units, each with some."""

    def __init__(self, model: RankingModel) -> None:
        self.model = model
        self._bounds = model.bounds
        # Of the units asked for most: looking them up anew takes a third of the comparison.
        self._letters = lru_cache(HEAD_LIMIT)(partial(_letters, model))
        self._bare = np.zeros(len(self._bounds) - 1, dtype=np.float32)
        self._bare[model.prose.units] = model.prose.share

    def score(
        self, cosines: Scores, vector: Vectors, text: str, words: Scores | None = None
    ) -> UnitScores:
        """Score every unit for one question.

        Args:
            cosines: Of the question with every chunk; -inf where it was not looked at.
            vector: The question's own, shape (1, dimension).
            text: The question as it was encoded.
            words: BM25 of the question with every chunk; counts only where there is no head.

        """
        cosine = np.maximum.reduceat(cosines, self._bounds[:-1])
        rows = self.model.ngrams.vectors([text])
        heads = self._head(vector, rows, len(cosine))
        head = heads[:-1]
        views = head + COSINE_WEIGHT * cosine + self._lexical(words)
        first = np.asarray(views, dtype=np.float32)
        said = self.model.prose.lower(first, cosines, PROSE_WEIGHT)
        spelling = self._spelling(rows[0], best_first(first)[:SPELLED_UNITS])
        total = first + SPELLING_WEIGHT * spelling
        strange = self.model.strange(vector[0])
        stranger = float(heads[-1])
        return UnitScores(cosine, head, spelling, total, strange, stranger, said, self._bare)

    def _head(self, vector: Vectors, rows: Vectors, units: int) -> Scores:
        """Score every unit, and last the background."""
        if self.model.head is None:
            return np.zeros(units + 1, dtype=np.float32)
        return intent_classifier.scores(self.model.head.weights, vector, rows)

    def _lexical(self, words: Scores | None) -> Scores | float:
        """Score every unit by words, where no head does so better."""
        if self.model.head is not None or words is None:
            return 0.0
        best = np.maximum.reduceat(words, self._bounds[:-1])
        return np.asarray(LEXICAL_WEIGHT * best / max(float(best.max()), 1e-6), dtype=np.float32)

    def _spelling(self, row: NDArray[np.float32], units: NDArray[np.int64]) -> Scores:
        """Compare with the texts of some units; one at a time, so that little is copied."""
        best = np.zeros(len(self._bounds) - 1, dtype=np.float32)
        for unit in units.tolist():
            columns, values, starts = self._letters(unit)
            if len(starts):
                products = row.take(columns)
                products *= values
                best[unit] = np.add.reduceat(products, starts).max()
        return best

    def chunks_of(self, unit: int) -> range:
        """Return the positions of the chunks of a unit."""
        return range(int(self._bounds[unit]), int(self._bounds[unit + 1]))
