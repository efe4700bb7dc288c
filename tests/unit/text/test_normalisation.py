import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.normalisation import (
    _CONTROLS,
    LONG_POST_WORDS,
    MAX_PARTS,
    MOST_WORDS,
    _plain,
    clean,
    compile_synonyms,
    is_readable,
    parts,
    words,
)


@pytest.mark.parametrize(
    ("written", "cleaned"),
    [
        ("  what   is\tML ? ", "what is ML ?"),
        ("[D] What is a baker?", "What is a baker?"),
        ("Ask HN: What is a baker?", "What is a baker?"),
        ("ELI5: ovens", "ovens"),
        ("TL;DR: question: why bread", "why bread"),
        ("is c ++ or C # better", "is c++ or C# better"),
        ("What is A.I. e.g. in a bakery", "What is AI eg in a bakery"),
        ("Why?!?! Really...", "Why? Really."),
        ("“what’s a ‘baker’”", "\"what's a 'baker'\""),  # noqa: RUF001 - phones write it
        ("ｆｕｌｌ ｗｉｄｔｈ", "full width"),  # noqa: RUF001 - NFKC folds it
        ("two\nlines", "two\nlines"),
        ("old\rlines\x0b\x0c and tabs", "old lines and tabs"),
        ("zero\u200bwidth and \x00NUL", "zerowidth and NUL"),
        ("half \ud83d a pair", "half ? a pair"),
        ("[D]", ""),
        ("", ""),
    ],
)
def test_question_is_folded_to_plain_characters(written: str, cleaned: str) -> None:
    assert clean(written) == cleaned


@given(st.text(alphabet=st.characters(codec=None)))
def test_any_text_can_be_cleaned_and_encoded(text: str) -> None:
    cleaned = clean(text)

    assert cleaned.encode().decode() == cleaned == cleaned.strip()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Is C++ faster than C#?", ("is", "c++", "faster", "than", "c#")),
        ("don't, don’t", ("don't", "don't")),  # noqa: RUF001 - phones write it
        ("front-end 3.5 snake_case", ("front", "end", "3", "5", "snake", "case")),
        ("Bäcker 面包师", ("bäcker", "面包师")),
        ("🙂 ?!", ()),
    ],
)
def test_words_are_lower_case_and_keep_their_marks(text: str, expected: tuple[str, ...]) -> None:
    assert words(text) == expected


@pytest.mark.parametrize("text", ["C++?", "is bread good", "面包师", "pay?", "ok"])
def test_language_is_readable(text: str) -> None:
    assert is_readable(text)


@pytest.mark.parametrize(
    "text", ["", "???", "🙂🙂🙂", "12345", "{}();//a", "bread " * 8, "a b a b a b a b a b a"]
)
def test_marks_and_one_word_over_and_over_are_unreadable(text: str) -> None:
    assert not is_readable(text)


def test_short_question_is_searched_as_it_stands() -> None:
    question = " ".join(["word"] * LONG_POST_WORDS)

    assert parts(question) == (question,)


def test_long_post_is_searched_by_its_first_line_and_what_it_asks() -> None:
    post = (
        "Baker at last\n"
        "I work in an office. Should I learn Node.js or bread? So how do I start\n"
        "Thanks."
    )

    assert parts(post) == (
        "Baker at last",
        "Should I learn Node.js or bread?",
        "So how do I start",
        " ".join(post.split()),
    )


def test_many_questions_are_cut_to_the_most_that_are_searched() -> None:
    post = "\n".join(f"is it number {number}?" for number in range(200))

    found = parts(post)

    assert found[: MAX_PARTS - 1] == tuple(f"is it number {n}?" for n in range(MAX_PARTS - 1))
    assert [len(part.split()) for part in found[MAX_PARTS - 1 :]] == [MOST_WORDS]


@pytest.mark.parametrize("text", ["", "\n", "yes\nno"])
def test_post_without_a_sentence_has_itself_as_its_one_part(text: str) -> None:
    assert parts(text) == (" ".join(text.split()),)


@pytest.mark.parametrize(
    "text",
    [
        "a " * 4000 + ".x",
        "a" * 8000,
        "?" * 8000,
        "[a]" * 2666,
        "A." * 4000,
        "\n" * 8000,
        "c +" * 2666,
    ],
    ids=["late-stop", "one-word", "marks", "tags", "letters", "lines", "c"],
)
def test_long_input_is_cleaned_once_and_searched_in_a_few_parts(text: str) -> None:
    # A step that is quadratic in the length would take hours.
    cleaned = clean(text * 50)

    assert clean(cleaned) == cleaned
    assert len(parts(cleaned)) <= 2


def test_longest_synonym_wins_and_others_stay() -> None:
    synonyms = compile_synonyms(
        [["machine learning engineer", "ML engineer"], ["machine learning", "ml"]]
    )

    assert synonyms.apply("An ML Engineer uses ML, not HTML or ml++") == (
        "An machine learning engineer uses machine learning, not HTML or ml++"
    )


def test_of_synonyms_that_begin_alike_the_longest_that_ends_with_a_word_is_replaced() -> None:
    synonyms = compile_synonyms([["A", "do"], ["B", "dog"], ["C", "dog food"], ["D", "c++"]])

    text = "do dogma dog foods Dog food, dog foo c++ c+"
    assert synonyms.apply(text) == "A dogma Cs C, B foo D c+"


def test_synonym_as_long_as_a_sentence_can_be_compiled() -> None:
    long = "so " * 1000 + "on"

    assert compile_synonyms([["etc", long, long[:-1]]]).apply(f"and {long}") == "and etc"


@pytest.mark.parametrize("groups", [[], [["alone"]]])
def test_without_synonyms_a_text_stays(groups: list[list[str]]) -> None:
    assert compile_synonyms(groups).apply("ML") == "ML"


@pytest.mark.parametrize("text", ["Aİ", "aı"])  # noqa: RUF001 - the dotless i is meant
def test_letters_that_match_only_without_case_stay(text: str) -> None:
    assert compile_synonyms([["artificial intelligence", "AI"]]).apply(text) == text


@given(st.text(st.characters(max_codepoint=127)))
def test_ascii_takes_a_shorter_way_to_the_same_end(text: str) -> None:
    # One letter that is not ASCII sends a text the long way.
    whole = text + "\u00e9"

    assert _plain(text) == text.translate(_CONTROLS)
    assert words(text + " ") == words(text + " \u00e9")[:-1]
    assert _plain(whole)[:-1] == text.translate(_CONTROLS)
