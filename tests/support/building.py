"""An index that the commands can open: with the real encoder, but built without torch."""

from pathlib import Path

from corpus import Corpus
from index.building.builder import build, recipe
from index.encoding.embedder import ExportedEmbedder
from index.encoding.export import find_model, runtime_folder


def build_real(corpus: Corpus, encoders: Path, folder: Path) -> Path:
    """Build and publish an index in a folder.

    Args:
        corpus: What is answered from.
        encoders: The cache of exported encoders.
        folder: Empty.

    """
    runtime = runtime_folder(find_model(), encoders)
    embedder = ExportedEmbedder(runtime, "the exported encoder")
    build(corpus, folder / "index", embedder, recipe(runtime), cache=folder / "vectors")
    return folder / "index"
