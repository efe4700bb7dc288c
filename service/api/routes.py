"""The routes of the API: parse, call, convert."""

from collections.abc import Awaitable, Callable, Coroutine
from datetime import UTC, datetime
from functools import partial
from typing import Annotated, Any

from anyio import fail_after, sleep, to_thread
from fastapi import APIRouter, Depends, Path, Query, Request, Response
from fastapi.routing import APIRoute
from pydantic import ValidationError

from index.errors import RetrievalError
from service.analytics import interaction_ids
from service.analytics.database import Click, DatabaseError, Feedback
from service.answering.catalogue import answer_unit, canned_questions, suggestions_for, today
from service.answering.pipeline import VisitorQuestion
from service.api import examples, presenters
from service.api.dependencies import AppState, get_state, require_admin, wants_privacy
from service.api.errors import (
    ErasureUnavailable,
    FeedbackUnavailable,
    ReloadRefused,
    UnknownExchange,
)
from service.api.middleware import client_of
from service.api.schemas import (
    MAX_QUESTION,
    MAX_SUGGESTIONS,
    Answer,
    AskRequest,
    AskResponse,
    ClickRequest,
    FeedbackRequest,
    IndexInfo,
    InteractionId,
    QuestionList,
    Status,
    Suggestions,
    TypedText,
)
from service.ops.observability import METRICS_TYPE


class Asking(APIRoute):
    """Parses a question directly: FastAPI's way took a tenth of the event loop under load."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler; FastAPI's own reports what is wrong with an invalid body."""
        explain = super().get_route_handler()

        async def answer_at_once(request: Request) -> Response:
            try:
                ask_request = AskRequest.model_validate_json(await request.body())
            except ValidationError:
                return await explain(request)
            return await ask(request, ask_request)

        return answer_at_once


asking = APIRouter(route_class=Asking)
router = APIRouter()
DATABASE_SECONDS = 10.0
"""How long to wait for the database, which may be busy with another process."""
WRITTEN_SECONDS = 1.0
"""After which an exchange is in the database, five times what a worker gathers records for."""


@asking.post("/v1/ask", tags=["answers"], response_model=AskResponse, responses=examples.ASK)
async def ask(request: Request, ask_request: AskRequest) -> Response:
    """Answer one question, verbatim from the corpus, or say that it has no answer."""

    async def disconnected() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    question = VisitorQuestion(
        ask_request.question,
        ask_request.limit,
        ask_request.conversation_id,
        is_private=wants_privacy(request),
        client=client_of(request.scope),
    )
    exchange = await get_state(request).pipeline.ask(question, disconnected)
    return Response(presenters.body(exchange), media_type="application/json")


@router.get("/v1/suggest", tags=["answers"], responses=examples.SUGGEST)
async def suggest(
    request: Request,
    q: Annotated[TypedText, Query(max_length=MAX_QUESTION, description="What was typed so far.")],
) -> Suggestions:
    """Offer canned questions while a visitor types, at most 8."""
    suggestions = suggestions_for(get_state(request).ready, q, MAX_SUGGESTIONS)
    return Suggestions(suggestions=presenters.suggestions(suggestions))


@router.get("/v1/questions", tags=["answers"], responses=examples.QUESTIONS)
async def questions(request: Request) -> QuestionList:
    """List all canned questions, in the order of the corpus."""
    canned = canned_questions(get_state(request).ready)
    return QuestionList(questions=presenters.suggestions(canned))


@router.get("/v1/answers/{id}", tags=["answers"], responses=examples.ANSWER)
async def answer(request: Request, id_: Annotated[str, Path(alias="id", max_length=200)]) -> Answer:
    """Return one answer by its id."""
    return presenters.answer(answer_unit(get_state(request).ready, id_))


