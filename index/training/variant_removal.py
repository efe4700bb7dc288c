"""Variant removal: an index as if hardly any variants had been written, for calibration there.

Most variants are removed and become the questions of its visitors; removed examples of boundaries
become questions that nothing answers, and so do the variants of answers that are left out.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from index.building import chunking, common_questions
from index.building.common_questions import Texts
from index.datatypes import Chunk, ChunkRole, Kind, Unit
from index.quality.left_out import families
from index.ranking import candidates, unit_scorer
from index.ranking.candidates import Catalogue
from index.ranking.unit_scorer import OutOfScope, Ranker
from index.training.simulated_bots import Cached, Sample
from index.versions.version_store import Contents

MOST_ASKED = 700
"""Questions that have an answer, and as many that have none."""
LEFT_OUT = 0.25
"""Share of the answers."""


@dataclass(frozen=True, slots=True)
class Thinned:
    """The rest of an index, and the questions to ask it."""

    units: tuple[Unit, ...]
    chunks: tuple[Chunk, ...]
    """Their units are positions in `units`."""
    questions: tuple[Chunk, ...]
    """Removed variants, with the unit that answers each; -1 for none."""


def thin(contents: Contents, variants: int, examples: int, seed: int = 0) -> Thinned:
    """Keep this many variants of each answer, and this many examples of each boundary.

    Without any example there are no boundaries. Smalltalk stays as it is. A part of the answers is
    left out, with all that say the same and all of one list.
    """
    draw = random.Random(seed)  # noqa: S311 - a simulation, not a secret
    left_out = _left_out(draw, contents)
    units: list[Unit] = []
    answers: list[Chunk] = []
    outside: list[Chunk] = []
    for position, (unit, own) in enumerate(zip(contents.units, _variants(contents), strict=True)):
        draw.shuffle(own)
        if position in left_out:
            outside += [replace(chunk, unit=-1) for chunk in own]
        elif unit.kind is Kind.BOUNDARY:
            outside += [replace(chunk, unit=-1) for chunk in own[examples:]]
            if examples:
                units.append(_keeping(unit, own[:examples]))
        elif unit.kind is Kind.SMALLTALK:
            units.append(unit)
        else:
            answers += [replace(chunk, unit=len(units)) for chunk in own[variants:]]
            units.append(_keeping(unit, own[:variants]))
    questions = (*_drawn(draw, answers), *_drawn(draw, outside))
    return Thinned(tuple(units), chunking.chunks_of(units, contents.groups.synonyms), questions)


def _left_out(draw: random.Random, contents: Contents) -> set[int]:
    """Draw answers to leave out, in families."""
    kinds = [unit.kind for unit in contents.units]
    groups = [group for group in families(contents) if kinds[group[0]] is not Kind.BOUNDARY]
    answers = sum(map(len, groups))
    chosen: set[int] = set()
    for members in draw.sample(groups, len(groups)):
        if len(chosen) + len(members) <= LEFT_OUT * answers:
            chosen.update(members)
    return chosen


def _variants(contents: Contents) -> list[list[Chunk]]:
    """Return the variants of each unit."""
    variants: list[list[Chunk]] = [[] for _ in contents.units]
    for chunk in contents.chunks:
        if chunk.role is ChunkRole.VARIANT:
            variants[chunk.unit].append(chunk)
    return variants


def _keeping(unit: Unit, variants: Sequence[Chunk]) -> Unit:
    return replace(unit, questions=tuple(chunk.text for chunk in variants))


def _drawn(draw: random.Random, chunks: Sequence[Chunk]) -> list[Chunk]:
    return draw.sample(list(chunks), min(MOST_ASKED, len(chunks)))


def samples(
    thinned: Thinned,
    equivalents: Sequence[Sequence[str]],
    encoder: Cached,
    out_of_scope: OutOfScope,
) -> Iterator[Sample]:
    """Rank the questions as such an index would, and yield the evidence."""
    topics = common_questions.read()
    texts = common_questions.lend(
        Texts(
            thinned.chunks,
            encoder.cached([chunk.embedded for chunk in thinned.chunks]),
            out_of_scope,
        ),
        topics,
        encoder.cached([question for topic in topics for question in topic]),
    )
    model = unit_scorer.fit(texts.chunks, texts.vectors, len(thinned.units), texts.out_of_scope)
    ranker = Ranker(model)
    fixed = candidates.catalogue(thinned.units, equivalents)
    typical = model.classifier.typical if model.classifier else 1.0
    rows = encoder.cached([chunk.embedded for chunk in thinned.questions])
    for chunk, vector in zip(thinned.questions, rows, strict=True):
        scores = ranker.score(np.vecdot(texts.vectors, vector), vector[None], chunk.embedded)
        candidate = candidates.choose(scores, fixed, typical)
        is_right = _is_right(candidate.unit, chunk.unit, fixed)
        yield Sample(candidate.evidence, is_right, chunk.unit >= 0, chunk.text)


def _is_right(unit: int, target: int, fixed: Catalogue) -> bool:
    """Return whether a unit is the target, an equivalent, or the list that holds it."""
    return target >= 0 and unit in (
        target,
        *fixed.equivalents.get(target, ()),
        fixed.parents.get(target, -1),
    )
