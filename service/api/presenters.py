"""Outcomes and units of the index -> the JSON of the API. Pure."""

import json
from collections.abc import Iterable
from functools import lru_cache

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
_OF_UNITS = b'"answer":null,"passages":[]'
"""Stands once in a response without its units: a quote within a text is escaped."""
_OF_HIT = {"score", "highlights"}
"""Fields of a passage that differ from question to question, and come last."""
_UNITS = 512
"""Units whose JSON is kept, as it is the same in every response."""


def serialiser(contact_url: str | None, sentences: Sentences = USUAL) -> Serialise:
    """Return what writes an outcome as JSON in the words of a site; `body` completes it."""

    def serialise(outcome: domain.Outcome, index_version: str) -> tuple[bytes, ...]:
        said = message(outcome, contact_url, sentences)
        response = _without_units(outcome, said, index_version).model_dump_json(exclude=_OWN)
        before, after = response.encode().split(_OF_UNITS)
        unit = returned_unit(outcome)
        answered = _answer_json(unit, _asked_role(outcome)) if unit else b"null"
        passages = [part for hit in outcome.passages for part in _passage_json(hit)]
        return (before, b'"answer":', answered, b',"passages":[', *passages[1:], b"]", after)

    return serialise


def body(exchange: Exchange) -> bytes:
    """Write a response as JSON; neither id holds a character that JSON escapes."""
    own = (
        f'{{"interaction_id":"{exchange.interaction_id}",'
        f'"conversation_id":"{exchange.conversation_id}",'
    )
    return own.encode() + b"".join(exchange.body)[1:]


@lru_cache(_UNITS)
def _answer_json(unit: domain.Unit, asked_role: str | None) -> bytes:
    return answer(unit, asked_role).model_dump_json().encode()


def _passage_json(hit: domain.Hit) -> tuple[bytes, ...]:
    """Write a hit with a comma before it."""
    own = f'"score":{hit.score},"highlights":{json.dumps(hit.highlights, separators=(",", ":"))}}}'
    return b",", _shown_json(hit.unit, hit.text), own.encode()


@lru_cache(_UNITS)
def _shown_json(unit: domain.Unit, text: str) -> bytes:
    """Write what is shown of a unit, up to the fields that differ from question to question."""
    shown = passage(domain.Hit(unit, 0.0, text, ())).model_dump_json(exclude=_OF_HIT)
    return f"{shown[:-1]},".encode()


def _without_units(
    outcome: domain.Outcome, said: VisitorMessage, index_version: str
) -> schemas.AskResponse:
    """Put an outcome into the one shape of a response, without the ids and the units."""
    contact = said.contact
    return schemas.AskResponse(
        interaction_id="",
        conversation_id="",
        outcome=OUTCOMES[type(outcome)],
        confidence=round(min(1.0, max(0.0, outcome.confidence)), _DIGITS),
        message=said.text,
        message_html=said.html,
        contact=schemas.ContactJson(label=contact.label, url=contact.url) if contact else None,
        answer=None,
        passages=[],
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
