"""Samples -> a table, a JSON file and a plot."""

import json
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from html import escape
from os import cpu_count, getloadavg
from pathlib import Path
from statistics import median

from rich.table import Table

from benchmarks.edits import Edits
from benchmarks.load import Sample

_BAR = 22
_GAP = 8
_LEFT = 250
_WIDTH = 760


@dataclass(frozen=True, slots=True)
class Scenario:
    """One kind of load."""

    name: str
    connections: int


@dataclass(frozen=True, slots=True)
class Result:
    """What came out for one server."""

    server: str
    ready_seconds: float | None
    """From the start of the process to the first ready answer; None for one not started here."""
    idle_megabytes: float | None
    loaded_megabytes: float | None
    """After all load."""
    processor_seconds: float | None
    """Used for all answers."""
    samples: Mapping[str, Sequence[Sample]]
    """By scenario, one a round."""

    def rate(self, scenario: str) -> float:
        """Answers a second, median over the rounds."""
        return median(one.rate for one in self.samples[scenario])

    def milliseconds(self, scenario: str, figure: str) -> float:
        """One figure of the latency, median over the rounds."""
        return median(float(getattr(one, figure)) for one in self.samples[scenario])

    def processor_milliseconds(self) -> float | None:
        """Processor time of one answer: what a busy machine changes least."""
        count = sum(one.requests for many in self.samples.values() for one in many)
        return self.processor_seconds and self.processor_seconds * 1000 / count

    def errors(self) -> int:
        """All answers that were none."""
        return sum(one.errors for many in self.samples.values() for one in many)


def table(results: Sequence[Result], scenarios: Sequence[Scenario]) -> Table:
    """Put medians side by side."""
    shown = Table("", *(result.server for result in results), title="medians over the rounds")
    for label, cells in rows(results, scenarios):
        shown.add_row(label, *cells)
    return shown


def rows(
    results: Sequence[Result], scenarios: Sequence[Scenario]
) -> list[tuple[str, Sequence[str]]]:
    """List what a table says: a label, and a cell a server."""
    listed: list[tuple[str, Sequence[str]]] = []
    for one in scenarios:
        listed.append((f"{one.name}: answers/s", [f"{r.rate(one.name):.0f}" for r in results]))
        for figure in ("median", "p95", "p99"):
            cells = [f"{r.milliseconds(one.name, figure):.1f}" for r in results]
            listed.append((f"{one.name}: {figure} ms", cells))
    cells = [_number(r.processor_milliseconds(), 1) for r in results]
    listed.append(("processor time of an answer, ms", cells))
    listed.append(("errors", [str(r.errors()) for r in results]))
    listed.append(("start to ready, s", [_number(r.ready_seconds, 1) for r in results]))
    listed.append(("resident when idle, MB", [_number(r.idle_megabytes, 0) for r in results]))
    listed.append(("resident after load, MB", [_number(r.loaded_megabytes, 0) for r in results]))
    return listed


def markdown(results: Sequence[Result], scenarios: Sequence[Scenario]) -> str:
    """Write the table for a document."""
    head = ["figure", *(result.server for result in results)]
    lines = [
        head,
        ["---"] * len(head),
        *([label, *cells] for label, cells in rows(results, scenarios)),
    ]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _number(value: float | None, digits: int) -> str:
    return "–" if value is None else f"{value:.{digits}f}"  # noqa: RUF001 - a dash for no figure


def machine() -> dict[str, object]:
    """Describe what was measured on. The load counts what else ran before."""
    return {
        "processor": _processor(),
        "cores": cpu_count(),
        "system": platform.platform(),
        "python": platform.python_version(),
        "load_before": round(getloadavg()[0], 2),
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    listed = Path("/proc/cpuinfo")
    lines = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or platform.machine()


def as_json(
    results: Sequence[Result], about: Mapping[str, object], edits: Sequence[Edits] = ()
) -> str:
    """Write every sample."""
    document = {
        "machine": about,
        "results": [asdict(one) for one in results],
        "edits": [asdict(one) for one in edits],
    }
    return json.dumps(document, indent=2)


def plot(results: Sequence[Result], scenarios: Sequence[Scenario]) -> str:
    """Draw answers a second as bars, in SVG that reads on a light and on a dark page."""
    bars = [(one.name, result) for one in scenarios for result in results]
    most = max(result.rate(name) for name, result in bars) or 1.0
    parts, y, before = [], 10, ""
    for name, result in bars:
        y += _GAP * 2 if before and name != before else 0
        parts.append(_bar(f"{name} · {result.server}", result.rate(name), most, y))
        before, y = name, y + _BAR + _GAP
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {y + 4}" role="img" '
        'aria-label="Answers a second" font-family="sans-serif" font-size="13" fill="#808080">'
        f"{''.join(parts)}</svg>\n"
    )


def _bar(label: str, rate: float, most: float, y: int) -> str:
    width = max(1.0, (_WIDTH - _LEFT - 70) * rate / most)
    return (
        f'<text x="{_LEFT - 8}" y="{y + 16}" text-anchor="end">{escape(label)}</text>'
        f'<rect x="{_LEFT}" y="{y}" width="{width:.1f}" height="{_BAR}" fill="#3b82c4"/>'
        f'<text x="{_LEFT + width + 6:.1f}" y="{y + 16}">{rate:.0f}/s</text>'
    )
