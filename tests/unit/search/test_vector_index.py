import gc
from pathlib import Path

import numpy as np
import pytest

from index.datatypes import VectorIndexCard, VectorIndexKind, Vectors
from index.errors import IndexCorrupt
from index.search import vector_index
from index.search.vector_index import FLAT_UP_TO, WANTED_RECALL

ENDINGS = (".faiss", ".safetensors")
AXES = np.eye(3, dtype=np.float32)


@pytest.fixture
def vectors() -> Vectors:
    rows = np.random.default_rng(7).normal(size=(500, 16)).astype(np.float32)
    return np.asarray(rows / np.linalg.norm(rows, axis=1, keepdims=True), dtype=np.float32)


def test_neighbours_come_best_first_and_equals_by_position() -> None:
    built = vector_index.build(AXES)

    found = built.search(np.array([[0.6, 0.0, 0.8]], dtype=np.float32), 3)
    tied = built.search(np.array([[0.0, 1.0, 0.0]], dtype=np.float32), 3)

    assert found.positions.tolist() == [[2, 0, 1]]
    assert found.scores[0].tolist() == pytest.approx([0.8, 0.6, 0.0])
    assert tied.positions.tolist() == [[1, 0, 2]]


def test_no_more_neighbours_than_rows() -> None:
    assert vector_index.build(AXES).search(AXES[:1], 10).positions.shape == (1, 3)


def test_flat_search_finds_what_numpy_finds(vectors: Vectors) -> None:
    queries = vectors[:20]

    found = vector_index.build(vectors).search(queries, 5)

    assert found.positions.tolist() == np.argsort(-(queries @ vectors.T))[:, :5].tolist()


def test_close_pairs_are_those_that_numpy_finds_each_once(
    vectors: Vectors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vector_index, "_PAIRED", 7)
    positions = np.arange(1, 500, 3)

    pairs = list(vector_index.build(vectors).close_pairs(positions, 0.5))

    cosines = vectors @ vectors.T
    asked = positions.tolist()
    expected = [(i, j) for i in asked for j in asked if i < j and cosines[i, j] >= 0.5]
    assert len(pairs) > 20
    assert pairs == expected


def test_scores_cover_every_row(vectors: Vectors) -> None:
    built = vector_index.build(vectors)

    expected = (vectors @ vectors[3]).tolist()
    assert built.scores(vectors[3]).tolist() == pytest.approx(expected, abs=1e-6)


def test_rows_are_returned_read_only(vectors: Vectors) -> None:
    built = vector_index.build(vectors)

    assert built.vectors.tolist() == vectors.tolist()
    with pytest.raises(ValueError, match="read-only"):
        built.vectors[0] = 0


@pytest.mark.parametrize("kind", VectorIndexKind)
def test_saved_index_searches_alike(
    vectors: Vectors, kind: VectorIndexKind, tmp_path: Path
) -> None:
    built = vector_index.build(vectors, kind)
    built.save(tmp_path / "vectors.faiss")

    loaded = vector_index.load(tmp_path / "vectors.faiss", built.card)

    assert (loaded.card.kind, loaded.exact) == (kind, kind is VectorIndexKind.FLAT)
    assert loaded.vectors.tolist() == built.vectors.tolist()
    expected = built.search(vectors[:5], 4)
    assert loaded.search(vectors[:5], 4).positions.tolist() == expected.positions.tolist()


@pytest.mark.parametrize("kind", list(VectorIndexKind))
def test_rows_outlive_their_index(vectors: Vectors, kind: VectorIndexKind, tmp_path: Path) -> None:
    built = vector_index.build(vectors, kind)
    built.save(tmp_path / "vectors.faiss")

    rows = vector_index.load(tmp_path / "vectors.faiss", built.card).vectors
    gc.collect()

    assert rows.tolist() == built.vectors.tolist()


def test_lists_find_nearly_all_true_neighbours(vectors: Vectors) -> None:
    exact = vector_index.build(vectors, VectorIndexKind.FLAT).search(vectors, 10).positions
    lists = vector_index.build(vectors, VectorIndexKind.LISTS)

    found = lists.search(vectors, 10).positions

    assert vector_index.recall_of(exact, found) >= 0.97
    assert lists.card.recall >= WANTED_RECALL
    assert 0 < lists.card.probes <= lists.card.lists


def test_rows_that_occur_often_make_no_search_longer(vectors: Vectors) -> None:
    lists = vector_index.build(np.repeat(vectors, 20, axis=0), VectorIndexKind.LISTS)

    assert lists.card.recall >= WANTED_RECALL
    assert lists.card.probes < lists.card.lists


def test_lists_hold_rows_to_three_digits(vectors: Vectors) -> None:
    lists = vector_index.build(vectors, VectorIndexKind.LISTS)

    assert lists.vectors == pytest.approx(vectors, abs=1e-3)
    assert lists.scores(vectors[3]) == pytest.approx(vectors @ vectors[3], abs=1e-3)
    some = np.array([499, 0, 3])
    assert lists.cosines(vectors[3], some).tolist() == lists.scores(vectors[3])[some].tolist()


def test_as_many_neighbours_as_wanted_even_when_few_lists_are_searched(vectors: Vectors) -> None:
    lists = vector_index.build(vectors, VectorIndexKind.LISTS)

    found = lists.search(vectors[:1], 450).positions[0]

    assert len(set(found.tolist())) == 450
    assert len(lists.near(vectors[0], 450)) <= 450


def test_same_rows_give_the_same_lists(vectors: Vectors, tmp_path: Path) -> None:
    for name in ("one", "two"):
        vector_index.build(vectors, VectorIndexKind.LISTS).save(tmp_path / f"{name}.faiss")

    files = [[(tmp_path / f"{n}{e}").read_bytes() for n in ("one", "two")] for e in ENDINGS]
    assert all(one == two for one, two in files)


@pytest.mark.parametrize(
    ("rows", "kind"), [(FLAT_UP_TO, VectorIndexKind.FLAT), (FLAT_UP_TO + 1, VectorIndexKind.LISTS)]
)
def test_kind_follows_from_the_number_of_rows(rows: int, kind: VectorIndexKind) -> None:
    assert vector_index.kind_for(rows) is kind


@pytest.mark.parametrize("kind", list(VectorIndexKind))
@pytest.mark.parametrize("data", [None, b"", b"no index"], ids=["missing", "empty", "garbage"])
def test_unreadable_file_is_reported_by_name(
    data: bytes | None, kind: VectorIndexKind, tmp_path: Path
) -> None:
    path = tmp_path / "vectors.faiss"
    if data is not None:
        path.write_bytes(data)

    with pytest.raises(IndexCorrupt, match=r"vectors\.faiss cannot be read"):
        vector_index.load(path, VectorIndexCard(kind, 1, 1, 1, 1.0))


@pytest.mark.parametrize("data", [None, b"", b"no rows"], ids=["missing", "empty", "garbage"])
def test_rows_beside_the_lists_are_reported_too(
    vectors: Vectors, data: bytes | None, tmp_path: Path
) -> None:
    built = vector_index.build(vectors, VectorIndexKind.LISTS)
    built.save(tmp_path / "vectors.faiss")
    beside = tmp_path / "vectors.safetensors"
    beside.unlink()
    if data is not None:
        beside.write_bytes(data)

    with pytest.raises(IndexCorrupt, match="cannot be read"):
        vector_index.load(tmp_path / "vectors.faiss", built.card)
