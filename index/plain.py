"""The plain recipe, to measure against: best cosine over one text a unit, and a threshold.

It embeds a unit's question or heading and its text, as the usual FAISS tutorial does, with the
same encoder and over the same units as the index; no variants, no boundaries, nothing learned. Its
confidence is the cosine.
"""

from collections.abc import Sequence

import numpy as np

from index.datatypes import ChunkRole, Kind, Trace
from index.encoder import Encoder
from index.evaluation import Judged, Labelled, Response, judge
from index.store import Contents

THRESHOLDS = (0.65, 0.60)
"""What such bots are commonly run with."""
_ROLES = (ChunkRole.QUESTION, ChunkRole.PASSAGE)
_TRACED = 8


class Plain:
    """The plain recipe over the contents of a version."""

    def __init__(self, contents: Contents, encoder: Encoder) -> None:
        units = contents.units
        self._ids = [unit.id for unit in units]
        self._parents = {unit.id: unit.parent for unit in units}
        content = {n for n, u in enumerate(units) if u.kind not in (Kind.BOUNDARY, Kind.SMALLTALK)}
        kept = [
            position
            for position, chunk in enumerate(contents.chunks)
            if chunk.role in _ROLES and chunk.unit in content
        ]
        self._vectors = contents.dense.vectors[kept]
        self._owners = np.array([contents.chunks[position].unit for position in kept])
        self._encoder = encoder

    def examine(self, questions: Sequence[Labelled], threshold: float) -> tuple[Judged, ...]:
        """Ask every question; one whose best cosine is `threshold` or more is answered."""
        return tuple(
            judge(question, self.respond(question.question, threshold), self._parents)
            for question in questions
        )

    def respond(self, question: str, threshold: float) -> Response:
        """Answer one question."""
        cosines = self._vectors @ self._encoder.encode([question])[0]
        best = np.full(len(self._ids), -1.0, dtype=np.float32)
        np.maximum.at(best, self._owners, cosines)
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
