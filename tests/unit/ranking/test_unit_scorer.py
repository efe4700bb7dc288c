from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index.building import common_questions, sampling
from index.building.builder import out_of_scope_sentences
from index.datatypes import Chunk, ChunkRole, Scores, Vectors
from index.errors import IndexCorrupt
from index.ranking import passage_scorer, topic_agreement, unit_scorer
from index.ranking.unit_scorer import (
    CLASSIFIER_LIMIT,
    COSINE_WEIGHT,
    LEXICAL_WEIGHT,
    PASSAGE_WEIGHT,
    SPELLED_UNITS,
    SPELLING_WEIGHT,
    OutOfScope,
    Ranker,
    RankingModel,
    best_first,
)
from index.search.bm25 import build
from index.storage import tensors
from index.text import character_ngrams
from index.versions import version_store
from tests.support.encoding import HandEncoder

ASKED = (
    Chunk(0, ChunkRole.QUESTION, "become a baker", "become a baker"),
    Chunk(0, ChunkRole.VARIANT, "baker training", "baker training"),
    Chunk(0, ChunkRole.PASSAGE, "Bread at night.", "become a baker\nBread at night."),
    Chunk(1, ChunkRole.QUESTION, "cook", "cook"),
    Chunk(1, ChunkRole.SENTENCE, "1 2 3", "1 2 3"),
    Chunk(1, ChunkRole.VARIANT, "cook pay", "cook pay"),
    Chunk(2, ChunkRole.QUESTION, "Butcher", "Butcher"),
    Chunk(2, ChunkRole.PASSAGE, "A butcher.", "Butcher\nA butcher."),
)
UNITS = 3


def encode(*texts: str) -> Vectors:
    return HandEncoder().encode(texts)


def fitted(chunks: tuple[Chunk, ...] = ASKED, units: int = UNITS) -> RankingModel:
    return unit_scorer.fit(chunks, encode(*(chunk.embedded for chunk in chunks)), units)


def score(
    question: str, chunks: tuple[Chunk, ...] = ASKED, units: int = UNITS
) -> unit_scorer.UnitScores:
    vector = encode(question)
    cosines = encode(*(chunk.embedded for chunk in chunks)) @ vector[0]
    return Ranker(fitted(chunks, units)).score(cosines, vector, question)


def test_classifier_learns_from_questions_and_from_all_texts_of_a_unit_without_variants() -> None:
    assert unit_scorer._classified_texts(ASKED) == [0, 1, 3, 5, 6, 7]


def test_rarity_is_learned_from_questions_alone() -> None:
    expected = character_ngrams.fit([ASKED[n].embedded for n in (0, 1, 3, 5, 6)])

    assert fitted().ngrams.idf == expected.idf


def test_rarity_is_learned_from_every_text_where_there_are_no_questions() -> None:
    chunks = (Chunk(0, ChunkRole.PASSAGE, "Bread at night.", "Bread at night."),)

    assert fitted(chunks, 1).ngrams.idf == character_ngrams.fit(["Bread at night."]).idf


def test_unit_scores_by_its_best_text() -> None:
    scores = score("cook pay")

    # "cook" and "cook pay" have the cosines 0.707 and 1 with the question.
    assert scores.cosine.tolist() == pytest.approx([0.0, 1.0, 0.0])
    assert scores.spelling[1] == pytest.approx(1.0, abs=1e-6)
    assert int(scores.total.argmax()) == 1


def test_total_is_the_sum_of_the_weighted_views() -> None:
    scores = score("is a baker a cook")

    expected = scores.classifier + COSINE_WEIGHT * scores.cosine + SPELLING_WEIGHT * scores.spelling
    assert scores.total.tolist() == pytest.approx(expected.tolist())


SAID = (
    Chunk(0, ChunkRole.QUESTION, "pay", "pay"),
    Chunk(0, ChunkRole.PASSAGE, "what a cook and a baker earn", "pay\na cook and a baker earn"),
    Chunk(1, ChunkRole.QUESTION, "training", "training"),
    Chunk(1, ChunkRole.PASSAGE, "what a baker has to do", "training\na baker"),
    Chunk(2, ChunkRole.QUESTION, "cook", "cook"),
    *(Chunk(2, ChunkRole.VARIANT, f"cook {n}", f"cook {n}") for n in range(passage_scorer.ENOUGH)),
    Chunk(2, ChunkRole.PASSAGE, "a cook who is a baker", "cook\na cook who is a baker"),
)


