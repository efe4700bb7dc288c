"""What is read in full is enough: the best of each group is what it would be with all rows."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from corpus import Corpus
from index import open_index
from index.building.builder import build, recipe
from index.datatypes import Scores, Vectors
from index.errors import IndexCorrupt
from index.search import int8_prefilter, int8_prefilter_export
from index.search.int8_prefilter import Coarse, Groups
from index.versions import version_store
from tests.integration.test_sharing import QUESTIONS, untimed
from tests.support.encoding import HandEncoder

ROWS = 3000
STARTS = np.array([0, 1, 40, 700, 2999])


def normal(count: int, seed: int) -> Vectors:
    drawn = np.random.default_rng(seed).normal(size=(count, 48)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


class Read:
    """Compares rows, and remembers how many."""

    def __init__(self, rows: Vectors) -> None:
        self.rows = rows
        self.count = 0

    def __call__(self, vector: Vectors, positions: NDArray[np.int64]) -> Scores:
        self.count += len(positions)
        return np.asarray(np.vecdot(self.rows[positions], vector), dtype=np.float32)


def opened(rows: Vectors, folder: Path) -> Coarse:
    (folder / int8_prefilter.FILE).write_bytes(int8_prefilter_export.dump(rows))
    return Coarse(folder / int8_prefilter.FILE, Groups(STARTS, len(rows)))


@pytest.mark.parametrize("likeness", [0.0, 0.9, 1.0], ids=["far", "near", "the-same"])
def test_best_of_each_group_is_exact_and_the_others_are_near(
    likeness: float, tmp_path: Path
) -> None:
    rows = normal(ROWS, 1)
    rounded, read = opened(rows, tmp_path), Read(rows)
    for place, query in enumerate(normal(40, 2)):
        mixed = likeness * rows[place * 70] + (1 - likeness) * query
        vector = np.asarray(mixed / np.linalg.norm(mixed), dtype=np.float32)

        found = rounded.cosines(vector, read)

        expected = np.vecdot(rows, vector)
        for start, end in pairwise([*STARTS, ROWS]):
            assert found[start:end].max() == expected[start:end].max()
        assert found == pytest.approx(expected, abs=0.02)
    assert read.count < 0.05 * ROWS * 40


def test_rows_that_are_alike_and_rows_of_zeros_do_no_harm(tmp_path: Path) -> None:
    rows = np.repeat(normal(1, 3), ROWS, axis=0)
    rows[100:200] = 0.0

    found = opened(rows, tmp_path).cosines(rows[0], Read(rows))

    assert found[[0, 50, 500]] == pytest.approx([1.0, 1.0, 1.0], abs=1e-6)
    assert found[150] == pytest.approx(0.0, abs=1e-4)


def test_same_rows_give_the_same_bytes() -> None:
    assert int8_prefilter_export.dump(normal(50, 4)) == int8_prefilter_export.dump(normal(50, 4))


@pytest.mark.parametrize("data", [None, b"", b"no graph"], ids=["missing", "empty", "garbage"])
def test_unreadable_file_is_reported_by_name(data: bytes | None, tmp_path: Path) -> None:
    if data is not None:
        (tmp_path / int8_prefilter.FILE).write_bytes(data)

    with pytest.raises(IndexCorrupt, match=r"coarse\.onnx cannot be read"):
        Coarse(tmp_path / int8_prefilter.FILE, Groups(STARTS, ROWS))


def test_version_with_rounded_rows_answers_as_one_without(
    index_folder: Path,
    runtime: Path,
    corpus: Corpus,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(int8_prefilter, "WORTH", 1)
    steps = recipe(runtime)
    build(corpus, tmp_path / "index", HandEncoder(), steps, cache=tmp_path / "cache")

    rounded, plain = (
        open_index(folder, HandEncoder()) for folder in (tmp_path / "index", index_folder)
    )

    assert int8_prefilter.FILE in version_store.load(tmp_path / "index").manifest.files
    assert int8_prefilter.FILE not in version_store.load(index_folder).manifest.files
    for question in QUESTIONS:
        assert untimed(rounded.answer(question)) == untimed(plain.answer(question))
