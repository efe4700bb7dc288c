"""Sizes -> what building, opening and asking an index of that size costs."""

import json
import shutil
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from pydantic import TypeAdapter

from benchmarks import standins, synthetic
from benchmarks.answering import Answering
from benchmarks.costs import Cost, run
from benchmarks.searching import Built, Searched
from index.datatypes import VectorIndexKind, Vectors
from index.encoding.embedder import Embedder
from index.encoding.embedding_cache import encode_cached

ASKED = 300
"""Questions, of the first entries, whose vectors are real."""
_RATE_ON = 1000
"""Texts by which the encoder is timed."""
_ANSWERING = TypeAdapter(Answering)
_BUILT = TypeAdapter(Built)
_SEARCHED = TypeAdapter(Searched)

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Desk:
    """What came out for one number of canned answers."""

    entries: int
    texts: int
    """That are encoded, each once."""
    real: int
    """Of them with vectors of the model; the others have stand-ins."""
    from_nothing: Cost
    """With every vector in the cache: without encoding."""
    one_changed: Cost
    nothing_changed: Cost
    version_megabytes: float
    dense: str
    """Kind and parameters of the index of the vectors."""
    answering: Answering


@dataclass(frozen=True, slots=True)
class Shelf:
    """What came out for one number of vectors."""

    rows: int
    built: Built
    building: Cost
    """Of the process that built, in which the rows were made, too."""
    searched: Searched


@dataclass(frozen=True, slots=True)
class Places:
    """Where things are."""

    root: Path
    """Of the repository."""
    work: Path
    """For what is built."""
    cache: Path
    """With the vectors and the encoders that other builds have left."""


def measure_desk(entries: int, real: int, embedder: Embedder, places: Places, say: Say) -> Desk:
    """Build and ask a synthetic help desk of a size."""
    folder = places.work / f"desk-{entries}"
    shutil.rmtree(folder, ignore_errors=True)
    content = folder / "content"
    synthetic.write(synthetic.entries(entries), content)
    texts = standins.texts_of(content)
    say(f"{entries} entries: {len(texts)} texts, {min(real, len(texts))} of them encoded")
    encode_cached(embedder, texts[:real], places.cache / "embeddings", lambda done, total: None)
    cache = folder / "cache" / "embeddings"
    shutil.copytree(places.cache, folder / "cache")
    standins.fill(embedder, texts, real, cache, lambda done, total: None)
    command = ["scripts/build_index.py", "--corpus", str(content), "--out", str(folder / "index")]
    say(f"{entries} entries: building from nothing")
    from_nothing = run(command, places.root)
    edit(content)
    say(f"{entries} entries: building after an edit")
    one_changed = run(command, places.root)
    nothing_changed = run(command, places.root)
    say(f"{entries} entries: asking")
    asking = ["-m", "benchmarks.answering", str(folder / "index"), str(entries), str(ASKED)]
    version = _live(folder / "index")
    manifest = json.loads((version / "manifest.json").read_text(encoding="utf-8"))
    return Desk(
        entries,
        len(texts),
        min(real, len(texts)),
        from_nothing,
        one_changed,
        nothing_changed,
        _megabytes(version),
        ", ".join(f"{name} {value}" for name, value in manifest["dense"].items()),
        _ANSWERING.validate_json(run(asking, places.root).said.splitlines()[-1]),
    )


def edit(content: Path) -> None:
    """Change one answer of a synthetic help desk."""
    path = min((content / "faqs").iterdir())
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("it takes", "it now takes", 1), encoding="utf-8")


def _live(index: Path) -> Path:
    return index / "versions" / (index / "current").read_text(encoding="utf-8").strip()


def _megabytes(folder: Path) -> float:
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file()) / 2**20


def measure_shelf(
    rows: int, kind: VectorIndexKind, real: Vectors, places: Places, say: Say
) -> Shelf:
    """Build and search an index of vectors of a size."""
    folder = places.work / f"shelf-{rows}-{kind}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    vectors = places.work / "vectors.npy"
    np.save(vectors, real)
    say(f"{rows} vectors, {kind}: building")
    module = ["-m", "benchmarks.searching"]
    building = run([*module, "build", str(vectors), str(rows), kind, str(folder)], places.root)
    say(f"{rows} vectors, {kind}: searching")
    searched = run([*module, "search", str(folder)], places.root).said.splitlines()[-1]
    built = _BUILT.validate_json(building.said.splitlines()[-1])
    shutil.rmtree(folder)
    return Shelf(rows, built, building, _SEARCHED.validate_json(searched))


def encoding_rate(embedder: Embedder, texts: Sequence[str]) -> float:
    """Return how many texts a second of processor time the embedder encodes."""
    chosen = texts[:_RATE_ON]
    embedder.encode(chosen[:8])
    started = time.process_time()
    for start in range(0, len(chosen), 64):
        embedder.encode(chosen[start : start + 64])
    return len(chosen) / (time.process_time() - started)


def as_json(desks: Sequence[Desk], shelves: Sequence[Shelf], about: dict[str, object]) -> str:
    """Write everything that was measured; what commands said is left out."""
    measured = {"desks": list(map(asdict, desks)), "shelves": list(map(asdict, shelves))}
    return json.dumps(_without_words({"about": about, **measured}), indent=1)


def _without_words(value: object) -> object:
    if isinstance(value, dict):
        return {name: _without_words(one) for name, one in value.items() if name != "said"}
    if isinstance(value, list):
        return [_without_words(one) for one in value]
    return value
