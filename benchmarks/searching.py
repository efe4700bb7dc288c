"""In a process of its own: vectors in an index -> what building, keeping or searching it costs.

python -m benchmarks.searching build VECTORS.npy ROWS KIND FOLDER
python -m benchmarks.searching search FOLDER
"""

import json
import sys
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from benchmarks.costs import Latency, Resident, latency, resident
from benchmarks.standins import near
from index.datatypes import VectorIndexCard, VectorIndexKind, Vectors
from index.search import vector_index

QUERIES = 500
_SEED = 11
_BLOCK = 10_000
_CARD = TypeAdapter(VectorIndexCard)


@dataclass(frozen=True, slots=True)
class Built:
    """What building an index of vectors costs."""

    card: VectorIndexCard
    wall_seconds: float
    processor_seconds: float
    disk_megabytes: float


@dataclass(frozen=True, slots=True)
class Searched:
    """What searching it costs."""

    open_seconds: float
    """Processor time."""
    before: Resident
    """Of the process with nothing open."""
    after: Resident
    """After all searches."""
    search: Latency
    recall: float
    """Share of the ten true nearest found, by queries that the build has not seen."""


def build(real: Vectors, rows: int, kind: VectorIndexKind, folder: Path) -> Built:
    """Index `rows` vectors, real ones first, and leave beside them what to search for."""
    draw = np.random.default_rng(_SEED)
    queries = near(real, QUERIES, draw)
    vectors = np.empty((rows, real.shape[1]), dtype=np.float32)
    known = min(rows, len(real))
    vectors[:known] = real[:known]
    for start in range(known, rows, _BLOCK):
        vectors[start : start + _BLOCK] = near(real, min(_BLOCK, rows - start), draw)
    wall, processor = time.perf_counter(), time.process_time()
    built = vector_index.build(vectors, kind)
    built.save(folder / "vectors.faiss")
    wall, processor = time.perf_counter() - wall, time.process_time() - processor
    disk = sum(path.stat().st_size for path in folder.iterdir()) / 2**20
    np.savez(
        folder / "asked.npz", queries=queries, true=vector_index.true_nearest(vectors, queries)
    )
    (folder / "card.json").write_bytes(_CARD.dump_json(built.card))
    return Built(built.card, wall, processor, disk)


def search(folder: Path) -> Searched:
    """Search an index that `build` left."""
    with np.load(folder / "asked.npz") as asked:
        queries, true = asked["queries"], asked["true"]
    before, started = resident(), time.process_time()
    card = _CARD.validate_json((folder / "card.json").read_bytes())
    opened = vector_index.load(folder / "vectors.faiss", card)
    seconds = time.process_time() - started
    found = np.vstack(
        [opened.search(query[None], vector_index.NEAREST).positions for query in queries]
    )
    timed = latency(
        [partial(opened.search, query[None], vector_index.NEAREST) for query in queries]
    )
    return Searched(seconds, before, resident(), timed, vector_index.recall_of(true, found))


def main(arguments: Sequence[str]) -> Built | Searched:
    """Do what the first argument says."""
    if arguments[0] == "search":
        return search(Path(arguments[1]))
    vectors, rows, kind, folder = arguments[1:]
    return build(np.load(vectors), int(rows), VectorIndexKind(kind), Path(folder))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(asdict(main(sys.argv[1:]))) + "\n")
