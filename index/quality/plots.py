"""Pure: numbers -> plots as SVG text for a page; colours are classes of the page's style."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 460, 340
_LEFT, _RIGHT, _TOP, _BOTTOM = 52, 12, 12, 44
_TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
_BAR, _GAP, _NAMES = 22, 10, 150
_NARROWEST_NUMBER = 18
"""Pixels of a bar below which its number would not fit."""


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


def chart(title: str, x: str, y: str, series: Sequence[Series], *, diagonal: bool = False) -> str:
    """Draw series in the unit square, with a legend below.

    Args:
        title: Read out by a screen reader.
        x: Name of the axis.
        y: Name of the axis.
        series: Drawn over each other, the first on top.
        diagonal: Whether to draw where both axes are equal.

    """
    parts = [_grid(x, y)]
    if diagonal:
        parts.append(f'<path class="diagonal" d="M{_at(0, 0)}L{_at(1, 1)}"/>')
    drawn = [_series(one, number) for number, one in enumerate(series)]
    return _svg(title, WIDTH, HEIGHT, "".join([*parts, *reversed(drawn)])) + _legend(series)


def _svg(title: str, width: int, height: int, inside: str) -> str:
    return (
        f'<svg viewBox="0 0 {width} {height}" width="{width}" role="img" '
        f'aria-label="{escape(title)}"><title>{escape(title)}</title>{inside}</svg>'
    )


def _x(value: float) -> float:
    return round(_LEFT + value * (WIDTH - _LEFT - _RIGHT), 1)


def _y(value: float) -> float:
    return round(_TOP + (1 - value) * (HEIGHT - _TOP - _BOTTOM), 1)


def _at(x: float, y: float) -> str:
    return f"{_x(x):.1f} {_y(y):.1f}"


def _grid(x: str, y: str) -> str:
    lines = []
    for tick in _TICKS:
        lines.append(f'<path class="grid" d="M{_at(0, tick)}L{_at(1, tick)}"/>')
        lines.append(_text(_LEFT - 8, _y(tick) + 4, f"{tick:.1f}", "end"))
        lines.append(_text(_x(tick), HEIGHT - _BOTTOM + 18, f"{tick:.1f}", "middle"))
    lines.append(_text(_x(0.5), HEIGHT - 6, x, "middle"))
    turned = f'transform="rotate(-90 12 {_y(0.5)})"'
    lines.append(f'<text x="12" y="{_y(0.5)}" text-anchor="middle" {turned}>{escape(y)}</text>')
    return "".join(lines)


def _text(x: float, y: float, text: str, anchor: str) -> str:
    return f'<text x="{x:g}" y="{y:g}" text-anchor="{anchor}">{escape(text)}</text>'


def _series(series: Series, number: int) -> str:
    parts = []
    if series.joined and series.points:
        path = "L".join(_at(one.x, one.y) for one in series.points)
        parts.append(f'<path class="line line-{number}" d="M{path}"/>')
    for one in (*series.marked, *(() if series.joined else series.points)):
        if one.low < one.high:
            whisker = f"M{_at(one.x, one.low)}L{_at(one.x, one.high)}"
            parts.append(f'<path class="line line-{number}" d="{whisker}"/>')
        parts.append(f'<circle class="dot-{number}" cx="{_x(one.x)}" cy="{_y(one.y)}" r="4.5"/>')
    return "".join(parts)


def _legend(series: Sequence[Series]) -> str:
    items = (
        f'<li><span class="key key-{number}"></span>{escape(one.name)}</li>'
        for number, one in enumerate(series)
    )
    return f'<ul class="legend">{"".join(items)}</ul>'


def bars(title: str, rows: Mapping[str, Mapping[str, int]]) -> str:
    """Draw a bar a row, cut into the shares of its counts; all rows count the same things."""
    room = WIDTH + 2 * _NAMES - _NAMES
    drawn = []
    for number, (name, counts) in enumerate(rows.items()):
        top = number * (_BAR + _GAP)
        drawn.append(_text(_NAMES - 8, top + 15, f"{name} ({sum(counts.values())})", "end"))
        drawn.append(_bar(counts, top, room))
    names = tuple(next(iter(rows.values()), {}))
    legend = "".join(
        f'<li><span class="key part-{number}"></span>{escape(name)}</li>'
        for number, name in enumerate(names)
    )
    height = max(1, len(rows)) * (_BAR + _GAP)
    return _svg(title, _NAMES + room, height, "".join(drawn)) + f'<ul class="legend">{legend}</ul>'


def _bar(counts: Mapping[str, int], top: int, room: int) -> str:
    parts, left, total = [], float(_NAMES), max(1, sum(counts.values()))
    for number, count in enumerate(counts.values()):
        width = room * count / total
        box = f'x="{left:.1f}" y="{top}" width="{width:.1f}" height="{_BAR}"'
        parts.append(f'<rect class="part-{number}" {box}/>' if count else "")
        if width >= _NARROWEST_NUMBER:
            x, y = left + width / 2, top + 15
            inside = f'x="{x:.1f}" y="{y}" text-anchor="middle"'
            parts.append(f'<text class="on-{number}" {inside}>{count}</text>')
        left += width
    return "".join(parts)
