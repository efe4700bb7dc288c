"""An index as if hardly anybody had written down how people ask, to see how confidence does there.

Most ways of asking are taken out and become the questions of its visitors; the examples of
boundaries that are taken out become questions that nothing answers.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.building import chunking
from index.datatypes import Chunk, ChunkRole, Kind, Unit
from index.ranking import candidates, unit_scorer
from index.ranking.candidates import Catalogue
from index.ranking.unit_scorer import Background, Ranker
from index.training.simulated_bots import Cached, Sample
from index.versions.version_store import Contents

MOST_ASKED = 700
"""Questions that have an answer, and as many that have none."""


@dataclass(frozen=True, slots=True)
class Thinned:
    """What is left of an index, and what is asked."""

    units: tuple[Unit, ...]
    chunks: tuple[Chunk, ...]
    """Their units are positions in `units`."""
    asked: tuple[Chunk, ...]
    """With the unit that is wanted; -1 for none."""


def thin(contents: Contents, ways: int, examples: int, seed: int = 0) -> Thinned:
    """Keep so many ways of asking for each answer, and so many examples of each boundary.

    Without any example there are no boundaries. Smalltalk stays as it is.
    """
    draw = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    units: list[Unit] = []
    answers: list[Chunk] = []
    strangers: list[Chunk] = []
    for unit, own in zip(contents.units, _variants(contents), strict=True):
        draw.shuffle(own)
        if unit.kind is Kind.BOUNDARY:
            strangers += [replace(chunk, unit=-1) for chunk in own[examples:]]
            if examples:
                units.append(_keeping(unit, own[:examples]))
        elif unit.kind is Kind.SMALLTALK:
            units.append(unit)
        else:
            answers += [replace(chunk, unit=len(units)) for chunk in own[ways:]]
            units.append(_keeping(unit, own[:ways]))
    asked = (*_drawn(draw, answers), *_drawn(draw, strangers))
    return Thinned(tuple(units), chunking.chunks_of(units, contents.groups.synonyms), asked)


def _variants(contents: Contents) -> list[list[Chunk]]:
    """Return for each unit its ways of asking."""
    found: list[list[Chunk]] = [[] for _ in contents.units]
    for chunk in contents.chunks:
        if chunk.role is ChunkRole.VARIANT:
            found[chunk.unit].append(chunk)
    return found


def _keeping(unit: Unit, variants: Sequence[Chunk]) -> Unit:
    return replace(unit, questions=tuple(chunk.text for chunk in variants))


def _drawn(draw: random.Random, chunks: Sequence[Chunk]) -> list[Chunk]:
    return draw.sample(list(chunks), min(MOST_ASKED, len(chunks)))


def samples(
    thinned: Thinned,
    equivalents: Sequence[Sequence[str]],
    encoder: Cached,
    background: Background,
) -> Iterator[Sample]:
    """Rank what is asked as such an index would, and see what the evidence is."""
    vectors = encoder.cached([chunk.embedded for chunk in thinned.chunks])
    model = unit_scorer.fit(thinned.chunks, vectors, len(thinned.units), background)
    ranker = Ranker(model)
    fixed = candidates.catalogue(thinned.units, equivalents)
    typical = model.head.typical if model.head else 1.0
    rows = encoder.cached([chunk.embedded for chunk in thinned.asked])
    for chunk, vector in zip(thinned.asked, rows, strict=True):
        scores = ranker.score(np.vecdot(vectors, vector), vector[None], chunk.embedded)
        found = candidates.choose(scores, fixed, typical)
        yield Sample(found.evidence, _is_right(found.unit, chunk.unit, fixed), chunk.text)


def _is_right(given: int, wanted: int, fixed: Catalogue) -> bool:
    """Tell whether the wanted unit was found, or one that says the same or holds it."""
    return wanted >= 0 and given in (
        wanted,
        *fixed.equivalents.get(wanted, ()),
        fixed.parents.get(wanted, -1),
    )
