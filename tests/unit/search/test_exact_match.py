import pytest

from index.datatypes import Chunk, ChunkRole
from index.errors import IndexCorrupt
from index.search import exact_match
from index.search.exact_match import Lookup
from index.storage import tensors
from index.text.normalisation import fold
from tests.unit.search.test_autocomplete import UNITS

CHUNKS = (
    Chunk(0, ChunkRole.QUESTION, "How bakers work", "How bakers work"),
    Chunk(0, ChunkRole.PASSAGE, "At night.", "How bakers work\nAt night."),
    Chunk(1, ChunkRole.VARIANT, "The pay?", "the pay"),
    Chunk(2, ChunkRole.VARIANT, "the pay", "the pay"),
)


@pytest.fixture
def found() -> Lookup:
    return exact_match.parse(exact_match.learn(UNITS, CHUNKS))


def test_own_question_is_known_but_for_case_and_marks(found: Lookup) -> None:
    assert found.own.unit(fold("how BAKERS work?!")) == 0


@pytest.mark.parametrize(
    "question",
    ["the pay", "at night", "how bakers", "", "\ud83d"],
    ids=["of-two-units", "passage", "part", "empty", "half-a-pair"],
)
def test_other_texts_are_nobodys_own(question: str, found: Lookup) -> None:
    assert found.own.unit(fold(question)) is None


def test_words_are_counted_in_what_is_encoded(found: Lookup) -> None:
    assert found.uses == {
        **{"how": 2, "bakers": 2, "work": 2, "at": 1, "night": 1},
        **{"the": 2, "pay": 2},
    }


def test_suggestions_are_those_of_the_units(found: Lookup) -> None:
    assert found.autocomplete.complete("how do i bec", 8) == (2,)


def test_same_texts_give_the_same_bytes() -> None:
    assert exact_match.learn(UNITS, CHUNKS) == exact_match.learn(UNITS, CHUNKS)


def test_index_without_questions_knows_none() -> None:
    assert exact_match.parse(exact_match.learn(UNITS[:1], CHUNKS[1:2])).own.unit("night") is None


@pytest.mark.parametrize(
    "data", [b"", b"no arrays", tensors.dump({})], ids=["empty", "text", "nothing-in-it"]
)
def test_other_bytes_are_reported(data: bytes) -> None:
    with pytest.raises(IndexCorrupt, match=r"lookup\.safetensors cannot be read"):
        exact_match.parse(data)
