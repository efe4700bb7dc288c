"""Conversations about choices, courtesy and short messages, with the shipped content."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from index import Retriever
from index.datatypes import Answered, Clarify, Conversed, Outcome, Turn
from tests.support.opening import unit_of

CONVERSATIONS: list[list[dict[str, Any]]] = yaml.safe_load(
    Path(__file__).with_name("conversations.yaml").read_text(encoding="utf-8")
)


def turn_of(outcome: Outcome) -> Turn:
    unit = outcome.unit.id if isinstance(outcome, Answered) else None
    offered = outcome.candidates if isinstance(outcome, Clarify) else ()
    return Turn(outcome.trace.understood, unit, tuple(candidate.id for candidate in offered))


@pytest.mark.model
@pytest.mark.parametrize("turns", CONVERSATIONS, ids=lambda turns: turns[-1]["ask"])
def test_conversation_is_understood(turns: list[dict[str, Any]], shipped: Retriever) -> None:
    history: list[Turn] = []
    for turn in turns:
        outcome = shipped.answer(turn["ask"], history)

        assert unit_of(outcome) == turn["gives"], turn["ask"]
        if isinstance(outcome, Clarify):
            assert {candidate.id for candidate in outcome.candidates} >= set(turn["offers"])
        if not isinstance(outcome, Conversed):
            history.append(turn_of(outcome))
