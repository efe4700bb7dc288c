"""How one version answers a question, and why, in words. Pure except for asking it."""

from collections.abc import Sequence
from dataclasses import dataclass

from index import Abstained, Answered, Clarify, Outcome, Retriever, Unit
from index.datatypes import Reason, Trace

MOST = 3
"""Candidates that are explained."""
LIKELY = 0.0
"""Of the classifier's evidence: from here on it names the candidate."""
UNLIKELY = -1.5
COMPETES = 0.3
"""Of the classifier's evidence for what is out of scope: from here on that competes."""
_REFUSALS = {
    Reason.BOUNDARY: "I don't answer it: it belongs to a topic that's out of scope.",
    Reason.NOT_COVERED: "I don't answer it: nothing here is close enough.",
    Reason.LANGUAGE: "I don't answer it: it seems to be in another language.",
    Reason.UNREADABLE: "I don't answer it: it has no words.",
    Reason.EXPIRED: "I don't answer it: the answer has expired.",
}


@dataclass(frozen=True, slots=True)
class RankedUnit:
    """A unit close to the question, with its closest variant."""

    id: str
    title: str
    score: float
    closest: str
    likeness: float
    """Cosine of the question with `closest`."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a version answers a question."""

    version: str
    said: str
    """What it does, in a sentence."""
    unit: Unit | None
    confidence: float
    reasons: tuple[str, ...]
    ranked: tuple[RankedUnit, ...]


def explain(retriever: Retriever, question: str) -> Explanation:
    """Ask a version, and say why it answers so."""
    outcome = retriever.answer(question, limit=MOST)
    ranked = _ranked(retriever, question, outcome)
    return Explanation(
        version=retriever.manifest.version,
        said=_said(outcome),
        unit=_unit(outcome),
        confidence=outcome.confidence,
        reasons=tuple(_reasons(question, outcome.trace, ranked, outcome)),
        ranked=ranked,
    )


def _said(outcome: Outcome) -> str:
    if isinstance(outcome, Answered):
        return "Answered."
    if isinstance(outcome, Clarify):
        return "I ask back which one is meant."
    return (
        _REFUSALS[outcome.reason] if isinstance(outcome, Abstained) else "I take it for smalltalk."
    )


def _unit(outcome: Outcome) -> Unit | None:
    if isinstance(outcome, Clarify):
        return None
    return outcome.boundary if isinstance(outcome, Abstained) else outcome.unit


def _ranked(retriever: Retriever, question: str, outcome: Outcome) -> tuple[RankedUnit, ...]:
    scores = dict(outcome.trace.candidates[:MOST])
    unit = _unit(outcome)
    if unit is not None and unit.id not in scores:
        scores = {unit.id: 0.0, **scores}
    units = [retriever.units[id_] for id_ in scores if id_ in retriever.units]
    asked = [(unit.questions or (unit.title,)) for unit in units]
    vectors = retriever.encode([question, *(text for texts in asked for text in texts)])
    likeness = (vectors[1:] @ vectors[0]).tolist()
    found = []
    for unit, texts in zip(units, asked, strict=True):
        pairs = list(zip(likeness[: len(texts)], texts, strict=True))
        likeness = likeness[len(texts) :]
        best, closest = max(pairs)
        found.append(RankedUnit(unit.id, unit.title, scores[unit.id], closest, best))
    return tuple(found)


def _reasons(
    question: str, trace: Trace, ranked: Sequence[RankedUnit], outcome: Outcome
) -> list[str]:
    found = []
    if trace.understood.casefold().split() != question.casefold().split():
        found.append(f"I read it as “{trace.understood}”.")
    if ranked:
        first = ranked[0]
        found.append(f"The closest variant is “{first.closest}” ({first.likeness:.0%} alike).")
    classifier = trace.evidence.get("classifier")
    if classifier is not None:
        how = "is sure of" if classifier >= LIKELY else "leans to"
        found.append(
            "The classifier takes it for something else."
            if classifier < UNLIKELY
            else f"The classifier {how} the nearest answer."
        )
    if trace.evidence.get("out_of_scope_classifier", 0.0) > COMPETES:
        found.append("A topic that is out of scope competes.")
    if trace.evidence.get("out_of_scope_lead", 0.0) > 0:
        found.append("A question out of scope reads much the same.")
    found.append(f"Confidence in the nearest answer: {outcome.confidence:.0%}.")
    return found
