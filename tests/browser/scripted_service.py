"""The real service over the content beside this file, with a retriever written by hand.

It knows a question only as the content spells it, so that a test can say which outcome it wants.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

from fastapi import FastAPI
from pydantic import SecretStr

from corpus import load
from index import Retriever
from index.building.chunking import chunk
from index.datatypes import (
    Abstained,
    Answered,
    Clarify,
    Conversed,
    Hit,
    Kind,
    Manifest,
    ModelCard,
    Outcome,
    Reason,
    Suggestion,
    Trace,
    Turn,
    Unit,
    VectorIndexCard,
    VectorIndexKind,
)
from service.app import create_app
from service.settings import Settings

CONTENT = Path(__file__).parent / "content"
CONTACT = "https://example.org/contact"
TRACE = Trace(understood="", evidence={}, candidates=())


class ScriptedRetriever:
    """Knows questions by heart. What begins with "which" and is not known could mean two things."""

    def __init__(self, change: Callable[[Unit], Unit] = lambda unit: unit) -> None:
        self.units = {unit.id: change(unit) for unit in chunk(load(CONTENT)).units}
        card = ModelCard(name="none", sha256="", dimension=1, runtime="none")
        dense = VectorIndexCard(VectorIndexKind.FLAT, 0, 0, 0, 1.0)
        self.manifest = Manifest(1, "0" * 12, "2026-01-01T00:00:00Z", card, "", {}, {}, dense, {})
        self._by_question = {
            question.lower(): unit for unit in self.units.values() for question in unit.questions
        }
        self._canned = tuple(
            Suggestion(unit.id, unit.title) for unit in self.units.values() if unit.kind is Kind.FAQ
        )

    @property
    def smalltalk(self) -> tuple[Unit, ...]:
        return tuple(unit for unit in self.units.values() if unit.kind is Kind.SMALLTALK)

    def warm(self) -> None:
        """Nothing is read later."""

    def answer(self, question: str, history: Sequence[Turn] = (), limit: int = 5) -> Outcome:
        unit = self._by_question.get(question.lower())
        if unit is None and question.lower().startswith("which"):
            return Clarify(self._canned[:2], 0.5, (), TRACE)
        if unit is None:
            return Abstained(Reason.NOT_COVERED, None, None, 0.1, self._canned, (), TRACE)
        if unit.kind is Kind.BOUNDARY:
            return Abstained(Reason.BOUNDARY, unit, None, 0.1, self._canned, (), TRACE)
        if unit.kind is Kind.SMALLTALK:
            return Conversed(unit, 1.0, (), self._canned, TRACE)
        related = tuple(canned for canned in self._canned if canned.id in unit.related)
        return Answered(unit, 0.9, (_hit(unit),), related, TRACE)

    def suggest(self, prefix: str, limit: int = 8) -> tuple[Suggestion, ...]:
        return tuple(
            canned for canned in self._canned if prefix.lower() in canned.question.lower()
        )[:limit]


def _hit(unit: Unit) -> Hit:
    """Mark the second sentence."""
    sentences = unit.text.split(". ")
    if len(sentences) < 2:
        return Hit(unit, 1.0, unit.text, ())
    start = len(sentences[0]) + 2
    return Hit(unit, 1.0, unit.text, ((start, start + len(sentences[1]) + 1),))


def scripted_app(folder: Path, origin: str, rate: str = "off") -> FastAPI:
    """Make the service; its database lies in `folder`, and `origin` may ask it."""
    settings = Settings(
        index_dir=folder,
        database_url=SecretStr(f"sqlite:///{folder}/interactions.db"),
        allowed_origins=(origin,),
        rate_limit=rate,
        contact_url=CONTACT,
    )
    return create_app(settings, lambda _: cast(Retriever, ScriptedRetriever()))
