"""What a vector store finds, and what a question is compared with in the end."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Scores, Vectors

Positions: TypeAlias = NDArray[np.int64]
"""Shape (n,): positions of texts in the order of the index."""


@dataclass(frozen=True, slots=True)
class Rows:
    """What a collection holds, in the order of the index's chunks."""

    vectors: Vectors
    texts: Sequence[str]
    units: Sequence[str]
    """Id of the unit of each row."""
    digests: Sequence[str]
    """SHA-256 of each text, in hex."""
    resident: frozenset[int]
    """Positions of texts that a search need not bring, since the version has them as well."""


@dataclass(frozen=True, slots=True)
class Remote:
    """What a search of a vector store brought back, in no order."""

    positions: Positions
    cosines: Scores
    words: Scores
    """BM25; 0 for a text that was found by meaning alone."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a question was compared with."""

    cosines: Scores
    """Of the question with every text; -inf for one that was not looked at."""
    words: Scores | None
    """BM25 of the question with every text, where ranking needs it."""
    is_partial: bool = False
    """Whether a part of the texts could not be searched, since the vector store did not answer."""
