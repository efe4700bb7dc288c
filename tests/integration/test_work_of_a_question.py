"""How much work a question is: in calls, which are the same on every machine, and not in time."""

import sys
from collections import Counter
from types import FrameType

import pytest

from index import Retriever
from index.encoding.encoder import OnnxEncoder
from index.text.spelling import MOST_UNKNOWN, Spelling
from service.api import presenters

MOST_CALLS = 1400
"""Of functions, written in Python or not, for a question and its response; a fifth above what the
dearest of these takes. Whoever has a good reason to need more raises it."""
QUESTIONS = {
    "plain": "is a maths degree of any use for ML work?",
    "statement": "I would like to move from web development into machine learning",
    "courtesy": "hi there, quick question: which of the two is less stressful? thanks!!",
    "typo": "how mcuh do machne learning enginers get",
    "off-topic": "what should I cook tonight?",
}


def work_of(question: str, shipped: Retriever) -> Counter[str]:
    """Count the calls of a question whose words are known and whose text is not."""
    serialise = presenters.serialiser(None)
    serialise(shipped.answer(question.title()), "v")
    calls = Counter[str]()

    def count(frame: FrameType, event: str, _: object) -> None:
        calls["all"] += event in ("call", "c_call")
        calls["encoder"] += event == "call" and frame.f_code is OnnxEncoder._row.__code__
        calls["lookups"] += event == "call" and frame.f_code is Spelling._nearest.__code__

    sys.setprofile(count)
    try:
        serialise(shipped.answer(question), "v")
    finally:
        sys.setprofile(None)
    return calls


@pytest.mark.parametrize("question", QUESTIONS.values(), ids=QUESTIONS)
def test_question_is_encoded_once_and_answered_in_few_calls(
    question: str, shipped: Retriever
) -> None:
    calls = work_of(question, shipped)

    assert calls["encoder"] == 1
    assert calls["all"] < MOST_CALLS


def test_parts_of_a_message_and_the_whole_are_encoded_once_each(shipped: Retriever) -> None:
    message = "which pays more and is it stressful and what should I study"

    assert work_of(message, shipped)["encoder"] == 4


@pytest.mark.parametrize("message", ["hello", "thank you so much!", "👍", "bye"])
def test_courtesy_is_encoded_once(message: str, shipped: Retriever) -> None:
    assert work_of(message, shipped)["encoder"] == 1


def test_long_sentence_is_encoded_once_and_few_of_its_words_are_looked_up(
    shipped: Retriever,
) -> None:
    letters = "bcdfghjklm"
    unknown = [f"{a}eng{b}neer" for a in letters for b in letters]

    one_sentence, misspelt = work_of("Aa " * 330, shipped), work_of(" ".join(unknown), shipped)

    assert one_sentence["encoder"] == 1
    assert misspelt["encoder"] == 1
    assert misspelt["lookups"] == MOST_UNKNOWN
