"""Memory that all workers of a service have in common, for what one of them should not know alone.

Apart, each of n workers works out every answer once and keeps it once, and a follow-up is
understood only where the question before was asked. The parent makes the memory, which has no name
in any folder and is gone with the last process that holds it; workers find it through what the
parent has open, which Linux shows to processes of the same user.
"""

import logging
import mmap
import os
import struct
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

WAYS = 8
"""Places that an entry may take; of these, the one used least lately is taken."""
_PLACE = "CAREERS_FAQ_COMMON_"
"""Before the name of a table: what tells workers where it is. Nobody sets it by hand."""
_HEAD = struct.Struct("<16s16sQI20x")
"""Of each place: the key's digest, the entry's, when it was used last, and its length."""
_USED = struct.Struct("<Q")
_USED_AT = 32

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Layout:
    """The shape of a table."""

    room: int
    """Bytes of the longest entry. Room that no entry fills takes no memory."""
    again_ns: int = 0
    """So much later an entry counts as used that was found: nanoseconds."""

    def needed(self, size: int) -> int:
        """How many bytes a table for `size` entries has, most of which take memory once filled."""
        groups = -(-size // WAYS)
        return _heads(groups) + groups * WAYS * self.room

    def groups(self, memory: int) -> int:
        """How many groups of places a table of so many bytes has."""
        groups = memory // (WAYS * (_HEAD.size + self.room))
        while self.needed(groups * WAYS) > memory:  # heads fill their last page
            groups -= 1
        return groups


def _heads(groups: int) -> int:
    """How many bytes come before the first room, so that it begins with a page."""
    return -(-groups * WAYS * _HEAD.size // mmap.PAGESIZE) * mmap.PAGESIZE


class CommonTable:
    """A table in memory that several processes read and write at once, and none locks.

    A key has `WAYS` places. What is read while another process writes there does not fit its
    digest, and counts as forgotten.
    """

    def __init__(self, memory: mmap.mmap, layout: Layout) -> None:
        """Take memory whose bytes were all zero when it was made, as many as `needed` says."""
        self._memory = memory
        self._layout = layout
        self._groups = layout.groups(len(memory))
        self._rooms = _heads(self._groups)

    def get(self, key: bytes) -> bytes | None:
        """Return the entry that any worker put there last, if it is still there."""
        digest = _digest(key)
        for place in self._places(digest):
            known, check, _, length = _HEAD.unpack_from(self._memory, place * _HEAD.size)
            if known == digest:
                start = self._rooms + place * self._layout.room
                entry = self._memory[start : start + min(length, self._layout.room)]
                if _check(digest, entry) != check:
                    return None
                self._use(place)
                return entry
        return None

    def put(self, key: bytes, entry: bytes) -> bool:
        """Keep an entry for all workers; False if it is longer than there is room."""
        if len(entry) > self._layout.room:
            return False
        digest = _digest(key)
        place = min(self._places(digest), key=lambda one: self._worth(one, digest))
        start = self._rooms + place * self._layout.room
        self._memory[start : start + len(entry)] = entry
        head = (digest, _check(digest, entry), time.monotonic_ns(), len(entry))
        _HEAD.pack_into(self._memory, place * _HEAD.size, *head)
        return True

    def _places(self, digest: bytes) -> range:
        first = int.from_bytes(digest[:8], "little") % self._groups * WAYS
        return range(first, first + WAYS)

    def _worth(self, place: int, digest: bytes) -> int:
        """When a place was used last; one with the same key is worth nothing."""
        known, _, used, _ = _HEAD.unpack_from(self._memory, place * _HEAD.size)
        return -1 if known == digest else used

    def _use(self, place: int) -> None:
        at = place * _HEAD.size + _USED_AT
        _USED.pack_into(self._memory, at, time.monotonic_ns() + self._layout.again_ns)


@contextmanager
def offered(tables: Mapping[str, int]) -> Iterator[None]:
    """Let processes that are started meanwhile have tables in common.

    Only Linux has such memory: elsewhere, and where it is refused, nothing is offered.

    Args:
        tables: Bytes of each, by name; none for a table that nobody wants.

    """
    with ExitStack() as given:
        for name, size in tables.items():
            file = _memory(name, size) if size and hasattr(os, "memfd_create") else None
            if file is not None:
                given.callback(os.close, file)
                os.environ[_PLACE + name] = f"/proc/{os.getpid()}/fd/{file}"  # noqa: TID251 - no setting: from parent to worker
                given.callback(os.environ.pop, _PLACE + name)  # noqa: TID251 - as above
        yield


def _memory(name: str, size: int) -> int | None:
    try:
        file = os.memfd_create(name)
    except OSError as error:
        _alone(name, error)
        return None
    os.truncate(file, size)
    return file


def joined(name: str, layout: Layout) -> CommonTable | None:
    """Return the table that the parent offers; None, and each process for itself, without one."""
    place = os.environ.get(_PLACE + name)  # noqa: TID251 - no setting: from parent to worker
    if place is None:
        return None
    try:
        with Path(place).open("r+b") as file:
            return CommonTable(mmap.mmap(file.fileno(), 0), layout)
    except (OSError, ValueError) as error:
        _alone(name, error)
        return None


def _alone(name: str, error: Exception) -> None:
    log.warning("%s: each worker remembers for itself: %s", name, error)


def _digest(key: bytes) -> bytes:
    return blake2b(key, digest_size=16).digest()


def _check(digest: bytes, entry: bytes) -> bytes:
    return blake2b(entry, digest_size=16, key=digest).digest()
