"""One question from arrival to what is kept of it."""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from anyio import to_thread
from uuid_utils import uuid7

from index.datatypes import Abstained, Conversed, Outcome, Turn
from service.conversations import Said
from service.conversion import OUTCOMES, Exchange, given_unit
from service.database import Interaction
from service.dependencies import State
from service.errors import Overloaded
from service.messages import message
from service.schemas import AskRequest

T = TypeVar("T")


async def hold_exchange(state: State, asked: AskRequest, *, is_private: bool = False) -> Exchange:
    """Answer a question and remember that, without its text if `is_private`.

    Raises NotReady, Overloaded or Behind.
    """
    conversation = asked.conversation_id or str(uuid7())
    said = await state.conversations.recall(conversation) if asked.conversation_id else Said()
    if said.newest is not None:
        await state.live.catch_up(said.newest)
    retriever, mark = state.ready, state.live.mark
    started = time.perf_counter()
    outcome: Outcome = await _off_the_loop(
        state, partial(retriever.answer, asked.question, history=said.turns, limit=asked.limit)
    )
    seconds = time.perf_counter() - started
    exchange = Exchange(
        outcome=outcome,
        interaction=str(uuid7()),
        conversation=conversation,
        message=message(outcome, state.settings.contact_url),
        index_version=retriever.manifest.version,
    )
    _count(state, outcome, seconds)
    _trace(state, exchange)
    # Before the answer is given, so that the next question finds it wherever it is asked.
    await state.conversations.remember(conversation, _turn(outcome), mark)
    state.interactions.record(_record(None if is_private else asked.question, exchange, seconds))
    return exchange


async def _off_the_loop(state: State, call: Callable[[], T]) -> T:
    if state.threads.statistics().tasks_waiting >= state.settings.max_waiting:
        state.metrics.overloaded.inc()
        raise Overloaded
    return await to_thread.run_sync(call, limiter=state.threads)


def _count(state: State, outcome: Outcome, seconds: float) -> None:
    name = OUTCOMES[type(outcome)]
    state.metrics.outcomes.labels(outcome=name, reason=_reason(outcome)).inc()
    state.metrics.confidence.observe(outcome.confidence)
    state.metrics.retrieval.observe(seconds)
    if outcome.trace.is_partial:
        state.metrics.partial.inc()
    state.metrics.time_stages(outcome.trace.stages)


def _trace(state: State, exchange: Exchange) -> None:
    if state.tracing:
        outcome = exchange.outcome
        state.tracing.stages(
            outcome.trace.stages,
            outcome=OUTCOMES[type(outcome)],
            reason=_reason(outcome),
            confidence=outcome.confidence,
            index_version=exchange.index_version,
        )


def _turn(outcome: Outcome) -> Turn | None:
    # A greeting between two questions is nothing that the second could lean on.
    if isinstance(outcome, Conversed):
        return None
    unit = given_unit(outcome)
    return Turn(question=outcome.trace.understood, unit=unit.id if unit else None)


def _record(question: str | None, exchange: Exchange, seconds: float) -> Interaction:
    outcome = exchange.outcome
    unit = given_unit(outcome)
    return Interaction(
        id=exchange.interaction,
        asked_at=datetime.now(UTC),
        question=question,
        outcome=OUTCOMES[type(outcome)],
        reason=_reason(outcome),
        answer=unit.id if unit else None,
        confidence=outcome.confidence,
        index_version=exchange.index_version,
        milliseconds=round(seconds * 1000, 2),
    )


def _reason(outcome: Outcome) -> str:
    return outcome.reason.value if isinstance(outcome, Abstained) else ""
