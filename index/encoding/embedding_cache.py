"""Embedding cache: vectors by hash of encoder and text, in one SQLite file.

A rebuild after a small edit encodes the edited texts only, and one without changes loads no model.
"""

import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np

from index.datatypes import Vectors
from index.encoding.embedder import Embedder
from index.encoding.encoder import Encoder
from index.errors import IndexBusy, Unwritable
from index.storage.atomic_files import explain_write_errors

_FILE = "vectors.sqlite"
_BATCH = 64
"""Texts between two reports of progress; a killed build keeps what it had encoded by then."""
_TOLERANCE = 1e-3
"""Largest difference of the squared length of a vector from 1."""
_AT_ONCE = 500
"""Keys in one query."""
_REMEDIES = {
    sqlite3.SQLITE_FULL: "Make room on the disk and run it again",
    sqlite3.SQLITE_IOERR: "See whether the disk is full or broken, and run it again",
    sqlite3.SQLITE_READONLY: "Let the file and its folder be written to, or delete the file",
    sqlite3.SQLITE_CANTOPEN: "Let the folder be written to, or name another one",
}

Progress = Callable[[int, int], None]
"""Called with the number of distinct texts that are done, and of all."""


@runtime_checkable
class BatchEncoder(Protocol):
    """An encoder with a faster way to encode many texts."""

    def encode_batches(self, batches: Sequence[Sequence[str]], /) -> Iterator[Vectors]:
        """Encode many batches of texts of similar length; yields them in order."""
        ...


def encode_cached(
    embedder: Embedder,
    texts: Sequence[str],
    folder: Path,
    progress: Progress,
    busy_seconds: float = 5.0,
) -> Vectors:
    """Encode texts in order; only those that the cache in `folder` lacks reach the embedder.

    A damaged cache is replaced by an empty one. Raises IndexBusy when another process writes to it
    for longer than `busy_seconds`, and Unwritable when the disk is full or read-only.
    """
    with explain_write_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
    path = folder / _FILE
    with _explain_errors(path):
        try:
            return _encode(embedder, texts, path, progress, busy_seconds)
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            for damaged in folder.glob(f"{_FILE}*"):  # its journal, too: it would be applied
                damaged.unlink()
            return _encode(embedder, texts, path, progress, busy_seconds)


class LastVectors:
    """The vectors of the texts that were encoded last, so that only others are looked up."""

    def __init__(self) -> None:
        self._encoder = ""
        self._vectors: dict[str, Vectors] = {}

    def encode(
        self, embedder: Embedder, texts: Sequence[str], folder: Path, progress: Progress
    ) -> Vectors:
        """Encode texts, at least one; returns and raises as `encode_cached`."""
        held = self._vectors if self._encoder == embedder.sha256 else {}
        if new := [text for text in dict.fromkeys(texts) if text not in held]:
            held = held | dict(
                zip(new, encode_cached(embedder, new, folder, progress), strict=True)
            )
        self._encoder, self._vectors = embedder.sha256, {text: held[text] for text in texts}
        return np.stack([held[text] for text in texts])


class DiskCachedEncoder:
    """Encodes several texts through the cache in a folder.

    A single one is encoded without it: to write one takes longer.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self._embedder, self._folder = embedder, folder

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Encode texts. Raises as `encode_cached` does."""
        if len(texts) < 2:
            return self._embedder.encode(texts)
        return encode_cached(self._embedder, texts, self._folder, lambda done, total: None)


