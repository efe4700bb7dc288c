"""Embedder: encodes content, with the encoder that questions are answered with."""

import hashlib
import os
import sys
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Protocol

from index.datatypes import Vectors
from index.encoding.encoder import ENCODER_FILE, TOKENIZER_FILE, Encoder, OnnxEncoder
from index.storage.atomic_files import file_digest


class Embedder(Encoder, Protocol):
    """An encoder that names what it runs."""

    @property
    def name(self) -> str:
        """Name of the model."""
        ...

    @property
    def sha256(self) -> str:
        """Hex digest of everything that its vectors depend on besides the text."""
        ...


class ExportedEmbedder:
    """The exported encoder of a folder; opened for the first text."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self._folder = folder

    @cached_property
    def sha256(self) -> str:
        """Hex digest of encoder and tokenizer."""
        digests = [file_digest(self._folder / name) for name in (ENCODER_FILE, TOKENIZER_FILE)]
        return hashlib.sha256(" ".join(digests).encode()).hexdigest()

    @cached_property
    def encoder(self) -> OnnxEncoder:
        """The encoder itself."""
        return OnnxEncoder(self._folder)

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Encode texts one by one."""
        return self.encoder.encode(texts)

    def encode_batches(self, batches: Sequence[Sequence[str]], /) -> Iterator[Vectors]:
        """Encode batches on every core, in order; the rows are those of `encode`."""
        pool = ThreadPoolExecutor(_cores())
        try:
            yield from pool.map(self.encoder.encode, batches)
        finally:
            pool.shutdown(cancel_futures=True)


def _cores() -> int:
    """Return how many cores this process may use."""
    allowed = len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count()
    return allowed or 1
