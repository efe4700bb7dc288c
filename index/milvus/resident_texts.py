"""Texts of a version for Milvus, and those whose vectors the version holds as well.

The version holds what the service still answers from while Milvus is down: boundaries and
smalltalk, without which no question may be answered, and canned answers, as many as fit.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.datatypes import Chunk, Kind, Positions, Unit, VectorIndexKind, Vectors
from index.search import bm25, vector_index
from index.versions.version_store import Contents

MOST = 50_000
"""Texts; comparing a question with as many takes some 5 ms."""
_NO_ANSWER = (Kind.BOUNDARY, Kind.SMALLTALK)


@dataclass(frozen=True, slots=True)
class Rows:
    """What a collection holds, in the order of the version's chunks."""

    vectors: Vectors
    texts: Sequence[str]
    units: Sequence[str]
    """Id of the unit of each row."""
    digests: Sequence[str]
    """SHA-256 of each text, in hex."""
    resident: frozenset[int]
    """Positions of texts that a search leaves out, since the version holds them as well."""


def rows(contents: Contents, vectors: Vectors, resident: Positions | None) -> Rows:
    """Return the rows of a collection."""
    texts = [chunk.embedded for chunk in contents.chunks]
    units = [contents.units[chunk.unit].id for chunk in contents.chunks]
    digests = [hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest() for text in texts]
    held = frozenset(resident.tolist() if resident is not None else ())
    return Rows(vectors, texts, units, digests, held)


def kept(contents: Contents) -> Contents:
    """Reduce the contents of a version to the texts that it holds itself."""
    chosen = choose(contents.units, contents.chunks)
    return replace(
        contents,
        dense=vector_index.build(contents.dense.vectors[chosen], VectorIndexKind.FLAT),
        lexical=bm25.build([contents.chunks[at].text for at in chosen]),
        resident=chosen,
    )


def choose(units: Sequence[Unit], chunks: Sequence[Chunk], most: int = MOST) -> Positions:
    """Choose the texts that the version holds, in the order of the index, at least one.

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
