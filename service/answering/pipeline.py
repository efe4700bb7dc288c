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
from service.answering.answer_cache import Key
from service.answering.cached_answer import Reply, reply_of
from service.answering.conversation_token import decode, encode
from service.answering.messages import message as message_of
from service.api import presenters
from service.api.dependencies import State
from service.api.errors import Overloaded, TooLate
from service.api.schemas import AskRequest


async def hold_exchange(
    state: State, asked: AskRequest, *, is_private: bool = False, leaves: Leaves | None = None
) -> bytes:
    """Answer a question with an AskResponse as JSON, and record it; no text if `is_private`.

    Raises NotReady, Behind, or what `WaitingRoom.run` does when it must or need not be answered.
    """
    conversation = decode(asked.conversation_id, state.site, time.time())
    await state.live.catch_up(conversation.newest)
    retriever, mark = state.ready, state.live.mark
    started = time.perf_counter()
    given = await _given(state, retriever, asked, conversation.turns, leaves, is_private=is_private)
    seconds = time.perf_counter() - started
    version = retriever.manifest.version
    _count(state, given)
    _trace(state, given, version)
    continued = conversation.continued(_turn(given), mark)
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
    token = encode(continued, state.site, record.asked_at.timestamp())
    return presenters.body(record.id, token, given.body)


async def _given(
    state: State,
    retriever: Retriever,
    asked: AskRequest,
    history: Sequence[Turn],
    leaves: Leaves | None,
    *,
    is_private: bool,
) -> Reply:
    """Return the cached reply to a question without history, or a new one.

    What a visitor asks in private is never put into the cache, but may be answered from it.
    """
    if history or not state.settings.remembered_answers:
        return await _answered(state, retriever, asked, history, leaves)
    version, today = retriever.manifest.version, datetime.now(UTC).date()
    key = Key(clean(asked.question), asked.limit, version, today, state.voice)
    cached = state.cache.get(key)
    state.metrics.remembered.labels(result="miss" if cached is None else "hit").inc()
    if cached is not None:
        return cached
    given = await _answered(state, retriever, asked, (), leaves)
    # A partial one may be better once all is there again.
    if not (given.is_partial or is_private):
        state.cache.put(key, given)
    return given


async def _answered(
    state: State,
    retriever: Retriever,
    asked: AskRequest,
    history: Sequence[Turn],
    leaves: Leaves | None,
) -> Reply:
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


def _answer(
    state: State, retriever: Retriever, asked: AskRequest, history: Sequence[Turn]
) -> Reply:
    """Answer in a thread, and write the answer there, too."""
    outcome = retriever.answer(asked.question, history=history, limit=asked.limit)
    message = message_of(outcome, state.settings.contact_url, state.sentences)
    with state.metrics.stages.labels(stage="serialise").time():
        body = presenters.shared(outcome, message, retriever.manifest.version)
    return reply_of(outcome, body)


def _count(state: State, given: Reply) -> None:
    state.metrics.outcomes.labels(outcome=given.outcome, reason=given.reason).inc()
    state.metrics.confidence.observe(given.confidence)


def _trace(state: State, given: Reply, version: str) -> None:
    if state.tracing:
        state.tracing.stages(
            given.stages,
            outcome=given.outcome,
            reason=given.reason,
            confidence=given.confidence,
            index_version=version,
        )


def _turn(given: Reply) -> Turn | None:
    # A greeting between two questions is nothing that the second could refer to.
    if given.outcome == "smalltalk":
        return None
    return Turn(given.understood, given.unit, given.offered)
