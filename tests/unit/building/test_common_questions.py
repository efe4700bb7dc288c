import numpy as np

from index.building import common_questions
from index.building.common_questions import Texts, Topics
from index.datatypes import Chunk, ChunkRole
from index.ranking.unit_scorer import OutOfScope

FIRST, SECOND, THIRD = np.eye(3, dtype=np.float32)
ROLES = {"q": ChunkRole.QUESTION, "v": ChunkRole.VARIANT, "p": ChunkRole.PASSAGE}
TOPICS: Topics = (("perks", "extras"), ("visa", "permit"))
NEITHER = OutOfScope(("weather",), THIRD[None])


def texts(*units: str) -> Texts:
    """Units by the roles of their chunks, each along an axis of its own."""
    chunks = [
        Chunk(unit, ROLES[role], f"{role}{unit}", f"{role}{unit}")
        for unit, roles in enumerate(units)
        for role in roles
    ]
    return Texts(tuple(chunks), np.eye(3, dtype=np.float32)[[c.unit for c in chunks]], NEITHER)


def lend(given: Texts, *vectors: np.ndarray) -> Texts:
    return common_questions.lend(given, TOPICS, np.array(vectors, dtype=np.float32))


def test_topic_is_lent_to_the_entry_that_it_is_about() -> None:
    given = texts("qp", "qp")

    found = lend(given, SECOND, SECOND, FIRST, FIRST)

    assert [(c.unit, c.role, c.text) for c in found.chunks if c not in given.chunks] == [
        (0, ChunkRole.PARAPHRASE, "visa"),
        (0, ChunkRole.PARAPHRASE, "permit"),
        (1, ChunkRole.PARAPHRASE, "perks"),
        (1, ChunkRole.PARAPHRASE, "extras"),
    ]
    assert [c.text for c in found.chunks][:4] == ["q0", "visa", "permit", "p0"]
    assert found.vectors.tolist() == [[*FIRST]] * 4 + [[*SECOND]] * 4
    assert found.out_of_scope.texts == NEITHER.texts


def test_topic_that_is_far_from_everything_is_out_of_scope() -> None:
    found = lend(texts("qp"), FIRST, FIRST, SECOND, SECOND)

    assert found.out_of_scope.texts == ("weather", "visa", "permit")
    assert found.out_of_scope.vectors.tolist() == [[*THIRD], [*SECOND], [*SECOND]]


def test_topic_between_the_two_is_left_alone() -> None:
    halfway = 0.5 * FIRST + 0.75**0.5 * SECOND

    found = lend(texts("qp"), FIRST, FIRST, halfway, halfway)

    assert [c.text for c in found.chunks if c.role is ChunkRole.PARAPHRASE] == ["perks", "extras"]
    assert found.out_of_scope.texts == NEITHER.texts


def test_entry_with_variants_borrows_nothing() -> None:
    given = texts("qvvvvvvp")

    assert lend(given, FIRST, FIRST, SECOND, SECOND) is given


def test_boundary_borrows_nothing() -> None:
    given = texts("qv")

    assert lend(given, FIRST, FIRST, SECOND, SECOND) is given


def test_topics_that_ship_are_different_questions() -> None:
    topics = common_questions.read()

    questions = [question for topic in topics for question in topic]
    assert len(topics) > 80
    assert len(set(questions)) == len(questions)
    assert all(len(topic) > 1 for topic in topics)
