"""Frozen data that the steps of building and answering exchange."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Vectors: TypeAlias = NDArray[np.float32]
"""Shape (n, dimension); every row has length 1."""
Scores: TypeAlias = NDArray[np.float32]
"""Shape (n,), one score a chunk or unit; higher is closer."""
Positions: TypeAlias = NDArray[np.int64]
"""Shape (n,): positions of texts in the order of the index."""


class Kind(StrEnum):
    """What a unit is, which decides how its answer is shown."""

    FAQ = "faq"
    PASSAGE = "passage"
    COMPARISON = "comparison"
    BOUNDARY = "boundary"
    SMALLTALK = "smalltalk"


class ChunkRole(StrEnum):
    """What a chunk is to its unit."""

    QUESTION = "question"
    """The question of a canned answer, or the heading of a section."""
    VARIANT = "variant"
    """Another wording of the question."""
    PARAPHRASE = "paraphrase"
    """A common question that is lent to a unit with hardly any variants."""
    PHRASE = "phrase"
    """A part of a sentence of the answer, which a terse question may name, for units with hardly
    any variants."""
    PASSAGE = "passage"
    """The answer's own text, or a part of it."""
    SENTENCE = "sentence"
    """One sentence of it, also used to highlight the best one."""
    TITLED = "titled"
    """One sentence under the unit's title, for units with hardly any variants."""


class Reason(StrEnum):
    """Why there is no answer."""

    BOUNDARY = "boundary"
    """The question is about a topic that this site does not answer."""
    NOT_COVERED = "not_covered"
    """Nothing in the corpus answers it."""
    LANGUAGE = "language"
    """It is in a language that this site does not answer in."""
    UNREADABLE = "unreadable"
    """It has no words: code, emoji, keyboard noise."""
    EXPIRED = "expired"
    """Its answer is past its `valid_until`."""
    NONE_CHOSEN = "none_chosen"
    """The visitor meant none of the choices that were offered."""


@dataclass(frozen=True, slots=True)
class Source:
    """A reference that backs an answer."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Citation:
    """Proof that a text is verbatim: bytes `[start, end)` of a source file and their digest."""

    document: str
    """Path of the source file inside the corpus folder."""
    start: int
    end: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Side:
    """One side of a comparison."""

    role: str
    """Key of the role, such as ``se``."""
    label: str
    """Name of the role, such as ``Software engineer``."""
    id: str
    text: str
    html: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Unit:
    """Anything with an id that can be returned as an answer or shown as a passage."""

    id: str
    kind: Kind
    document: str
    """Path of the source file inside the corpus folder."""
    document_title: str
    title: str
    """The question of a canned answer, the heading of a passage, the topic of a boundary."""
    level: int
    """Heading level of a section, 0 for anything else."""
    trail: tuple[str, ...]
    text: str
    markdown: str
    html: str
    url: str
    """Page and anchor, relative to the service unless the article has a page of its own."""
    owner: str
    reviewed: date | None
    valid_until: date | None
    sources: tuple[Source, ...]
    related: tuple[str, ...]
    questions: tuple[str, ...]
    """Questions that this unit answers; for a canned answer its own question first."""
    parent: str | None
    sides: tuple[Side, ...]
    """Empty unless `kind` is COMPARISON."""
    citation: Citation

    def __hash__(self) -> int:
        return hash(self.id)  # units look their JSON up, and few that differ share an id


@dataclass(frozen=True, slots=True)
class Chunk:
    """A text by which a unit is found."""

    unit: int
    """Position of the unit in the index."""
    role: ChunkRole
    text: str
    """What is shown, and searched by BM25."""
    embedded: str
    """What is encoded: `text`, with its heading in front where that helps."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A unit found for a question, with its best passage."""

    unit: Unit
    score: float
    """In [0, 1], comparable within one result only."""
    text: str
    """The whole unit, or the best part of a long one."""
    highlights: tuple[tuple[int, int], ...]
    """Character ranges `[start, end)` of `text` that fit best."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question to offer, and the id of the unit that answers it."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage of answering a question."""

    name: str
    """`read`, `encode`, `dense`, `rank`, `weigh`, `passages` or `decide`."""
    started: float
    """In seconds of `time.perf_counter`."""
    seconds: float


