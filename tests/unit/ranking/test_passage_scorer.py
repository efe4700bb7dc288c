import numpy as np
import pytest

from index.datatypes import Chunk, ChunkRole
from index.ranking import passage_scorer

QUESTION, VARIANT = ChunkRole.QUESTION, ChunkRole.VARIANT
PASSAGE, SENTENCE, TITLED = ChunkRole.PASSAGE, ChunkRole.SENTENCE, ChunkRole.TITLED
LONG = "a text of just enough words"


def chunks(*roles: tuple[int, ChunkRole], text: str = LONG) -> list[Chunk]:
    return [Chunk(unit, role, text, text) for unit, role in roles]


def asked(unit: int, ways: int) -> list[tuple[int, ChunkRole]]:
    """A title and variants."""
    return [(unit, QUESTION), *[(unit, VARIANT)] * ways]


def cosines(*values: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return np.array(values, dtype=np.float32)


@pytest.mark.parametrize(
    ("ways", "share"), [(0, 1.0), (1, 1.0), (2, 0.8), (5, 0.2), (6, 0.0), (40, 0.0)]
)
def test_passages_counts_less_the_more_variants_there_are(ways: int, share: float) -> None:
    assert passage_scorer.share(ways) == pytest.approx(share)


def test_units_with_few_variants_are_found_with_their_share() -> None:
    found = passage_scorer.find(
        chunks(
            *asked(0, 6),
            *[(0, PASSAGE), (0, SENTENCE), (0, SENTENCE)],
            *asked(1, 2),
            (1, PASSAGE),
            *asked(2, 0),
            (2, PASSAGE),
            *asked(3, 0),  # a boundary: nothing that it says is searched
        )
    )

    assert found.units.tolist() == [1, 2]
    assert found.share.tolist() == pytest.approx([0.8, 1.0])


def test_score_is_the_mean_of_the_best_passage_and_the_best_sentence_below_its_title() -> None:
    roles = [QUESTION, PASSAGE, PASSAGE, SENTENCE, SENTENCE, TITLED, TITLED]
    more = [(1, QUESTION), (1, PASSAGE), (1, SENTENCE), (1, TITLED)]
    found = passage_scorer.find(chunks(*((0, role) for role in roles), *more))

    scores = found.scores(cosines(1, 0.25, 0.5, 1, 1, 0.75, 0, 1, -0.5, 1, 0.25))

    assert scores.tolist() == [(0.5 + 0.75) / 2, (-0.5 + 0.25) / 2]


def test_without_sentences_a_passage_stands_for_them() -> None:
    found = passage_scorer.find(chunks((0, QUESTION), (0, PASSAGE), (1, QUESTION), (1, PASSAGE)))

    assert found.scores(cosines(1.0, 0.5, 1.0, 0.25)).tolist() == [0.5, 0.25]


def test_best_of_several_passages_counts_where_there_are_no_sentences() -> None:
    found = passage_scorer.find(chunks((0, QUESTION), (0, PASSAGE), (0, PASSAGE)))

    assert found.scores(cosines(1.0, 0.5, 1.0)).tolist() == [0.75]


def test_text_that_was_not_looked_at_counts_as_opposite() -> None:
    found = passage_scorer.find(chunks((0, QUESTION), (0, PASSAGE), (0, TITLED)))

    assert found.scores(cosines(0.5, -np.inf, 0.5)).tolist() == [-1.0]


def test_text_of_a_few_words_is_no_passages() -> None:
    said = chunks((0, QUESTION), (0, PASSAGE), text="Yes, it is.")

    assert passage_scorer.find(said).runs.shape == (0, 4)


def test_nothing_has_no_passages() -> None:
    assert passage_scorer.find([]).units.tolist() == []
