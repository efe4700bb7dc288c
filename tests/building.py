"""An index that the commands can open: with the real encoder, but built without torch."""

from collections.abc import Sequence
from pathlib import Path

from corpus import Corpus
from index.builder import build, recipe
from index.datatypes import Vectors
from index.encoder import OnnxEncoder
from index.export import find_model, runtime_folder


class RuntimeEmbedder:
    """Encodes content as the run time encodes questions, within seconds."""

    def __init__(self, folder: Path) -> None:
        self.name, self.sha256 = "run-time encoder", "1" * 64
        self._encoder = OnnxEncoder(folder)

    def encode(self, texts: Sequence[str], /) -> Vectors:
        return self._encoder.encode(texts)


def build_real(corpus: Corpus, encoders: Path, folder: Path) -> Path:
    """Build and publish an index in a folder.

    Args:
        corpus: What is answered from.
        encoders: The cache of exported encoders.
        folder: Empty.

    """
    runtime = runtime_folder(find_model(), encoders)
    embedder = RuntimeEmbedder(runtime)
    build(corpus, folder / "index", embedder, recipe(runtime), cache=folder / "vectors")
    return folder / "index"
