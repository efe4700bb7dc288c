"""Sharing: the versions that a process has open, with equal parts held in memory once.

The encoder and the words of English follow from files whose digests stand in every manifest, so
two versions with the same digests share them: one and the next of an index, which is opened beside
it in a third of the time, and those of several sites. The out-of-scope
sentences are a choice among the same few hundred. Only the content, which differs, is in memory
more than once.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar
from weakref import WeakValueDictionary

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Unit, Vectors
from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder, OnnxEncoder
from index.loading import Parts
from index.ranking import unit_scorer
from index.ranking.intent_classifier import IntentClassifier
from index.ranking.passage_scorer import PassageScorer
from index.ranking.topic_agreement import TopicModel
from index.ranking.unit_scorer import RankingModel
from index.ranking.word_counts import WordCounts
from index.retriever import Retriever, assemble
from index.storage.atomic_files import FileDigests
from index.storage.json_lines import Records
from index.storage.tensors import Buffer
from index.text.character_ngrams import SparseRows
from index.text.spelling import english_words
from index.versions import version_store

T = TypeVar("T", bound=object)
_ROOTED = re.compile(r'(?<= href=")/(?!/)')


class Sharing:
    """Opens published versions. Safe to use from several threads."""

    def __init__(
        self,
        load: version_store.Load = version_store.load,
        open_encoder: Callable[[Path], Encoder] = OnnxEncoder,
    ) -> None:
        """Set what reads a version, and what opens the encoder in its folder."""
        self._load = load
        self._open_encoder = open_encoder
        self._encoders: _WeakCache[Encoder] = _WeakCache()
        self._english: _WeakCache[frozenset[str]] = _WeakCache()
        self._pool = _VectorPool()
        self._digests = FileDigests()

    def open(self, folder: Path, address: str = "") -> Retriever:
        """Open the published version of an index, as `open_index` does.

        Args:
            folder: Of the index.
            address: Path under which its pages are served; addresses that begin at the root of the
                service begin there.

        Raises:
            RetrievalError: There is none, or its files are not what was built.

        """
        loaded = self._load(folder, digest=self._digests.of)
        files = loaded.manifest.files
        contents = replace(loaded.contents, units=all_moved(loaded.contents.units, address))
        loaded = replace(loaded, contents=contents)
        tokenizer = files.get(TOKENIZER_FILE, "")
        parts = Parts(
            english=lambda path: self._english.get(tokenizer, lambda: english_words(path)),
            model=self._model,
        )
        key = f"{files.get(ENCODER_FILE, '')} {tokenizer}"
        return assemble(
            loaded,
            lambda folder: self._encoders.get(key, lambda: self._open_encoder(folder)),
            parts,
        )

    def _model(self, data: Buffer) -> RankingModel:
        read = unit_scorer.parse(data)
        # The system shares what is memory-mapped.
        return self._pool.model(read) if isinstance(data, bytes) else read


class _WeakCache(Generic[T]):
    """Objects by the digest of their source, for as long as they are in use."""

    def __init__(self) -> None:
        self._things: WeakValueDictionary[str, T] = WeakValueDictionary()
        self._lock = Lock()

    def get(self, key: str, make: Callable[[], T]) -> T:
        with self._lock:
            thing = self._things.get(key)
            if thing is None:
                thing = self._things[key] = make()
            return thing


class _VectorPool:
    """The vectors of all out-of-scope sentences and of topics, each once.

    There are as many as there are sentences, for each encoder. A model keeps the rows as they were
    when it was read, so the few that come later make no difference to it.
    """

    def __init__(self) -> None:
        self._rows: dict[int, Vectors] = {}
        self._places: dict[bytes, int] = {}
        self._means: dict[bytes, Vectors] = {}
        self._lock = Lock()

    def model(self, read: RankingModel) -> RankingModel:
        """Let a model share what many have, and keep nothing else of its file open."""
        classifier = read.classifier
        if not read.out_of_scope.size:
            return read
        with self._lock:
            rows, among = self._pooled(read.out_of_scope)
            means = read.topics.means
            means = self._means.setdefault(sha256(means.tobytes()).digest(), means.copy())
        return RankingModel(
            classifier
            and IntentClassifier(
                classifier.weights.copy(), classifier.typical, classifier.leverages.copy()
            ),
            read.ngrams,
            SparseRows(read.rows.columns.copy(), read.rows.values.copy(), read.rows.starts.copy()),
            read.bounds.copy(),
            rows,
            read.sampled.copy(),
            PassageScorer(
                read.passages.units.copy(), read.passages.share.copy(), read.passages.runs.copy()
            ),
            WordCounts(
                read.words.places,
                read.words.starts.copy(),
                read.words.units.copy(),
                read.words.counts.copy(),
                read.words.questions.copy(),
            ),
            TopicModel(
                means,
                read.topics.units.copy(),
                read.topics.spread.copy(),
                read.topics.crowding.copy(),
            ),
            among,
        )

    def _pooled(self, rows: Vectors) -> tuple[Vectors, NDArray[np.int64]]:
        dimension = rows.shape[1]
        pooled = self._rows.get(dimension, rows[:0])
        keys = [row.tobytes() for row in rows]
        new = [place for place, key in enumerate(keys) if key not in self._places]
        if new:
            self._places |= {keys[at]: len(pooled) + number for number, at in enumerate(new)}
            pooled = self._rows[dimension] = np.concatenate([pooled, rows[new]])
        return pooled, np.array([self._places[key] for key in keys], dtype=np.int64)


def all_moved(units: Sequence[Unit], address: str) -> Sequence[Unit]:
    """Apply `moved` to units, those of a large index when they are accessed."""
    if not address:
        return units
    if isinstance(units, Records):
        return units.mapped(lambda unit: moved(unit, address))
    return tuple(moved(unit, address) for unit in units)


def moved(unit: Unit, address: str) -> Unit:
    """Prefix the root-relative links of a unit with `address`.

    Text and Markdown stay unchanged, since they are quoted verbatim.
    """

    def at(url: str) -> str:
        return f"{address}{url}" if url.startswith("/") and not url.startswith("//") else url

    def within(html: str) -> str:
        return _ROOTED.sub(f"{address}/", html)

    return replace(
        unit,
        url=at(unit.url),
        html=within(unit.html),
        sources=tuple(replace(source, url=at(source.url)) for source in unit.sources),
        sides=tuple(replace(side, html=within(side.html)) for side in unit.sides),
    )
