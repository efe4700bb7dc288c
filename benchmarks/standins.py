"""Vectors for more texts than there is time to encode: real ones, then stand-ins near them.

They go into the cache of a build under the keys of the real model, so that the command that is
measured is the one that people run, and encodes nothing.
"""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from math import sqrt
from pathlib import Path

import numpy as np

from corpus import load
from index.building import chunking
from index.building.builder import out_of_scope_sentences
from index.datatypes import Vectors
from index.encoding.embedder import Embedder
from index.encoding.embedding_cache import encode_cached, key_of

LIKENESS = 0.8
"""Cosine of a stand-in with the real vector that it is made of."""
_SEED = 7
_BLOCK = 10_000


def texts_of(folder: Path) -> list[str]:
    """List what a build of a corpus encodes, each once."""
    chunked = chunking.chunk(load(folder))
    return list(dict.fromkeys([*(c.embedded for c in chunked.chunks), *out_of_scope_sentences()]))


def fill(
    embedder: Embedder,
    texts: Sequence[str],
    real: int,
    cache: Path,
    progress: Callable[[int, int], None],
) -> Vectors:
    """Encode the first texts, and put stand-ins for the others into the cache; returns the real."""
    encoded = encode_cached(embedder, texts[:real], cache, progress)
    others = texts[real:]
    draw = np.random.default_rng(_SEED)
    with closing(sqlite3.connect(cache / "vectors.sqlite")) as database:
        for start in range(0, len(others), _BLOCK):
            block = others[start : start + _BLOCK]
            rows = near(encoded, len(block), draw)
            keyed = zip((key_of(embedder.sha256, text) for text in block), rows, strict=True)
            database.executemany(
                "INSERT OR IGNORE INTO vectors VALUES (?, ?)",
                [(key, row.tobytes()) for key, row in keyed],
            )
            database.commit()
    return encoded


def near(real: Vectors, count: int, draw: np.random.Generator) -> Vectors:
    """Make vectors, each near a real one that is drawn for it."""
    chosen = real[draw.integers(len(real), size=count)]
    noise = draw.standard_normal(size=chosen.shape, dtype=np.float32)
    noise /= np.linalg.norm(noise, axis=1, keepdims=True)
    rows = LIKENESS * chosen + np.float32(sqrt(1 - LIKENESS**2)) * noise
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def real_vectors(cache: Path) -> Vectors:
    """Read every vector of a cache."""
    with closing(sqlite3.connect(cache / "vectors.sqlite")) as database:
        rows = database.execute("SELECT vector FROM vectors ORDER BY key").fetchall()
    return np.stack([np.frombuffer(row[0], dtype=np.float32) for row in rows])
