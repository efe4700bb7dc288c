"""Ids of exchanges: UUIDs of version 7 (RFC 9562, 5.7) whose 74 other bits are all random.

Whoever knows an id may rate and erase the exchange, so one must not follow from another. Libraries
count within a millisecond instead, which leaves 32 random bits.
"""

import secrets
import time
from uuid import UUID

_VERSION, _VARIANT = 7 << 76, 2 << 62


def make() -> str:
    """Make an id of now."""
    milliseconds = time.time_ns() // 1_000_000
    # Drawn at once: each call of the system lets another thread have the interpreter.
    high, low = divmod(secrets.randbits(74), 1 << 62)
    return str(UUID(int=milliseconds << 80 | _VERSION | high << 64 | _VARIANT | low))


def age(id_: str) -> float:
    """Return how many seconds ago an id says it was made; negative for one of the future."""
    return time.time() - (UUID(id_).int >> 80) / 1000
