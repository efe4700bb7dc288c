import time

import pytest

from index.dialogue.courtesy import take_apart
from index.text.normalisation import clean

QUESTION = "which pays better"
BEFORE = (
    *(
        "hi, ",
        "Hello! ",
        "hey there ",
        "HIYA!! ",
        "good morning, ",
        "Dear Sir or Madam, ",
        "Hi Anna, ",
    ),
    *(
        "please ",
        "pls ",
        "ok, ",
        "so ",
        "hmm ",
        "thanks! ",
        "Thank you. ",
        "great, thanks. ",
        "well, ",
    ),
    *("quick question: ", "just a quick q - ", "one more question, ", "I have a question. "),
    *("hey quick one: ", "real quick, ", "dumb question but ", "asking for a friend: "),
    *("noob here, ", "not sure if this is the right place, but ", "evening all, "),
    *(
        "could you tell me ",
        "can you pls tell me ",
        "do you know ",
        "I was wondering ",
        "may I ask ",
    ),
    *(
        "hello, how are you? ",
        "Hi there! Hope you are doing well. ",
        "sorry to bother you, ",
        "🙂 ",
    ),
    *("excuse me ", "ok thanks, and one more thing: ", "no, i mean ", "wow ", "does anyone know "),
)
AFTER = (
    *(
        "?",
        "!",
        "!!!",
        "...",
        "??!",
        " ?",
        " 🙂",
        " 👍🏽",
        " :)",
        "?? :D",
        " please",
        " pls!",
        " plz 🙏",
    ),
    *(
        " thanks",
        ", thank you very much!",
        " thx",
        "? Thanks in advance.",
        " thank u so much",
        " tia",
    ),
    *(
        "? Kind regards, Tom",
        " lol",
        " then",
        " btw",
        " tho",
        " asap please",
        ", if you don't mind",
        " sir",
    ),
    *(
        "? any help appreciated",
        "? just curious",
        ", please and thank you",
        "? bye",
        " xx",
        "? help!",
    ),
)


@pytest.mark.parametrize("before", BEFORE)
def test_courtesy_before_a_question_is_removed(before: str) -> None:
    assert take_apart(clean(before + QUESTION)).core.lower() == QUESTION


@pytest.mark.parametrize("after", AFTER)
def test_courtesy_after_a_question_is_removed(after: str) -> None:
    assert take_apart(clean(QUESTION + after)).core == QUESTION


def test_courtesy_at_both_ends_is_named_in_order() -> None:
    message = take_apart("hi, which pays better? thx 🙂")

    assert (message.core, message.courtesies) == (QUESTION, ("hi", "thx"))


@pytest.mark.parametrize(
    "question",
    [
        *("thank you letters", "how do I say thanks", "hello world program", "well paid jobs"),
        *(
            "good salary",
            "right now is a good time",
            "evening courses",
            "quick wins",
            "fine tuning",
            "tell me about bakers",
        ),
        *("can you explain baking", "how can AI help", "is it easy to please customers", "so long"),
        *("what does ty mean", "C++", "C#", ".NET or Java", "nice companies", "interesting jobs"),
        *("no degree needed", "sure ways to learn", "help desk jobs", "yes men", "great pay"),
        *("do you know Japanese", "cool projects", "who are you", "should I send a thank you"),
        *("is a mate of mine right", "what is a goodbye party", "sorry tales of coders"),
    ],
)
def test_content_that_looks_like_courtesy_stays(question: str) -> None:
    assert take_apart(clean(question)).core == question


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("thank you, bye!", ("thank you", "bye")),
        ("hi", ("hi",)),
        ("OK thanks so much!!", ("thanks so much",)),
        ("please", ("please",)),
        ("👍", ("ok",)),
        ("🙏🙏", ("thank you",)),
        ("could you tell me", ("could you tell me",)),
    ],
)
def test_message_of_nothing_but_courtesy_has_no_question(text: str, said: tuple[str, ...]) -> None:
    message = take_apart(clean(text))

    assert message.core == ""
    assert tuple(courtesy.lower() for courtesy in message.courtesies) == said


def test_message_in_capitals_is_read_as_any_other() -> None:
    assert take_apart("HELLO, WHICH PAYS BETTER?? PLEASE").core == QUESTION
    assert take_apart("ML").core == "ML"


@pytest.mark.parametrize(
    "text",
    [
        *("hi " * 333, "ha" * 500, " " * 1000, "?!" * 500, "thanks " * 142, "please and " * 90),
        *(f"a{mark * 499}a" for mark in ("\n", "\n,", "\n \n", ", ", "\u2026", " -", "so ")),
    ],
)
def test_courtesy_without_end_is_read_at_once(text: str) -> None:
    started = time.thread_time()

    take_apart(clean(text[:1000]))

    assert time.thread_time() - started < 0.5
