"""JSON Schemas of the YAML files, so that editors complete and check while people write."""

import json
from collections.abc import Mapping
from typing import Any

from pydantic import TypeAdapter

from corpus.models import (
    BoundaryModel,
    CheckModel,
    EntryModel,
    FrontMatter,
    Id,
    QuestionList,
    SynonymGroup,
)

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_FILES: Mapping[str, tuple[str, TypeAdapter[Any]]] = {
    "entries": ("Canned answers, and smalltalk", TypeAdapter(list[EntryModel])),
    "boundaries": ("Topics that are not answered", TypeAdapter(list[BoundaryModel])),
    "questions": ("Questions by unit of an article", TypeAdapter(dict[Id, QuestionList])),
    "synonyms": ("Words that mean the same", TypeAdapter(list[SynonymGroup])),
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
