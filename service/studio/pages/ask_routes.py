"""Pages that ask: draft and live side by side, and what visitors asked in vain."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

from anyio import to_thread
from fastapi import APIRouter, Request, Response

from index import Answered
from index.errors import RetrievalError
from index.text.normalisation import fold
from service.analytics import queries
from service.analytics.database import DatabaseError
from service.analytics.queries import Topic
from service.analytics.unanswered import Gap, first_day
from service.api.dependencies import get_state
from service.studio.errors import ContentFaulty, StudioError
from service.studio.items import ItemKind
from service.studio.pages import content_routes, teaching
from service.studio.pages.explanation import Explanation, explain
from service.studio.pages.visit import PageRoute, Visit, sent, visit
from service.web.dashboard import View
from service.web.page_state import get_page_state

router = APIRouter(prefix="/admin/content", include_in_schema=False, route_class=PageRoute)
LONGEST = 1000
MOST_QUESTIONS = 12
"""Questions of a group that are taught at once."""
MOST_COMMENTS = 500
DAYS = 30
TOPICS = {
    Topic.UNANSWERED: "Without an answer",
    Topic.CLARIFIED: "Asked back",
    Topic.UNHELPFUL: "Rated down",
}


@router.get("/ask")
async def ask_page(request: Request) -> Response:
    """Show how a question is answered now; the page fetches how the draft answers it."""
    here = await visit(request)
    question = " ".join(request.query_params.get("q", "").split())[:LONGEST]
    return await _asked(here, question)


@router.post("/ask")
async def ask_both(request: Request) -> Response:
    """Show how draft and live answer a question."""
    here = await sent(request)
    question = " ".join(here.text("q").split())[:LONGEST]
    try:
        draft = await here.studio.draft.open(here.person.name)
    except StudioError as error:
        return await _asked(here, question, problem=_sentence(error))
    explained = await to_thread.run_sync(explain, draft, question) if question else None
    return await _asked(here, question, draft=explained)


async def _asked(
    here: Visit, question: str, draft: Explanation | None = None, problem: str = "", said: str = ""
) -> Response:
    retriever = get_state(here.request).live.retriever
    live = (
        await to_thread.run_sync(explain, retriever, question) if question and retriever else None
    )
    return here.page(
        "studio_ask.html",
        question=question,
        live=live,
        draft=draft,
        problem=problem,
        said=said,
        taught=None,
        picks=await content_routes.picks(here),
    )


def _sentence(error: StudioError) -> str:
    if isinstance(error, ContentFaulty):
        one = error.findings[0]
        return f"The content has a fault: {one.file}, line {one.line}: {one.problem}. {one.remedy}."
    return str(error)


@router.post("/teach")
async def teach(request: Request) -> Response:
    """Add questions to what should answer them, or a check of what has to come of one."""
    here = await sent(request)
    questions = [text for text in here.texts("question") if text][:MOST_QUESTIONS]
    chosen = here.text("boundary" if here.text("action") == "boundary" else "to")
    to = chosen.split(maxsplit=1)[0] if chosen else ""
    return await _change(here, questions, to, here.text("action"))


async def _change(here: Visit, questions: Sequence[str], to: str, action: str) -> Response:
    if not questions or (not to and action not in ("none", "undo-check")):
        said, problem = "", "I changed nothing: please choose what should answer it."
    else:
        try:
            change = partial(teaching.carry_out, here.studio, action, questions, to)
            said, problem = await to_thread.run_sync(change), ""
        except StudioError as error:
            said, problem = "", _sentence(error)
    taught = None
    if said and not action.startswith("undo"):
        undo = "undo-check" if action in ("check", "none") else "undo"
        taught = {"questions": questions, "to": to, "action": undo}
    if here.text("from") == "visitors":
        return await _visitors(here, said=said, problem=problem, taught=taught)
    return here.page(
        "studio_ask.html",
        question=questions[0] if questions else "",
        live=None,
        draft=None,
        problem=problem,
        said=said,
        taught=taught,
        picks=await content_routes.picks(here),
    )


@router.get("/visitors")
async def visitors(request: Request) -> Response:
    """Show what visitors asked in vain, in groups."""
    return await _visitors(await visit(request))


@router.post("/dismiss")
async def dismiss(request: Request) -> Response:
    """Hide a group for good."""
    here = await sent(request)
    database = get_page_state(request).dashboard.database
    keys = [_key(text) for text in here.texts("all")]
    try:
        await to_thread.run_sync(database.dismiss, keys, datetime.now(UTC))
    except DatabaseError:
        return await _visitors(here, problem="I can't write to the database just now.")
    return await _visitors(here, said="Dismissed. It won't come back.")


@router.post("/draft-entry")
async def draft_entry(request: Request) -> Response:
    """Open the form of a new answer, filled in with what was asked."""
    here = await sent(request)
    questions = [text for text in here.texts("question") if text][:MOST_QUESTIONS] or [""]
    fields = {"question": questions[0], "variants": questions[1:]}
    form = await to_thread.run_sync(lambda: content_routes.fresh(here, ItemKind.ENTRY, fields))
    return await content_routes.show_form(here, form)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A group of questions, with what was said to them."""

    gap: Gap
    questions: tuple[str, ...]
    """Those that can be taught: nothing in them was redacted."""
    comments: tuple[tuple[str, str], ...]
    """Id of the answer given and comment, of those rated down."""


