"""Scores of all units -> the candidate for the answer, and the evidence about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Kind, Scores, Unit
from index.ranking import calibration, word_counts
from index.ranking.calibration import Evidence
from index.ranking.unit_scorer import UnitScores, best_first
from index.ranking.word_counts import WordUses

PARENT_MARGIN = 0.12
"""A list answers instead of one of its items when another item is this close: it holds both."""
CLOSE_MARGIN = 0.25
"""Candidates within this of the best are offered when a question has to be clarified; within four
times as much of a sparse one."""


@dataclass(frozen=True, slots=True)
class UnitKey:
    """The part of a unit that ranking all of them takes."""

    id: str
    kind: Kind
    title: str
    trail: tuple[str, ...]
    parent: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Facts about the units of an index that no question changes, by position."""

    content: NDArray[np.bool_]
    """Whether a unit is an answer from the corpus, rather than a boundary or smalltalk."""
    canned: NDArray[np.bool_]
    """Whether it is a canned answer."""
    equivalents: Mapping[int, tuple[int, ...]]
    """Units whose answers say the same, without the unit itself."""
    parents: Mapping[int, int]
    """Position of the list that holds an item."""
    items: Mapping[int, tuple[int, ...]]
    """Positions of the items of a list."""
    smalltalk: tuple[int, ...] = ()
    """Positions of smalltalk."""
    positions: Mapping[str, int] = field(default_factory=dict)
    """Of every unit, by its id."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """The unit that would answer a question."""

    unit: int
    evidence: Evidence
    total: float
    """Ranking score of the unit; of a list that stands for an item, that of the item."""
    out_of_scope: int | None
    """The boundary or smalltalk that ranks highest."""
    out_of_scope_total: float
    ranked: Scores = field(compare=False, repr=False)
    """Ranking score of every unit."""
    order: NDArray[np.intp] = field(compare=False, repr=False)
    """The units that were searched, best first."""
    content: NDArray[np.intp] = field(compare=False, repr=False)
    """Those of the content, best first."""


def catalogue(units: Iterable[UnitKey | Unit], equivalents: Sequence[Sequence[str]]) -> Catalogue:
    """Collect the facts about units."""
    units = tuple(units)
    positions = {unit.id: position for position, unit in enumerate(units)}
    groups = [[positions[name] for name in group if name in positions] for group in equivalents]
    parents = {
        positions[unit.id]: positions[unit.parent] for unit in units if unit.parent in positions
    }
    items: dict[int, list[int]] = {}
    for item, list_ in parents.items():
        items.setdefault(list_, []).append(item)
    return Catalogue(
        content=np.array([unit.kind not in (Kind.BOUNDARY, Kind.SMALLTALK) for unit in units]),
        canned=np.array([unit.kind is Kind.FAQ for unit in units]),
        smalltalk=tuple(at for at, unit in enumerate(units) if unit.kind is Kind.SMALLTALK),
        positions=positions,
        equivalents={
            unit: tuple(other for other in group if other != unit)
            for group in groups
            for unit in group
        },
        parents=parents,
        items={list_: tuple(members) for list_, members in items.items()},
    )


def totals(scores: UnitScores, fixed: Catalogue) -> Scores:
    """Return the ranking scores; equivalents share the scores of the intent classifier."""
    shared = scores.total.copy()
    if not scores.classifier.any():
        return shared
    for unit, others in fixed.equivalents.items():
        shared[unit] += sum(max(0.0, float(scores.classifier[other])) for other in others)
    return shared


def choose(
    scores: UnitScores, fixed: Catalogue, typical: float, listed: int | None = None
) -> Candidate:
    """Choose the best unit of the content, and gather the evidence for and against it.

    `typical` is the intent classifier's score of a text of the index. The unit that lists the
    question as its own, `listed`, counts as one with enough variants.
    """
    ranked = totals(scores, fixed)
    order = best_first(ranked)
    is_content = fixed.content[order]
    content, outside = order[is_content], order[~is_content]
    best = int(content[0]) if len(content) else 0  # where only what is out of scope was searched
    unit = _with_siblings(best, ranked, fixed)
    evidence = replace(
        _evidence(unit, scores, fixed, typical, outside), lead=_lead(unit, ranked, content, fixed)
    )
    out_of_scope = int(outside[0]) if len(outside) else None
    return Candidate(
        unit,
        evidence if listed is None else replace(evidence, sparseness=0.0),
        float(ranked[best]),
        out_of_scope,
        -np.inf if out_of_scope is None else float(ranked[out_of_scope]),
        ranked,
        order,
        content,
    )


def without(scores: UnitScores, unit: int) -> UnitScores:
    """Return the scores of an index that lacks a unit, but for what the classifier learned."""
    left = np.arange(len(scores.total)) != unit
    return replace(
        scores,
        cosine=np.where(left, scores.cosine, -1.0),
        classifier=scores.classifier * left,
        total=np.where(left, scores.total, -np.inf),
        words=WordUses(scores.words.counts * left, scores.words.questions * left),
    )


def _with_siblings(unit: int, ranked: Scores, fixed: Catalogue) -> int:
    """Return the list of an item when the list or another of its items is nearly as good."""
    parent = fixed.parents.get(unit)
    if parent is None:
        return unit
    family = [parent, *fixed.items.get(parent, ())]
    gaps = (ranked[unit] - ranked[other] for other in family if other != unit)
    close = [gap for gap in gaps if gap < PARENT_MARGIN]
    return parent if close else unit


def _lead(unit: int, ranked: Scores, content: NDArray[np.intp], fixed: Catalogue) -> float:
    """Return by how much a unit is ahead of the best one of another family; 0 without any."""
    family = {unit, fixed.parents.get(unit, unit)}
    family |= {item for one in tuple(family) for item in fixed.items.get(one, ())}
    family |= {other for one in tuple(family) for other in fixed.equivalents.get(one, ())}
    rest = next((other for other in content.tolist() if other not in family), None)
    if rest is None:
        return 0.0
    ahead = float(ranked[[*family]].max() - ranked[rest])
    return min(max(ahead, 0.0), calibration.LEAD_CAP)


def _evidence(
    unit: int, scores: UnitScores, fixed: Catalogue, typical: float, outside: NDArray[np.intp]
) -> Evidence:
    # A list holds the texts of its items, too.
    members = np.array([unit, *fixed.equivalents.get(unit, ()), *fixed.items.get(unit, ())])
    cosine = float(scores.cosine[members].max())
    out_of_scope_cosine = float(scores.cosine[outside].max(initial=scores.out_of_scope_cosine))
    share = float(np.maximum(scores.classifier[members], 0).sum()) / typical
    best_outside = float(scores.classifier[outside].max(initial=scores.out_of_scope_classifier))
    return Evidence(
        cosine=cosine,
        classifier=calibration.classifier_logarithm(share),
        spelling=float(scores.spelling[members].max()),
        out_of_scope_classifier=min(max(0.0, best_outside) / typical, calibration.CLASSIFIER_CAP),
        out_of_scope_lead=calibration.out_of_scope_lead(cosine, out_of_scope_cosine),
        agreement=float(scores.agreement[members].max()),
        sparseness=float(scores.sparseness[members].min()),
        words=word_counts.likelihood(scores.words, members, outside),
    )


def alternatives(candidate: Candidate, fixed: Catalogue, limit: int) -> tuple[int, ...]:
    """Return up to `limit` units close to the candidate that say something else, itself first."""
    # Passage scores set sparse units further apart, and which of them is meant is less certain.
    margin = CLOSE_MARGIN * (1 + 3 * candidate.evidence.sparseness)
    chosen = [candidate.unit]
    for unit in candidate.content.tolist():
        if len(chosen) == limit or candidate.total - candidate.ranked[unit] > margin:
            break
        if not any(same(unit, other, fixed) for other in chosen):
            chosen.append(unit)
    return tuple(chosen)


def families(candidate: Candidate, fixed: Catalogue, limit: int) -> tuple[int, ...]:
    """Return up to `limit` units of the content, best first, only the best of each family.

    A list and its items are a family, and so are equivalents: a second of them adds little.
    """
    chosen: list[int] = []
    for unit in candidate.content.tolist():
        if len(chosen) == limit:
            break
        if not any(_are_one_family(unit, other, fixed) for other in chosen):
            chosen.append(unit)
    return tuple(chosen)


def _are_one_family(one: int, other: int, fixed: Catalogue) -> bool:
    list_ = fixed.parents.get(one)
    return same(one, other, fixed) or (list_ is not None and list_ == fixed.parents.get(other))


def same(one: int, other: int, fixed: Catalogue) -> bool:
    """Tell whether two units would answer alike: equivalents, or a list and its item."""
    return (
        one == other
        or other in fixed.equivalents.get(one, ())
        or fixed.parents.get(one) == other
        or fixed.parents.get(other) == one
    )
