"""Pure: the scores of all units -> the candidate for the answer, and the evidence about it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Kind, Scores, Unit
from index.ranking import calibration
from index.ranking.calibration import Evidence
from index.ranking.unit_scorer import UnitScores, best_first

PARENT_MARGIN = 0.12
"""A list is given instead of one of its items when another item is this close: it holds both."""
CLOSE_MARGIN = 0.25
"""Candidates within this of the best are offered when a question has to be clarified; within twice
as much of one with hardly any ways of asking."""


@dataclass(frozen=True, slots=True)
class UnitKey:
    """What has to be known of every unit to rank them all."""

    id: str
    kind: Kind
    title: str
    trail: tuple[str, ...]
    parent: str | None


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What is fixed about the units of an index, by position."""

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


@dataclass(frozen=True, slots=True)
class Candidate:
    """The unit that would be given for a question."""

    unit: int
    evidence: Evidence
    total: float
    """Ranking score of the unit; of a list given instead of an item, that of the item."""
    rival: int | None
    """The boundary or smalltalk that comes nearest."""
    rival_total: float
    ranked: Scores = field(compare=False, repr=False)
    """Ranking score of every unit."""


def catalogue(units: Iterable[UnitKey | Unit], equivalents: Sequence[Sequence[str]]) -> Catalogue:
    """Read off what is fixed about units."""
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
        equivalents={
            one: tuple(other for other in group if other != one)
            for group in groups
            for one in group
        },
        parents=parents,
        items={list_: tuple(held) for list_, held in items.items()},
    )


def totals(scores: UnitScores, fixed: Catalogue) -> Scores:
    """Return the ranking scores, a unit sharing the head's score with what is equivalent to it."""
    shared = scores.total.copy()
    if not scores.head.any():
        return shared
    for unit, others in fixed.equivalents.items():
        shared[unit] += sum(max(0.0, float(scores.head[other])) for other in others)
    return shared


def choose(
    scores: UnitScores, fixed: Catalogue, typical: float, known: int | None = None
) -> Candidate:
    """Choose the best unit of the content, and gather the evidence for and against it.

    Args:
        scores: Of the question.
        fixed: About the units.
        typical: What the head gives a known text.
        known: The unit that lists the question as its own, which is weighed as if there were enough
            ways of asking.

    """
    ranked = totals(scores, fixed)
    best = int(np.argmax(np.where(fixed.content, ranked, -np.inf)))
    unit = _with_siblings(best, ranked, fixed)
    outside = ~fixed.content
    rival = int(np.argmax(np.where(outside, ranked, -np.inf))) if outside.any() else None
    evidence = _evidence(unit, scores, fixed, typical)
    return Candidate(
        unit,
        evidence if known is None else replace(evidence, bare=0.0),
        float(ranked[best]),
        rival,
        float(ranked[rival]) if rival is not None else -np.inf,
        ranked,
    )


def _with_siblings(unit: int, ranked: Scores, fixed: Catalogue) -> int:
    """Return the list of an item when the list or another of its items is nearly as good."""
    parent = fixed.parents.get(unit)
    if parent is None:
        return unit
    family = [parent, *fixed.items.get(parent, ())]
    close = [one for one in family if one != unit and ranked[unit] - ranked[one] < PARENT_MARGIN]
    return parent if close else unit


def _evidence(unit: int, scores: UnitScores, fixed: Catalogue, typical: float) -> Evidence:
    # A list holds the texts of its items, too.
    members = [unit, *fixed.equivalents.get(unit, ()), *fixed.items.get(unit, ())]
    outside = ~fixed.content
    cosine = float(scores.cosine[members].max())
    rival_cosine = float(scores.cosine[outside].max(initial=scores.stranger_cosine))
    head = float(np.maximum(scores.head[members], 0).sum()) / typical
    rival = max(0.0, float(scores.head[outside].max(initial=scores.stranger_head))) / typical
    return Evidence(
        cosine=cosine,
        head=calibration.head_logarithm(head),
        spelling=float(scores.spelling[members].max()),
        rival_head=min(rival, calibration.HEAD_CAP),
        rival_lead=calibration.rival_lead(cosine, rival_cosine),
        prose=float(scores.prose[members].max()),
        bare=float(scores.bare[members].min()),
    )


def alternatives(candidate: Candidate, fixed: Catalogue, limit: int) -> tuple[int, ...]:
    """Return up to `limit` units close to the candidate that say something else, itself first."""
    ranked = np.where(fixed.content, candidate.ranked, -np.inf)
    margin = CLOSE_MARGIN * (1 + candidate.evidence.bare)  # prose sets them further apart
    chosen = [candidate.unit]
    for unit in best_first(ranked):
        if len(chosen) == limit or candidate.total - ranked[unit] > margin:
            break
        if not any(_same(int(unit), other, fixed) for other in chosen):
            chosen.append(int(unit))
    return tuple(chosen)


def families(ranked: Scores, fixed: Catalogue, limit: int) -> tuple[int, ...]:
    """Return up to `limit` units of the content, best first, of each family only the best.

    A list and its items are a family, and so are equivalents: a second of them tells little more.
    """
    chosen: list[int] = []
    for unit in map(int, best_first(ranked)):
        if len(chosen) == limit:
            break
        if fixed.content[unit] and not any(_kin(unit, other, fixed) for other in chosen):
            chosen.append(unit)
    return tuple(chosen)


def _kin(one: int, other: int, fixed: Catalogue) -> bool:
    list_ = fixed.parents.get(one)
    return _same(one, other, fixed) or (list_ is not None and list_ == fixed.parents.get(other))


def _same(one: int, other: int, fixed: Catalogue) -> bool:
    """Tell whether two units would answer alike: equivalents, or a list and its item."""
    return (
        one == other
        or other in fixed.equivalents.get(one, ())
        or fixed.parents.get(one) == other
        or fixed.parents.get(other) == one
    )
