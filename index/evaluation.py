"""Labelled questions and a retriever -> figures. The definitions stand in docs/quality.md.

A question is *given* the id of its answer when the outcome is an answer, else nothing. A given id is right
when it is among the question's gold ids, or is the list that holds one of them.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from index.datatypes import Abstained, Answered, Clarify, Outcome
from index.errors import RetrievalError

CALIBRATION_BINS = 10
RESAMPLES = 2000
RECALL_PASSAGES = 3


class QuestionsUnreadable(RetrievalError):
    """A file of labelled questions cannot be read; the message names file and line."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """A question with the ids that answer it."""

    id: str
    question: str
    answerable: bool
    gold: frozenset[str]
    kind: str
    language: str
    borderline: bool
    group: str
    """Questions of one group (a page, a thread) stay together when data is split."""


@dataclass(frozen=True, slots=True)
class Judged:
    """What happened to one labelled question."""

    question: Labelled
    outcome: str
    given: str | None
    confidence: float
    right: bool
    found: bool
    """A right id is the answer or among the first three passages."""
    clarified: bool
    """The outcome is a clarifying question that offers a right id."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure with its 95 % interval and the number of questions it is over."""

    value: float
    low: float
    high: float
    count: int


def read_questions(path: Path) -> tuple[Labelled, ...]:
    """Read labelled questions, one JSON object a line.

    Raises:
        QuestionsUnreadable: The file is missing, or a line is not a labelled question.

    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path.name} cannot be read: {error}. Name a UTF-8 file of labelled questions."
        raise QuestionsUnreadable(message) from error
    return tuple(
        _labelled(line, f"{path.name}:{number}") for number, line in enumerate(lines, 1) if line
    )


def _labelled(line: str, place: str) -> Labelled:
    try:
        row = json.loads(line)
        return Labelled(
            id=str(row["id"]),
            question=str(row["question"]),
            answerable=bool(row["answerable"]),
            gold=frozenset(row.get("gold") or ()),
            kind=str(row.get("kind", "")),
            language=str(row.get("lang") or "en"),
            borderline=bool(row.get("borderline", False)),
            group=str(row.get("page") or row["id"]),
        )
    except (ValueError, KeyError, TypeError) as error:
        message = (
            f"{place}: not a labelled question ({error}). Write id, question, answerable, gold."
        )
        raise QuestionsUnreadable(message) from error


def judge(question: Labelled, outcome: Outcome, parents: Mapping[str, str | None]) -> Judged:
    """Compare an outcome with the labels; `parents` maps a list item to the list that holds it."""
    accepted = question.gold | {parents.get(unit) for unit in question.gold} - {None}
    given = outcome.unit.id if isinstance(outcome, Answered) else None
    shown = [hit.unit.id for hit in outcome.passages[:RECALL_PASSAGES]]
    offered = [s.id for s in outcome.candidates] if isinstance(outcome, Clarify) else []
    return Judged(
        question=question,
        outcome=_name(outcome),
        given=given,
        confidence=outcome.confidence,
        right=given in accepted,
        found=given in accepted or any(unit in accepted for unit in shown),
        clarified=any(unit in accepted for unit in offered),
    )


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, Answered):
        return "answer"
    if isinstance(outcome, Clarify):
        return "clarify"
    return "no_answer" if isinstance(outcome, Abstained) else "smalltalk"


def figures(judged: Sequence[Judged]) -> dict[str, Figure]:
    """Compute every figure over the English questions; one without questions is left out."""
    english = [row for row in judged if row.question.language == "en"]
    answerable = [row for row in english if row.question.answerable]
    clear = [row for row in answerable if not row.question.borderline]
    clarify = [row for row in answerable if row.outcome == "clarify"]
    given = [row for row in english if row.given is not None]
    table = {
        "answer accuracy": _share(clear, lambda row: row.right),
        "wrong-answer rate": _share(
            answerable, lambda row: row.given is not None and not row.right
        ),
        "clarify hit": _share(clarify, lambda row: row.clarified),
        "passage recall@3": _share(answerable, lambda row: row.found),
    }
    for kind in sorted({row.question.kind for row in english if not row.question.answerable}):
        rows = [r for r in english if not r.question.answerable and r.question.kind == kind]
        table[f"false answers, {kind}"] = _share(rows, lambda row: row.given is not None)
        table[f"AUROC, {kind}"] = _bootstrap(answerable + rows, _auroc)
    table["AUROC, all"] = _bootstrap(english, _auroc)
    table["calibration error"] = _bootstrap(given, _calibration)
    return {name: figure for name, figure in table.items() if figure is not None}


def _share(rows: Sequence[Judged], holds: Callable[[Judged], bool]) -> Figure | None:
    return _bootstrap(rows, lambda sample: float(np.mean([holds(row) for row in sample])))


def _bootstrap(
    rows: Sequence[Judged], measure: Callable[[Sequence[Judged]], float]
) -> Figure | None:
    """Measure, with the percentile bootstrap's interval (Efron and Tibshirani, 1993, chapter 13)."""
    if not rows:
        return None
    random = np.random.default_rng(0)
    draws = random.integers(len(rows), size=(RESAMPLES // 4, len(rows)))
    samples = [measure([rows[i] for i in draw]) for draw in draws]
    low, high = np.nanpercentile(samples, [2.5, 97.5])
    return Figure(measure(rows), float(low), float(high), len(rows))


def _auroc(rows: Sequence[Judged]) -> float:
    """Chance that an answerable question has a higher confidence than another; ties count half."""
    positive = np.array([row.confidence for row in rows if row.question.answerable])
    negative = np.array([row.confidence for row in rows if not row.question.answerable])
    if not len(positive) or not len(negative):
        return float("nan")
    difference = positive[:, None] - negative[None, :]
    return float(np.mean((difference > 0) + 0.5 * (difference == 0)))


def _calibration(rows: Sequence[Judged]) -> float:
    """Expected calibration error in equal-count bins (Nguyen and O'Connor, 2015)."""
    confidence = np.array([row.confidence for row in rows])
    right = np.array([row.right for row in rows], dtype=float)
    order = np.argsort(confidence, kind="stable")
    bins: list[NDArray[np.int64]] = np.array_split(order, CALIBRATION_BINS)
    gaps = [
        len(part) * abs(float(confidence[part].mean() - right[part].mean()))
        for part in bins
        if len(part)
    ]
    return sum(gaps) / len(rows)


def paired_difference(first: Sequence[bool], second: Sequence[bool]) -> Figure:
    """Share of `second` minus share of `first` on the same questions, with a paired interval."""
    gains = np.array(second, dtype=float) - np.array(first, dtype=float)
    random = np.random.default_rng(0)
    means = gains[random.integers(len(gains), size=(RESAMPLES, len(gains)))].mean(axis=1)
    low, high = np.percentile(means, [2.5, 97.5])
    return Figure(float(gains.mean()), float(low), float(high), len(gains))
