"""Layout of a stacked bar chart; `templates/chart.html` draws it. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 480, 200
_LEFT, _BOTTOM, _TOP = 46, 26, 10
_GAP = 0.22
"""Share of a bar's room that is left free between bars."""
_STEPS = 4
_MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """Counts of one day or one range, by the class of the style that colours them."""

    name: str
    parts: Mapping[str, int]
    """From the ground up."""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale."""

    y: float
    label: str


@dataclass(frozen=True, slots=True)
class Segment:
    """One part of a bar."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Column:
    """A bar where it stands."""

    x: float
    width: float
    middle: float
    label: str
    """Empty where there is no room for one."""
    is_minor: bool
    """Whether the label is left out on a phone."""
    description: str
    segments: tuple[Segment, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """Everything that is drawn, in the units of the view box."""

    title: str
    """Read out by a screen reader."""
    ticks: tuple[Tick, ...]
    columns: tuple[Column, ...]
    left: int = _LEFT
    width: int = WIDTH
    height: int = HEIGHT


def stacked_bars(title: str, bars: Sequence[Bar], words: Mapping[str, str]) -> Chart:
    """Lay bars out side by side over a scale; `words` name the parts by their class."""
    top = _round_up(max((sum(bar.parts.values()) for bar in bars), default=0))
    values = [top * step // _STEPS for step in range(_STEPS + 1)]
    room = (WIDTH - _LEFT) / max(1, len(bars))
    every = -(-len(bars) // _MOST_LABELS) or 1
    columns = []
    for number, bar in enumerate(bars):
        left = _LEFT + room * number
        counts = ", ".join(f"{words[part]} {count}" for part, count in bar.parts.items() if count)
        column = Column(
            x=left + room * _GAP / 2,
            width=room * (1 - _GAP),
            middle=left + room / 2,
            label="" if number % every else bar.name,
            is_minor=number // every % 2 == 1,
            description=f"{bar.name}: {counts or 0}",
            segments=_segments(bar, top),
        )
        columns.append(column)
    return Chart(
        title, tuple(Tick(_y(value, top), _short(value)) for value in values), tuple(columns)
    )


def _segments(bar: Bar, top: int) -> tuple[Segment, ...]:
    segments, below = [], 0
    for part, count in bar.parts.items():
        y = _y(below + count, top)
        if count:
            segments.append(Segment(part, y, max(0.8, _y(below, top) - y)))
        below += count
    return tuple(segments)


def _round_up(most: int) -> int:
    """Return the next of 4, 8, 20, 40, 80, 200 …, which a scale of four steps divides."""
    size = 4
    while size < most:
        size = size * 5 // 2 if str(size)[0] == "8" else size * 2
    return size


def _y(value: float, top: int) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * value / top, 1)


def _short(value: int) -> str:
    return f"{value // 1000}k" if value >= 10_000 else str(value)
