"""Client of Milvus: collections, aliases and hybrid search. The only module that imports pymilvus.

Each version has a collection of its own, named after it, so an open version never sees the rows of
another one. The alias `faq_live` names the collection of the published version, for people and
other programs; the service searches the collection of the version that it has opened.

A search is one hybrid call: vectors by inner product and texts by Milvus' own BM25. The scores
come back as a sum with weights of 1; the vectors that come with them give the exact cosines, and
the rest of the sum is BM25.
"""

import logging
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
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

from index.datatypes import Manifest, Positions, Scores, Vectors
from index.errors import IndexCorrupt, VectorStoreUnavailable
from index.milvus import resident_texts
from index.milvus.resident_texts import Rows
from index.versions.version_store import Contents

ALIAS = "faq_live"
PREFIX = "faq_"
BATCH = 500
"""Rows of one insertion: some 1 MB, far below the limit of Milvus, 64 MB."""
EXACT_UP_TO = 50_000
"""Rows. A larger collection is searched along a graph (Malkov and Yashunin, HNSW, 2018)."""
CONNECT_SECONDS = 5.0
BUILD_SECONDS = 60.0
"""For one call while building, which may include building an index."""
_LONGEST_TEXT = 65_535
"""Bytes; the limit of a VARCHAR in Milvus."""
_ROUNDING = 1e-4
"""Error of a sum of cosine and BM25 in single precision; a matching term scores more."""
_GRAPH = {"M": 32, "efConstruction": 200}
_FAR = "resident == false"
_NOT_LOADED = ("not loaded", "released")
"""What Milvus and Milvus Lite say of a collection that is on the disk only."""
_LOADED = ("position", "vector")
_SOON = 0.001
"""Seconds when none are left: the call then fails at once."""

logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # failures are raised here


@dataclass(frozen=True, slots=True)
class MilvusHits:
    """Rows that a search returned, in no order."""

    positions: Positions
    cosines: Scores
    words: Scores
    """BM25; 0 for a row that was found by its vector alone."""


