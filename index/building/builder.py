"""Corpus and encoder -> a version of the index: plan, then draft, in the order below."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Protocol, TypeAlias

import numpy as np

from corpus import Corpus
from index.building import chunking, common_questions, sampling
from index.building.chunking import Chunked
from index.building.classifier_cache import ClassifierCache
from index.building.common_questions import Texts, Topics
from index.datatypes import Manifest, ModelCard, Vectors, VectorStoreCard
from index.encoding.embedder import Embedder
from index.encoding.embedding_cache import encode_cached
from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE
from index.errors import IndexCorrupt, IndexIncompatible, UnknownVersion
from index.ranking import calibration, unit_scorer
from index.ranking.unit_scorer import OutOfScope
from index.search import bm25, exact_match, vector_index
from index.storage.atomic_files import file_digest
from index.text import language_identification
from index.versions import version_store
from index.versions.version_store import Contents, Digest, Load, Loaded

RUNTIME = "onnx-int8"

Report: TypeAlias = Callable[[str, int, int], None]
"""Called with the name of a step, how much of it is done, and how much there is."""
Learn: TypeAlias = Callable[[Chunked, Vectors, OutOfScope, ClassifierCache], Mapping[str, bytes]]
"""Files computed from chunks and their vectors: the same input gives the same bytes, whatever the
cache holds."""
Encode: TypeAlias = Callable[[Embedder, Sequence[str], Path, Callable[[int, int], None]], Vectors]
"""Encodes texts with a cache in a folder, and reports progress."""
CLASSIFIERS = "classifiers"
"""Folder of fitted classifiers, beside that of the cached vectors."""
Lock: TypeAlias = Callable[[Path], AbstractContextManager[None]]
"""Holds the lock of an index folder; raises IndexBusy."""
OUT_OF_SCOPE_FILE = Path(__file__).with_name("out_of_scope.txt")
"""Sentences that belong to no corpus, one a line."""


class VectorStore(Protocol):
    """Holds the texts of versions, each version apart. Its methods raise VectorStoreUnavailable."""

    @property
    def engine(self) -> str:
        """Its name."""
        ...

    def keep(
        self, version: str, contents: Contents, vectors: Vectors, report: Callable[[int, int], None]
    ) -> Contents:
        """Write the texts of a version, or resume; return what the version itself is to hold."""
        ...

    def holds(self, manifest: Manifest) -> bool:
        """Whether all texts of a version are there."""
        ...


@dataclass(frozen=True, slots=True)
class Recipe:
    """Ingredients of a version besides content and model."""

    runtime: Path
    """Folder of the run-time encoder."""
    extras: Mapping[str, bytes] = field(default_factory=dict)
    """Further files of the version, by name; they are part of what its name is computed from."""
    learn: Learn | None = None
    out_of_scope: tuple[str, ...] = ()
    """Sentences that belong to no corpus, for `learn`."""
    common: Topics = ()
    """Common questions, to lend to units without variants."""
    encode: Encode = encode_cached
    store: VectorStore | None = None
    """Holds the vectors and the words of all texts, instead of the version."""
    digest: Digest = file_digest
    """Of a file; may remember those of large ones."""


def recipe(runtime: Path) -> Recipe:
    """Return the shipped recipe."""
    extras = {calibration.FILE: calibration.SHIPPED.read_bytes()}
    return Recipe(runtime, extras, _learn, out_of_scope_sentences(), common_questions.read())


def out_of_scope_sentences() -> tuple[str, ...]:
    """Read the sentences that belong to no corpus."""
    lines = OUT_OF_SCOPE_FILE.read_text(encoding="utf-8").splitlines()
    return tuple(line for line in lines if line and not line.startswith("#"))


def _learn(
    chunked: Chunked, vectors: Vectors, out_of_scope: OutOfScope, cache: ClassifierCache
) -> dict[str, bytes]:
    sampled = sampling.sample(chunked.chunks)
    model = unit_scorer.fit(
        chunked.chunks, vectors, len(chunked.units), out_of_scope, sampled, cache.fit
    )
    return {
        unit_scorer.FILE: unit_scorer.dump(model),
        exact_match.FILE: exact_match.learn(chunked.units, chunked.chunks),
    }


@dataclass(frozen=True, slots=True)
class Plan:
    """A version that is to be built, and everything that goes into it."""

    version: str
    corpus: Corpus
    chunked: Chunked
    embedder: Embedder
    recipe: Recipe


def plan(corpus: Corpus, embedder: Embedder, recipe: Recipe) -> Plan:
    """Cut a corpus into chunks, and name the version that they give."""
    chunked = chunking.chunk(corpus)
    return Plan(_version(corpus, chunked, embedder, recipe), corpus, chunked, embedder, recipe)


def build(
    corpus: Corpus,
    out: Path,
    embedder: Embedder,
    recipe: Recipe,
    *,
    cache: Path,
    publish: bool = True,
    force: bool = False,
    lock: Lock = version_store.building,
    report: Report = lambda step, done, total: None,
) -> Manifest:
    """Build a version without a self-test, and make it the live one.

    A version that exists already and is whole is not built again, so a second build without
    changes only publishes.

    Args:
        corpus: What is answered from.
        out: Folder of the index.
        embedder: Encodes the chunks; it is asked only for texts that the cache lacks.
        recipe: What else goes in.
        cache: Folder of the cached vectors.
        publish: Whether the version becomes the live one.
        force: Write the version again although it exists.
        lock: Holds the lock of the index; another one may wait for it.
        report: Called with progress.

    Raises:
        IndexBusy: Another process is building the same index.
        RetrievalError: The model is missing or not the pinned one.

    """
    planned = plan(corpus, embedder, recipe)
    with lock(out):
        built = None if force else existing(planned, out)
        if built is None:
            with draft(planned, out, cache, report) as written:
                built = version_store.finish(written)
        if publish:
            version_store.publish(out, planned.version)
    report("publish", 1, 1)
    return built.manifest


def existing(plan: Plan, out: Path, load: Load = version_store.load) -> Loaded | None:
    """Read the version of a plan if it is there and whole."""
    try:
        loaded = load(out, plan.version)
    except (IndexCorrupt, IndexIncompatible, UnknownVersion):
        return None
    store = plan.recipe.store
    return None if store and not store.holds(loaded.manifest) else loaded


@contextmanager
def draft(
    plan: Plan, out: Path, cache: Path, report: Report = lambda step, done, total: None
) -> Iterator[Loaded]:
    """Encode and write the version of a plan, to be finished; the index must be locked."""
    recipe = plan.recipe
    texts = _texts(plan, cache, report)
    chunked, vectors = replace(plan.chunked, chunks=texts.chunks), texts.vectors
    classifiers = ClassifierCache(cache.with_name(CLASSIFIERS))
    learn = recipe.learn
    learned = learn(chunked, vectors, texts.out_of_scope, classifiers) if learn else {}
    dense = vector_index.build(vectors)
    contents = Contents(
        units=chunked.units,
        chunks=chunked.chunks,
        groups=version_store.Groups(
            plan.corpus.synonyms,
            plan.corpus.equivalents,
            tuple((starter.id, starter.text) for starter in plan.corpus.starters),
        ),
        dense=dense,
        lexical=bm25.build([chunk.text for chunk in chunked.chunks]),
    )
    manifest = _manifest(replace(plan, chunked=chunked), dense)
    kept = None
    if recipe.store:
        kept = recipe.store.keep(plan.version, contents, vectors, partial(report, "store"))
        card = VectorStoreCard(recipe.store.engine, len(vectors), kept.dense.card.rows)
        manifest = replace(manifest, dense=kept.dense.card, remote=card)
    extras = {**recipe.extras, **learned}
    linked = _runtime(recipe)
    with version_store.draft(
        out, manifest, contents, linked=linked, extras=extras, kept=kept, digest=recipe.digest
    ) as written:
        yield written


def _texts(plan: Plan, cache: Path, report: Report) -> Texts:
    """Encode everything that a version is learned from."""
    recipe, chunks = plan.recipe, plan.chunked.chunks
    encoded = recipe.encode(
        plan.embedder,
        [
            *(chunk.embedded for chunk in chunks),
            *recipe.out_of_scope,
            *(question for topic in recipe.common for question in topic),
        ],
        cache,
        lambda done, total: report("encode", done, total),
    )
    ends = [len(chunks), len(chunks) + len(recipe.out_of_scope)]
    vectors, outside, common = np.split(encoded, ends)
    texts = Texts(chunks, vectors, OutOfScope(recipe.out_of_scope, outside))
    return common_questions.lend(texts, recipe.common, common)


def _version(corpus: Corpus, chunked: Chunked, embedder: Embedder, recipe: Recipe) -> str:
    """Name a version by what goes into it.

    The chunks count beside the content they were made of, so that another way of chunking gives
    another version by itself.
    """
    texts = "\0".join(f"{chunk.role}\0{chunk.embedded}" for chunk in chunked.chunks)
    parts = {
        "content": corpus.content_hash,
        "chunks": hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest(),
        "out_of_scope": hashlib.sha256("\n".join(recipe.out_of_scope).encode()).hexdigest(),
        "common": hashlib.sha256("\n\n".join(map("\n".join, recipe.common)).encode()).hexdigest(),
        "embedder": embedder.sha256,
    }
    if recipe.store:
        parts["vectors"] = recipe.store.engine
    parts |= {name: recipe.digest(path) for name, path in _runtime(recipe).items()}
    parts |= {name: hashlib.sha256(data).hexdigest() for name, data in recipe.extras.items()}
    return version_store.version_name(
        [f"{name} {digest}" for name, digest in sorted(parts.items())]
    )


def _runtime(recipe: Recipe) -> dict[str, Path]:
    """Return the run-time files; without the one for languages, identifying one takes a second."""
    files = {name: recipe.runtime / name for name in (ENCODER_FILE, TOKENIZER_FILE)}
    if (languages := recipe.runtime / language_identification.FILE).exists():
        files[language_identification.FILE] = languages
    return files


def _manifest(plan: Plan, dense: vector_index.VectorIndex) -> Manifest:
    """Describe a version before its files are written."""
    dimension = dense.row(0).shape[0]
    return Manifest(
        format=version_store.FORMAT,
        version=plan.version,
        built_at=datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
        model=ModelCard(plan.embedder.name, plan.embedder.sha256, dimension, RUNTIME),
        content_hash=plan.corpus.content_hash,
        counts=counts(plan.corpus, plan.chunked),
        figures={},
        dense=dense.card,
        files={},
    )


def counts(corpus: Corpus, chunked: Chunked) -> dict[str, int]:
    """Count what a version holds."""
    return {
        "documents": len(corpus.documents),
        "sections": sum(len(document.sections) for document in corpus.documents),
        "entries": len(corpus.entries),
        "smalltalk": len(corpus.smalltalk),
        "boundaries": len(corpus.boundaries),
        "units": len(chunked.units),
        "chunks": len(chunked.chunks),
    }
