"""Ask pipeline: one question from its arrival to the reply and its record."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from index import Retriever
from index.datatypes import Outcome, Turn
from index.text.normalisation import clean
from service.analytics import interaction_ids
from service.analytics.database import Interaction
from service.analytics.recorder import Interactions
from service.answering.admission_queue import AdmissionQueue, Disconnected
from service.answering.answer_cache import AnswerCache, CacheKey
from service.answering.conversation_token import decode, encode
from service.answering.errors import Overloaded, TooLate
from service.answering.reply import RenderedReply, reply_of
from service.live.live_index import LiveIndex
from service.ops.observability import Metrics

if TYPE_CHECKING:
    from service.ops.tracing import Tracing

Serialise: TypeAlias = Callable[[Outcome, str], tuple[bytes, ...]]
"""Writes an outcome of an index version as JSON, without what belongs to one exchange alone; in
parts, of which responses share those of units."""


@dataclass(frozen=True, slots=True)
class VisitorQuestion:
    """What a visitor asks."""

    text: str
    limit: int
    """How many passages to return."""
    conversation_id: str | None = None
    """From the newest response; None begins a conversation."""
    is_private: bool = False
    """Whether its text is neither recorded nor cached."""
    client: str = ""
    """Who asks, for a fair share of the admission queue."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question that was answered."""

    interaction_id: str
    conversation_id: str
    body: tuple[bytes, ...]
    """The rest of the response, as `Serialise` wrote it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskPipeline:
    """Conversation, cache, admission queue, retriever, serialisation, record: in this order."""

    live: LiveIndex
    interactions: Interactions
    metrics: Metrics
    tracing: "Tracing | None"
    """None when nothing is traced."""
    queue: AdmissionQueue
    cache: AnswerCache | None
    """None when nothing is cached."""
    serialise: Serialise
    site: str = ""
    """Key of the site; empty where there is only one."""

    async def ask(
        self, question: VisitorQuestion, disconnected: Disconnected | None = None
    ) -> Exchange:
        """Answer a question and record it.

        Raises NotReady, Behind, or what `AdmissionQueue.run` raises.
        """
        conversation = decode(question.conversation_id, self.site, time.time())
        await self.live.catch_up(conversation.newest)
        retriever, version = self.live.ready, self.live.version
        started = time.perf_counter()
        reply = await self._reply(retriever, question, conversation.turns, disconnected)
        seconds = time.perf_counter() - started
        self._observe(reply, version.version)
        record = Interaction(
            id=interaction_ids.make(),
            asked_at=datetime.now(UTC),
            question=None if question.is_private else question.text,
            outcome=reply.outcome,
            reason=reply.reason,
            answer=reply.unit,
            confidence=reply.confidence,
            index_version=version.version,
            milliseconds=round(seconds * 1000, 2),
        )
        self.interactions.record(record)
        continued = conversation.continued(reply.turn, version)
        token = encode(continued, self.site, record.asked_at.timestamp())
        return Exchange(record.id, token, reply.body)

    async def _reply(
        self,
        retriever: Retriever,
        question: VisitorQuestion,
        history: Sequence[Turn],
        disconnected: Disconnected | None,
    ) -> RenderedReply:
        """Return the cached reply to a question without history, or a new one.

        What a visitor asks in private is never put into the cache, but may be answered from it.
        """
        if history or self.cache is None:
            return await self._answer(retriever, question, history, disconnected)
        version, today = retriever.manifest.version, datetime.now(UTC).date()
        key = CacheKey(clean(question.text), question.limit, version, today, self.site)
        cached = self.cache.get(key)
        self.metrics.remembered.labels(result="miss" if cached is None else "hit").inc()
        if cached is not None:
            return cached
        reply = await self._answer(retriever, question, (), disconnected)
        # A partial answer may be better once everything can be searched again.
        if not (reply.is_partial or question.is_private):
            self.cache.put(key, reply)
        return reply

    async def _answer(
        self,
        retriever: Retriever,
        question: VisitorQuestion,
        history: Sequence[Turn],
        disconnected: Disconnected | None,
    ) -> RenderedReply:
        started = time.perf_counter()
        call = partial(self._answer_in_thread, retriever, question, history)
        try:
            reply = await self.queue.run(call, disconnected, question.client)
        except Overloaded:
            self.metrics.overloaded.inc()
            raise
        except TooLate:
            self.metrics.late.inc()
            raise
        self.metrics.retrieval.observe(time.perf_counter() - started)
        self.metrics.time_stages(reply.stages)
        if reply.is_partial:
            self.metrics.partial.inc()
        return reply

    def _answer_in_thread(
        self, retriever: Retriever, question: VisitorQuestion, history: Sequence[Turn]
    ) -> RenderedReply:
        outcome = retriever.answer(question.text, history=history, limit=question.limit)
        with self.metrics.stages.labels(stage="serialise").time():
            body = self.serialise(outcome, retriever.manifest.version)
        return reply_of(outcome, body)

    def _observe(self, reply: RenderedReply, version: str) -> None:
        self.metrics.outcomes.labels(outcome=reply.outcome, reason=reply.reason).inc()
        self.metrics.confidence.observe(reply.confidence)
        if self.tracing:
            self.tracing.stages(
                reply.stages,
                outcome=reply.outcome,
                reason=reply.reason,
                confidence=reply.confidence,
                index_version=version,
            )
