"""The shape of the YAML files: validated here, and the source of the JSON Schemas for editors."""

import json
import re
from collections.abc import Mapping
from datetime import date
from typing import Annotated, Any

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    TypeAdapter,
)
from pydantic_core import PydanticCustomError

ID_PATTERN = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
ID = re.compile(ID_PATTERN)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_URL = re.compile(r"(?:https?://[^\s/]|mailto:\S|tel:\S|/(?!/)|#)\S*\Z", re.IGNORECASE)


def _iso_date(value: object) -> object:
    """Only YYYY-MM-DD: pydantic alone would take a number for seconds since 1970."""
    if not isinstance(value, str):
        return value
    try:
        if _DATE.fullmatch(value.strip()):
            return date.fromisoformat(value.strip())
    except ValueError:
        pass
    raise PydanticCustomError("content_date", "'{value}' is not a date", {"value": value})


def is_address(text: str) -> bool:
    """Whether a text is an http(s), mail or telephone address, or a place of this site."""
    return bool(_URL.match(text.strip()))


def _address(value: object) -> object:
    if isinstance(value, str) and value.strip() and not is_address(value):
        raise PydanticCustomError("content_url", "'{value}' is not an address", {"value": value})
    return value


def _source(value: object) -> object:
    """Accept an address alone as a source with that title."""
    return {"title": value, "url": value} if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Line = Annotated[Text, AfterValidator(lambda text: " ".join(text.split()))]
"""A text of one line, however many it was written on."""
Id = Annotated[str, StringConstraints(pattern=ID_PATTERN, max_length=200)]
Day = Annotated[date, BeforeValidator(_iso_date)]
Address = Annotated[Text, BeforeValidator(_address)]


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SourceModel(_Model):
    """A reference that backs an answer."""

    title: Line = Field(description="What the reader sees")
    url: Address = Field(description="http(s) address, or a path of this site")


def _source_schema(schema: dict[str, Any]) -> None:
    """Allow an address alone in the schema."""
    items = schema.pop("items")
    schema["items"] = {"anyOf": [items, {"type": "string", "minLength": 1}]}


Sources = Annotated[
    list[Annotated[SourceModel, BeforeValidator(_source)]], Field(json_schema_extra=_source_schema)
]


class EntryModel(_Model):
    """A canned answer, or a smalltalk intent."""

    id: Id = Field(description="Stable and unique in the whole corpus; the anchor of the page")
    question: Line = Field(description="The question as a visitor would ask it")
    variants: list[Line] = Field(default=[], description="Other ways people ask it")
    answer: Text = Field(description="The answer, in Markdown")
    sources: Sources = Field(default=[], description="What backs the answer")
    related: list[Id] = Field(default=[], description="Ids offered as follow-ups")
    equivalents: list[Id] = Field(default=[], description="Ids whose answers say the same")
    owner: Line | None = Field(default=None, description="Who keeps it right")
    reviewed: Day | None = Field(default=None, description="Last checked, YYYY-MM-DD")
    valid_until: Day | None = Field(default=None, description="Not given after this day")


class BoundaryModel(_Model):
    """A topic that this site does not answer."""

    id: Id = Field(description="Stable and unique in the whole corpus")
    topic: Line = Field(description="What it is about, in a few words")
    examples: list[Line] = Field(default=[], description="Questions people ask about it")
    reply: Text = Field(description="What to say instead, in Markdown")


class StarterModel(_Model):
    """A question to begin with."""

    id: Id = Field(description="Of the unit that answers it")
    text: Line | None = Field(default=None, description="What is shown; else its question")


class CheckModel(_Model):
    """A question to ask before publishing, and what has to come of it."""

    question: Line = Field(description="As a visitor would ask it")
    expect: Id | None = Field(description="Id of the answer, or null when there shall be none")
    note: Line | None = Field(default=None, description="Why it is asked; for editors alone")


class FrontMatter(_Model):
    """What stands between the two `---` lines of an article."""

    title: Line | None = Field(default=None, description="Title of the article")
    url: Address = Field(default="/faq", description="Page that shows the article")
    owner: Line | None = Field(default=None, description="Who keeps it right")
    reviewed: Day | None = Field(default=None, description="Last checked, YYYY-MM-DD")
    valid_until: Day | None = Field(default=None, description="Not given after this day")
    roles: dict[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+$")], Line] = Field(
        default={}, description="Key of a role, as in ids that end in --key, to its name"
    )
    sources: Sources = Field(default=[], description="What backs the article")


SynonymGroup = Annotated[list[Line], Field(min_length=2)]
"""The words that content uses first, then what people write instead."""
QuestionList = Annotated[list[Line], Field(min_length=1)]
"""The questions that one unit of an article answers."""


_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: Mapping[str, tuple[str, TypeAdapter[Any]]] = {
    "entries": ("Canned answers, and smalltalk", TypeAdapter(list[EntryModel])),
    "boundaries": ("Topics that are not answered", TypeAdapter(list[BoundaryModel])),
    "questions": ("Questions by unit of an article", TypeAdapter(dict[Id, QuestionList])),
    "synonyms": ("Words that mean the same", TypeAdapter(list[SynonymGroup])),
    "starters": ("Questions to begin with, in order", TypeAdapter(list[StarterModel])),
    "checks": ("One line of checks.jsonl", TypeAdapter(CheckModel)),
    "article": ("Front matter of an article", TypeAdapter(FrontMatter)),
}


def schemas() -> dict[str, str]:
    """File name to JSON text of every schema, as committed under ``corpus/schemas/``."""
    texts = {}
    for name, (title, adapter) in _FILES.items():
        schema = {"$schema": _DIALECT, **adapter.json_schema(), "title": title}
        texts[f"{name}.schema.json"] = json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
    return texts