def test_passages_lowers_units_with_few_variants_by_what_they_are_behind() -> None:
    scores = score("baker", SAID)

    # "pay cook baker earn" has half a cosine with "baker", "training baker" 0.707.
    views = scores.classifier + COSINE_WEIGHT * scores.cosine + SPELLING_WEIGHT * scores.spelling
    assert scores.sparseness.tolist() == [1.0, 1.0, 0.0]
    assert (scores.total - views).tolist() == pytest.approx(
        [PASSAGE_WEIGHT * (0.5 - 0.5**0.5), 0.0, 0.0], abs=1e-6
    )


def test_index_without_a_classifier_has_no_passages() -> None:
    chunks = tuple(
        replace(chunk, unit=chunk.unit + 3 * n)
        for n in range(CLASSIFIER_LIMIT)
        for chunk in SAID[:4]
    )
    vectors = np.ones((len(chunks), 1), dtype=np.float32)

    assert not len(unit_scorer.fit(chunks, vectors, 3 * CLASSIFIER_LIMIT).passages.units)


def test_spelling_is_the_best_cosine_of_the_ngrams_of_a_units_texts() -> None:
    rows = fitted().ngrams.sparse([*(chunk.embedded for chunk in ASKED), "bakers cooking"]).dense()
    cosines = rows[:-1] @ rows[-1]

    expected = [cosines[:3].max(), cosines[[3, 5]].max(), cosines[6:].max()]
    assert score("bakers cooking").spelling.tolist() == pytest.approx(expected, abs=1e-6)


def test_unit_none_of_whose_texts_has_a_known_ngram_has_no_spelling() -> None:
    chunks = (
        Chunk(0, ChunkRole.PASSAGE, "1 2", "1 2"),
        Chunk(1, ChunkRole.QUESTION, "cook", "cook"),
        Chunk(2, ChunkRole.PASSAGE, "3 4", "3 4"),
    )

    assert score("cook 1 2", chunks, 3).spelling.tolist() == pytest.approx([0.0, 1.0, 0.0])


def named(count: int) -> tuple[Chunk, ...]:
    """As many units, each with one text that is spelled like the others."""
    texts = [f"cook {number}" for number in range(count)]
    return tuple(Chunk(n, ChunkRole.QUESTION, text, text) for n, text in enumerate(texts))


def test_only_the_first_units_are_compared_letter_by_letter() -> None:
    spelling = score("cook", named(SPELLED_UNITS + 3), SPELLED_UNITS + 3).spelling

    assert int((spelling > 0).sum()) == SPELLED_UNITS


def test_large_index_is_ranked_without_a_classifier() -> None:
    chunks = named(CLASSIFIER_LIMIT + 1)
    vectors = np.ones((len(chunks), 1), dtype=np.float32)
    model = unit_scorer.parse(unit_scorer.dump(unit_scorer.fit(chunks, vectors, len(chunks))))

    scores = Ranker(model).score(vectors[:, 0], vectors[:1], "cook 7")

    assert model.classifier is None
    assert not scores.classifier.any()
    assert int(scores.total.argmax()) == 7


def test_words_count_only_where_there_is_no_head() -> None:
    vectors = encode(*(chunk.embedded for chunk in ASKED))
    question = encode("night")
    cosines = vectors @ question[0]
    lexical = build([chunk.text for chunk in ASKED])
    without_classifier = replace(fitted(), classifier=None)

    def total(model: RankingModel, words: Scores | None) -> list[float]:
        scored = Ranker(model).score(cosines, question, "night", words)
        totals: list[float] = scored.total.tolist()
        return totals

    words = lexical.scores("night")
    gained = np.subtract(total(without_classifier, words), total(without_classifier, None))
    assert gained.tolist() == pytest.approx([LEXICAL_WEIGHT, 0.0, 0.0])
    assert total(fitted(), words) == total(fitted(), None)


def test_single_unit_is_ranked() -> None:
    scores = score("become a baker", ASKED[:1], 1)

    assert scores.cosine.tolist() == pytest.approx([1.0])
    assert scores.total.argmax() == 0


def test_question_without_a_known_ngram_has_no_spelling() -> None:
    assert score("🙂").spelling.tolist() == [0.0, 0.0, 0.0]
    assert score("").spelling.tolist() == [0.0, 0.0, 0.0]


def test_chunks_of_a_unit_are_where_it_was_built() -> None:
    ranker = Ranker(fitted())

    assert [ranker.chunks_of(unit) for unit in range(UNITS)] == [
        range(0, 3),
        range(3, 6),
        range(6, 8),
    ]


