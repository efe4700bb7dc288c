"""Content as JSON: what editors send, and what they get. Knows nothing of files."""

from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.api.errors import Problem
from service.api.schemas import PLAIN_TEXT, plain_text

MOST_TEXTS = 1000
LONGEST_LINE = 1000
LONGEST_TEXT = 20_000
LONGEST_NAME = 200
CONTENT_FILE = r"^(?:[A-Za-z0-9][A-Za-z0-9_-]*/)*[A-Za-z0-9][A-Za-z0-9._-]*\.ya?ml$"

Line = Annotated[
    str, AfterValidator(plain_text), Field(max_length=LONGEST_LINE, json_schema_extra=PLAIN_TEXT)
]
Text = Annotated[
    str, AfterValidator(plain_text), Field(max_length=LONGEST_TEXT, json_schema_extra=PLAIN_TEXT)
]
Lines = Annotated[list[Line], Field(max_length=MOST_TEXTS)] | None
"""Null is as left out."""


class Reference(BaseModel):
    """What backs an answer."""

    title: Line
    url: Line


class EntryBody(BaseModel):
    """A canned answer, as an editor sends it.

    What is left out is empty. What a response adds may be sent back: `etag` is not read.
    """

    model_config = ConfigDict(extra="forbid")

    id: Line | None = Field(
        None, description="Stable and unique. On creation, left out: made from the question."
    )
    question: Line
    variants: Lines = None
    answer: Text = Field(description="In Markdown.")
    sources: Annotated[list[Reference | Line], Field(max_length=MOST_TEXTS)] | None = None
    related: Lines = None
    equivalents: Lines = None
    owner: Line | None = None
    reviewed: Line | None = Field(None, description="YYYY-MM-DD.")
    valid_until: Line | None = Field(None, description="YYYY-MM-DD.")
    file: Annotated[str, Field(max_length=LONGEST_NAME, pattern=CONTENT_FILE)] | None = Field(
        None, description="Where it is kept, such as `faqs/pay.yaml`; another one moves it."
    )
    etag: Line | None = None


class StoredEntry(BaseModel):
    """A canned answer as it stands in its file."""

    id: str
    question: str
    variants: list[str]
    answer: str
    sources: list[Reference]
    related: list[str]
    equivalents: list[str]
    owner: str | None
    reviewed: str | None
    valid_until: str | None
    file: str = Field(description="Path inside the folder of the content.")
    etag: str = Field(description="Also in the header `ETag`; for `If-Match`.")


class ContentFinding(BaseModel):
    """What the linter says about content."""

    file: str
    line: int = Field(description="From 1; 0 for the whole file.")
    severity: str = Field(description="`error`, `warning` or `note`; only an error is refused.")
    problem: str
    remedy: str
    id: str | None = Field(description="Of the entry in which it is, of those being edited.")
    field: str | None = Field(description="Field of that entry.")


class EntryList(BaseModel):
    """All canned answers, in the order of the files."""

    entries: list[StoredEntry]
    findings: list[ContentFinding] = Field(description="Why something else is not listed.")


class FieldDifference(BaseModel):
    """A field of which two versions differ."""

    field: str
    sent: object
    current: object


class PublishBody(BaseModel):
    """How to publish."""

    model_config = ConfigDict(extra="forbid")

    force: bool = Field(False, description="Publish even if the gate refuses.")


class ChangedAnswer(BaseModel):
    """A question of the content that gets another answer than before."""

    question: str
    before: str = Field(description="Id of the answer, or what was said instead.")
    after: str


class PublicationReport(BaseModel):
    """What went live."""

    version: str
    changed: list[ChangedAnswer]
    findings: list[ContentFinding] = Field(description="Of the linter and of the audit.")
    figures: dict[str, float] = Field(description="Of the self-test of this version.")
    seconds: float = Field(description="From the request until it answers.")


class ContentProblem(Problem):
    """An error of the studio."""

    findings: list[ContentFinding] | None = Field(
        None, description="With 422: what is wrong with the content."
    )
    current: StoredEntry | None = Field(
        None, description="With 412: the entry as somebody else saved it."
    )
    difference: list[FieldDifference] | None = Field(
        None, description="With 412: what was sent, beside what stands there."
    )
    reasons: list[str] | None = Field(
        None, description="With 409 from publishing: why the gate refuses."
    )
    report: PublicationReport | None = Field(
        None, description="With 409 from publishing: what would go live."
    )
