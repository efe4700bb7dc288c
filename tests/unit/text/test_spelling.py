"""Typos and joined words become words of the corpus; everything else is left alone."""

from pathlib import Path

import pytest

from index.text.spelling import Spelling, count, english_words, know

TEXTS = [
    *["machine learning engineer"] * 30,
    *["baker bakes bread"] * 3,
    "lerning machine learning with Keras",
]
ENGLISH = frozenset({"learning", "machine", "engineer", "texas", "breads"})


@pytest.fixture
def spelling() -> Spelling:
    return know(count(TEXTS), ENGLISH)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("machne lerning", "machine learning"),
        ("Enginere?", "engineer?"),
        ("machinelearning engineer", "machine learning engineer"),
        ("bakesbread", "bakes bread"),
    ],
    ids=["missing-letters", "swapped-letters", "joined", "joined-rare"],
)
def test_typo_is_corrected(typed: str, read: str, spelling: Spelling) -> None:
    assert spelling.correct(typed) == read


@pytest.mark.parametrize(
    "typed",
    ["machine learning", "Texas", "keras", "breads", "bakr", "c++", "R2D2x", "zzyzzq", "", "🙂"],
    ids=[
        "known",
        "name",
        "jargon",
        "plural",
        "short",
        "symbols",
        "digits",
        "far",
        "empty",
        "emoji",
    ],
)
def test_word_without_a_typo_is_left_alone(typed: str, spelling: Spelling) -> None:
    assert spelling.correct(typed) == typed


def test_rare_word_of_the_corpus_is_corrected_to_a_far_more_frequent_one(
    spelling: Spelling,
) -> None:
    assert spelling.uses["lerning"] == 1
    assert spelling.correct("lerning") == "learning"


def test_targets_are_words_of_the_corpus_that_are_english_or_used_often(
    spelling: Spelling,
) -> None:
    assert spelling.targets == ("baker", "bakes", "bread", "engineer", "learning", "machine")


@pytest.mark.parametrize(
    "vocabulary",
    [
        '{"learning": 0, "##ingly": 1, "the": 2, "c3po1": 3}',
        '{"\u0120learning": 0, "inglytoo": 1}',
        '[["\u2581learning", -1.5], ["inglytoo", -2.0]]',
    ],
    ids=["word-piece", "byte-pairs", "sentence-piece"],
)
def test_english_is_read_from_the_whole_words_of_the_tokenizer(
    vocabulary: str, tmp_path: Path
) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(f'{{"model": {{"vocab": {vocabulary}}}}}', encoding="utf-8")

    assert english_words(path) == {"learning"}


@pytest.mark.parametrize("text", ["", "{}", '{"model": []}', '{"model": {"vocab": 7}}'])
def test_tokenizer_without_a_vocabulary_knows_no_english(text: str, tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.json"
    path.write_text(text, encoding="utf-8")

    assert english_words(path) == frozenset()
    assert english_words(tmp_path / "none.json") == frozenset()
