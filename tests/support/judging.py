"""Labelled questions and responses in one line each."""

from index.datatypes import Trace
from index.evaluation.labelled_questions import Judged, Labelled, Response, judge

PARENTS = {"bread": "tasks", "dough": "tasks", "tasks": None, "pay": None}


def labelled(text: str, *gold: str, kind: str = "", language: str = "en") -> Labelled:
    """Label a question, which is its own id and group; without gold it has no answer."""
    kind = kind or ("in-domain" if gold else "near")
    return Labelled(text, text, bool(gold), frozenset(gold), kind, language, False, text)


def response(
    outcome: str = "no_answer",
    given: str | None = None,
    confidence: float = 0.2,
    shown: tuple[str, ...] = (),
    offered: tuple[str, ...] = (),
    candidate: str | None = "pay",
) -> Response:
    trace = Trace("understood", {"cosine": 0.5}, (("pay", 0.7), ("tasks", 0.6)))
    return Response(outcome, given, confidence, shown, offered, given or candidate, trace)


def answered(question: Labelled, given: str, confidence: float = 0.9) -> Judged:
    return judge(question, response("answer", given, confidence), PARENTS)


def refused(question: Labelled, candidate: str | None = "pay", confidence: float = 0.2) -> Judged:
    return judge(question, response(confidence=confidence, candidate=candidate), PARENTS)


def clarified(question: Labelled, *offered: str, confidence: float = 0.4) -> Judged:
    asked = response("clarify", None, confidence, offered=offered, candidate=offered[0])
    return judge(question, asked, PARENTS)
