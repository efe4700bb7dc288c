"""A reply that is the same for everybody who asks the same, and what a record of it needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from index.datatypes import (
    Abstained,
    Answered,
    Clarify,
    Conversed,
    Outcome,
    Stage,
    Turn,
    Unit,
)

OutcomeName: TypeAlias = Literal["answer", "clarify", "no_answer", "smalltalk"]
OUTCOMES: Mapping[type[Outcome], OutcomeName] = {
    Answered: "answer",
    Clarify: "clarify",
    Abstained: "no_answer",
    Conversed: "smalltalk",
}


@dataclass(frozen=True, slots=True)
class RenderedReply:
    """An outcome as it is counted, recorded, cached and sent."""

    outcome: OutcomeName
    reason: str
    """Empty unless there is no answer."""
    confidence: float
    unit: str | None
    """Id of what was returned as the answer."""
    offered: tuple[str, ...]
    """Ids of the choices of a clarifying question."""
    understood: str
    """The question as a follow-up may refer to it."""
    body: tuple[bytes, ...]
    """The response as JSON in parts, without what belongs to one exchange alone."""
    stages: tuple[Stage, ...] = ()
    """Where the time went; empty for a cached reply."""
    is_partial: bool = False
    """A part of the content could not be searched; asked later, it may be."""

    @property
    def turn(self) -> Turn | None:
        """What a follow-up may refer to: not to a greeting between two questions."""
        if self.outcome == "smalltalk":
            return None
        return Turn(self.understood, self.unit, self.offered)


def reply_of(outcome: Outcome, body: tuple[bytes, ...]) -> RenderedReply:
    """Keep of an outcome what is needed once it is serialised."""
    unit = returned_unit(outcome)
    return RenderedReply(
        outcome=OUTCOMES[type(outcome)],
        reason=outcome.reason.value if isinstance(outcome, Abstained) else "",
        confidence=outcome.confidence,
        unit=unit.id if unit else None,
        offered=tuple(suggestion.id for suggestion in outcome.candidates)
        if isinstance(outcome, Clarify)
        else (),
        understood=outcome.trace.understood,
        body=body,
        stages=outcome.trace.stages,
        is_partial=outcome.trace.is_partial,
    )


def returned_unit(outcome: Outcome) -> Unit | None:
    """Return the unit that is shown as the answer, if any."""
    return outcome.unit if isinstance(outcome, Answered | Conversed) else None
