"""One question from arrival to what is kept of it."""

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import partial

from uuid_utils import uuid7

from index import Retriever
from index.datatypes import Turn
from index.text.normalisation import clean
from service.analytics.database import Interaction
from service.answering.admission_queue import Leaves
from service.answering.answer_cache import Key, Moment
from service.answering.cached_answer import Told, pack, told, unpack
from service.answering.conversations import Said
from service.answering.messages import message as message_of
from service.api import presenters
from service.api.dependencies import State
from service.api.errors import Overloaded, TooLate
from service.api.schemas import AskRequest


async def hold_exchange(
    state: State, asked: AskRequest, *, is_private: bool = False, leaves: Leaves | None = None
) -> bytes:
    """Answer a question with an AskResponse as JSON, and remember that; no text if `is_private`.

    Raises NotReady, Behind, or what `WaitingRoom.run` does when it must or need not be answered.
    """
    conversation = asked.conversation_id or str(uuid7())
    said = await state.conversations.recall(conversation) if asked.conversation_id else Said()
    if said.newest is not None:
        await state.live.catch_up(said.newest)
    retriever, mark = state.ready, state.live.mark
    started = time.perf_counter()
    given = await _given(state, retriever, asked, said.turns, leaves, is_private=is_private)
    seconds = time.perf_counter() - started
    version = retriever.manifest.version
    _count(state, given)
    _trace(state, given, version)
    # Before the answer is given, so that the next question finds it wherever it is asked.
    await state.conversations.remember(conversation, _turn(given), mark)
    record = Interaction(
        id=str(uuid7()),
        asked_at=datetime.now(UTC),
        question=None if is_private else asked.question,
        outcome=given.outcome,
        reason=given.reason,
        answer=given.unit,
        confidence=given.confidence,
        index_version=version,
        milliseconds=round(seconds * 1000, 2),
    )
    state.interactions.record(record)
    return presenters.body(record.id, conversation, given.shared)


async def _given(
    state: State,
    retriever: Retriever,
    asked: AskRequest,
    history: Sequence[Turn],
    leaves: Leaves | None,
    *,
    is_private: bool,
) -> Told:
    """Say what was said before, if nothing else could be said now; else answer.

    What a visitor asks in private is not remembered, and may be answered from what others asked.
    """
    if history or not state.settings.remembered_answers:
        return await _answered(state, retriever, asked, history, leaves)
    moment = Moment(retriever.manifest.version, datetime.now(UTC).date())
    key = Key(clean(asked.question), asked.limit, state.voice)
    packed = state.remembered.get(moment, key)
    known = None if packed is None else unpack(packed)
    state.metrics.remembered.labels(result="miss" if known is None else "hit").inc()
    if known is not None:
        return known
    given = await _answered(state, retriever, asked, (), leaves)
    # A partial one may be better once all is there again.
    if not (given.is_partial or is_private):
        state.remembered.put(moment, key, pack(given))
    return given


async def _answered(
    state: State,
    retriever: Retriever,
    asked: AskRequest,
    history: Sequence[Turn],
    leaves: Leaves | None,
) -> Told:
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
    state.metrics.time_stages(given.stages)
    if given.is_partial:
        state.metrics.partial.inc()
    return given


def _answer(state: State, retriever: Retriever, asked: AskRequest, history: Sequence[Turn]) -> Told:
    """Answer in a thread, and write the answer there, too."""
    outcome = retriever.answer(asked.question, history=history, limit=asked.limit)
    message = message_of(outcome, state.settings.contact_url, state.sentences)
    with state.metrics.stages.labels(stage="serialise").time():
        shared = presenters.shared(outcome, message, retriever.manifest.version)
    return told(outcome, shared)


def _count(state: State, given: Told) -> None:
    state.metrics.outcomes.labels(outcome=given.outcome, reason=given.reason).inc()
    state.metrics.confidence.observe(given.confidence)


def _trace(state: State, given: Told, version: str) -> None:
    if state.tracing:
        state.tracing.stages(
            given.stages,
            outcome=given.outcome,
            reason=given.reason,
            confidence=given.confidence,
            index_version=version,
        )


def _turn(given: Told) -> Turn | None:
    # A greeting between two questions is nothing that the second could lean on.
    if given.outcome == "smalltalk":
        return None
    return Turn(question=given.understood, unit=given.unit)
