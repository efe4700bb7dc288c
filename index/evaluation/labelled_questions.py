"""Labelled questions and an index -> figures, as docs/quality.md defines them.

A question is *given* the id of its answer when the outcome is an answer, else nothing. A given id
is right when it is among the question's gold ids, or is the list that holds one of them.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from zlib import crc32

import numpy as np

from index.datatypes import Abstained, Answered, Clarify, Outcome, Trace
from index.encoding.encoder import Encoder
from index.errors import IndexCorrupt, RetrievalError
from index.evaluation import metrics
from index.evaluation.metrics import Figure, Flags, Resamples, Values
from index.loading import Knowledge, gather
from index.ranking import calibration
from index.ranking.calibration import Calibration
from index.retriever import Retriever
from index.versions.version_store import Loaded

RECALL_PASSAGES = 3
ENGLISH = "en"
NEAR = "near"
"""How the kinds of questions begin that have no answer and are near the topic."""


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
class Response:
    """The response of a system to one question."""

    outcome: str
    """As in the API: answer, clarify, no_answer or smalltalk."""
    given: str | None
    confidence: float
    shown: tuple[str, ...]
    """Ids of the passages, best first."""
    offered: tuple[str, ...]
    """Ids to choose from, when the outcome is clarify."""
    candidate: str | None
    """Id that would be given if every question were answered; None for smalltalk and noise."""
    trace: Trace


@dataclass(frozen=True, slots=True)
class Judged:
    """One labelled question, the response to it, and whether that is right."""

    question: Labelled
    response: Response
    right: bool
    """The given id is right."""
    found: bool
    """A right id is the answer or among the first three passages."""
    clarified: bool
    """The outcome is a clarifying question that offers a right id."""
    candidate_right: bool


def read_questions(path: Path) -> tuple[Labelled, ...]:
    """Read labelled questions, one JSON object a line.

    Raises:
        QuestionsUnreadable: The file is missing or empty, or a line is not a labelled question.

    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError as error:
        message = f"{path} does not exist. Name a file of labelled questions; see docs/quality.md."
        raise QuestionsUnreadable(message) from error
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read: {error}. Name a UTF-8 file of labelled questions."
        raise QuestionsUnreadable(message) from error
    questions = tuple(
        _labelled(line, f"{path}:{number}") for number, line in enumerate(lines, 1) if line.strip()
    )
    if not questions:
        raise QuestionsUnreadable(f"{path} holds no questions. See docs/quality.md.")
    return questions


