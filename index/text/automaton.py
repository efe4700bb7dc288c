"""Pure: the automaton of a language model, cut down to what some bytes can reach.

The model reads a text byte by byte: a byte leads from a state to the next one, and a state may
stand for a feature. What only other bytes lead to is never reached by texts of these alone.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

_BYTES = 256
Numbers: TypeAlias = NDArray[np.integer]


@dataclass(frozen=True, slots=True)
class Automaton:
    """Its tables, as py3langid reads them."""

    moves: "array[int]"
    """For each row 256 states, by byte."""
    row: "array[int]"
    """The row of each state; some share one."""
    features: Sequence[int]
    """The feature that each state stands for, -1 for none."""


def cut(whole: Automaton, allowed: Sequence[int]) -> tuple[Automaton, Numbers]:
    """Keep what `allowed` bytes reach from the first state; any other byte leads back to that.

    Returns:
        The rest, with states and features numbered anew, and the features that are kept.

    """
    moves = np.frombuffer(whole.moves, whole.moves.typecode).reshape(-1, _BYTES)
    row = np.frombuffer(whole.row, whole.row.typecode)
    used = np.array(allowed)
    states = _reached(moves, row, used)
    rows, new_row = np.unique(row[states], return_inverse=True)
    kept, features = np.unique(np.array(whole.features)[states], return_inverse=True)
    numbers = np.zeros(len(row), dtype=np.uint32)
    numbers[states] = np.arange(len(states))
    rest = np.zeros((len(rows), _BYTES), dtype=_narrowest(len(states)))
    rest[:, used] = numbers[moves[np.ix_(rows, used)]]
    has_none = int(kept[0] == -1)
    return Automaton(
        array(rest.dtype.char, rest.tobytes()),
        array("I", new_row.astype(np.uint32).tobytes()),
        (features - has_none).tolist(),
    ), kept[has_none:]


def _reached(moves: Numbers, row: Numbers, allowed: Numbers) -> Numbers:
    """Return the states that can be reached, in ascending order."""
    is_reached = np.zeros(len(row), dtype=np.bool_)
    fresh = np.array([0])
    while len(fresh):
        is_reached[fresh] = True
        following = np.unique(moves[np.ix_(np.unique(row[fresh]), allowed)])
        fresh = following[~is_reached[following]]
    return np.flatnonzero(is_reached)


def _narrowest(states: int) -> type[np.unsignedinteger]:
    return np.uint16 if states <= np.iinfo(np.uint16).max + 1 else np.uint32
