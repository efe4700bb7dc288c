from array import array

import pytest
import yaml
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from index.text import language_identification
from index.text.language_identification import Automaton, reduce
from index.text.normalisation import words
from tests.support.paths import SUPPORT

LANGUAGES: dict[str, list[str]] = yaml.safe_load(
    (SUPPORT / "languages.yaml").read_text(encoding="utf-8")
)
LATIN = [text for name in language_identification._LATIN for text in LANGUAGES.get(name, [])]
A, B, C = b"abc"


def automaton(moves: list[dict[int, int]], features: list[int]) -> Automaton:
    """Make an automaton in which each state has a row of its own."""
    table = array("I", [row.get(byte, 0) for row in moves for byte in range(256)])
    return Automaton(table, array("H", range(len(moves))), features)


def features(automaton: Automaton, text: bytes) -> list[int]:
    """Walk it, as the language model does."""
    state, found = 0, []
    for byte in text:
        state = automaton.moves[automaton.row[state] * 256 + byte]
        if automaton.features[state] >= 0:
            found.append(automaton.features[state])
    return found


WHOLE = automaton([{A: 1, C: 3}, {B: 2, A: 1}, {A: 1}, {C: 3}], [-1, 7, 5, 9])


def test_texts_of_allowed_bytes_have_the_same_features() -> None:
    rest, kept = reduce(WHOLE, (A, B))

    for text in (b"", b"a", b"ab", b"abab", b"aab", b"bb"):
        assert [int(kept[feature]) for feature in features(rest, text)] == features(WHOLE, text)


def test_what_other_bytes_lead_to_is_left_out() -> None:
    rest, kept = reduce(WHOLE, (A, B))

    assert kept.tolist() == [5, 7]
    assert len(rest.row) == 3
    assert len(rest.moves) == 3 * 256
    assert rest.moves.itemsize == 2


def test_other_bytes_lead_back_to_the_start() -> None:
    rest, kept = reduce(WHOLE, (A, B))

    assert [int(kept[feature]) for feature in features(rest, b"acb")] == [7]
    assert [int(kept[feature]) for feature in features(rest, b"cab")] == [7, 5]


def test_every_state_can_have_a_feature() -> None:
    rest, kept = reduce(automaton([{A: 1}, {A: 0}], [3, 4]), (A,))

    assert [int(kept[feature]) for feature in features(rest, b"aa")] == [4, 3]


@pytest.fixture(scope="module")
def whole() -> LanguageIdentifier:
    """Return the model with all its tables, of the same languages."""
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.set_languages(list(language_identification._LATIN))
    return identifier


WORDS = ["naïve Straße", "L'été", "łódź", "İstanbul", "tiếng Việt"]


@pytest.mark.parametrize("text", [*LATIN, *WORDS])
def test_reduced_model_ranks_latin_words_as_the_whole_one_does(
    text: str, whole: LanguageIdentifier
) -> None:
    latin = " ".join(word for word in words(text) if word.replace("'", "").isalpha())

    assert language_identification.WHOLE.rank(latin) == whole.rank(latin)
