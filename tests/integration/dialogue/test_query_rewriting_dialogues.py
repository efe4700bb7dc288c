"""Whole dialogues, held with the shipped content and the real model."""

from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from index import Retriever
from index.datatypes import Answered, Conversed, Outcome, Turn
from tests.support.opening import unit_of

DIALOGUES = Path(__file__).with_name("dialogues.yaml")
RIGHT = 0.93
"""Share of the turns of the dialogues that must be right; it was 0.97 when this was written."""


class Exchange(NamedTuple):
    """One turn of a dialogue: what is asked, and what may be given."""

    dialogue: int
    ask: str
    gives: tuple[str, ...]
    alone: bool


def dialogues() -> list[Exchange]:
    found = yaml.safe_load(DIALOGUES.read_text(encoding="utf-8"))
    return [
        Exchange(number, turn["ask"], tuple(turn["gives"]), turn.get("alone", False))
        for number, turns in enumerate(found)
        for turn in turns
    ]


def hold(retriever: Retriever) -> list[tuple[Exchange, Outcome]]:
    """Hold every dialogue as the service does, which keeps no smalltalk."""
    held: list[tuple[Exchange, Outcome]] = []
    history: list[Turn] = []
    for number, exchange in enumerate(dialogues()):
        if not number or exchange.dialogue != held[-1][0].dialogue:
            history = []
        outcome = retriever.answer(exchange.ask, history)
        held.append((exchange, outcome))
        if not isinstance(outcome, Conversed):
            unit = outcome.unit.id if isinstance(outcome, Answered) else None
            history.append(Turn(outcome.trace.understood, unit))
    return held


def test_dialogues_are_of_every_kind() -> None:
    exchanges = dialogues()

    assert len({exchange.dialogue for exchange in exchanges}) >= 48
    assert sum(not exchange.alone for exchange in exchanges) >= 90


@pytest.mark.model
def test_dialogues_are_understood(shipped: Retriever) -> None:
    held = hold(shipped)

    wrong = [
        f"{exchange.ask!r} as {outcome.trace.understood!r}: {unit_of(outcome)}"
        for exchange, outcome in held
        if unit_of(outcome) not in exchange.gives
    ]
    assert len(wrong) <= (1 - RIGHT) * len(held), "\n".join(wrong)


@pytest.mark.model
def test_question_that_stands_alone_is_answered_as_without_a_conversation(
    shipped: Retriever,
) -> None:
    for exchange, outcome in hold(shipped):
        if exchange.alone:
            alone = shipped.answer(exchange.ask)
            assert outcome.trace.understood == alone.trace.understood
            assert unit_of(outcome) == unit_of(alone), exchange.ask
