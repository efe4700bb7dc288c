"""Examples for the API's description: every route, every outcome, every refusal."""

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

_TEXT: Final = (
    "Yes. You can teach yourself machine learning, as there are plenty of online courses, "
    "tutorials and other resources. Still, formal education or special training gives you a "
    "structured path, and it may help you to understand the subject in depth."
)
_CITATION: Final = {
    "document": "faqs/learning.yaml",
    "start": 2855,
    "end": 3099,
    "sha256": "9d9409ad2fafc8898c3e0c19d173088eb7cfb9deb32bbaf2a482145729a1df9a",
}
_ANSWER: Final = {
    "id": "faq-04",
    "kind": "faq",
    "title": "Can you learn machine learning on your own?",
    "text": _TEXT,
    "markdown": _TEXT,
    "html": f"<p>{_TEXT}</p>",
    "url": "/faq#faq-04",
    "reviewed": "2026-11-23",
    "sources": [{"title": "Where this comes from", "url": "https://example.org/page"}],
    "citation": _CITATION,
    "sides": [],
}
_PASSAGE: Final = {
    "id": "faq-04",
    "document": "faqs/learning.yaml",
    "heading": "Can you learn machine learning on your own?",
    "text": _TEXT,
    "url": "/faq#faq-04",
    "score": 0.6787,
    "highlights": [[5, 115]],
}
_RELATED: Final = [{"id": "faq-05", "question": "How long will it take to learn machine learning?"}]
_EXCHANGE: Final = {
    "interaction_id": "01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071",
    "conversation_id": "1WyIiLDE3OTU2MDAwMDAsIjIwMjYtMTEtMjZUMTA…",
}


def _outcome(outcome: str, confidence: float, message: str, **parts: object) -> dict[str, Any]:
    return {
        **_EXCHANGE,
        "outcome": outcome,
        "confidence": confidence,
        "message": message,
        "message_html": f"<p>{message}</p>" if message else "",
        "contact": None,
        "answer": None,
        "passages": [_PASSAGE],
        "suggestions": _RELATED,
        "index_version": "0bbe0eb7f0ab",
        **parts,
    }


_SIDES: Final = [
    {
        "role": "se",
        "label": "Software engineer",
        "id": "art-diff-demand--se",
        "text": "Demand is high everywhere.",
        "html": "<p>Demand is high everywhere.</p>",
        "citation": {**_CITATION, "document": "articles/mle-vs-se.md"},
        "asked": False,
    },
    {
        "role": "mle",
        "label": "Machine learning engineer",
        "id": "art-diff-demand--mle",
        "text": "Demand is growing.",
        "html": "<p>Demand is growing.</p>",
        "citation": {**_CITATION, "document": "articles/mle-vs-se.md"},
        "asked": False,
    },
]
OUTCOMES: Final[dict[str, dict[str, Any]]] = {
    "answer": _outcome("answer", 0.9948, "", answer=_ANSWER),
    "comparison": _outcome(
        "answer",
        0.91,
        "",
        answer={
            **_ANSWER,
            "id": "art-diff-demand",
            "kind": "comparison",
            "title": "Demand",
            "url": "/faq#art-diff-demand",
            "sources": [],
            "sides": _SIDES,
        },
    ),
    "clarify": _outcome("clarify", 0.48, "Which of these do you mean?"),
    "no_answer": _outcome(
        "no_answer",
        0.12,
        "I don't have an answer to that. These come closest.",
    ),
    "smalltalk": _outcome(
        "smalltalk",
        0.99,
        "Hello! Ask me about the two careers.",
        answer={
            **_ANSWER,
            "id": "talk-greeting",
            "kind": "smalltalk",
            "title": "Hello",
            "text": "Hello! Ask me about the two careers.",
            "markdown": "Hello! Ask me about the two careers.",
            "html": "<p>Hello! Ask me about the two careers.</p>",
            "url": "/faq#talk-greeting",
            "sources": [],
        },
        passages=[],
    ),
}
_INDEX: Final = {
    "version": "0bbe0eb7f0ab",
    "built_at": "2026-11-23T06:24:39Z",
    "model": {
        "name": "all-MiniLM-L6-v2",
        "sha256": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "dimension": 384,
        "runtime": "onnx-int8",
    },
    "content_hash": "591a59569c95155fb93081f076c8fae62a6749eeafbc27b0426a6ee721cbec1e",
    "counts": {"documents": 1, "sections": 86, "entries": 19, "units": 174, "chunks": 5900},
    "figures": {"held_out_right": 0.7169, "held_out_wrong": 0.1285, "checks_passed": 1.0},
    "freshness": {"overdue": 0, "expiring": 0, "expired": 0},
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

_LINKS: Final = {
    "feedback": {
        "operationId": "feedback_v1_feedback_post",
        "requestBody": {
            "interaction_id": "$response.body#/interaction_id",
            "helpful": True,
        },
    },
    "erase": {
        "operationId": "erase_v1_interactions__id__delete",
        "parameters": {"id": "$response.body#/interaction_id"},
    },
    "follow_up": {
        "operationId": "ask_v1_ask_post",
        "requestBody": {
            "question": "And for the other one?",
            "conversation_id": "$response.body#/conversation_id",
        },
    },
    "suggestion": {
        "operationId": "answer_v1_answers__id__get",
        "parameters": {"id": "$response.body#/suggestions/0/id"},
    },
}
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
INDEX: Final[Responses] = {200: good_example(_INDEX), **_READ}
RELOAD: Final[Responses] = {
    200: good_example(_INDEX),
    **refusal_examples(Unauthorised, AdminOff, ReloadRefused),
    **LIMITED,
}
HEALTH: Final[Responses] = {200: good_example({"status": "ok"})}
READY: Final[Responses] = {200: good_example({"status": "ready"}), **refusal_examples(NotReady)}
METRICS: Final[Responses] = {
    200: {
        "content": {
            "text/plain": {
                "schema": {"type": "string"},
                "example": '# TYPE faq_outcomes_total counter\nfaq_outcomes_total{outcome="answer"'
                ',reason=""} 3.0\n',
            }
        }
    }
}
