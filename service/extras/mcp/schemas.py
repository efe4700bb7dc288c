"""Arguments and results of the tools: the schemas of the API, without what only a page needs."""

from datetime import date
from typing import Literal
from urllib.parse import urljoin

from pydantic import Field

from index.datatypes import Kind
from service.api.schemas import Answer as PageAnswer
from service.api.schemas import (
    AskResponse,
    CitationJson,
    ConversationId,
    QuestionText,
    RequestBody,
    ResponseBody,
    SideJson,
    SourceJson,
    SuggestionJson,
)


class AskArguments(RequestBody):
    """Arguments of the tool `ask`."""

    question: QuestionText
    conversation_id: ConversationId | None = Field(
        None,
        description="From an earlier result, so that a follow-up is understood.",
    )


class NoArguments(RequestBody):
    """Arguments of a tool that has none."""


class QuotedSide(ResponseBody):
    """One side of a comparison."""

    role: str
    label: str
    id: str
    text: str = Field(description="Verbatim: quote it as it stands.")
    citation: CitationJson


class QuotedAnswer(ResponseBody):
    """A reviewed text, to be quoted as it stands and cited by its address."""

    id: str
    kind: Kind
    title: str
    text: str = Field(description="Verbatim: quote it as it stands.")
    url: str = Field(description="The address to cite.")
    reviewed: date | None = Field(description="When a person last reviewed the text.")
    sources: list[SourceJson] = Field(description="References that back the text.")
    citation: CitationJson = Field(description="Where the text stands in its source file.")
    sides: list[QuotedSide] = Field(description="Of a comparison; else empty.")


class AskResult(ResponseBody):
    """The outcome of one question; only with `answer` is there a text to quote."""

    outcome: Literal["answer", "clarify", "no_answer", "smalltalk"] = Field(
        description="`answer`: quote it. `clarify`: ask again with one of the suggestions. "
        "`no_answer`: this site does not cover it; say so. `smalltalk`: no content."
    )
    confidence: float = Field(
        ge=0, le=1, description="Probability that the best candidate answers the question."
    )
    message: str = Field(description="What a visitor of the site would read beside the answer.")
    answer: QuotedAnswer | None = Field(description="Null for `clarify` and `no_answer`.")
    suggestions: list[SuggestionJson] = Field(
        description="Questions that the site does answer: the candidates for `clarify`, the "
        "nearest ones for `no_answer`, related ones for `answer`."
    )
    conversation_id: str
    interaction_id: str = Field(description="Of this exchange, for POST /v1/feedback.")
    index_version: str


def ask_result(reply: AskResponse, base: str) -> AskResult:
    """Put a response of `POST /v1/ask` into the shape for agents.

    `base` is the address of the service with a slash at its end: an agent has no page that a
    relative address could stand on.
    """
    return AskResult(
        outcome=reply.outcome,
        confidence=reply.confidence,
        message=reply.message,
        answer=quoted(reply.answer, base) if reply.answer else None,
        suggestions=reply.suggestions,
        conversation_id=reply.conversation_id,
        interaction_id=reply.interaction_id,
        index_version=reply.index_version,
    )


def quoted(answer: PageAnswer, base: str) -> QuotedAnswer:
    """Put an answer of the API into the shape for agents; `base` as in `ask_result`."""
    return QuotedAnswer(
        id=answer.id,
        kind=answer.kind,
        title=answer.title,
        text=answer.text,
        url=urljoin(base, answer.url),
        reviewed=answer.reviewed,
        sources=answer.sources,
        citation=answer.citation,
        sides=[_side(side) for side in answer.sides],
    )


def _side(side: SideJson) -> QuotedSide:
    return QuotedSide(
        role=side.role, label=side.label, id=side.id, text=side.text, citation=side.citation
    )
