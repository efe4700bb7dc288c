from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.text.sentences import phrases, sentence_spans


def sentences(text: str) -> list[str]:
    return [text[start:end] for start, end in sentence_spans(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", [], id="empty"),
        pytest.param(" \n \n", [], id="blank"),
        pytest.param("no end mark", ["no end mark"], id="no mark"),
        pytest.param("One. Two! Three?", ["One.", "Two!", "Three?"], id="three marks"),
        pytest.param("It is 3.5 times. Yes.", ["It is 3.5 times.", "Yes."], id="decimal"),
        pytest.param("Use C++. Or C#.", ["Use C++.", "Or C#."], id="c++"),
        pytest.param("I know C. She knows R.", ["I know C.", "She knows R."], id="letters"),
        pytest.param("Ask D. Knuth. He knows.", ["Ask D. Knuth.", "He knows."], id="initial"),
        pytest.param("Say, e.g. Python. Done.", ["Say, e.g. Python.", "Done."], id="e.g."),
        pytest.param("Tools etc. are it. So.", ["Tools etc. are it.", "So."], id="etc. inside"),
        pytest.param("Tools etc. So.", ["Tools etc.", "So."], id="etc. at the end"),
        pytest.param("In the U.S. it pays. Ok.", ["In the U.S. it pays.", "Ok."], id="U.S."),
        pytest.param("No. See no. 5 there.", ["No.", "See no. 5 there."], id="no."),
        pytest.param("Wait... what? Well… Ok.", ["Wait... what?", "Well…", "Ok."], id="ellipsis"),
        pytest.param("(Like this.) And on.", ["(Like this.)", "And on."], id="bracket"),
        pytest.param("a dev. what now", ["a dev.", "what now"], id="lower case"),
        pytest.param("Node.js is one. Ok", ["Node.js is one.", "Ok"], id="dot inside"),
        pytest.param("Two jobs:\n- One.\n- Two.", ["Two jobs:", "One.", "Two."], id="bullets"),
        pytest.param("Steps\n1. First.\n2) Second", ["Steps", "First.", "Second"], id="numbers"),
        pytest.param("日本語。次！", ["日本語。", "次！"], id="no space between"),  # noqa: RUF001
    ],
)
def test_text_is_cut_at_sentence_ends(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@given(st.text(alphabet="aB1.!?…\n -'\")", max_size=60))
def test_spans_are_in_order_trimmed_and_keep_every_letter(text: str) -> None:
    spans = sentence_spans(text)

    assert list(spans) == sorted(spans)
    assert all(before[1] <= after[0] for before, after in pairwise(spans))
    assert all(text[start:end] == text[start:end].strip() != "" for start, end in spans)
    kept = "".join(text[start:end] for start, end in spans)
    assert kept.count("a") + kept.count("B") == text.count("a") + text.count("B")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("", (), id="empty"),
        pytest.param("Yes. Bread.", (), id="single words"),
        pytest.param(
            "There are bike sheds, and a shuttle from the station.",
            ("bike sheds", "shuttle from the station"),
            id="marks and conjunctions",
        ),
        pytest.param("Free lunch (on Fridays) or 3.5 days", ("Free lunch", "3.5 days"), id="rest"),
        pytest.param("Flour mills\nflour sacks", ("Flour mills", "flour sacks"), id="lines"),
        pytest.param("Free bread. Free bread!", ("Free bread",), id="once"),
    ],
)
def test_text_is_cut_into_phrases(text: str, expected: tuple[str, ...]) -> None:
    assert phrases(text) == expected
