"""What the index says -> what a client gets. Pure."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypeAlias

from index import datatypes as found
from index.freshness import Freshness
from service.api import schemas

OutcomeName: TypeAlias = Literal["answer", "clarify", "no_answer", "smalltalk"]
OUTCOMES: Mapping[type[found.Outcome], OutcomeName] = {
    found.Answered: "answer",
    found.Clarify: "clarify",
    found.Abstained: "no_answer",
    found.Conversed: "smalltalk",
}


_DIGITS = 4
"""Of a probability; a model fitted on some hundred questions knows no more."""


_OWN = {"interaction_id", "conversation_id"}
"""Fields of a response that are of one exchange alone, and stand first."""


def shared(outcome: found.Outcome, message: str, index_version: str) -> bytes:
    """Write as JSON what all responses with an outcome share; `body` makes it whole."""
    response = reply(outcome, message, index_version)
    return response.model_dump_json(exclude=_OWN).encode()


def body(interaction: str, conversation: str, shared_: bytes) -> bytes:
    """Write a response as JSON; neither id holds a character that JSON escapes."""
    own = f'{{"interaction_id":"{interaction}","conversation_id":"{conversation}",'
    return own.encode() + shared_[1:]


def reply(outcome: found.Outcome, message: str, index_version: str) -> schemas.AskResponse:
    """Put an outcome into the one shape of a response, without the ids of an exchange."""
    unit = given_unit(outcome)
    return schemas.AskResponse(
        interaction_id="",
        conversation_id="",
        outcome=OUTCOMES[type(outcome)],
        confidence=round(min(1.0, max(0.0, outcome.confidence)), _DIGITS),
        message=message,
        answer=answer(unit) if unit else None,
        passages=[passage(hit) for hit in outcome.passages],
        suggestions=suggestions(_offered(outcome)),
        index_version=index_version,
    )


def given_unit(outcome: found.Outcome) -> found.Unit | None:
    """Find the unit that is shown as the answer, if any."""
    if isinstance(outcome, found.Answered | found.Conversed):
        return outcome.unit
    return None


def _offered(outcome: found.Outcome) -> tuple[found.Suggestion, ...]:
    match outcome:
        case found.Answered():
            return outcome.related
        case found.Clarify():
            return outcome.candidates
        case found.Abstained():
            return outcome.nearest
        case found.Conversed():
            return outcome.suggestions


def answer(unit: found.Unit) -> schemas.Answer:
    """Put a unit into the shape of an answer."""
    return schemas.Answer(
        id=unit.id,
        kind=unit.kind,
        title=unit.title,
        text=unit.text,
        markdown=unit.markdown,
        html=unit.html,
        url=unit.url,
        reviewed=unit.reviewed,
        sources=[schemas.Source(title=one.title, url=one.url) for one in unit.sources],
        citation=_citation(unit.citation),
        sides=[_side(one) for one in unit.sides],
    )


def _citation(citation: found.Citation) -> schemas.Citation:
    return schemas.Citation(
        document=citation.document,
        start=citation.start,
        end=citation.end,
        sha256=citation.sha256,
    )


def _side(side: found.Side) -> schemas.Side:
    return schemas.Side(
        role=side.role,
        label=side.label,
        id=side.id,
        text=side.text,
        html=side.html,
        citation=_citation(side.citation),
    )


def passage(hit: found.Hit) -> schemas.Passage:
    """Put a hit into the shape of a passage."""
    return schemas.Passage(
        id=hit.unit.id,
        document=hit.unit.document,
        heading=hit.unit.title,
        text=hit.text,
        url=hit.unit.url,
        score=hit.score,
        highlights=list(hit.highlights),
    )


def suggestions(given: Iterable[found.Suggestion]) -> list[schemas.Suggestion]:
    """Put suggestions into the shape that a client gets."""
    return [schemas.Suggestion(id=one.id, question=one.question) for one in given]


def index_info(manifest: found.Manifest, due: Freshness) -> schemas.IndexInfo:
    """Describe an index."""
    model = manifest.model
    return schemas.IndexInfo(
        version=manifest.version,
        built_at=manifest.built_at,
        model=schemas.Model(
            name=model.name, sha256=model.sha256, dimension=model.dimension, runtime=model.runtime
        ),
        content_hash=manifest.content_hash,
        counts=dict(manifest.counts),
        figures=dict(manifest.figures),
        freshness=schemas.Freshness(
            overdue=due.overdue, expiring=due.expiring, expired=due.expired
        ),
    )