async def _visitors(here: Visit, **values: Any) -> Response:
    asked = here.request.query_params.get("topic") or here.text("topic")
    topic = Topic(asked) if asked in TOPICS else Topic.UNANSWERED
    retriever = get_state(here.request).live.retriever
    lessons: list[Lesson] = []
    problem = "" if retriever else "Nothing is live yet, so there's nothing to ask."
    if retriever:
        dashboard = get_page_state(here.request).dashboard
        try:
            shown = await dashboard.show(retriever, View(DAYS, topic, 1))
            hidden = await to_thread.run_sync(dashboard.database.dismissed)
            comments = await to_thread.run_sync(lambda: _comments(here, topic))
            answers: Callable[[str], bool] = lambda text: (  # noqa: E731
                topic is not Topic.UNHELPFUL and isinstance(retriever.answer(text), Answered)
            )
            lessons = await to_thread.run_sync(
                lambda: [
                    _lesson(gap, comments)
                    for gap in shown.gaps
                    if not _is_hidden(gap, hidden) and not answers(gap.group.name)
                ]
            )
        except (DatabaseError, RetrievalError, TimeoutError):
            problem = "I can't read what visitors asked just now; the log says why."
    items = await to_thread.run_sync(here.studio.store.items, ItemKind.BOUNDARY)
    usual: dict[str, Any] = {"said": "", "problem": problem, "taught": None}
    return here.page(
        "studio_visitors.html",
        **{**usual, **values},
        lessons=lessons,
        topic=topic,
        topics=TOPICS,
        days=DAYS,
        title_of={unit.id: unit.title for unit in retriever.units.values()} if retriever else {},
        boundaries={item.id: item.fields["topic"] for item in items},
    )


def _lesson(gap: Gap, comments: dict[str, list[tuple[str, str]]]) -> Lesson:
    texts = [one.text for one in gap.group.texts]
    found = [pair for text in texts for pair in comments.get(fold(text), ())]
    questions = [text for text in texts if "[" not in text]
    return Lesson(gap, tuple(questions[:MOST_QUESTIONS]), tuple(dict.fromkeys(found)))


def _comments(here: Visit, topic: Topic) -> dict[str, list[tuple[str, str]]]:
    """Return answers given and comments, by question as it is grouped."""
    found: dict[str, list[tuple[str, str]]] = {}
    if topic is not Topic.UNHELPFUL:
        return found
    database = get_page_state(here.request).dashboard.database
    exchanges = queries.exchanges(database, first_day(DAYS), topic)
    for _, exchange in zip(range(MOST_COMMENTS), exchanges, strict=False):
        if exchange.question:
            pair = (exchange.answer or "no answer", exchange.comment or "")
            found.setdefault(fold(exchange.question), []).append(pair)
    return found


def _is_hidden(gap: Gap, hidden: frozenset[str]) -> bool:
    """Whether most of a group was dismissed; further wordings do not bring it back."""
    dismissed = sum(one.number for one in gap.group.texts if _key(one.text) in hidden)
    return 2 * dismissed >= gap.group.number


def _key(text: str) -> str:
    """Return what stands for a question in the database; the text itself is not kept for it."""
    return hashlib.sha256(fold(text).encode()).hexdigest()
