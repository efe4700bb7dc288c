"""The plain recipe, to measure against: best cosine over one text a unit, and a threshold.

It embeds a unit's question or heading together with its text, as the usual FAISS tutorial does,
with the same encoder and over the same units as the index; no variants, no boundaries, nothing
learned. Its confidence is the cosine.
"""

from collections.abc import Sequence

import numpy as np

from index.datatypes import ChunkRole, Kind, Trace, Unit
from index.encoding.encoder import Encoder
from index.evaluation.labelled_questions import Judged, Labelled, Response, judge
from index.versions.version_store import Contents

THRESHOLDS = (0.65, 0.60)
"""What such bots are commonly run with."""
_ASKING = (ChunkRole.QUESTION, ChunkRole.VARIANT)
_TRACED = 8


class Plain:
    """Answers with the unit of the nearest text, when its cosine is `threshold` or more."""

    def __init__(
        self, units: Sequence[Unit], texts: Sequence[str], owners: Sequence[int], encoder: Encoder
    ) -> None:
        self._ids = [unit.id for unit in units]
        self._parents = {unit.id: unit.parent for unit in units}
        self._owners = np.array(owners)
        self._encoder = encoder
        self._vectors = encoder.encode(texts)

    def examine(self, questions: Sequence[Labelled], threshold: float) -> tuple[Judged, ...]:
        """Ask every question."""
        return tuple(
            judge(question, self.respond(question.question, threshold), self._parents)
            for question in questions
        )

    def respond(self, question: str, threshold: float) -> Response:
        """Answer one question."""
        best = np.full(len(self._ids), -1.0, dtype=np.float32)
        np.maximum.at(best, self._owners, self._vectors @ self._encoder.encode([question])[0])
        ranked = [
            (self._ids[unit], round(float(best[unit]), 4))
            for unit in np.argsort(-best, kind="stable")[:_TRACED]
        ]
        first, cosine = ranked[0]
        return Response(
            outcome="answer" if cosine >= threshold else "no_answer",
            given=first if cosine >= threshold else None,
            confidence=max(0.0, cosine),
            shown=tuple(id_ for id_, _ in ranked),
            offered=(),
            candidate=first,
            trace=Trace(question, {"cosine": cosine}, tuple(ranked)),
        )


def over_units(contents: Contents, encoder: Encoder) -> Plain:
    """Make the plain recipe: one text a unit."""
    units = contents.units
    kept = [position for position, unit in enumerate(units) if _is_content(unit)]
    texts = [f"{units[position].title}\n{units[position].text}" for position in kept]
    return Plain(units, texts, kept, encoder)


def over_questions(contents: Contents, encoder: Encoder) -> Plain:
    """Make a nearest neighbour among the questions and variants that content is asked by."""
    kept = [
        chunk
        for chunk in contents.chunks
        if chunk.role in _ASKING and _is_content(contents.units[chunk.unit])
    ]
    texts = [chunk.embedded for chunk in kept]
    return Plain(contents.units, texts, [chunk.unit for chunk in kept], encoder)


def _is_content(unit: Unit) -> bool:
    return unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)