def _encode(
    embedder: Embedder,
    texts: Sequence[str],
    path: Path,
    progress: Progress,
    busy_seconds: float,
) -> Vectors:
    places: dict[bytes, list[int]] = {}
    for position, text in enumerate(texts):
        places.setdefault(key_of(embedder.sha256, text), []).append(position)
    rows = _Rows(places)
    with closing(sqlite3.connect(path, timeout=busy_seconds)) as cache:
        cache.execute("CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB)")
        held = rows.fill(cache)
        missing = {key: texts[at[0]] for key, at in places.items() if key not in held}
        done = len(places) - len(missing)
        progress(done, len(places))
        # Similar lengths together: a batch is padded to its longest text.
        ordered = sorted(missing, key=lambda key: (len(missing[key]), key))
        batches = [ordered[start : start + _BATCH] for start in range(0, len(ordered), _BATCH)]
        encoded = _encoded(embedder, [[missing[key] for key in keys] for keys in batches])
        for keys, vectors in zip(batches, encoded, strict=True):
            _keep(cache, keys, vectors)
            rows.take(keys, vectors)
            done += len(keys)
            progress(done, len(places))
    return rows.vectors


def _encoded(embedder: Embedder, batches: Sequence[Sequence[str]]) -> Iterator[Vectors]:
    if isinstance(embedder, BatchEncoder):
        return embedder.encode_batches(batches)
    return map(embedder.encode, batches)


class _Rows:
    """Collects the vectors of all texts in place: a large corpus has no room for them twice."""

    def __init__(self, places: Mapping[bytes, Sequence[int]]) -> None:
        self._places = places
        self.vectors: Vectors = np.empty((0, 0), dtype=np.float32)

    def fill(self, cache: sqlite3.Connection) -> set[bytes]:
        """Copy what the cache has; return the keys of that."""
        keys, held = list(self._places), set[bytes]()
        for start in range(0, len(keys), _AT_ONCE):
            asked = keys[start : start + _AT_ONCE]
            marks = ",".join("?" * len(asked))
            query = f"SELECT key, vector FROM vectors WHERE key IN ({marks})"  # noqa: S608 - marks
            for key, stored in cache.execute(query, asked):
                if _is_whole(bytes(stored)):
                    self.take([key], np.frombuffer(stored, dtype=np.float32)[None])
                    held.add(key)
        return held

    def take(self, keys: Sequence[bytes], vectors: Vectors) -> None:
        """Copy vectors to the positions of their texts."""
        if not self.vectors.size:
            count = sum(map(len, self._places.values()))
            self.vectors = np.empty((count, vectors.shape[1]), dtype=np.float32)
        for key, vector in zip(keys, vectors, strict=True):
            self.vectors[self._places[key]] = vector


class CachingEncoder:
    """An encoder that encodes no text twice."""

    def __init__(self, encoder: Encoder) -> None:
        self._encoder = encoder
        self._vectors: dict[str, Vectors] = {}

    def encode(self, texts: Sequence[str], /) -> Vectors:
        """Encode texts; the same as the encoder itself."""
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if missing:
            self._vectors |= zip(missing, self._encoder.encode(missing), strict=True)
        return np.stack([self._vectors[text] for text in texts])


def key_of(encoder: str, text: str) -> bytes:
    """Return the key of a text's vector."""
    return hashlib.sha256(f"{encoder}\0{text}".encode("utf-8", "surrogatepass")).digest()


@contextmanager
def _explain_errors(path: Path) -> Iterator[None]:
    """Raise the errors of this package for those of SQLite, with what to do about them."""
    try:
        yield
    except sqlite3.OperationalError as error:  # the cache itself is fine
        remedy = _REMEDIES.get(error.sqlite_errorcode & 0xFF)
        if remedy is None:
            raise IndexBusy(f"{path} cannot be used now: {error}. Try again later.") from error
        raise Unwritable(f"{path}: {error}. What was live stays live. {remedy}.") from error


def _is_whole(vector: bytes) -> bool:
    """Whether these can be the bytes of a vector of length 1."""
    if not vector or len(vector) % 4:
        return False
    numbers = np.frombuffer(vector, dtype=np.float32)
    return abs(float(numbers @ numbers) - 1) < _TOLERANCE


def _keep(cache: sqlite3.Connection, keys: Sequence[bytes], vectors: Vectors) -> None:
    rows = [(key, vector.tobytes()) for key, vector in zip(keys, vectors, strict=True)]
    cache.executemany("INSERT OR REPLACE INTO vectors VALUES (?, ?)", rows)
    cache.commit()