@router.post(
    "/v1/feedback",
    tags=["answers"],
    status_code=204,
    response_class=Response,
    responses=examples.FEEDBACK,
)
async def feedback(request: Request, feedback_request: FeedbackRequest) -> Response:
    """Rate an answer. Later feedback on the same exchange replaces earlier feedback."""
    state = get_state(request)
    id_ = feedback_request.interaction_id
    await _once_written(id_, partial(_is_known, state, id_))
    comment = None if wants_privacy(request) else feedback_request.comment
    state.interactions.give_feedback(
        Feedback(id_, datetime.now(UTC), feedback_request.helpful, comment)
    )
    state.metrics.feedback.labels(helpful=str(feedback_request.helpful).lower()).inc()
    return Response(status_code=204)


@router.post(
    "/v1/clicks",
    tags=["answers"],
    status_code=204,
    response_class=Response,
    responses=examples.CLICK,
)
async def click(request: Request, click_request: ClickRequest) -> Response:
    """Count what a visitor went on to from an answer; each kind once for an exchange."""
    state = get_state(request)
    id_ = click_request.interaction_id
    await _once_written(id_, partial(_is_known, state, id_))
    if not wants_privacy(request):
        state.interactions.count_click(Click(id_, click_request.kind, datetime.now(UTC)))
    return Response(status_code=204)


@router.delete(
    "/v1/interactions/{id}",
    tags=["answers"],
    status_code=204,
    response_class=Response,
    responses=examples.ERASE,
)
async def erase(request: Request, id_: Annotated[InteractionId, Path(alias="id")]) -> Response:
    """Erase an exchange and the feedback on it. Whoever holds its id may do so."""
    interactions = get_state(request).interactions

    async def is_erased() -> bool:
        try:
            return await to_thread.run_sync(interactions.erase(id_).result, DATABASE_SECONDS)
        except (DatabaseError, TimeoutError):
            raise ErasureUnavailable from None

    await _once_written(id_, is_erased)
    return Response(status_code=204)


@router.get("/v1/index", tags=["index"], responses=examples.INDEX)
async def index_info(request: Request) -> IndexInfo:
    """Describe the index that answers."""
    state = get_state(request)
    return presenters.index_info(state.ready.manifest, state.live.freshness(today()))


@router.post(
    "/v1/index/reload",
    tags=["index"],
    dependencies=[Depends(require_admin)],
    responses=examples.RELOAD,
)
async def reload_index(request: Request) -> IndexInfo:
    """Load what is published. A version that is refused never replaces what is live."""
    live = get_state(request).live
    try:
        retriever = await live.reload()
    except RetrievalError:
        raise ReloadRefused from None
    return presenters.index_info(retriever.manifest, live.freshness(today()))


@router.get("/healthz", tags=["service"], responses=examples.HEALTH)
async def healthz() -> Status:
    """Report that the process is alive."""
    return Status(status="ok")


@router.get("/readyz", tags=["service"], responses=examples.READY)
async def readyz(request: Request) -> Status:
    """Report whether questions can be answered."""
    _ = get_state(request).ready  # raises NotReady without an index
    return Status(status="ready")


@router.get("/metrics", tags=["service"], response_class=Response, responses=examples.METRICS)
async def metrics(request: Request) -> Response:
    """Return the metrics of this process in Prometheus' text format."""
    state = get_state(request)
    state.metrics.show_freshness(state.live.freshness(today()))
    return Response(state.metrics.render(), media_type=METRICS_TYPE)


async def _once_written(id_: str, attempt: Callable[[], Awaitable[bool]]) -> None:
    """Try until it succeeds, as long as another worker may not have written the exchange yet.

    Raises UnknownExchange.
    """
    while not await attempt():
        if abs(interaction_ids.age(id_)) > WRITTEN_SECONDS:
            raise UnknownExchange
        await sleep(WRITTEN_SECONDS / 10)


async def _is_known(state: AppState, interaction: str) -> bool:
    if state.interactions.is_recent(interaction):
        return True
    try:
        with fail_after(DATABASE_SECONDS):
            return await to_thread.run_sync(
                state.interactions.is_stored, interaction, abandon_on_cancel=True
            )
    except (DatabaseError, TimeoutError):
        raise FeedbackUnavailable from None