def _labelled(line: str, place: str) -> Labelled:
    try:
        row = json.loads(line)
        gold = row.get("gold") or []
        if not isinstance(gold, list) or bool(gold) != row["answerable"]:
            raise ValueError("an answerable question has gold ids, another one has none")
        return Labelled(
            id=str(row["id"]),
            question=str(row["question"]),
            answerable=bool(row["answerable"]),
            gold=frozenset(map(str, gold)),
            kind=str(row.get("kind") or ("in-domain" if gold else "out-of-domain")),
            language=str(row.get("lang") or ENGLISH),
            borderline=bool(row.get("borderline", False)),
            group=str(row.get("page") or row["id"]),
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        message = (
            f"{place}: not a labelled question: {reason}. Write id, question, answerable, gold."
        )
        raise QuestionsUnreadable(message) from error


def folds(loaded: Loaded) -> tuple[Calibration, ...]:
    """Read the coefficients that were fitted without one part of the questions each.

    Those at `fold_of` a question's group have not seen it. Empty when a version has none.
    """
    data = json.loads((loaded.folder / calibration.FILE).read_bytes())
    parts = data.get("folds", []) if isinstance(data, dict) else []
    if not all(isinstance(part, dict) for part in parts):
        raise IndexCorrupt("confidence.json cannot be read: its folds are no objects.")
    return tuple(calibration.parse(json.dumps({**data, **part}).encode()) for part in parts)


def fold_of(group: str, count: int) -> int:
    """Return the fold that a group of questions is left out of."""
    return crc32(group.encode()) % count


def examine(
    questions: Sequence[Labelled],
    loaded: Loaded,
    encoder: Encoder,
    calibrations: Sequence[Calibration] = (),
) -> tuple[Judged, ...]:
    """Ask an index every question.

    Args:
        questions: In the order of the result.
        loaded: The version that answers.
        encoder: Of the version; give a `CachingEncoder` where it is asked again.
        calibrations: As by `folds`: each question is answered with the one that has not seen it;
            with the version's own when there are none.

    """
    known = gather(loaded)
    parents = {unit.id: unit.parent for unit in loaded.contents.units}
    pairs = [_Pair(known, c, encoder) for c in calibrations or (known.calibration,)]
    judged = []
    for question in questions:
        pair = pairs[fold_of(question.group, len(pairs))]
        judged.append(judge(question, pair.respond(question.question), parents))
    return tuple(judged)


class _Pair:
    """A retriever, and one that answers whatever the confidence."""

    def __init__(self, known: Knowledge, calibration: Calibration, encoder: Encoder) -> None:
        eager = replace(calibration, answer_at=0.0)
        self._retriever = Retriever(replace(known, calibration=calibration), encoder)
        self._eager = Retriever(replace(known, calibration=eager), encoder)

    def respond(self, question: str) -> Response:
        outcome = self._retriever.answer(question)
        unsparing = outcome if isinstance(outcome, Answered) else self._eager.answer(question)
        candidate = unsparing.unit.id if isinstance(unsparing, Answered) else None
        return _response(outcome, candidate)


def _response(outcome: Outcome, candidate: str | None) -> Response:
    offered = outcome.candidates if isinstance(outcome, Clarify) else ()
    return Response(
        outcome=_name(outcome),
        given=outcome.unit.id if isinstance(outcome, Answered) else None,
        confidence=outcome.confidence,
        shown=tuple(hit.unit.id for hit in outcome.passages),
        offered=tuple(suggestion.id for suggestion in offered),
        candidate=candidate,
        trace=outcome.trace,
    )


def _name(outcome: Outcome) -> str:
    if isinstance(outcome, Answered):
        return "answer"
    if isinstance(outcome, Clarify):
        return "clarify"
    return "no_answer" if isinstance(outcome, Abstained) else "smalltalk"


def judge(question: Labelled, response: Response, parents: Mapping[str, str | None]) -> Judged:
    """Compare a response with the labels; `parents` maps a list item to the list that holds it."""
    accepted = question.gold | ({parents.get(unit) for unit in question.gold} - {None})
    right = response.given in accepted
    return Judged(
        question=question,
        response=response,
        right=right,
        found=right or not accepted.isdisjoint(response.shown[:RECALL_PASSAGES]),
        clarified=not accepted.isdisjoint(response.offered),
        candidate_right=response.candidate in accepted,
    )


def figures(judged: Sequence[Judged]) -> dict[str, Figure]:
    """Compute every figure over the English questions; one without questions is left out.

    Figures of two systems on the same questions can be compared by `metrics.difference`.
    """
    rows = [row for row in judged if row.question.language == ENGLISH]
    if not rows:
        return {}
    drawn = metrics.resample([row.question.group for row in rows])
    answerable = _flags([row.question.answerable for row in rows])
    clear = answerable & ~_flags([row.question.borderline for row in rows])
    given = _flags([row.response.given is not None for row in rows])
    right = _flags([row.right for row in rows])
    asked_back = _flags([row.response.outcome == "clarify" for row in rows])
    certainty = np.array([row.response.confidence for row in rows])
    clarified = _flags([row.clarified for row in rows])
    found = _flags([row.found for row in rows])
    table = {
        "answer accuracy": metrics.share(drawn, right, clear),
        "wrong-answer rate": metrics.share(drawn, given & ~right, answerable),
        "right or offered": metrics.share(drawn, right | clarified, answerable),
        "clarify hit": metrics.share(drawn, clarified, answerable & asked_back),
        "passage recall@3": metrics.share(drawn, found, answerable),
    }
    kinds = np.array([row.question.kind for row in rows])
    outside = sorted({str(kind) for kind in kinds[~answerable]})
    for kind in outside:
        unanswerable = ~answerable & (kinds == kind)
        table[f"false-answer rate, {kind}"] = metrics.share(drawn, given, unanswerable)
        table[f"asked back, {kind}"] = metrics.share(drawn, asked_back, unanswerable)
    table["precision, balanced"] = _precision(drawn, rows)
    for kind in outside:
        among = answerable | (kinds == kind)
        table[f"AUROC, {kind}"] = metrics.auroc(drawn, certainty, answerable, among)
    everything = np.ones(len(rows), dtype=bool)
    table["AUROC, all"] = metrics.auroc(drawn, certainty, answerable, everything)
    weight = np.where(given, _balance(rows), 0.0)
    table["calibration error, balanced"] = metrics.calibration_error(
        drawn, certainty, right, weight
    )
    return {name: figure for name, figure in table.items() if figure is not None}


def calibration_floor(judged: Sequence[Judged]) -> Figure | None:
    """Return the calibration error of the answers if the confidence were perfect."""
    rows = [row for row in judged if row.question.language == ENGLISH]
    given = _flags([row.response.given is not None for row in rows])
    weight = np.where(given, _balance(rows), 0.0)
    certainty = np.array([row.response.confidence for row in rows])
    return metrics.calibration_floor(certainty[weight > 0], weight[weight > 0])


def _precision(drawn: Resamples, rows: Sequence[Judged]) -> Figure | None:
    """Compute the precision of answers with as many near questions as answerable ones."""
    answerable, near = _answerable(rows), _near(rows)
    given = _flags([row.response.given is not None for row in rows])
    right = _flags([row.right for row in rows])
    shares = (
        metrics.share(drawn, right, answerable),
        metrics.share(drawn, given & ~right, answerable),
        metrics.share(drawn, given, near),
    )
    of_right, of_wrong, of_false = shares
    if of_right is None or of_wrong is None or of_false is None or not given.any():
        return None
    return metrics.precision(of_right, of_wrong, of_false)


def _balance(rows: Sequence[Judged]) -> Values:
    """Weigh questions so that answerable and near ones count as equally many, others nothing."""
    answerable, near = _answerable(rows), _near(rows)
    weights: Values = answerable / max(1, answerable.sum()) + near / max(1, near.sum())
    return weights


def _answerable(rows: Sequence[Judged]) -> Flags:
    return _flags([row.question.answerable for row in rows])


def _near(rows: Sequence[Judged]) -> Flags:
    """Return which questions have no answer and are near the topic; all without one if none is."""
    kinds = [row.question.kind for row in rows]
    near = ~_answerable(rows) & _flags([kind.startswith(NEAR) for kind in kinds])
    return near if near.any() else ~_answerable(rows)


def _flags(values: Sequence[bool]) -> Flags:
    return np.array(values, dtype=bool)


def differences(first: Sequence[Judged], second: Sequence[Judged]) -> dict[str, Figure]:
    """Figures of `second` less those of `first` on the same questions, with paired intervals."""
    before, after = figures(first), figures(second)
    return {name: metrics.difference(before[name], after[name]) for name in after if name in before}
