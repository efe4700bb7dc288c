"""Exact match: questions that the content lists word for word, with word counts and autocomplete.

Computed by the build, so that opening an index does not go through all its texts.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Chunk, ChunkRole, Unit
from index.errors import IndexCorrupt
from index.search import autocomplete
from index.search.autocomplete import Autocomplete
from index.storage import tensors
from index.storage.tensors import Arrays, Buffer, pack, unpack
from index.text.normalisation import fold
from index.text.spelling import count

FILE = "lookup.safetensors"


@dataclass(frozen=True, slots=True)
class OwnQuestions:
    """Questions that belong to one unit only."""

    keys: NDArray[np.uint64]
    """Of the folded questions, in ascending order."""
    units: NDArray[np.int32]

    def unit(self, folded: str) -> int | None:
        """Return the unit that has this question, given as `normalisation.fold` writes it."""
        key = _key(folded)
        place = int(np.searchsorted(self.keys, key))
        is_listed = place < len(self.keys) and self.keys[place] == key
        return int(self.units[place]) if is_listed else None


NO_QUESTIONS = OwnQuestions(np.empty(0, dtype=np.uint64), np.empty(0, dtype=np.int32))


@dataclass(frozen=True, slots=True)
class Lookup:
    """What a build has computed from the words of the content."""

    own: OwnQuestions
    uses: Counter[str]
    """How often the corpus uses each word."""
    autocomplete: Autocomplete


def learn(units: Sequence[Unit], chunks: Sequence[Chunk]) -> bytes:
    """Return the bytes of the file."""
    uses = count(chunk.embedded for chunk in chunks)
    return tensors.dump(
        {
            **_own_questions(chunks),
            **pack("words", uses),
            "uses": np.array(list(uses.values()), dtype=np.int64),
            **autocomplete.learn(units),
        }
    )


def parse(data: Buffer) -> Lookup:
    """Read what `learn` wrote.

    Raises:
        IndexCorrupt: The bytes are something else.

    """
    try:
        read = tensors.parse(data)
        words = unpack("words", read)
        uses = Counter(dict(zip(words, read["uses"].tolist(), strict=True)))
        own = OwnQuestions(read["own_keys"], read["own_units"])
        return Lookup(own, uses, autocomplete.parse(read))
    except (KeyError, ValueError) as error:
        raise IndexCorrupt(f"{FILE} cannot be read. Build the index again.") from error


def _own_questions(chunks: Iterable[Chunk]) -> Arrays:
    owners: dict[np.uint64, set[int]] = {}
    for chunk in chunks:
        if chunk.role in (ChunkRole.QUESTION, ChunkRole.VARIANT):
            owners.setdefault(_key_of_content(chunk.text), set()).add(chunk.unit)
    sole = sorted((key, min(units)) for key, units in owners.items() if len(units) == 1)
    return {
        "own_keys": np.array([key for key, _ in sole], dtype=np.uint64),
        "own_units": np.array([unit for _, unit in sole], dtype=np.int32),
    }


@lru_cache(2**14)
def _key_of_content(text: str) -> np.uint64:
    """Return the key of a question of the content, of which an edit changes few."""
    return _key(fold(text))


def _key(folded: str) -> np.uint64:
    """Hash a question; 64 bits make a collision of two questions practically impossible."""
    digest = blake2b(folded.encode("utf-8", "surrogatepass"), digest_size=8).digest()
    return np.uint64(int.from_bytes(digest, "little"))
