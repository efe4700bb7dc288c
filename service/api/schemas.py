"""Requests and responses as JSON. Responses have no defaults: every field is always present."""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from index.datatypes import Kind
from index.text.normalisation import folded_length
from service.analytics.database import ClickKind
from service.answering.conversation_token import MAX_LENGTH

MAX_QUESTION = 1000
MAX_COMMENT = 1000
MAX_LIMIT = 20
DEFAULT_LIMIT = 5
MAX_SUGGESTIONS = 8
_SPACES = (
    "\t\n\x0b\x0c\r\x1c\x1d\x1e\x1f \x85\xa0\u1680"
    "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
_INVISIBLE = "\u200b\u200c\u200d\u2060\ufeff\u00ad"
"""Zero-width characters and the soft hyphen: they print nothing, and `str.strip` leaves them."""
_BLANK = _SPACES + _INVISIBLE
"""Stripped in one step: alternating strips would take quadratic time."""


_CONTROL = r"\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
_UNWANTED = re.compile(rf"[{_CONTROL}\ud800-\udfff]")
"""Control characters except tab and line ends, and lone surrogates: no file holds those."""


def plain_text(value: str) -> str:
    """Accept a text without control characters; a validator. Raises ValueError."""
    if _UNWANTED.search(value):
        raise ValueError("It must not hold control characters or broken ones")
    return value


def _question(value: str) -> str:
    value = plain_text(value).strip(_BLANK)
    if not value:
        raise ValueError("Write a question")
    return _is_short(value)


def _is_short(value: str) -> str:
    """Measure a text as sent and as it is read: NFKC writes up to 18 characters for one."""
    if max(len(value), folded_length(value[: MAX_QUESTION + 1])) > MAX_QUESTION:
        raise ValueError(f"Write {MAX_QUESTION} characters at most")
    return value


def _limit(value: object) -> object:
    # In JSON 5.0 is the integer 5, and null is as left out.
    if value is None:
        return DEFAULT_LIMIT
    return int(value) if isinstance(value, float) and value.is_integer() else value


QuestionText = Annotated[
    str,
    AfterValidator(_question),
    Field(
        description=f"1 to {MAX_QUESTION} characters after trimming.",
        examples=["Do I need a degree?"],
        json_schema_extra={
            "pattern": rf"^[^{_CONTROL}]*[^{_CONTROL}\s{_INVISIBLE}][^{_CONTROL}]*$",
            "maxLength": MAX_QUESTION,
        },
    ),
]
PLAIN_TEXT = {"pattern": rf"^[^{_CONTROL}]*$"}
"""What `plain_text` accepts, for the description of the API."""
ConversationId = Annotated[
    str,
    Field(
        description="From the newest response, which a follow-up refers to. Without one, or with "
        "one that cannot be read, a new conversation begins.",
    ),
]
TypedText = Annotated[str, AfterValidator(_is_short)]
"""What was typed so far: any text, even none."""
CommentText = Annotated[
    str,
    AfterValidator(plain_text),
    AfterValidator(_is_short),
    Field(max_length=MAX_COMMENT, json_schema_extra={"pattern": rf"^[^{_CONTROL}]*$"}),
]
InteractionId = Annotated[
    str,
    Field(
        pattern=r"^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$",
        description="From the response to the question.",
    ),
]


class RequestBody(BaseModel):
    """What a client sends. Unknown fields are refused, so that a misspelt one is noticed."""

    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


_LIMIT = Field(ge=1, le=MAX_LIMIT)


class AskRequest(RequestBody):
    """A visitor's question."""

    question: QuestionText
    conversation_id: ConversationId | None = None
    limit: Annotated[
        int,
        BeforeValidator(_limit, json_schema_input_type=Annotated[int, _LIMIT] | None),
    ] = Field(DEFAULT_LIMIT, ge=1, le=MAX_LIMIT, strict=True, description="Number of passages.")


class FeedbackRequest(RequestBody):
    """A visitor's rating of an answer."""

    interaction_id: InteractionId
    helpful: bool = Field(strict=True)
    comment: CommentText | None = None


class ClickRequest(RequestBody):
    """What a visitor went on to from an answer."""

    interaction_id: InteractionId
    kind: ClickKind = Field(
        description="`source`: a link to what it rests on; `suggestion`: a question that was "
        "offered; `contact`: a person."
    )


class ResponseBody(BaseModel):
    """What a client gets."""

    model_config = ConfigDict(frozen=True)


class SourceJson(ResponseBody):
    """A reference that backs an answer."""

    title: str
    url: str


class CitationJson(ResponseBody):
    """Proof that a text is verbatim: bytes `[start, end)` of a source file and their digest."""

    document: str = Field(description="Path of the source file inside the corpus folder.")
    start: int
    end: int
    sha256: str


class SideJson(ResponseBody):
    """One side of a comparison."""

    role: str = Field(description="Key of the role, such as `se`.")
    label: str = Field(description="Name of the role, such as `Software engineer`.")
    id: str
    text: str
    html: str = Field(description="Sanitised.")
    citation: CitationJson
    asked: bool = Field(
        description="Whether the question names this role, in any of its names, and no other."
    )


class Answer(ResponseBody):
    """A text of the corpus, verbatim."""

    id: str
    kind: Kind
    title: str
    text: str = Field(description="Plain text.")
    markdown: str
    html: str = Field(description="Sanitised.")
    url: str = Field(description="Page and anchor; relative to the service unless it has a host.")
    reviewed: date | None
    sources: list[SourceJson]
    citation: CitationJson
    sides: list[SideJson] = Field(description="Of a comparison; else empty.")


class Passage(ResponseBody):
    """A unit that is close to the question."""

    id: str
    document: str = Field(description="Path of the source file inside the corpus folder.")
    heading: str
    text: str
    url: str
    score: float = Field(description="In [0, 1], comparable within one response only.")
    highlights: list[tuple[int, int]] = Field(
        description="Ranges `[start, end)` of `text` that fit best, in Unicode code points."
    )


class SuggestionJson(ResponseBody):
    """A question to offer, and the id of the unit that answers it."""

    id: str
    question: str


class ContactJson(ResponseBody):
    """A person to ask."""

    label: str
    url: str = Field(description="`https://`, `http://` or `mailto:`.")


class AskResponse(ResponseBody):
    """The outcome of one question; `outcome` tells which shape the rest has."""

    interaction_id: str = Field(description="UUIDv7 of this exchange, for feedback.")
    conversation_id: str = Field(
        max_length=MAX_LENGTH,
        description="Opaque. Send the newest one with the next question: it carries what a "
        "follow-up needs, and the service stores nothing of it.",
    )
    outcome: Literal["answer", "clarify", "no_answer", "smalltalk"]
    confidence: float = Field(
        ge=0, le=1, description="Probability that the best candidate answers the question."
    )
    message: str = Field(description="One plain sentence or two for the visitor.")
    message_html: str = Field(description="The same, sanitised, with its links.")
    contact: ContactJson | None = Field(
        description="Where a person should be offered: with refusals, and with smalltalk that "
        "speaks of one, when a contact is configured."
    )
    answer: Answer | None = Field(description="Null for `clarify` and `no_answer`.")
    passages: list[Passage] = Field(description="The closest units, best first.")
    suggestions: list[SuggestionJson] = Field(
        description="`clarify`: the candidates; `answer`: related questions; `no_answer`: the "
        "nearest questions; `smalltalk`: questions to start with."
    )
    index_version: str


class Suggestions(ResponseBody):
    """Canned questions that fit what was typed, best first."""

    suggestions: list[SuggestionJson]


class QuestionList(ResponseBody):
    """All canned questions, in the order of the corpus."""

    questions: list[SuggestionJson]


class ModelJson(ResponseBody):
    """The encoder of an index."""

    name: str
    sha256: str
    dimension: int
    runtime: str


class FreshnessJson(ResponseBody):
    """How many answers are due today; one may be both overdue and expired."""

    overdue: int = Field(description="Reviewed more than a year ago.")
    expiring: int = Field(description="Expires within 30 days.")
    expired: int = Field(description="Past `valid_until`, and so no longer returned.")


class IndexInfo(ResponseBody):
    """The index that answers."""

    version: str
    built_at: str
    model: ModelJson
    content_hash: str
    counts: dict[str, int]
    figures: dict[str, float] = Field(
        description="Evaluation figures of the build, each a count or a share in [0, 1]; empty "
        "when not measured."
    )
    freshness: FreshnessJson


class Status(ResponseBody):
    """State of the service."""

    status: Literal["ok", "ready"]
