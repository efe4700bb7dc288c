"""A large index compares few of its texts, and answers as if it had compared all."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from pydantic import TypeAdapter

from corpus import load
from index import Answered, Retriever
from index.building.builder import build, recipe
from index.datatypes import Chunk, Unit, VectorIndexKind, Vectors
from index.loading import gather
from index.ranking.unit_scorer import CLASSIFIER_LIMIT
from index.search import bm25, vector_index
from index.search.candidate_search import LocalSearch
from index.storage.json_lines import ById, Records
from index.versions import version_store
from index.versions.version_store import Loaded
from tests.support.encoding import HandEncoder

ANSWERS = CLASSIFIER_LIMIT + 50
TEXTS = 600
"""Of the search alone; two for each unit."""


@pytest.fixture(scope="module")
def rows() -> Vectors:
    drawn = np.random.default_rng(3).normal(size=(TEXTS, 16)).astype(np.float32)
    return np.asarray(drawn / np.linalg.norm(drawn, axis=1, keepdims=True), dtype=np.float32)


@pytest.fixture(scope="module")
def search(rows: Vectors) -> LocalSearch:
    return LocalSearch(
        dense=vector_index.build(rows, VectorIndexKind.LISTS),
        lexical=bm25.build([f"word{number}" for number in range(TEXTS)]),
        bounds=np.arange(0, TEXTS + 1, 2),
        always=np.array([598, 599]),
    )


def compared(
    search: LocalSearch, vector: Vectors, text: str = "", *known: int
) -> NDArray[np.bool_]:
    return search.find(vector, text, known).cosines > -np.inf


def test_large_index_compares_what_is_near(search: LocalSearch, rows: Vectors) -> None:
    cosines = rows @ rows[7]
    near = np.argsort(-cosines)[:20]

    found = search.find(rows[7], "").cosines

    assert found[near] == pytest.approx(cosines[near], abs=1e-3)
    assert (found == -np.inf).any()


def test_all_texts_of_a_unit_are_compared_or_none(search: LocalSearch, rows: Vectors) -> None:
    found = compared(search, rows[7])

    assert (found[::2] == found[1::2]).all()


def test_shared_words_own_questions_and_boundaries_are_compared(
    search: LocalSearch, rows: Vectors
) -> None:
    far = np.flatnonzero(~compared(search, rows[7]))

    worded = compared(search, rows[7], f"word{far[0]}")
    known = compared(search, rows[7], "", int(far[0]) // 2)

    assert worded[far[0]]
    assert known[far[0]]
    assert compared(search, rows[7])[[598, 599]].all()


def test_with_a_classifier_and_in_a_small_index_every_text_is_compared(
    search: LocalSearch, rows: Vectors
) -> None:
    with_classifier = replace(search, lexical=None)
    small = replace(search, dense=vector_index.build(rows))

    assert compared(with_classifier, rows[7]).all()
    assert with_classifier.find(rows[7], "").words is None
    assert compared(small, rows[7]).all()


@pytest.fixture(scope="module")
def large(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    """An index without an intent classifier, with texts parsed one by one and vectors in lists."""
    folder = tmp_path_factory.mktemp("large")
    (folder / "faqs").mkdir()
    entries = (
        f"- {{id: a{n}, question: 'cook {n}', variants: ['baker no {n}'], answer: Number {n}.}}\n"
        for n in range(ANSWERS)
    )
    (folder / "faqs" / "many.yaml").write_text("".join(entries))
    out = folder / "index"
    build(load(folder), out, HandEncoder(), recipe(runtime), cache=folder / "cache")
    loaded = version_store.load(out)
    contents = replace(
        loaded.contents,
        units=Records((loaded.folder / "units.json").read_bytes(), TypeAdapter(Unit)),
        chunks=Records((loaded.folder / "chunks.json").read_bytes(), TypeAdapter(Chunk)),
        dense=vector_index.build(loaded.contents.dense.vectors, VectorIndexKind.LISTS),
    )
    return replace(loaded, contents=contents)


@pytest.mark.parametrize("number", [0, 777, ANSWERS - 1])
def test_large_index_answers_its_own_questions(number: int, large: Loaded) -> None:
    retriever = Retriever(gather(large), HandEncoder())

    for question in (f"COOK {number}?", f"baker no. {number}"):
        outcome = retriever.answer(question)

        assert isinstance(outcome, Answered)
        assert outcome.unit.id == f"a{number}"
        assert outcome.passages[0].text == f"Number {number}."


def test_large_index_names_its_units_and_suggests(large: Loaded) -> None:
    retriever = Retriever(gather(large), HandEncoder())

    assert isinstance(retriever.units, ById)
    assert list(retriever.units)[:2] == ["a0", "a1"]
    assert [unit.id for unit in retriever.suggest("cook 77", 3)] == ["a77", "a770", "a771"]
