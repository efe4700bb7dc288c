"""Outcomes and units of the index -> the JSON of the API. Pure."""

from collections.abc import Iterable

from index import datatypes as domain
from index.freshness import Freshness
from service.answering.messages import USUAL, Sentences, VisitorMessage, message
from service.answering.pipeline import Exchange, Serialise
from service.answering.reply import OUTCOMES, returned_unit
from service.api import schemas

_DIGITS = 4
"""Of a probability; a model fitted on some hundred questions knows no more."""
_OWN = {"interaction_id", "conversation_id"}
"""Fields of a response that belong to one exchange alone, and come first."""


def serialiser(contact_url: str | None, sentences: Sentences = USUAL) -> Serialise:
    """Return what writes an outcome as JSON in the words of a site; `body` completes it."""

    def serialise(outcome: domain.Outcome, index_version: str) -> bytes:
        response = reply(outcome, message(outcome, contact_url, sentences), index_version)
        return response.model_dump_json(exclude=_OWN).encode()

    return serialise


def body(exchange: Exchange) -> bytes:
    """Write a response as JSON; neither id holds a character that JSON escapes."""
    own = (
        f'{{"interaction_id":"{exchange.interaction_id}",'
        f'"conversation_id":"{exchange.conversation_id}",'
    )
    return own.encode() + exchange.body[1:]


def reply(outcome: domain.Outcome, said: VisitorMessage, index_version: str) -> schemas.AskResponse:
    """Put an outcome into the one shape of a response, without the ids of an exchange."""
    unit = returned_unit(outcome)
    contact = said.contact
    return schemas.AskResponse(
        interaction_id="",
        conversation_id="",
        outcome=OUTCOMES[type(outcome)],
        confidence=round(min(1.0, max(0.0, outcome.confidence)), _DIGITS),
        message=said.text,
        message_html=said.html,
        contact=schemas.ContactJson(label=contact.label, url=contact.url) if contact else None,
        answer=answer(unit, _asked_role(outcome)) if unit else None,
        passages=[passage(hit) for hit in outcome.passages],
        suggestions=suggestions(_offered(outcome)),
        index_version=index_version,
    )


def _asked_role(outcome: domain.Outcome) -> str | None:
    return outcome.asked_role if isinstance(outcome, domain.Answered) else None


def _offered(outcome: domain.Outcome) -> tuple[domain.Suggestion, ...]:
    match outcome:
        case domain.Answered():
            return outcome.related
        case domain.Clarify():
            return outcome.candidates
        case domain.Abstained():
            return outcome.nearest
        case domain.Conversed():
            return outcome.suggestions


def answer(unit: domain.Unit, asked_role: str | None = None) -> schemas.Answer:
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
        sources=[schemas.SourceJson(title=source.title, url=source.url) for source in unit.sources],
        citation=_citation(unit.citation),
        sides=[_side(side, side.role == asked_role) for side in unit.sides],
    )


def _citation(citation: domain.Citation) -> schemas.CitationJson:
    return schemas.CitationJson(
        document=citation.document,
        start=citation.start,
        end=citation.end,
        sha256=citation.sha256,
    )


def _side(side: domain.Side, asked: bool) -> schemas.SideJson:
    return schemas.SideJson(
        role=side.role,
        label=side.label,
        id=side.id,
        text=side.text,
        html=side.html,
        citation=_citation(side.citation),
        asked=asked,
    )


def passage(hit: domain.Hit) -> schemas.Passage:
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


def suggestions(offered: Iterable[domain.Suggestion]) -> list[schemas.SuggestionJson]:
    """Put suggestions into the shape that a client gets."""
    return [
        schemas.SuggestionJson(id=suggestion.id, question=suggestion.question)
        for suggestion in offered
    ]


def index_info(manifest: domain.Manifest, due: Freshness) -> schemas.IndexInfo:
    """Describe an index."""
    model = manifest.model
    return schemas.IndexInfo(
        version=manifest.version,
        built_at=manifest.built_at,
        model=schemas.ModelJson(
            name=model.name, sha256=model.sha256, dimension=model.dimension, runtime=model.runtime
        ),
        content_hash=manifest.content_hash,
        counts=dict(manifest.counts),
        figures=dict(manifest.figures),
        freshness=schemas.FreshnessJson(
            overdue=due.overdue, expiring=due.expiring, expired=due.expired
        ),
    )
