"""The encoder that answers, in the place of the one that builds."""

from collections.abc import Sequence
from pathlib import Path

from index.datatypes import Vectors
from index.encoding.encoder import OnnxEncoder


class RuntimeEmbedder:
    """Encodes content as questions are encoded: needs no torch, and is fast enough for a few."""

    def __init__(self, runtime: Path) -> None:
        self.name, self.sha256 = "run-time encoder", "0" * 64
        self._encoder = OnnxEncoder(runtime)

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Return one row a text."""
        return self._encoder.encode(texts)
