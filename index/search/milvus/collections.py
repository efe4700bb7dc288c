"""Texts and vectors in Milvus, for an index that outgrew one machine. Only this imports pymilvus.

One collection a version, named by it, so that a version that is open never meets the rows of
another one. The alias `faq_live` names the collection of the published version, for people and
other programs; the service itself asks the collection of the version that it has opened.

A search is one hybrid call: vectors by inner product and texts by Milvus' own BM25. The scores
come summed with the weights 1 and 1, as they are; the vectors that come along give the cosines
exactly, and the rest of the sum is BM25.
"""

import logging
import time
from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import grpc
import numpy as np
from pymilvus import (
    AnnSearchRequest,
    DataType,
    Function,
    FunctionType,
    MilvusClient,
    MilvusException,
    WeightedRanker,
)

from index.datatypes import Vectors
from index.errors import StoreUnavailable
from index.search.vector_store import Remote, Rows

ALIAS = "faq_live"
PREFIX = "faq_"
BATCH = 500
"""Rows of one insertion: some 1 MB, far below the 64 MB that Milvus takes at once."""
EXACT_UP_TO = 50_000
"""Rows. A collection of more is searched along a graph (Malkov and Yashunin, 2018)."""
CONNECT_SECONDS = 5.0
BUILD_SECONDS = 60.0
"""For one call while building: an index may be made meanwhile."""
_LONGEST_TEXT = 65_535
"""Bytes; the most that a VARCHAR of Milvus holds."""
_ROUNDING = 1e-4
"""Of sums of a cosine and a BM25 score in single precision; a term that counts scores more."""
_GRAPH = {"M": 32, "efConstruction": 200}
_FAR = "resident == false"
_NOT_LOADED = ("not loaded", "released")
"""What Milvus, and Milvus Lite, say of a collection that is on the disk alone."""
_LOADED = ("position", "vector")
_SOON = 0.001
"""Seconds left where none are: what is called then fails at once."""

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # what fails is reported here


