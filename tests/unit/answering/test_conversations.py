import asyncio
import mmap
import random
from string import ascii_letters

import pytest

from index.datatypes import Turn
from index.versions.publication_history import PublishedVersion
from service.answering.common_memory import CommonTable
from service.answering.conversations import (
    LAYOUT,
    MAX_TURNS,
    CommonConversations,
    Conversations,
    Said,
)

FIRST, LATER = (
    PublishedVersion("2026-11-25T10:00:00Z", "v1"),
    PublishedVersion("2026-11-26T10:00:00Z", "v2"),
)


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def turn(number: int) -> Turn:
    return Turn(question=f"question {number}", unit=None)


def test_unknown_conversation_has_no_turns() -> None:
    assert Conversations().turns("c") == ()


def test_turns_come_oldest_first_and_each_conversation_has_its_own() -> None:
    conversations = Conversations()
    conversations.add("c", turn(1))
    conversations.add("d", turn(2))
    conversations.add("c", turn(3))

    assert conversations.turns("c") == (turn(1), turn(3))
    assert conversations.turns("d") == (turn(2),)


def test_only_the_last_turns_are_kept() -> None:
    conversations = Conversations()
    for number in range(MAX_TURNS + 2):
        conversations.add("c", turn(number))

    assert conversations.turns("c") == tuple(turn(number) for number in range(2, MAX_TURNS + 2))


def test_least_recently_used_conversation_is_forgotten_first() -> None:
    conversations = Conversations(size=2)
    conversations.add("c", turn(1))
    conversations.add("d", turn(2))
    conversations.add("c", turn(3))
    conversations.add("e", turn(4))

    assert conversations.turns("d") == ()
    assert conversations.turns("c") == (turn(1), turn(3))
    assert conversations.turns("e") == (turn(4),)


def test_conversation_is_forgotten_after_its_time() -> None:
    clock = Clock()
    conversations = Conversations(clock, seconds=10)
    conversations.add("c", turn(1))
    clock.now = 9.0
    assert conversations.turns("c") == (turn(1),)

    clock.now = 10.0

    assert conversations.turns("c") == ()


def test_expired_turns_do_not_come_back_with_a_new_one() -> None:
    clock = Clock()
    conversations = Conversations(clock, seconds=10)
    conversations.add("c", turn(1))
    conversations.add("d", turn(2))
    clock.now = 11.0

    conversations.add("c", turn(3))

    assert conversations.turns("c") == (turn(3),)
    assert conversations.turns("d") == ()


@pytest.fixture
def table() -> CommonTable:
    return CommonTable(mmap.mmap(-1, LAYOUT.needed(8)), LAYOUT)


def said(memory: CommonConversations, conversation: str = "c") -> Said:
    return asyncio.run(memory.recall(conversation))


def say(memory: CommonConversations, turn: Turn | None, mark: PublishedVersion = FIRST) -> None:
    asyncio.run(memory.remember("c", turn, mark))


def test_one_worker_knows_what_another_was_asked(table: CommonTable) -> None:
    first, second = CommonConversations(table), CommonConversations(table)
    say(first, turn(1))
    say(second, Turn(question="and then?", unit="faq-01"))
    say(first, None)

    assert said(second) == Said((turn(1), Turn(question="and then?", unit="faq-01")), FIRST)
    assert said(second, "d") == Said()


def test_workers_keep_the_newest_version_that_was_seen(table: CommonTable) -> None:
    memory = CommonConversations(table)
    for mark in (FIRST, LATER, FIRST):
        say(memory, turn(1), mark)
    assert said(memory).newest == LATER


def test_workers_keep_the_last_turns_and_for_a_while(table: CommonTable) -> None:
    clock = Clock()
    memory = CommonConversations(table, clock, seconds=10)
    for number in range(MAX_TURNS + 2):
        say(memory, turn(number))
    assert said(memory).turns == tuple(turn(number) for number in range(2, MAX_TURNS + 2))

    clock.now = 10.0
    assert said(memory) == Said()
    say(memory, turn(9))
    assert said(memory).turns == (turn(9),)


def noise(characters: int) -> str:
    """A question that cannot be compressed to less than six bits a character."""
    return "".join(random.Random(1).choices(f"{ascii_letters}0123456789 ?", k=characters))  # noqa: S311 - no secret


@pytest.mark.parametrize(
    ("characters", "kept"), [(100, 5), (400, 3), (1000, 1)], ids=["usual", "long", "longest"]
)
def test_of_long_turns_the_last_are_kept(table: CommonTable, characters: int, kept: int) -> None:
    memory = CommonConversations(table)
    text = noise(5 * characters)
    turns = [
        Turn(question=text[start : start + characters], unit="faq-01")
        for start in range(0, len(text), characters)
    ]
    for one in turns:
        say(memory, one)
    assert said(memory).turns == tuple(turns[-kept:])


def test_turn_that_is_too_long_for_workers_is_left_out(table: CommonTable) -> None:
    memory = CommonConversations(table)
    say(memory, turn(1))
    say(memory, Turn(question="".join(map(chr, range(0xD7F0, 0xDBD8))), unit=None), LATER)
    assert said(memory) == Said((turn(1),), LATER)


def test_what_is_past_its_time_is_wiped_out(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock()
    monkeypatch.setattr("time.monotonic_ns", lambda: int((clock.now + 1) * 1e9))
    memory = mmap.mmap(-1, LAYOUT.needed(64))
    workers = CommonConversations(CommonTable(memory, LAYOUT), clock, seconds=600)
    for number in range(20):
        asyncio.run(workers.remember(f"c{number}", turn(number), FIRST))
    filled = len(bytes(memory).replace(b"\0", b""))
    clock.now = 700.0

    say(workers, turn(1))

    assert said(workers).turns == (turn(1),)
    assert filled > 20 * 50
    assert len(bytes(memory).replace(b"\0", b"")) < 200


def test_what_another_release_kept_is_not_read(table: CommonTable) -> None:
    table.put(b"c", b"something else")
    assert said(CommonConversations(table)) == Said()
