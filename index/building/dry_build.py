"""A version of content that is thrown away after it was looked at: nothing is published."""

from dataclasses import replace
from functools import partial
from pathlib import Path

from corpus import Corpus
from index.building.builder import build, recipe
from index.encoding.export import (
    DEFAULT_MODEL,
    SentenceTransformerEmbedder,
    find_model,
    runtime_folder,
)
from index.quality import self_test
from index.versions import version_store
from index.versions.version_store import Loaded


def preview(corpus: Corpus, folder: Path, cache: Path, model: str = DEFAULT_MODEL) -> Loaded:
    """Build a version in a folder, without publishing it, and read it.

    Args:
        corpus: What it answers from.
        folder: Of an index; may be removed once the version is no longer needed.
        cache: Of exported encoders and of vectors, as `build_index.py` keeps it.
        model: As `build_index.py` takes it.

    Raises:
        RetrievalError: The model or what is needed to encode with it is missing.

    """
    source = find_model(model)
    steps = recipe(runtime_folder(source, cache / "encoders"))
    manifest = build(
        corpus,
        folder,
        SentenceTransformerEmbedder(source),
        replace(steps, measure=partial(self_test.measure, checks=corpus.checks)),
        cache=cache / "embeddings",
        publish=False,
    )
    return version_store.load(folder, manifest.version)
