from math import log

import numpy as np
import pytest

from index.text.character_ngrams import COLUMNS, NgramModel, fit

TEXTS = ["how do I become a baker", "what does a cook earn", "bread and butter", "C++ or C#"]


def cosine(model: NgramModel, one: str, other: str) -> float:
    return float(model.row(one) @ model.row(other))


def test_ngrams_stay_inside_words_with_a_space_at_both_ends() -> None:
    assert {*fit(["Oo I"]).idf} == {" o", "oo", "o ", " oo", "oo ", " oo ", " i", "i ", " i "}


def test_no_ngram_is_longer_than_five_letters() -> None:
    assert {len(gram) for gram in fit(["extraordinary"]).idf} == {2, 3, 4, 5}


def test_rarity_is_smoothed_as_if_one_more_text_held_every_ngram() -> None:
    model = fit(["ab", "ac"])

    assert model.idf == {
        " a": 1.0,
        **dict.fromkeys(
            ["ab", "b ", " ab", "ab ", " ab ", "ac", "c ", " ac", "ac ", " ac "], log(3 / 2) + 1
        ),
    }


def test_weights_are_tf_idf_worked_out_by_hand() -> None:
    model = NgramModel({"aa": 2.0, " b": 3.0})

    # "aaa aa" holds "aa" three times, " b" once: (1 + ln 3) * 2 against 3.
    row = model.row("aaa b")

    weights = sorted(abs(row[row != 0]).tolist(), reverse=True)
    first, second = (1 + log(2)) * 2, 3.0
    length = (first**2 + second**2) ** 0.5
    assert weights == pytest.approx([first / length, second / length])


@pytest.mark.parametrize("text", [*TEXTS, "baker " * 50, "x bread"])
def test_identical_text_has_cosine_one(text: str) -> None:
    assert cosine(fit(TEXTS), text, text) == pytest.approx(1.0, abs=1e-6)


def test_typo_is_nearer_than_another_word() -> None:
    model = fit(TEXTS)

    assert cosine(model, "baker", "bakr") > cosine(model, "baker", "bread") > 0
    assert cosine(model, "baker", "bakr") > 0.4


def test_case_and_spaces_do_not_count() -> None:
    assert cosine(fit(TEXTS), "Become  A\nBAKER", "become a baker") == pytest.approx(1.0)


@pytest.mark.parametrize("text", ["", "  ", "🙂", "\ud83d", "zzz"])
def test_text_without_a_known_ngram_is_all_zeros(text: str) -> None:
    assert fit(TEXTS).row(text).tolist() == [0.0] * COLUMNS


def test_ngrams_that_cancel_out_in_their_columns_leave_zeros() -> None:
    # "aaaa" and "bcij" share a column and differ in sign.
    model = NgramModel({"aaaa": 1.0, "bcij": 1.0})

    assert model.row("aaaa").any()
    assert not model.row("aaaa bcij").any()
    assert model.sparse(["aaaa", "aaaa bcij"]).starts.tolist() == [0, 1, 1]


def test_no_texts_give_no_rows() -> None:
    assert fit(TEXTS).sparse([]).dense().shape == (0, COLUMNS)
    assert fit([]).idf == {}


def test_rows_of_many_texts_are_those_of_each() -> None:
    model = fit(TEXTS)

    together = model.sparse(TEXTS).dense()

    assert np.array_equal(together, np.vstack([model.row(text) for text in TEXTS]))


@pytest.mark.parametrize(
    "text", ["a" * 8000, "ab " * 2666, " ".join(map(str, range(10_000, 11_300)))]
)
def test_long_text_is_a_vector_of_length_1_as_any_is(text: str) -> None:
    assert np.linalg.norm(fit([text]).row(text)) == pytest.approx(1.0)
