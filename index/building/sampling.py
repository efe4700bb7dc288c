"""Sampling: which of its own variants an index is tested with, each left out in turn.

The sample is the same every time, and nearly the same after an edit, so that two versions are
compared on the same questions: it is drawn by a hash of the text.
"""

from collections.abc import Sequence
from zlib import crc32

from index.datatypes import Chunk, ChunkRole

PER_UNIT = 6
"""Questions of one unit, so that one with many variants counts no more than others."""
MOST = 2000
"""Questions of all units: an index of 100,000 units is tested with some 330 of them, which takes
seconds."""


def sample(chunks: Sequence[Chunk], per_unit: int = PER_UNIT, most: int = MOST) -> tuple[int, ...]:
    """Return the positions of sampled variants, boundaries' and smalltalk's too, ascending.

    Where there are more than `most`, all those of some units are chosen rather than some of all.
    """
    by_unit: dict[int, list[int]] = {}
    for position, chunk in enumerate(chunks):
        if chunk.role is ChunkRole.VARIANT:
            by_unit.setdefault(chunk.unit, []).append(position)
    chosen: list[int] = []
    for unit in sorted(by_unit, key=lambda unit: _order(chunks[by_unit[unit][0]])):
        ranked = sorted(by_unit[unit], key=lambda position: _order(chunks[position]))
        if len(chosen) + per_unit > most and chosen:
            break
        chosen += ranked[:per_unit]
    return tuple(sorted(chosen))


def _order(chunk: Chunk) -> tuple[int, str]:
    return crc32(chunk.embedded.encode("utf-8", "surrogatepass")), chunk.embedded