class Milvus:
    """Collections of a Milvus server. Safe to use from several threads.

    Raises StoreUnavailable, from every method, when the server cannot be reached, says no, or
    takes longer than it may.
    """

    engine = "milvus"

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: MilvusClient | None = None
        self._connecting = Lock()

    def write(self, version: str, rows: Rows, report: Callable[[int, int], None]) -> None:
        """Write the collection of a version; one that was begun is gone on with.

        Args:
            version: Its name.
            rows: All of them.
            report: Told how many are there, and how many there will be.

        """
        name = PREFIX + version
        if not self._call("has_collection", name):
            self._create(name, rows.vectors)
        total = len(rows.texts)
        # Rows arrive in order and a batch as a whole, so the count says where to go on.
        for start in range(self.count(version) // BATCH * BATCH, total, BATCH):
            self._call("upsert", name, _batch(rows, start))
            report(min(start + BATCH, total), total)
        self._call("flush", name)
        self._call("load_collection", name)

    def _create(self, name: str, vectors: Vectors) -> None:
        schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
        schema.add_field("position", DataType.INT64, is_primary=True)
        schema.add_field("unit", DataType.VARCHAR, max_length=_LONGEST_TEXT)
        schema.add_field("resident", DataType.BOOL)
        schema.add_field("digest", DataType.VARCHAR, max_length=64)
        schema.add_field("text", DataType.VARCHAR, max_length=_LONGEST_TEXT, enable_analyzer=True)
        schema.add_field("vector", DataType.FLOAT_VECTOR, dim=vectors.shape[1])
        schema.add_field("words", DataType.SPARSE_FLOAT_VECTOR)
        bm25 = Function("bm25", FunctionType.BM25, ["text"], ["words"])
        schema.add_function(bm25)
        indexes = MilvusClient.prepare_index_params()
        if len(vectors) <= EXACT_UP_TO:
            indexes.add_index("vector", index_type="FLAT", metric_type="IP")
        else:
            indexes.add_index("vector", index_type="HNSW", metric_type="IP", params=_GRAPH)
        indexes.add_index("words", index_type="SPARSE_INVERTED_INDEX", metric_type="BM25")
        self._call("create_collection", name, schema=schema, index_params=indexes)

    def count(self, version: str) -> int:
        """Count the rows of a version's collection; 0 when there is none."""
        name = PREFIX + version
        if not self._call("has_collection", name):
            return 0
        self._call("load_collection", name)
        found = self._call("query", name, filter="position >= 0", output_fields=["count(*)"])
        return int(found[0]["count(*)"])

    def publish(self, version: str, alias: str = ALIAS) -> None:
        """Let the alias name the collection of a version."""
        name = PREFIX + version
        if self.published(alias) is None:
            self._call("create_alias", name, alias)
        else:
            self._call("alter_alias", name, alias)

    def published(self, alias: str = ALIAS) -> str | None:
        """Return the version that the alias names; None when it names none."""
        for version in self.versions():
            if alias in self._aliases(version):
                return version
        return None

    def versions(self) -> tuple[str, ...]:
        """Return the versions that have a collection, complete or not, in alphabetical order."""
        names = self._call("list_collections")
        return tuple(sorted(name[len(PREFIX) :] for name in names if name.startswith(PREFIX)))

    def drop(self, version: str) -> bool:
        """Drop a version's collection unless an alias names it; whether there is none now."""
        name = PREFIX + version
        if self._call("has_collection", name):
            if self._aliases(version):
                return False
            self._call("drop_collection", name)
        return True

    def _aliases(self, version: str) -> Sequence[str]:
        named: Sequence[str] = self._call("list_aliases", PREFIX + version)["aliases"]
        return named

    def search(
        self, version: str, vector: Vectors, text: str, limit: int, seconds: float
    ) -> Remote:
        """Find the rows nearest by meaning and by words, in one call, but resident ones.

        Args:
            version: Whose rows.
            vector: Of the question, shape (dimension,).
            text: The question, for BM25.
            limit: Most rows for each of the two.
            seconds: Longest wait, but for connecting, once. A collection that is not in the
                server's memory is loaded; the server goes on with it when the time is up.

        """
        end = time.monotonic() + seconds
        try:
            found = self._found(version, vector, text, limit, seconds)
        except StoreUnavailable as error:
            if not any(words in str(error) for words in _NOT_LOADED):
                raise
            self._call("load_collection", PREFIX + version, timeout=_until(end))
            found = self._found(version, vector, text, limit, _until(end))
        return _remote(found, vector, limit)

    def _found(
        self, version: str, vector: Vectors, text: str, limit: int, seconds: float
    ) -> Sequence[Any]:
        parameters = {"metric_type": "IP", "params": {"ef": 2 * limit}}
        by_meaning = AnnSearchRequest([vector.tolist()], "vector", parameters, limit, _FAR)
        by_words = AnnSearchRequest([text], "words", {"metric_type": "BM25"}, limit, _FAR)
        found: Sequence[Any] = self._call(
            "hybrid_search",
            PREFIX + version,
            [by_meaning, by_words],
            WeightedRanker(1.0, 1.0, norm_score=False),
            limit=2 * limit,
            output_fields=list(_LOADED),
            timeout=seconds,
        )[0]
        return found

    def _call(self, method: str, *arguments: Any, **named: Any) -> Any:
        try:
            called = getattr(self._connected(), method)
            return called(*arguments, **{"timeout": BUILD_SECONDS, **named})
        except (MilvusException, grpc.RpcError) as error:
            raise StoreUnavailable(
                f"Milvus at {_shown(self._address)} failed: {_why(error)}"
            ) from error

    def _connected(self) -> MilvusClient:
        """Connect once; those who come meanwhile wait no longer than that may take."""
        if self._client is None:
            if not self._connecting.acquire(timeout=CONNECT_SECONDS):
                raise StoreUnavailable(f"Milvus at {_shown(self._address)} is being connected to.")
            try:
                if self._client is None:
                    self._client = self._connect()
            finally:
                self._connecting.release()
        return self._client

    def _connect(self) -> MilvusClient:
        """Connect; a connection that breaks at once, as one does that was idle, is made again."""
        end = time.monotonic() + CONNECT_SECONDS
        try:
            return MilvusClient(self._address, timeout=CONNECT_SECONDS)
        except (MilvusException, grpc.RpcError):
            return MilvusClient(self._address, timeout=_until(end))


def _batch(rows: Rows, start: int) -> list[dict[str, object]]:
    return [
        {
            "position": position,
            "unit": rows.units[position],
            "resident": position in rows.resident,
            "digest": rows.digests[position],
            "text": _cut(rows.texts[position]),
            "vector": rows.vectors[position],
        }
        for position in range(start, min(start + BATCH, len(rows.texts)))
    ]


def _cut(text: str) -> str:
    return text.encode("utf-8", "replace")[:_LONGEST_TEXT].decode("utf-8", "ignore")


def _remote(found: Sequence[Any], vector: Vectors, limit: int) -> Remote:
    sums = np.array([hit["distance"] for hit in found], dtype=np.float32)
    rows = np.array([hit["entity"]["vector"] for hit in found], dtype=np.float32)
    positions = np.array([hit["entity"]["position"] for hit in found], dtype=np.int64)
    cosines = rows.reshape(len(found), len(vector)) @ vector
    # The search by meaning found the highest cosines; in the sum of others it is missing.
    by_meaning = np.zeros(len(found), dtype=np.bool_)
    by_meaning[np.argsort(-cosines, kind="stable")[:limit]] = True
    words = np.where(by_meaning, sums - cosines, sums)
    words[words < _ROUNDING] = 0.0
    return Remote(positions, cosines.astype(np.float32), words.astype(np.float32))


def _until(end: float) -> float:
    return max(end - time.monotonic(), _SOON)


def _why(error: Exception) -> str:
    if isinstance(error, MilvusException):
        return str(error.message)
    return str(error.details()) if isinstance(error, grpc.Call) else type(error).__name__


def _shown(address: str) -> str:
    """Leave a user and password out."""
    return address.rsplit("@", 1)[-1]
