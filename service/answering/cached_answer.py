"""What is said to whoever asks the same, and all that a record of it needs."""

import json
import zlib
from dataclasses import dataclass

from index.datatypes import Abstained, Outcome, Stage
from service.api.presenters import OUTCOMES, OutcomeName, given_unit

_LINE_END = b"\n"


@dataclass(frozen=True, slots=True)
class Told:
    """An outcome as it is counted, recorded and sent."""

    outcome: OutcomeName
    reason: str
    """Empty unless there is no answer."""
    confidence: float
    unit: str | None
    """Id of what was given as the answer."""
    understood: str
    """The question, as a follow-up may lean on it."""
    shared: bytes
    """The response as JSON, without what belongs to one exchange alone."""
    stages: tuple[Stage, ...] = ()
    """Empty for whoever is answered from memory, and so waits for none of them."""
    is_partial: bool = False
    """A part did not answer; asked later, it may."""


def told(outcome: Outcome, shared: bytes) -> Told:
    """Keep of an outcome what is needed once it is written."""
    unit = given_unit(outcome)
    return Told(
        outcome=OUTCOMES[type(outcome)],
        reason=outcome.reason.value if isinstance(outcome, Abstained) else "",
        confidence=outcome.confidence,
        unit=unit.id if unit else None,
        understood=outcome.trace.understood,
        shared=shared,
        stages=outcome.trace.stages,
        is_partial=outcome.trace.is_partial,
    )


def pack(one: Told) -> bytes:
    """Write down what is to be remembered: a line of JSON, then the response, compressed."""
    facts = (one.outcome, one.reason, one.confidence, one.unit, one.understood)
    return json.dumps(facts).encode() + _LINE_END + zlib.compress(one.shared, zlib.Z_BEST_SPEED)


def unpack(packed: bytes) -> Told | None:
    """Read what `pack` wrote; None for what another release wrote."""
    facts, _, shared = packed.partition(_LINE_END)
    try:
        outcome, reason, confidence, unit, understood = json.loads(facts)
        return Told(outcome, reason, confidence, unit, understood, zlib.decompress(shared))
    except (TypeError, ValueError, zlib.error):
        return None
