"""One question from arrival to what is kept of it."""

import time
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

from uuid_utils import uuid7

from index import Retriever
from index.datatypes import Abstained, Conversed, Outcome, Turn
from index.text import clean
from service import conversion
from service.conversations import Said
from service.conversion import OUTCOMES, Exchange, given_unit
from service.database import Interaction
from service.dependencies import State
from service.errors import Overloaded, TooLate
from service.messages import message as message_of
from service.remembered import Key, Moment
from service.schemas import AskRequest
from service.waiting import Leaves


@dataclass(frozen=True, slots=True)
class Held:
    """An exchange, and its response as JSON."""

    exchange: Exchange
    body: bytes


@dataclass(frozen=True, slots=True)
class _Given:
    """What is said to whoever asks the same."""

    outcome: Outcome
    message: str
    shared: bytes


async def hold_exchange(
    state: State, asked: AskRequest, *, is_private: bool = False, leaves: Leaves | None = None
) -> Held:
    """Answer a question and remember that, without its text if `is_private`.

    Raises NotReady, Behind, or what `WaitingRoom.run` does when it must or need not be answered.
    """
    conversation = asked.conversation_id or str(uuid7())
    said = await state.conversations.recall(conversation) if asked.conversation_id else Said()
    if said.newest is not None:
        await state.live.catch_up(said.newest)
    retriever, mark = state.ready, state.live.mark
    started = time.perf_counter()
    given = await _given(state, retriever, asked, said.turns, leaves)
    seconds = time.perf_counter() - started
    exchange = Exchange(
        outcome=given.outcome,
        interaction=str(uuid7()),
        conversation=conversation,
        message=given.message,
        index_version=retriever.manifest.version,
    )
    _count(state, given.outcome)
    _trace(state, exchange)
    # Before the answer is given, so that the next question finds it wherever it is asked.
    await state.conversations.remember(conversation, _turn(given.outcome), mark)
    state.interactions.record(_record(None if is_private else asked.question, exchange, seconds))
    return Held(exchange, conversion.body(exchange.interaction, conversation, given.shared))


async def _given(
    state: State,
    retriever: Retriever,
    asked: AskRequest,
    history: Sequence[Turn],
    leaves: Leaves | None,
) -> _Given:
    """Say what was said before, if nothing else could be said now; else answer."""
    if history or not state.settings.remembered_answers:
        return await _answered(state, retriever, asked, history, leaves)
    moment = Moment(retriever.manifest.version, datetime.now(UTC).date())
    key = Key(clean(asked.question), asked.limit)
    given: _Given | None = state.remembered.get(moment, key)
    state.metrics.remembered.labels(result="miss" if given is None else "hit").inc()
    if given is None:
        given = await _answered(state, retriever, asked, (), leaves)
        if given.outcome.trace.is_partial:
            return given  # once all is there again, another answer may be better
        state.remembered.put(moment, key, _packed(given))
        return given
    return replace(given, shared=zlib.decompress(given.shared))


def _packed(given: _Given) -> _Given:
    """Take a third of the memory: compressed, and without how the answer came about.

    Whoever is answered from memory waits for none of the stages, either.
    """
    trace = replace(given.outcome.trace, evidence={}, candidates=(), stages=())
    shared = zlib.compress(given.shared, zlib.Z_BEST_SPEED)
    return replace(given, outcome=replace(given.outcome, trace=trace), shared=shared)


async def _answered(
    state: State,
    retriever: Retriever,
    asked: AskRequest,
    history: Sequence[Turn],
    leaves: Leaves | None,
) -> _Given:
    started = time.perf_counter()
    call = partial(_answer, state, retriever, asked, history)
    try:
        given = await state.waiting.run(call, leaves)
    except Overloaded:
        state.metrics.overloaded.inc()
        raise
    except TooLate:
        state.metrics.late.inc()
        raise
    state.metrics.retrieval.observe(time.perf_counter() - started)
    state.metrics.time_stages(given.outcome.trace.stages)
    if given.outcome.trace.is_partial:
        state.metrics.partial.inc()
    return given


def _answer(
    state: State, retriever: Retriever, asked: AskRequest, history: Sequence[Turn]
) -> _Given:
    """Answer in a thread, and write the answer there, too."""
    outcome = retriever.answer(asked.question, history=history, limit=asked.limit)
    message = message_of(outcome, state.settings.contact_url, state.sentences)
    with state.metrics.stages.labels(stage="serialise").time():
        shared = conversion.shared(outcome, message, retriever.manifest.version)
    return _Given(outcome, message, shared)


def _count(state: State, outcome: Outcome) -> None:
    name = OUTCOMES[type(outcome)]
    state.metrics.outcomes.labels(outcome=name, reason=_reason(outcome)).inc()
    state.metrics.confidence.observe(outcome.confidence)


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