def test_model_that_was_written_and_read_scores_alike() -> None:
    model = fitted()
    read = unit_scorer.parse(unit_scorer.dump(model))
    vector, cosines = encode("baker pay"), np.zeros(len(ASKED), dtype=np.float32)

    one, two = (Ranker(m).score(cosines, vector, "baker pay") for m in (model, read))

    assert two.total.tolist() == pytest.approx(one.total.tolist(), abs=1e-6)
    assert unit_scorer.dump(read) == unit_scorer.dump(model)


def test_same_texts_give_the_same_bytes() -> None:
    assert unit_scorer.dump(fitted()) == unit_scorer.dump(fitted())


def test_texts_without_any_ngram_can_be_written_and_read() -> None:
    chunks = (Chunk(0, ChunkRole.QUESTION, "", ""),)

    model = unit_scorer.parse(unit_scorer.dump(fitted(chunks, 1)))

    assert model.ngrams.idf == {}
    assert Ranker(model).score(np.zeros(1, dtype=np.float32), encode(""), "").spelling.tolist() == [
        0.0
    ]


def test_shipped_file_is_what_would_be_built_again(index_folder: Path) -> None:
    loaded = version_store.load(index_folder)
    contents = loaded.contents
    questions = common_questions.read()
    topics = topic_agreement.means(
        encode(*(question for topic in questions for question in topic)), [*map(len, questions)]
    )
    strangers = OutOfScope(out_of_scope_sentences(), encode(*out_of_scope_sentences()), topics)

    asked = sampling.sample(contents.chunks)
    again = unit_scorer.fit(
        contents.chunks, contents.dense.vectors, len(contents.units), strangers, asked
    )

    assert (loaded.folder / unit_scorer.FILE).read_bytes() == unit_scorer.dump(again)


def with_background(*texts: str) -> RankingModel:
    vectors = encode(*(chunk.embedded for chunk in ASKED))
    return unit_scorer.fit(ASKED, vectors, UNITS, OutOfScope(texts, encode(*texts)))


def test_out_of_scope_sentences_is_the_last_class_of_the_classifier_and_no_unit() -> None:
    ranker = Ranker(with_background("good morning", "the weather"))
    nothing = np.zeros(len(ASKED), dtype=np.float32)

    known = ranker.score(nothing, encode("cook pay"), "cook pay")
    strange = ranker.score(nothing, encode("morning"), "morning")

    assert [len(known.classifier), len(strange.total)] == [UNITS, UNITS]
    assert known.out_of_scope_cosine == pytest.approx(0.0)
    assert strange.out_of_scope_cosine == pytest.approx(1.0)
    assert known.classifier.max() > known.out_of_scope_classifier
    assert strange.classifier.max() < strange.out_of_scope_classifier


def test_out_of_scope_sentences_that_is_like_the_corpus_is_left_out() -> None:
    # With "cook pay" they have the cosines 1, 0.82, 0.5 and 0.
    model = with_background(
        "pay a cook", "cook pay in the morning", "pay in the morning", "good morning"
    )

    assert model.out_of_scope.tolist() == encode("pay in the morning", "good morning").tolist()
    assert (
        unit_scorer.parse(unit_scorer.dump(model)).out_of_scope.tolist()
        == model.out_of_scope.tolist()
    )


def test_without_out_of_scope_sentences_no_question_is_near_it() -> None:
    scores = score("cook pay")

    assert (scores.out_of_scope_cosine, scores.out_of_scope_classifier) == (-1.0, 0.0)


def changed(**given: object) -> bytes:
    """A written model with other arrays in the place of some; None leaves one out."""
    kept = {**tensors.parse(unit_scorer.dump(fitted())), **given}
    return tensors.dump(
        {name: np.asarray(array) for name, array in kept.items() if array is not None}
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not a model",
        unit_scorer.dump(fitted())[:-1],
        changed(idf=None),
        changed(background=None),
        changed(prose_runs=None),
        changed(idf=[1.0]),
        changed(grams=np.array([0xFF], dtype=np.uint8)),
    ],
    ids=["empty", "text", "cut", "no-idf", "no-background", "no-prose", "short-idf", "not-utf-8"],
)
def test_unreadable_model_is_reported(data: bytes) -> None:
    with pytest.raises(IndexCorrupt, match=r"ranking\.safetensors cannot be read"):
        unit_scorer.parse(data)


def test_units_that_are_excluded_have_no_place_in_the_order() -> None:
    assert best_first(np.array([1.0, -np.inf, 2.0])).tolist() == [2, 0]