@dataclass(frozen=True, slots=True)
class Trace:
    """How an answer was found, for `--why`; not needed to show the answer."""

    understood: str
    """The question as it was searched, after cleaning and after a follow-up was completed."""
    evidence: Mapping[str, float]
    """The features that the confidence was computed from, by name."""
    candidates: tuple[tuple[str, float], ...]
    """Ids and ranking scores of the first candidates, best first."""
    is_partial: bool = False
    """Whether some of the content could not be searched."""
    stages: tuple[Stage, ...] = field(default=(), compare=False)
    """Timings in order; a question with several parts repeats some stages."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The unit that answers the question."""

    unit: Unit
    confidence: float
    """Probability in [0, 1] that `unit` answers the question."""
    passages: tuple[Hit, ...]
    related: tuple[Suggestion, ...]
    """Questions to go on with; `others` come first."""
    trace: Trace
    others: tuple[Suggestion, ...] = ()
    """What the message asks besides, or was chosen besides, and is answered elsewhere."""
    leaves_out: bool = False
    """Whether the message asks something besides that nothing here answers."""
    is_chosen: bool = False
    """Whether the visitor chose it from what was offered."""
    asked_role: str | None = None
    """Key of the only role that the question names, of a comparison."""


@dataclass(frozen=True, slots=True)
class Clarify:
    """Two or three units are close, and the visitor is asked which is meant."""

    candidates: tuple[Suggestion, ...]
    confidence: float
    """Of the best candidate."""
    passages: tuple[Hit, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Abstained:
    """No answer, with the reason and the nearest units."""

    reason: Reason
    boundary: Unit | None
    """The boundary whose reply fits, when `reason` is BOUNDARY."""
    language: str | None
    """ISO 639-1 code, when `reason` is LANGUAGE."""
    confidence: float
    """Of the best candidate, which was not good enough."""
    nearest: tuple[Suggestion, ...]
    passages: tuple[Hit, ...]
    trace: Trace


@dataclass(frozen=True, slots=True)
class Conversed:
    """Smalltalk: the reply is `unit.text`."""

    unit: Unit
    confidence: float
    passages: tuple[Hit, ...]
    suggestions: tuple[Suggestion, ...]
    """Questions to start with."""
    trace: Trace


Outcome: TypeAlias = Answered | Clarify | Abstained | Conversed


@dataclass(frozen=True, slots=True)
class Turn:
    """One earlier exchange of a conversation."""

    question: str
    """The rewritten query, which stands alone."""
    unit: str | None
    """Id of the answer that was returned, if any."""
    offered: tuple[str, ...] = ()
    """Ids of the choices that a clarifying question offered, in order."""


@dataclass(frozen=True, slots=True)
class ModelCard:
    """The encoder of an index."""

    name: str
    sha256: str
    """Of the exported encoder and its tokenizer."""
    dimension: int
    runtime: str
    """How queries are encoded, such as ``onnx-int8``."""


class VectorIndexKind(StrEnum):
    """How the nearest texts are found."""

    FLAT = "flat"
    """Every row is compared: exact."""
    LISTS = "lists"
    """Rows near each other share a list, and the lists nearest to a question are searched."""


@dataclass(frozen=True, slots=True)
class VectorIndexCard:
    """The vector index of a version; kind and parameters follow from its size."""

    kind: VectorIndexKind
    rows: int
    lists: int
    """0 unless `kind` is LISTS."""
    probes: int
    """Lists that are searched for a question; 0 unless `kind` is LISTS."""
    recall: float
    """Share of the ten nearest rows that is found, as measured by the build."""


@dataclass(frozen=True, slots=True)
class VectorStoreCard:
    """The vector store that holds the texts of a version."""

    engine: str
    """`milvus`."""
    rows: int
    """All texts of the version."""
    resident: int
    """Of these, the texts whose vectors the version holds as well."""


@dataclass(frozen=True, slots=True)
class Measured:
    """Figures of a version, measured before it was finished."""

    figures: Mapping[str, float]
    evaluation: bytes
    """The results behind the figures, kept in the version."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a version holds, and the digest of every file in it."""

    format: int
    version: str
    built_at: str
    """RFC 3339, UTC. Not part of what the version is computed from."""
    model: ModelCard
    content_hash: str
    counts: Mapping[str, int]
    """`documents`, `sections`, `entries`, `smalltalk`, `boundaries`, `units`, `chunks`."""
    figures: Mapping[str, float]
    """Evaluation figures of the build; empty when nothing was measured."""
    dense: VectorIndexCard
    files: Mapping[str, str]
    """Path inside the version folder to SHA-256."""
    remote: VectorStoreCard | None = None
    """None when the version holds everything itself."""
