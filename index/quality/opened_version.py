"""A version opened once, for everything that judges it before it goes live."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from index.datatypes import Answered, Clarify, Conversed, Outcome
from index.encoding.encoder import Encoder, OnnxEncoder
from index.loading import Knowledge, gather
from index.retriever import Retriever
from index.versions.version_store import Loaded

BEFORE_ANY_EXPIRY = date.min
"""What a version can answer does not depend on the day on which it is judged."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of a question, in short."""

    outcome: str
    """As in the API: answer, clarify, no_answer or smalltalk."""
    unit: str | None
    """Id of the answer, boundary or smalltalk that was returned."""

    def __str__(self) -> str:
        if self.outcome == "clarify":
            return "a question back"
        if self.outcome == "no_answer":
            return f"no answer ({self.unit})" if self.unit else "no answer"
        return self.unit or "smalltalk"


def reply_of(outcome: Outcome) -> Reply:
    """Sum an outcome up."""
    if isinstance(outcome, Answered):
        return Reply("answer", outcome.unit.id)
    if isinstance(outcome, Clarify):
        return Reply("clarify", None)
    if isinstance(outcome, Conversed):
        return Reply("smalltalk", outcome.unit.id)
    return Reply("no_answer", outcome.boundary.id if outcome.boundary else None)


@dataclass(frozen=True, slots=True)
class OpenedVersion:
    """A version that was read, what answers from it, and its encoder."""

    loaded: Loaded
    knowledge: Knowledge
    encoder: Encoder

    def retriever(self, today: Callable[[], date] | None = None) -> Retriever:
        """Return a retriever of the version, by default as of today."""
        return Retriever(self.knowledge, self.encoder, today=today)

    def asker(self) -> Callable[[str], Reply]:
        """Return what asks the version a question on a day on which nothing has expired."""
        retriever = self.retriever(lambda: BEFORE_ANY_EXPIRY)
        return lambda question: reply_of(retriever.answer(question, limit=1))


def open_version(loaded: Loaded, encoder: Encoder | None = None) -> OpenedVersion:
    """Open a version that was read; an `encoder` saves the time to open the one in it."""
    return OpenedVersion(loaded, gather(loaded), encoder or OnnxEncoder(loaded.folder))


def open_beside(loaded: Loaded, other: OpenedVersion) -> OpenedVersion:
    """Open a version, with the encoder of another one where the two have the same."""
    is_shared = _encoder_files(loaded) == _encoder_files(other.loaded)
    return open_version(loaded, other.encoder if is_shared else None)


def _encoder_files(loaded: Loaded) -> list[tuple[str, str]]:
    return sorted(
        (name, digest)
        for name, digest in loaded.manifest.files.items()
        if name.endswith(".onnx") or name == "tokenizer.json"
    )
