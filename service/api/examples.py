"""Examples for the API's description: every route, every outcome, every refusal."""

import json
from pathlib import Path
from typing import Any, Final, TypeAlias

from service.answering.errors import UnknownAnswer
from service.api.errors import (
    DETAILS,
    MEDIA_TYPE,
    REFUSALS,
    AdminOff,
    ErasureUnavailable,
    ReloadRefused,
    Unauthorised,
    UnknownExchange,
    title_of,
)
from service.live.errors import NotReady

Responses: TypeAlias = dict[int | str, dict[str, Any]]

_DATA: Final[dict[str, Any]] = json.loads(
    Path(__file__).with_name("examples.json").read_text(encoding="utf-8")
)
_ANSWER: Final = _DATA["answer"]
_RELATED: Final = _DATA["related"]


def _outcome(outcome: str, confidence: float, message: str, **parts: object) -> dict[str, Any]:
    return {
        **_DATA["exchange"],
        "outcome": outcome,
        "confidence": confidence,
        "message": message,
        "message_html": f"<p>{message}</p>" if message else "",
        "contact": None,
        "answer": None,
        "passages": [_DATA["passage"]],
        "suggestions": _RELATED,
        "index_version": "0bbe0eb7f0ab",
        **parts,
    }


OUTCOMES: Final[dict[str, dict[str, Any]]] = {
    "answer": _outcome("answer", 0.9948, "", answer=_ANSWER),
    "comparison": _outcome("answer", 0.91, "", answer={**_ANSWER, **_DATA["comparison"]}),
    "clarify": _outcome("clarify", 0.48, "Which of these do you mean?"),
    "no_answer": _outcome("no_answer", 0.12, "I don't have an answer to that. These come closest."),
    "smalltalk": _outcome(
        "smalltalk",
        0.99,
        _DATA["greeting"]["text"],
        answer={**_ANSWER, **_DATA["greeting"]},
        passages=[],
    ),
}


def good_example(example: object) -> dict[str, Any]:
    """Document what a route returns."""
    return {"content": {"application/json": {"example": example}}}


def problem_example(
    status: int, detail: str, model: str = "Problem", **more: object
) -> dict[str, Any]:
    """Document an error, of which `model` is the schema."""
    title = title_of(status)
    example = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    schema = {"$ref": f"#/components/schemas/{model}"}
    return {
        "description": title,
        "content": {MEDIA_TYPE: {"schema": schema, "example": example}},
    }


def refusal_examples(*kinds: type[Exception]) -> Responses:
    """Document errors that `REFUSALS` lists."""
    refusals = [REFUSALS[kind] for kind in kinds]
    return {int(one.status): problem_example(one.status, one.detail) for one in refusals}


INVALID: Final[Responses] = {
    422: problem_example(
        422, DETAILS[422], errors=[{"field": "question", "message": "Write a question"}]
    )
}
LIMITED: Final[Responses] = {429: problem_example(429, DETAILS[429])}
BODY: Final[Responses] = {
    **{status: problem_example(status, DETAILS[status]) for status in (400, 408, 413, 415)},
    **INVALID,
}
_READ: Final[Responses] = {**LIMITED, **refusal_examples(NotReady)}

_LINKS: Final = _DATA["links"]
"""How one response leads to the next request; tests walk along them."""

ASK: Final[Responses] = {
    200: {
        "links": _LINKS,
        "content": {
            "application/json": {
                "examples": {name: {"value": value} for name, value in OUTCOMES.items()}
            }
        },
    },
    **BODY,
    **_READ,
}
SUGGEST: Final[Responses] = {200: good_example({"suggestions": _RELATED}), **INVALID, **_READ}
_FIRST_QUESTION: Final = {
    "operationId": "answer_v1_answers__id__get",
    "parameters": {"id": "$response.body#/questions/0/id"},
}
QUESTIONS: Final[Responses] = {
    200: {**good_example({"questions": _RELATED}), "links": {"answer": _FIRST_QUESTION}},
    **_READ,
}
ANSWER: Final[Responses] = {
    200: good_example(_ANSWER),
    **refusal_examples(UnknownAnswer),
    **INVALID,
    **_READ,
}
FEEDBACK: Final[Responses] = {**refusal_examples(UnknownExchange), **BODY, **_READ}
CLICK: Final[Responses] = FEEDBACK
ERASE: Final[Responses] = {
    **refusal_examples(UnknownExchange, ErasureUnavailable),
    **INVALID,
    **LIMITED,
}
INDEX: Final[Responses] = {200: good_example(_DATA["index"]), **_READ}
RELOAD: Final[Responses] = {
    200: good_example(_DATA["index"]),
    **refusal_examples(Unauthorised, AdminOff, ReloadRefused),
    **LIMITED,
}
HEALTH: Final[Responses] = {200: good_example({"status": "ok"})}
READY: Final[Responses] = {200: good_example({"status": "ready"}), **refusal_examples(NotReady)}
METRICS: Final[Responses] = {
    200: {"content": {"text/plain": {"schema": {"type": "string"}, "example": _DATA["metrics"]}}}
}
