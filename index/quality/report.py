"""Judged answers -> one HTML page that stands alone: figures, plots, what went wrong and why."""

from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path

import numpy as np

from index.quality import metrics
from index.quality.evaluation import ENGLISH, Judged, calibration_floor, differences, figures
from index.quality.metrics import Figure
from index.quality.plots import Point, Series, bars, chart, point

_STYLE = Path(__file__).with_name("report.css")
_BINS = 10


def by_kind(judged: Sequence[Judged]) -> dict[str, list[Judged]]:
    """Group by kind and language, English first."""
    groups: dict[str, list[Judged]] = {}
    for row in sorted(judged, key=lambda r: (r.question.language != ENGLISH, r.question.kind)):
        spoken = row.question.language
        name = row.question.kind if spoken == ENGLISH else f"{row.question.kind} ({spoken})"
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
    """Write the page.

    Args:
        title: What was measured.
        note: How, in a sentence.
        systems: By name, all judged on the same questions; the first is reported in detail.

    """
    ours = next(iter(systems))
    judged = systems[ours]
    english = {n: [r for r in s if r.question.language == ENGLISH] for n, s in systems.items()}
    body = [
        f"<h1>{escape(title)}</h1><p>{escape(note)}</p>",
        _section("Figures", _figures(systems)),
        _section("Paired differences", _differences(systems)),
        _section("Risk and coverage", _risk(english)),
        _section("Reliability", _reliable(ours, english[ours])),
        _section(
            "By kind", bars("Outcomes by kind", {k: counts(v) for k, v in by_kind(judged).items()})
        ),
        *_listings(judged),
    ]
    style = _STYLE.read_text(encoding="utf-8")
    head = (
        f'<meta charset="utf-8"><title>{escape(title)}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<style>\n{style}</style>"
    )
    return (
        f'<!doctype html>\n<html lang="en"><head>{head}</head>'
        f"<body><main>\n{''.join(body)}</main></body></html>\n"
    )


def _section(heading: str, inside: str) -> str:
    return f"<section><h2>{escape(heading)}</h2>{inside}</section>\n"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    top = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in head)
    body = "".join(
        f'<tr><th scope="row">{escape(first)}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in rest)
        + "</tr>"
        for first, *rest in rows
    )
    table = f"<table><thead><tr>{top}</tr></thead><tbody>{body}</tbody></table>"
    return f'<div class="scroll">{table}</div>'


def _figures(systems: Mapping[str, Sequence[Judged]]) -> str:
    columns = [figures(judged) for judged in systems.values()]
    rows = [
        (name, str(first.count), *(_shown(column.get(name)) for column in columns))
        for name, first in columns[0].items()
    ]
    return "<p>95 % intervals in brackets.</p>" + _table(("", "questions", *systems), rows)


def _shown(figure: Figure | None) -> str:
    return f"{figure.value:.3f} [{figure.low:.3f}, {figure.high:.3f}]" if figure else "-"


def _differences(systems: Mapping[str, Sequence[Judged]]) -> str:
    """Show by how much the first system differs from each other one on the same questions."""
    ours, *others = systems
    columns = [differences(systems[name], systems[ours]) for name in others]
    rows = [
        (name, *(_gap(column.get(name)) for column in columns))
        for name in dict.fromkeys(name for column in columns for name in column)
    ]
    return _table(("", *(f"{ours} less {name}" for name in others)), rows)


def _gap(figure: Figure | None) -> str:
    return f"{figure.value:+.3f} [{figure.low:+.3f}, {figure.high:+.3f}]" if figure else "-"


def _risk(systems: Mapping[str, Sequence[Judged]]) -> str:
    series = [
        Series(name, risk_curve(judged), operating_point(judged))
        for name, judged in systems.items()
    ]
    note = (
        "<p>Of the answers given, how many are wrong, when more and more questions are answered, "
        "the most certain first; the dot is where each system stands. Questions that have no "
        "answer here count, so no curve can stay low up to the right.</p>"
    )
    plot = chart("Risk and coverage", "share of questions answered", "share wrong", series)
    return note + plot


def _reliable(name: str, judged: Sequence[Judged]) -> str:
    note = (
        "<p>Of the candidates that got a confidence, how many are right; on the diagonal the "
        "confidence is the truth. Lines are 95 % intervals.</p>"
    )
    series = Series(name, reliability(judged), joined=False)
    plot = chart("Reliability", "confidence", "share right", [series], diagonal=True)
    floor = (
        "<p>On as many answers as were given, a perfect confidence has a calibration error of "
        f"{_shown(calibration_floor(judged))}.</p>"
    )
    return note + plot + floor


def _listings(judged: Sequence[Judged]) -> list[str]:
    given = [row for row in judged if row.response.given is not None and not row.right]
    silent = [r for r in judged if r.question.answerable and r.response.given is None]
    groups = {
        "Wrong answers": [row for row in given if row.question.answerable],
        "False answers": [row for row in given if not row.question.answerable],
        "Not answered although the answer is there": silent,
    }
    return [
        _section(f"{name} ({len(rows)})", "".join(map(_case, rows)) or "<p>None.</p>")
        for name, rows in groups.items()
    ]


def _case(row: Judged) -> str:
    question, response = row.question, row.response
    wanted = ", ".join(sorted(question.gold)) or "no answer"
    got = response.given or f"{response.outcome}, best candidate {response.candidate or 'none'}"
    facts = _table(("evidence", ""), [(k, f"{v:.3f}") for k, v in response.trace.evidence.items()])
    ranking = _table(
        ("candidate", "score"), [(k, f"{v:.3f}") for k, v in response.trace.candidates]
    )
    borderline = ", borderline" if question.borderline else ""
    return (
        f"<details><summary>{escape(question.question)}"
        f"<small>{escape(question.id)}, {escape(question.kind)}{borderline}. "
        f"Given: <b>{escape(got)}</b>, confidence {response.confidence:.2f}. "
        f"Right: <b>{escape(wanted)}</b></small></summary>"
        f"<p>Understood as: {escape(response.trace.understood)}</p>"
        f'<div class="pair">{facts}{ranking}</div></details>'
    )
