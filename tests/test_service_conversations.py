from index.datatypes import Turn
from service.conversations import MAX_TURNS, Conversations


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
