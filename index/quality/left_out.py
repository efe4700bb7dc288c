"""Leave-out: an index asked the variants of what it was built without, which nothing answers then.

Questions near a topic that have no answer are what an owner cannot write down. A part of the
answers, each with all that say the same, and of the topics of boundaries is left out in turn; the
classifier is fitted again without it, and its variants are asked. What is answered all the same
is answered falsely, or says the same as something else.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.building.builder import out_of_scope_sentences
from index.datatypes import ChunkRole, Kind, Vectors
from index.loading import Knowledge
from index.quality.leave_one_out import QuestionResult, tested
from index.quality.opened_version import BEFORE_ANY_EXPIRY, OpenedVersion
from index.ranking import candidates, unit_scorer
from index.ranking.unit_scorer import OutOfScope, Ranker
from index.retriever import Retriever
from index.search import vector_index
from index.search.candidate_search import LocalSearch
from index.search.exact_match import NO_QUESTIONS
from index.versions.version_store import Contents

PARTS = 4
"""Parts that are left out, one at a time."""
MOST_ASKED = 100
"""Variants that are asked of each part."""


def leave_out(version: OpenedVersion) -> tuple[QuestionResult, ...]:
    """Ask a version the variants of its parts, each left out in turn; of one with a classifier."""
    knowledge = version.knowledge
    if knowledge.ranker.model.classifier is None:
        return ()
    texts = out_of_scope_sentences()
    topics = knowledge.ranker.model.topics.means
    outside = OutOfScope(texts, version.encoder.encode(texts), topics)
    groups = families(knowledge.contents)
    parts = [{unit for group in groups[n::PARTS] for unit in group} for n in range(PARTS)]
    return tuple(result for part in parts if part for result in _ask(knowledge, part, outside))


def families(contents: Contents) -> list[list[int]]:
    """Group units that are left out together: answers with all that say the same, and topics."""
    positions = {unit.id: position for position, unit in enumerate(contents.units)}
    family = list(range(len(contents.units)))
    same = [*contents.groups.equivalents, *((u.id, u.parent) for u in contents.units if u.parent)]
    for names in same:
        joined = {family[positions[name]] for name in names if name in positions}
        family = [min(joined) if number in joined else number for number in family]
    grouped: dict[int, list[int]] = {}
    for position, unit in enumerate(contents.units):
        if unit.kind is not Kind.SMALLTALK:
            grouped.setdefault(family[position], []).append(position)
    return list(grouped.values())


def _ask(knowledge: Knowledge, part: set[int], outside: OutOfScope) -> Iterator[QuestionResult]:
    contents, encoder = knowledge.contents, _Given()
    retriever = Retriever(
        _without(knowledge, part, outside), encoder, today=lambda: BEFORE_ANY_EXPIRY
    )
    variants = [
        (position, chunk)
        for position, chunk in enumerate(contents.chunks)
        if chunk.unit in part and chunk.role is ChunkRole.VARIANT
    ]
    for position, chunk in variants[:: max(1, len(variants) // MOST_ASKED)]:
        encoder.vector = contents.dense.row(position)
        yield tested(retriever, chunk.text, contents.units[chunk.unit].id)


def _without(knowledge: Knowledge, part: set[int], outside: OutOfScope) -> Knowledge:
    """Return what a version without some of its units would know."""
    contents = knowledge.contents
    units = [position for position in range(len(contents.units)) if position not in part]
    numbers = {unit: number for number, unit in enumerate(units)}
    kept = [at for at, chunk in enumerate(contents.chunks) if chunk.unit in numbers]
    chunks = [replace(c, unit=numbers[c.unit]) for c in (contents.chunks[at] for at in kept)]
    vectors = np.stack([contents.dense.row(at) for at in kept])
    model = unit_scorer.fit(chunks, vectors, len(units), outside)
    left = tuple(contents.units[unit] for unit in units)
    fixed = candidates.catalogue(left, contents.groups.equivalents)
    dense = vector_index.build(vectors)
    always = np.flatnonzero(~np.repeat(fixed.content, np.diff(model.bounds)))
    return replace(
        knowledge,
        contents=replace(contents, units=left, chunks=tuple(chunks), dense=dense),
        search=LocalSearch(dense, None, model.bounds, always=always),
        ranker=Ranker(model),
        typical=model.classifier.typical if model.classifier else 1.0,
        fixed=fixed,
        subjects=knowledge.subjects[units],
        directions={numbers[a]: way for a, way in knowledge.directions.items() if a in numbers},
        twins={numbers[a]: numbers[b] for a, b in knowledge.twins.items() if {a, b} <= {*units}},
        own=NO_QUESTIONS,
    )


@dataclass(slots=True)
class _Given:
    """An encoder that returns the vector of the variant that is asked."""

    vector: Vectors | None = None

    def encode(self, texts: Sequence[str], /) -> Vectors:
        if self.vector is None:
            raise ValueError("no variant is asked")
        return np.repeat(self.vector[None], len(texts), axis=0)
