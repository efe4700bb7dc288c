import numpy as np
import pytest

from index.datatypes import Chunk, ChunkRole, Vectors
from index.ranking import topic_agreement
from index.ranking.topic_agreement import CROWDED, FLOOR, NONE, TopicModel

PAY, LEAVE, DOGS = np.eye(3, dtype=np.float32)
MEANS = np.stack([PAY, LEAVE, DOGS])
UNITS = np.array([0, 2], dtype=np.int32)
CHUNKS = (
    Chunk(0, ChunkRole.QUESTION, "pay", "pay"),
    Chunk(0, ChunkRole.SENTENCE, "dogs", "dogs"),
    Chunk(1, ChunkRole.QUESTION, "dogs", "dogs"),
    Chunk(1, ChunkRole.VARIANT, "pets", "pets"),
    Chunk(2, ChunkRole.QUESTION, "time", "time"),
    Chunk(2, ChunkRole.PASSAGE, "leave", "leave"),
)
BETWEEN = (PAY + LEAVE) / 2**0.5
VECTORS = np.stack([PAY, DOGS, DOGS, DOGS, LEAVE, LEAVE])


def found(vectors: Vectors = VECTORS) -> TopicModel:
    return topic_agreement.find(CHUNKS, vectors, UNITS, MEANS)


def test_question_agrees_with_the_entry_about_the_same_topic() -> None:
    agreement = found().agreement(LEAVE, 3)

    assert agreement[2] == pytest.approx(-CROWDED * np.log(FLOOR), abs=0.02)
    assert agreement[0] == pytest.approx((1 - CROWDED) * np.log(FLOOR), abs=0.02)


def test_unit_with_variants_has_no_topics() -> None:
    assert found().agreement(DOGS, 3)[1] == pytest.approx(NONE)


def test_title_and_passages_count_and_single_sentences_do_not() -> None:
    split = found(np.stack([PAY, DOGS, DOGS, DOGS, DOGS, LEAVE]))

    assert found().spread[0].tolist() == pytest.approx([1.0, 0.0, 0.0], abs=1e-6)
    assert split.spread[1].tolist() == pytest.approx([0.0, 0.5, 0.5], abs=1e-6)


def test_agreement_counts_for_less_where_another_entry_is_about_the_same() -> None:
    apart, crowded = found(), found(np.stack([LEAVE, DOGS, DOGS, DOGS, LEAVE, LEAVE]))

    assert crowded.agreement(LEAVE, 3)[2] == pytest.approx(0.0, abs=0.01)
    assert crowded.agreement(LEAVE, 3)[2] < apart.agreement(LEAVE, 3)[2]


def test_index_without_sparse_units_or_topics_keeps_nothing() -> None:
    for model in (
        topic_agreement.find(CHUNKS, VECTORS, UNITS[:0], MEANS),
        topic_agreement.find(CHUNKS, VECTORS, UNITS, MEANS[:0]),
    ):
        assert {name: array.size for name, array in model.arrays().items()} == {
            "topic_means": 0,
            "topic_spread": 0,
            "topic_crowding": 0,
        }
        assert model.agreement(PAY, 2).tolist() == pytest.approx([NONE, NONE])


def test_only_sparse_unit_of_an_index_is_not_crowded_by_itself() -> None:
    model = topic_agreement.find(CHUNKS, VECTORS, UNITS[:1], MEANS)

    assert model.crowding.tolist() == pytest.approx([CROWDED * np.log(FLOOR)])


def test_mean_of_a_topic_has_length_one() -> None:
    means = topic_agreement.means(np.stack([PAY, LEAVE, DOGS]), [2, 1])

    assert means == pytest.approx(np.stack([BETWEEN, DOGS]))


def test_what_is_written_is_read() -> None:
    model = found()

    again = topic_agreement.read(model.arrays(), UNITS)

    assert again.agreement(BETWEEN, 3).tolist() == model.agreement(BETWEEN, 3).tolist()
