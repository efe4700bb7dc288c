"""Evaluation report: judged answers -> one self-contained HTML page with figures and charts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

import numpy as np
from jinja2 import Environment

from index.evaluation import metrics
from index.evaluation.labelled_questions import (
    ENGLISH,
    Judged,
    calibration_floor,
    differences,
    figures,
)
from index.evaluation.metrics import Figure

_TEMPLATE = Path(__file__).with_name("report.html")
_STYLE = Path(__file__).with_name("report.css")
_BINS = 10


@dataclass(frozen=True, slots=True)
class Point:
    """A point in the unit square; `low` and `high` are its interval, else its `y`."""

    x: float
    y: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Series:
    """Points of one system."""

    name: str
    points: tuple[Point, ...]
    marked: tuple[Point, ...] = ()
    """Points to stand out."""
    joined: bool = True


def point(x: float, y: float) -> Point:
    """Make a point without an interval."""
    return Point(x, y, y, y)


def by_kind(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Group by kind and language, English first."""
    groups: dict[str, list[Judged]] = {}
    for row in sorted(judged, key=lambda r: (r.question.language != ENGLISH, r.question.kind)):
        language = row.question.language
        name = row.question.kind if language == ENGLISH else f"{row.question.kind} ({language})"
        groups.setdefault(name, []).append(row)
    return groups


def counts(rows: Sequence[Judged]) -> dict[str, int]:
    """Count outcomes; smalltalk is no answer."""
    right = sum(row.right for row in rows)
    given = sum(row.response.given is not None for row in rows)
    clarify = sum(row.response.outcome == "clarify" for row in rows)
    refused = len(rows) - given - clarify
    return {"right": right, "wrong": given - right, "clarify": clarify, "no answer": refused}


def risk_curve(judged: Sequence[Judged]) -> tuple[Point, ...]:
    """Share of wrong answers against share of questions answered, for every threshold."""
    rows = sorted(
        (row for row in judged if row.response.candidate is not None),
        key=lambda row: -row.response.confidence,
    )
    points, wrong = [], 0
    for number, row in enumerate(rows, 1):
        wrong += not row.candidate_right
        tied = number < len(rows) and rows[number].response.confidence == row.response.confidence
        if not tied:
            points.append(point(number / len(judged), wrong / number))
    return tuple(points)


def operating_point(judged: Sequence[Judged]) -> tuple[Point, ...]:
    """Return where a system stands with its own threshold; nothing when it answers nothing."""
    given = [row for row in judged if row.response.given is not None]
    if not given:
        return ()
    wrong = sum(not row.right for row in given)
    return (point(len(given) / len(judged), wrong / len(given)),)


def reliability(judged: Sequence[Judged]) -> tuple[Point, ...]:
    """Share of right candidates against confidence, in bins of equal counts."""
    rows = sorted(
        (row for row in judged if row.response.candidate is not None),
        key=lambda row: row.response.confidence,
    )
    bins = [part for part in np.array_split(np.arange(len(rows)), _BINS) if len(part)]
    return tuple(_bin([rows[position] for position in part]) for part in bins)


def _bin(rows: Sequence[Judged]) -> Point:
    right = sum(row.candidate_right for row in rows)
    low, high = metrics.wilson(right, len(rows))
    certainty = float(np.mean([row.response.confidence for row in rows]))
    return Point(certainty, right / len(rows), low, high)


def page(title: str, note: str, systems: Mapping[str, Sequence[Judged]]) -> str:
    """Write the page; all systems answered the same questions, the first is shown in detail."""
    ours, judged = next(iter(systems.items()))
    english = {n: [r for r in s if r.question.language == ENGLISH] for n, s in systems.items()}
    template = Environment(autoescape=True).from_string(_TEMPLATE.read_text(encoding="utf-8"))
    return template.render(
        title=title,
        note=note,
        style=_STYLE.read_text(encoding="utf-8"),
        figures=_figures(systems),
        differences=_differences(systems),
        risk=[
            Series(name, risk_curve(rows), operating_point(rows)) for name, rows in english.items()
        ],
        reliability=Series(ours, reliability(english[ours]), joined=False),
        floor=_interval(calibration_floor(english[ours])),
        kinds={kind: counts(rows) for kind, rows in by_kind(judged).items()},
        listings=_listings(judged),
        numbers=lambda pairs: [(name, f"{value:.3f}") for name, value in pairs],
    )


_Table: TypeAlias = tuple[Sequence[str], Sequence[Sequence[str]]]
"""Head and rows."""


def _figures(systems: Mapping[str, Sequence[Judged]]) -> _Table:
    columns = [figures(judged) for judged in systems.values()]
    rows = [
        (name, str(first.count), *(_interval(column.get(name)) for column in columns))
        for name, first in columns[0].items()
    ]
    return ("", "questions", *systems), rows


def _differences(systems: Mapping[str, Sequence[Judged]]) -> _Table:
    """Compare the first system with each other one on the same questions."""
    ours, *others = systems
    columns = [differences(systems[name], systems[ours]) for name in others]
    rows = [
        (name, *(_interval(column.get(name), "+.3f") for column in columns))
        for name in dict.fromkeys(name for column in columns for name in column)
    ]
    return ("", *(f"{ours} less {name}" for name in others)), rows


def _interval(figure: Figure | None, digits: str = ".3f") -> str:
    if figure is None:
        return "-"
    return f"{figure.value:{digits}} [{figure.low:{digits}}, {figure.high:{digits}}]"


def _listings(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    wrong = [row for row in judged if row.response.given is not None and not row.right]
    unanswered = [r for r in judged if r.question.answerable and r.response.given is None]
    return {
        "Wrong answers": [row for row in wrong if row.question.answerable],
        "False answers": [row for row in wrong if not row.question.answerable],
        "Not answered although the answer is there": unanswered,
    }
