import base64
import json
import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from index.datatypes import Turn
from index.versions.publication_history import PublishedVersion
from service.answering.conversation_token import (
    MAX_AGE_SECONDS,
    MAX_LENGTH,
    MAX_TURNS,
    Conversation,
    decode,
    encode,
)

NOW = 1_800_000_000.0
OLD, NEW = (
    PublishedVersion("2026-11-25T10:00:00Z", "v1"),
    PublishedVersion("2026-11-26T10:00:00Z", "v2"),
)
CLARIFIED = Turn("What do they earn?", None, ("faq-pay", "faq-pay-start"))
SAID = Conversation((Turn("Do cooks earn more?", "faq-pay"), CLARIFIED), NEW)


def forged(*content: object) -> str:
    return "1" + base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")


def test_conversation_is_read_as_it_was_written() -> None:
    assert decode(encode(SAID, "bakery", NOW), "bakery", NOW + 60) == SAID


def test_forged_token_of_this_format_is_only_a_past_of_the_forgers_own() -> None:
    token = forged("", int(NOW), "", "", [["a?", "faq-pay", []]])
    assert decode(token, "", NOW) == Conversation((Turn("a?", "faq-pay"),))


@pytest.mark.parametrize(
    "token",
    [
        None,
        "",
        "My-chat_1",
        "../bakery/named",
        "1é",
        "1" + "[" * (MAX_LENGTH - 1),
        "1" + base64.urlsafe_b64encode(b"[" * 2000).decode(),
        forged(),
        forged("", int(NOW), "", "", [["a?", "faq-pay", []]]) + "!",
        forged("", NOW + 0.5, "", "", []),
        forged("", int(NOW), "", "", [["a?", 7, []]]),
        forged("", int(NOW), "", "", [["a?", None, []]] * (MAX_TURNS + 1)),
        forged("", int(NOW), "", "", [["a?", "x" * 201, []]]),
        forged("", int(NOW), "", "v" * 201, []),
        forged("", int(NOW), "", "", [["a" * MAX_LENGTH, None, []]]),
        forged("", int(NOW), "", "", [["\ufdfa" * 112, None, []]]),
        forged("", 10**400, "", "", []),
        "2" + encode(SAID, "", NOW)[1:],
        encode(SAID, "bakery", NOW),
        encode(SAID, "", NOW - MAX_AGE_SECONDS - 1),
        encode(SAID, "", NOW + MAX_AGE_SECONDS + 1),
    ],
)
def test_token_that_cannot_be_used_begins_a_new_conversation(token: str | None) -> None:
    assert decode(token, "", NOW) == Conversation()


@given(st.text(max_size=80))
def test_no_text_at_all_is_a_fault(text: str) -> None:
    decode(text, "", NOW)
    decode(f"1{text}", "", NOW)


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=1000), max_size=MAX_TURNS))
@example(["\u2603" * 1000] * MAX_TURNS)
def test_token_is_bounded_and_keeps_the_last_turns(questions: list[str]) -> None:
    turns = tuple(Turn(question, "faq-pay") for question in questions)

    token = encode(Conversation(turns, NEW), "", NOW)
    kept = decode(token, "", NOW)

    assert re.fullmatch(r"[A-Za-z0-9_-]{1,4096}", token)
    assert kept.turns == turns[len(turns) - len(kept.turns) :]
    assert kept.newest == NEW


def test_five_turns_of_usual_length_fit_four_times() -> None:
    turns = tuple(Turn("x" * 90, "faq-do-i-need-a-degree") for _ in range(MAX_TURNS))
    assert len(encode(Conversation(turns, NEW), "", NOW)) < MAX_LENGTH / 4


def test_continued_conversation_keeps_the_last_turns_and_the_newest_version() -> None:
    conversation = Conversation()
    for number in range(MAX_TURNS + 2):
        conversation = conversation.continued(Turn(f"{number}?", None), NEW)
    conversation = conversation.continued(None, OLD)

    assert [turn.question for turn in conversation.turns] == ["2?", "3?", "4?", "5?", "6?"]
    assert conversation.newest == NEW
