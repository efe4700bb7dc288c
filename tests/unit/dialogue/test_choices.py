import pytest

from index.dialogue.choices import NONE, UNCLEAR, choose, choose_another

TITLES = (
    "Do cooks earn more than bakers?",
    "How do I become a baker?",
    "The hours of a cook",
)
PAIR = ("Education: what degree does a cook need?", "Education: what degree does a baker need?")


def canonical(text: str) -> str:
    return text.replace("chefs", "cooks").replace("chef", "cook")


def chosen(reply: str, titles: tuple[str, ...] = TITLES) -> tuple[int, ...] | None:
    choice = choose(reply, titles, canonical)
    return choice.positions if choice and choice.positions else None


@pytest.mark.parametrize(
    "reply",
    [
        *(
            "1",
            "1.",
            "#1",
            "(1)",
            "no. 1",
            "number one",
            "option 1",
            "the first",
            "First one please",
        ),
        *("the 1st one", "the former", "the top one", "question 1", "i mean the first one"),
        *("let's go with the first", "THE FIRST ONE!!", "first 🙂", "a", "one"),
        *("the one about pay of cooks and bakers earn", "do cooks earn more than bakers"),
    ],
)
def test_first_choice_is_understood(reply: str) -> None:
    assert chosen(reply) == (0,)


@pytest.mark.parametrize(
    ("reply", "positions"),
    [
        ("2", (1,)),
        ("the second", (1,)),
        ("2nd one pls", (1,)),
        ("uh the 2nd", (1,)),
        ("whichever is second", (1,)),
        ("the second is what I want", (1,)),
        ("numero 2", (1,)),
        ("not the first", (1, 2)),
        ("anything but 3", (0, 1)),
        ("both 1 and 3", (0, 2)),
        ("option b", (1,)),
        ("the middle one", (1,)),
        ("the one about becoming one: become a baker", (1,)),
        ("the last one", (2,)),
        ("third, thanks", (2,)),
        ("the latter", (2,)),
        ("no, the 3rd", (2,)),
        ("the hours one", (2,)),
        ("hours", (2,)),
        ("about the hours", (2,)),
        ("1 and 3", (0, 2)),
        ("first and last", (0, 2)),
        ("the first two", (0, 1)),
        ("all of them", (0, 1, 2)),
        ("any of them", (0,)),
    ],
)
def test_choice_is_understood_by_place_and_by_words(reply: str, positions: tuple[int, ...]) -> None:
    assert chosen(reply) == positions


@pytest.mark.parametrize(
    ("reply", "positions"),
    [
        ("both", (0, 1)),
        ("the latter", (1,)),
        ("bakers", (1,)),
        ("for chefs", (0,)),
        ("as a chef", (0,)),
        ("the baker one", (1,)),
    ],
)
def test_choice_of_two_is_understood_by_the_word_that_differs(
    reply: str, positions: tuple[int, ...]
) -> None:
    assert chosen(reply, PAIR) == positions


@pytest.mark.parametrize(
    "reply",
    [
        *("none of these", "no", "nope", "neither", "something else", "no thanks", "none"),
        *("not what I meant", "none of them, sorry", "no, that's not it", "never mind"),
    ],
)
def test_reply_that_nothing_was_meant_is_understood(reply: str) -> None:
    assert choose(reply, TITLES, canonical) == NONE


@pytest.mark.parametrize(
    "reply", ["yes", "ok", "Sure!", "yes please", "4", "the fifth one", "that one"]
)
def test_reply_that_leaves_the_choice_open_is_unclear(reply: str) -> None:
    assert choose(reply, TITLES, canonical) == UNCLEAR


@pytest.mark.parametrize("reply", ["yes", "yep", "that one", "yes please!", "ok", "correct"])
def test_yes_chooses_the_only_one_on_offer(reply: str) -> None:
    assert chosen(reply, TITLES[:1]) == (0,)


@pytest.mark.parametrize(
    "reply",
    [
        *("do bakers work at night?", "what does a butcher earn", "how long is the training"),
        *("is it hard to learn", "what do cooks do all day and why", "thanks", "hello"),
    ],
)
def test_anything_else_is_a_new_question(reply: str) -> None:
    assert choose(reply, TITLES, canonical) is None


def test_topic_that_no_title_names_is_left_to_the_search() -> None:
    certain, bare = (choose(text, TITLES, canonical) for text in ("the one about money", "money"))

    assert certain is not None
    assert (certain.topic, certain.is_certain) == ("money", True)
    assert bare is not None
    assert (bare.topic, bare.is_certain) == ("money", False)


@pytest.mark.parametrize(
    ("reply", "positions"),
    [("and the other one?", (0,)), ("what about the second", (1,)), ("the others", (0,))],
)
def test_rest_of_a_choice_can_be_asked_for(reply: str, positions: tuple[int, ...]) -> None:
    choice = choose_another(reply, 2, chosen=1)

    assert choice is not None
    assert choice.positions == positions


@pytest.mark.parametrize("reply", ["2", "why?", "do bakers work at night"])
def test_other_replies_after_a_choice_are_questions(reply: str) -> None:
    assert choose_another(reply, 2, chosen=0) is None
