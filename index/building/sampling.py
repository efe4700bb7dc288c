"""Pure: which of its own questions an index is measured on, each as if it had not been there.

The choice is the same every time, and nearly the same after an edit, so that two versions are
compared on the same questions: it goes by a hash of the text.
"""

from collections.abc import Sequence
from zlib import crc32

from index.datatypes import Chunk, ChunkRole

PER_UNIT = 6
"""Questions of one unit, so that one with many variants counts no more than others."""
MOST = 2000
"""Questions of all units: an index of 100,000 units is measured on a third of a thousand of them,
which takes seconds."""


def sample(chunks: Sequence[Chunk], per_unit: int = PER_UNIT, most: int = MOST) -> tuple[int, ...]:
    """Choose variants, examples of boundaries and of smalltalk; their positions, ascending.

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
