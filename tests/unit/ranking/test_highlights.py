from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from index.datatypes import Chunk, ChunkRole, Hit, Kind, Unit
from index.ranking.highlights import Shelf, hit
from tests.unit.ranking.test_candidates import unit

QUESTION, PASSAGE, SENTENCE = ChunkRole.QUESTION, ChunkRole.PASSAGE, ChunkRole.SENTENCE
HALF = 0.5
"""Cosine of a chunk of which nothing else is said."""


def shelf(text: str, *chunks: tuple[ChunkRole, str], cosines: Sequence[float] = ()) -> Shelf:
    made = tuple(Chunk(1, role, said, said) for role, said in chunks)
    return Shelf(shown(text), made, np.array(cosines or [HALF] * len(made), dtype=np.float32))


def shown(text: str) -> Unit:
    return replace(unit("art", Kind.PASSAGE), text=text)


def slices(found: Hit) -> Sequence[str]:
    return [found.text[start:end] for start, end in found.highlights]


def test_short_unit_is_shown_whole_with_its_best_sentence_marked() -> None:
    text = "Bakers bake. Cooks cook.\nBoth eat."
    said = shelf(
        text,
        (QUESTION, "Who?"),
        (PASSAGE, text),
        (SENTENCE, "Bakers bake."),
        (SENTENCE, "Cooks cook."),
        (SENTENCE, "Both eat."),
        cosines=(1.0, 1.0, 0.1, 0.7, 0.2),
    )

    found = hit(said, 0.85)

    assert found == Hit(shown(text), 0.5, text, ((13, 24),))
    assert slices(found) == ["Cooks cook."]


def test_first_of_equally_good_sentences_is_marked() -> None:
    said = shelf("A b. C d.", (SENTENCE, "A b."), (SENTENCE, "C d."))

    assert slices(hit(said, 1.0)) == ["A b."]


def test_single_sentence_is_not_marked() -> None:
    assert hit(shelf("A b.", (PASSAGE, "A b.")), 1.0).highlights == ()


def test_long_unit_is_shown_by_its_best_passage_with_a_sentence_of_it_marked() -> None:
    one, two = "One is here. " * 80 + "End.", "Two is there. Last of all. " * 40 + "Stop."
    said = shelf(
        f"{one} {two}",
        (PASSAGE, one),
        (PASSAGE, two),
        (SENTENCE, "One is here."),
        (SENTENCE, "Last of all."),
        (SENTENCE, "Stop."),
        cosines=(0.2, 0.6, 0.9, 0.4, 0.3),
    )

    found = hit(said, 1.0)

    assert found.text == two
    assert slices(found) == ["Last of all."]


@pytest.mark.parametrize("chunks", [(), ((PASSAGE, "not in it"),)], ids=["none", "other-text"])
def test_long_unit_without_a_passage_is_shown_whole(
    chunks: tuple[tuple[ChunkRole, str], ...],
) -> None:
    text = "word " * 400

    assert hit(shelf(text, *chunks), 1.0) == Hit(shown(text), 0.5882, text, ())


def test_empty_unit_is_shown_empty() -> None:
    assert hit(shelf("", (QUESTION, "Who?")), 0.0) == Hit(shown(""), 0.0, "", ())


@pytest.mark.parametrize(("total", "score"), [(-0.3, 0.0), (0.34, 0.2), (1.7, 1.0), (2.5, 1.0)])
def test_score_is_a_share_of_the_highest_there_is(total: float, score: float) -> None:
    assert hit(shelf("A b."), total).score == score
