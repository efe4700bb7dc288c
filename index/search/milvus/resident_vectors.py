"""The texts whose vectors stay in a version although a vector store has those of all.

They are what the service still answers from when the store is down: what is no answer, since no
question may be answered without looking at it, and canned answers, as many as fit.
"""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from index.datatypes import Chunk, Kind, Unit
from index.errors import IndexCorrupt
from index.search.vector_store import Positions
from index.storage import tensors

FILE = "resident.safetensors"
MOST = 50_000
"""Texts; comparing a question with as many takes some 5 ms."""
_NO_ANSWER = (Kind.BOUNDARY, Kind.SMALLTALK)


def choose(units: Sequence[Unit], chunks: Sequence[Chunk], most: int = MOST) -> Positions:
    """Choose the texts that stay, in the order of the index, at least one.

    Canned answers stay whole, in their order, while no more than `most` texts stay in all.
    """
    owners = np.array([chunk.unit for chunk in chunks], dtype=np.int64)
    sizes = np.bincount(owners, minlength=len(units))
    stays = np.array([unit.kind in _NO_ANSWER for unit in units])
    room = most - int(sizes[stays].sum())
    for position, unit in enumerate(units):
        if unit.kind is Kind.FAQ and sizes[position] <= room:
            stays[position] = True
            room -= int(sizes[position])
    chosen = np.flatnonzero(stays[owners])
    # Neither FAISS nor BM25 indexes nothing.
    return chosen if len(chosen) else np.zeros(1, dtype=np.int64)


def read(path: Path) -> Positions:
    """Read which texts stay. Raises IndexCorrupt when the file cannot be read."""
    try:
        return np.asarray(tensors.parse(tensors.read(path))["positions"], dtype=np.int64)
    except (OSError, ValueError, KeyError) as error:
        raise IndexCorrupt(f"{path.name} cannot be read. Build the index again.") from error


def dump(chosen: Positions) -> bytes:
    """Write which texts stay as the bytes of a file."""
    return tensors.dump({"positions": chosen})
