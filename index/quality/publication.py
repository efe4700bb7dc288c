"""A content change on its way to being live: build, open once, self-test, compare."""

from dataclasses import replace
from pathlib import Path

from corpus import Corpus
from index.building import builder
from index.building.builder import Lock, Recipe, Report
from index.encoding.embedding_cache import Embedder
from index.encoding.encoder import Encoder
from index.encoding.export import (
    DEFAULT_MODEL,
    SentenceTransformerEmbedder,
    find_model,
    runtime_folder,
)
from index.quality import self_test
from index.quality.opened_version import OpenedVersion, open_version
from index.versions import version_store
from index.versions.version_store import Load


def build_version(
    corpus: Corpus,
    out: Path,
    embedder: Embedder,
    recipe: Recipe,
    *,
    cache: Path,
    force: bool = False,
    lock: Lock = version_store.building,
    report: Report = lambda step, done, total: None,
    encoder: Encoder | None = None,
    load: Load = version_store.load,
) -> OpenedVersion:
    """Build a version, open it, and let it test itself; nothing is published.

    A version that exists already and is whole is only opened.

    Args:
        corpus: What is answered from.
        out: Folder of the index.
        embedder: Encodes the chunks; it is asked only for texts that the cache lacks.
        recipe: What else goes in.
        cache: Folder of the cached vectors.
        force: Write the version again although it exists.
        lock: Holds the lock of the index; another one may wait for it.
        report: Told about progress.
        encoder: Instead of the one in the version.
        load: Reads the version, once it exists.

    Raises:
        IndexBusy: Another process is building the same index.
        RetrievalError: The model is missing or not the pinned one.

    """
    plan = builder.plan(corpus, embedder, recipe)
    with lock(out):
        existing = None if force else builder.existing(plan, out, load)
        if existing is not None:
            report("publish", 1, 1)
            return open_version(existing, encoder)
        with builder.draft(plan, out, cache, report) as draft:
            version = open_version(draft, encoder)
            version.knowledge.languages.warm()  # its file is about to be moved
            report("measure", 0, 1)
            measured = self_test.measure(version, corpus.checks)
            report("measure", 1, 1)
            finished = version_store.finish(draft, measured)
    report("publish", 1, 1)
    if finished.manifest.remote is None:
        return replace(version, loaded=finished)
    return open_version(load(out, plan.version), version.encoder)


def dry_build(
    corpus: Corpus, folder: Path, cache: Path, model: str = DEFAULT_MODEL
) -> OpenedVersion:
    """Build a version in a folder, without publishing it.

    Args:
        corpus: What it answers from.
        folder: Of an index; may be removed once the version is no longer needed.
        cache: Of exported encoders and of vectors, as a build keeps it.
        model: A sentence-transformers model, as a build takes it.

    Raises:
        RetrievalError: The model or what is needed to encode with it is missing.

    """
    source = find_model(model)
    recipe = builder.recipe(runtime_folder(source, cache / "encoders"))
    embedder = SentenceTransformerEmbedder(source)
    return build_version(corpus, folder, embedder, recipe, cache=cache / "embeddings")
