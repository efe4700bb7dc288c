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

import numpy as np

WAYS = 8
"""Places that an entry may take; of these, the one used least lately is taken."""
_PLACE = "CAREERS_FAQ_COMMON_"
"""Before the name of a table: what tells workers where it is. Nobody sets it by hand."""
_HEAD = struct.Struct("<16s16sQI20x")
"""Of each place: the key's digest, the entry's, when it was used last, and its length."""
_HEADS = np.dtype([("before", "V32"), ("used", "<i8"), ("after", "V24")])
"""The same, for all places at once."""
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
        for _, place in sorted(self._own(digest), reverse=True):
            _, check, _, length = self._head(place)
            start = self._start(place)
            entry = self._memory[start : start + min(length, self._layout.room)]
            if _check(digest, entry) == check:
                self._use(place)
                return entry
        return None

    def put(self, key: bytes, entry: bytes) -> bool:
        """Keep an entry for all workers; False if it is longer than there is room.

        What the key had goes last: whoever dies here leaves the one or the other.
        """
        if len(entry) > self._layout.room:
            return False
        digest = _digest(key)
        before = sorted(self._own(digest))
        kept = before[-1][1] if before else -1
        others = (place for place in self._places(digest) if place != kept)
        place = min(others, key=lambda one: self._head(one)[2])
        self._empty(place)
        start = self._start(place)
        self._memory[start : start + len(entry)] = entry
        head = (digest, _check(digest, entry), time.monotonic_ns(), len(entry))
        _HEAD.pack_into(self._memory, place * _HEAD.size, *head)
        for _, old in before:
            if old != place:
                self._empty(old)
        return True

    def clear(self) -> None:
        """Forget everything, and give the memory back."""
        self._memory[: self._rooms] = bytes(self._rooms)
        if hasattr(mmap, "MADV_REMOVE"):
            self._memory.madvise(mmap.MADV_REMOVE, self._rooms, len(self._memory) - self._rooms)

    def forget_unused(self, seconds: float) -> None:
        """Forget what nobody has put or found for so long."""
        limit = time.monotonic_ns() - int(seconds * 1e9)
        heads = np.frombuffer(self._memory, _HEADS, self._groups * WAYS)
        for place in np.flatnonzero((heads["used"] > 0) & (heads["used"] < limit)):
            self._empty(int(place))

    def _own(self, digest: bytes) -> Iterator[tuple[int, int]]:
        """Yield the places with this key: when each was used last, and which it is."""
        for place in self._places(digest):
            known, _, used, _ = self._head(place)
            if known == digest:
                yield used, place

    def _places(self, digest: bytes) -> range:
        first = int.from_bytes(digest[:8], "little") % self._groups * WAYS
        return range(first, first + WAYS)

    def _head(self, place: int) -> tuple[bytes, bytes, int, int]:
        digest, check, used, length = _HEAD.unpack_from(self._memory, place * _HEAD.size)
        return digest, check, used, length

    def _start(self, place: int) -> int:
        return self._rooms + place * self._layout.room

    def _empty(self, place: int) -> None:
        """Leave nothing of what was there."""
        start, (_, _, _, length) = self._start(place), self._head(place)
        _HEAD.pack_into(self._memory, place * _HEAD.size, b"", b"", 0, 0)
        length = min(length, self._layout.room)
        self._memory[start : start + length] = bytes(length)

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
    import fcntl  # not there on Windows

    try:
        file = os.memfd_create(name, os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    except OSError as error:
        _alone(name, error)
        return None
    try:
        os.truncate(file, size)
        # Whoever cut it off would end every worker.
        fcntl.fcntl(file, fcntl.F_ADD_SEALS, fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW)
    except OSError as error:
        os.close(file)
        _alone(name, error)
        return None
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
