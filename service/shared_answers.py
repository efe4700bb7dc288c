"""Answers that all workers of a service remember together, in memory that they share.

Apart, each of n workers works out every answer once, and keeps it once. The parent makes the
memory, which has no name in any folder and is gone with the last process that holds it; workers
find it through what the parent has open, which Linux shows to processes of the same user.
"""

import logging
import mmap
import os
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from service.remembered import Key, Moment

WAYS = 8
"""Places that an answer may take; of these, the one used least lately is taken."""
AGAIN_NS = 600 * 10**9
"""So much later an answer counts as used that was asked for again: most never are, and many that
come and go would push out what is asked for often. In nanoseconds: ten minutes."""
ROOM = 16_384
"""Bytes of the longest answer that is remembered. Room that no answer fills takes no memory."""
_PLACE = "CAREERS_FAQ_SHARED_ANSWERS"
"""What tells workers where the memory is. Nobody sets it by hand."""
_HEAD = struct.Struct("<16s16sQI20x")
"""Of each place: the key's digest, the answer's, when it was used last, and its length."""
_USED = struct.Struct("<Q")
_USED_AT = 32
_ALONE = "answers are remembered by each worker for itself: %s"

log = logging.getLogger(__name__)


class SharedAnswers:
    """A table in memory that several processes read and write at once, and none locks.

    A key has `WAYS` places. What is read while another process writes there does not fit its
    digest, and counts as forgotten.
    """

    def __init__(self, memory: mmap.mmap) -> None:
        """Take memory whose bytes were all zero when it was made, of the size `needed` says."""
        self._memory = memory
        self._groups = len(memory) // (WAYS * (_HEAD.size + ROOM))
        self._rooms = _heads(self._groups)

    def get(self, moment: Moment, key: Key) -> bytes | None:
        """Return an answer that any worker gave at this moment, if it is remembered."""
        digest = _digest(moment, key)
        for place in self._places(digest):
            known, check, _, length = _HEAD.unpack_from(self._memory, place * _HEAD.size)
            if known == digest:
                start = self._rooms + place * ROOM
                answer = self._memory[start : start + min(length, ROOM)]
                if _check(digest, answer) != check:
                    return None
                self._use(place)
                return answer
        return None

    def put(self, moment: Moment, key: Key, answer: bytes) -> None:
        """Remember an answer for all workers, unless it is longer than `ROOM`."""
        if len(answer) > ROOM:
            return
        digest = _digest(moment, key)
        place = min(self._places(digest), key=lambda one: self._worth(one, digest))
        start = self._rooms + place * ROOM
        self._memory[start : start + len(answer)] = answer
        head = (digest, _check(digest, answer), time.monotonic_ns(), len(answer))
        _HEAD.pack_into(self._memory, place * _HEAD.size, *head)

    def _places(self, digest: bytes) -> range:
        first = int.from_bytes(digest[:8], "little") % self._groups * WAYS
        return range(first, first + WAYS)

    def _worth(self, place: int, digest: bytes) -> int:
        """When a place was used last; one with the same key is worth nothing."""
        known, _, used, _ = _HEAD.unpack_from(self._memory, place * _HEAD.size)
        return -1 if known == digest else used

    def _use(self, place: int) -> None:
        at = place * _HEAD.size + _USED_AT
        _USED.pack_into(self._memory, at, time.monotonic_ns() + AGAIN_NS)


def needed(size: int) -> int:
    """How many bytes a table for `size` answers has, most of which take memory once filled."""
    groups = -(-size // WAYS)
    return _heads(groups) + groups * WAYS * ROOM


def _heads(groups: int) -> int:
    """How many bytes come before the first room, so that each room begins with a page."""
    return -(-groups * WAYS * _HEAD.size // mmap.PAGESIZE) * mmap.PAGESIZE


@contextmanager
def offered(size: int) -> Iterator[None]:
    """Let processes that are started meanwhile share a table for `size` answers.

    Only Linux has such memory: elsewhere, where it is refused, and for no answers, nothing is
    offered.
    """
    file = _memory(size) if size and hasattr(os, "memfd_create") else None
    if file is None:
        yield
        return
    os.environ[_PLACE] = f"/proc/{os.getpid()}/fd/{file}"  # noqa: TID251 - no setting: from parent to worker
    try:
        yield
    finally:
        os.environ.pop(_PLACE)  # noqa: TID251 - as above
        os.close(file)


def _memory(size: int) -> int | None:
    try:
        file = os.memfd_create("remembered answers")
    except OSError as error:
        log.warning(_ALONE, error)
        return None
    os.truncate(file, needed(size))
    return file


def joined() -> SharedAnswers | None:
    """Return the table that the parent offers; None, and each process for itself, without one."""
    place = os.environ.get(_PLACE)  # noqa: TID251 - no setting: from parent to worker
    if place is None:
        return None
    try:
        with Path(place).open("r+b") as file:
            return SharedAnswers(mmap.mmap(file.fileno(), 0))
    except (OSError, ValueError) as error:
        log.warning(_ALONE, error)
        return None


def _digest(moment: Moment, key: Key) -> bytes:
    # Only the question, which comes last, can hold what parts them.
    parts = (moment.version, moment.day.isoformat(), key.site, str(key.limit), key.question)
    return blake2b("\0".join(parts).encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _check(digest: bytes, answer: bytes) -> bytes:
    return blake2b(answer, digest_size=16, key=digest).digest()