class Milvus:
    """Collections of a Milvus server. Safe to use from several threads.

    Every method raises VectorStoreUnavailable when the server cannot be reached, refuses, or does
    not answer in time.
    """

    engine = "milvus"

    def __init__(self, address: str) -> None:
        self._address = address
        self._client: MilvusClient | None = None
        self._connecting = Lock()

    def write(self, version: str, rows: Rows, report: Callable[[int, int], None]) -> None:
        """Write the collection of a version, or resume one that was interrupted.

        `report` is called with the number of rows that are there, and of all.
        """
        name = PREFIX + version
        if not self._call("has_collection", name):
            self._create(name, rows.vectors)
        total = len(rows.texts)
        # Rows arrive in order and batches whole, so the count says where to resume.
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
        rows = self._call("query", name, filter="position >= 0", output_fields=["count(*)"])
        return int(rows[0]["count(*)"])

    def publish(self, version: str, alias: str = ALIAS) -> None:
        """Point the alias at the collection of a version."""
        name = PREFIX + version
        if self.published(alias) is None:
            self._call("create_alias", name, alias)
        else:
            self._call("alter_alias", name, alias)

    def published(self, alias: str = ALIAS) -> str | None:
        """Return the version that the alias points at, None when there is none."""
        for version in self.versions():
            if alias in self._aliases(version):
                return version
        return None

    def versions(self) -> tuple[str, ...]:
        """Return the versions that have a collection, complete or not, in alphabetical order."""
        names = self._call("list_collections")
        return tuple(sorted(name[len(PREFIX) :] for name in names if name.startswith(PREFIX)))

    def drop(self, version: str) -> bool:
        """Drop a version's collection unless an alias points at it; True when it is gone."""
        name = PREFIX + version
        if self._call("has_collection", name):
            if self._aliases(version):
                return False
            self._call("drop_collection", name)
        return True

    def _aliases(self, version: str) -> Sequence[str]:
        aliases: Sequence[str] = self._call("list_aliases", PREFIX + version)["aliases"]
        return aliases

    def keep(
        self, version: str, contents: Contents, vectors: Vectors, report: Callable[[int, int], None]
    ) -> Contents:
        """Write all texts of a version, or resume; return what the version itself is to hold."""
        kept = resident_texts.kept(contents)
        self.write(version, resident_texts.rows(contents, vectors, kept.resident), report)
        return kept

    def holds(self, manifest: Manifest) -> bool:
        """Whether all texts of a version are there; also when it has none in a store."""
        return manifest.remote is None or self.count(manifest.version) == manifest.remote.rows

    def check(self, manifest: Manifest) -> None:
        """Count a version's texts. Raises IndexCorrupt when some are missing."""
        if manifest.remote and not self.holds(manifest):
            count, wanted = self.count(manifest.version), manifest.remote.rows
            message = f"Milvus holds {count} of the {wanted} texts of version {manifest.version}."
            raise IndexCorrupt(f"{message} Run: careers-faq build --vector-store …")

    def search(
        self, version: str, vector: Vectors, text: str, limit: int, seconds: float
    ) -> MilvusHits:
        """Find the rows nearest by vector and by BM25 in one call, resident rows left out.

        Args:
            version: Whose rows.
            vector: Of the question, shape (dimension,).
            text: The question, for BM25.
            limit: Most rows for each of the two.
            seconds: Longest wait, the first connection not counted. A collection that is not in
                the server's memory is loaded; the server finishes that after the time is up.

        """
        end = time.monotonic() + seconds
        try:
            hits = self._hybrid(version, vector, text, limit, seconds)
        except VectorStoreUnavailable as error:
            if not any(words in str(error) for words in _NOT_LOADED):
                raise
            self._call("load_collection", PREFIX + version, timeout=_until(end))
            hits = self._hybrid(version, vector, text, limit, _until(end))
        return _hits(hits, vector, limit)

    def _hybrid(
        self, version: str, vector: Vectors, text: str, limit: int, seconds: float
    ) -> Sequence[Any]:
        parameters = {"metric_type": "IP", "params": {"ef": 2 * limit}}
        by_meaning = AnnSearchRequest([vector.tolist()], "vector", parameters, limit, _FAR)
        by_words = AnnSearchRequest([text], "words", {"metric_type": "BM25"}, limit, _FAR)
        hits: Sequence[Any] = self._call(
            "hybrid_search",
            PREFIX + version,
            [by_meaning, by_words],
            WeightedRanker(1.0, 1.0, norm_score=False),
            limit=2 * limit,
            output_fields=list(_LOADED),
            timeout=seconds,
        )[0]
        return hits

    def _call(self, method: str, *arguments: Any, **named: Any) -> Any:
        try:
            call = getattr(self._connected(), method)
            return call(*arguments, **{"timeout": BUILD_SECONDS, **named})
        except (MilvusException, grpc.RpcError) as error:
            raise VectorStoreUnavailable(
                f"Milvus at {_shown(self._address)} failed: {_why(error)}"
            ) from error

    def _connected(self) -> MilvusClient:
        """Connect once; other threads wait no longer than connecting may take."""
        if self._client is None:
            if not self._connecting.acquire(timeout=CONNECT_SECONDS):
                raise VectorStoreUnavailable(
                    f"Milvus at {_shown(self._address)} is being connected to."
                )
            try:
                if self._client is None:
                    self._client = self._connect()
            finally:
                self._connecting.release()
        return self._client

    def _connect(self) -> MilvusClient:
        """Connect, and retry once: a connection that was idle breaks at its first use."""
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


def _hits(hits: Sequence[Any], vector: Vectors, limit: int) -> MilvusHits:
    sums = np.array([hit["distance"] for hit in hits], dtype=np.float32)
    rows = np.array([hit["entity"]["vector"] for hit in hits], dtype=np.float32)
    positions = np.array([hit["entity"]["position"] for hit in hits], dtype=np.int64)
    cosines = rows.reshape(len(hits), len(vector)) @ vector
    # The search by vector found the highest cosines; the sums of other hits lack a cosine.
    by_meaning = np.zeros(len(hits), dtype=np.bool_)
    by_meaning[np.argsort(-cosines, kind="stable")[:limit]] = True
    words = np.where(by_meaning, sums - cosines, sums)
    words[words < _ROUNDING] = 0.0
    return MilvusHits(positions, cosines.astype(np.float32), words.astype(np.float32))


def _until(end: float) -> float:
    return max(end - time.monotonic(), _SOON)


def _why(error: Exception) -> str:
    if isinstance(error, MilvusException):
        return str(error.message)
    return str(error.details()) if isinstance(error, grpc.Call) else type(error).__name__


def _shown(address: str) -> str:
    """Leave out user and password."""
    return address.rsplit("@", 1)[-1]
