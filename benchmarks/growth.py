"""Figures against size -> exponents, and a plot of both axes in powers of ten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from math import ceil, floor, log10

import numpy as np

_WIDTH, _HEIGHT = 620, 400
_LEFT, _RIGHT, _TOP, _BOTTOM = 60, 190, 16, 44
_COLOURS = ("#1b6ac9", "#c2410c", "#15803d", "#7e22ce", "#b91c1c", "#475569")


@dataclass(frozen=True, slots=True)
class Point:
    """A figure at a size; both above 0."""

    size: float
    figure: float


def exponent(points: Sequence[Point]) -> float:
    """Return how a figure grows: 1 in proportion to the size, 0 not at all; least squares."""
    sizes, figures = (np.log([getattr(one, name) for one in points]) for name in ("size", "figure"))
    return float(np.polyfit(sizes, figures, 1)[0])


def plot(title: str, size: str, series: Mapping[str, Sequence[Point]]) -> str:
    """Draw figures against size, the exponent of each in the legend.

    Args:
        title: Read out by a screen reader.
        size: Name of the axis.
        series: Points by name, with the unit in the name.

    """
    points = [one for many in series.values() for one in many]
    across = _Axis.over([one.size for one in points], _LEFT, _WIDTH - _RIGHT)
    up = _Axis.over([one.figure for one in points], _HEIGHT - _BOTTOM, _TOP)
    parts = [*_grid(across, up), _text((_LEFT + _WIDTH - _RIGHT) / 2, _HEIGHT - 6, size)]
    for number, (name, many) in enumerate(series.items()):
        colour = _COLOURS[number % len(_COLOURS)]
        at = [(across.place(one.size), up.place(one.figure)) for one in many]
        path = "L".join(f"{x:.1f} {y:.1f}" for x, y in at)
        parts.append(f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        parts += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{colour}"/>' for x, y in at]
        label = f"{name}: n^{exponent(many):.2f}" if len(many) > 1 else name
        y, x = _TOP + 18 * number + 8, _WIDTH - _RIGHT + 14
        parts.append(f'<circle cx="{x}" cy="{y - 4}" r="4" fill="{colour}"/>')
        parts.append(_text(x + 10, y, label, "start"))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" '
        f'aria-label="{escape(title)}" font-family="system-ui, sans-serif" font-size="12">'
        f'<title>{escape(title)}</title><rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
        f"{''.join(parts)}</svg>\n"
    )


@dataclass(frozen=True, slots=True)
class _Axis:
    """Whole powers of ten from one pixel to another."""

    low: int
    high: int
    start: float
    end: float

    @classmethod
    def over(cls, values: Sequence[float], start: float, end: float) -> "_Axis":
        low, high = floor(log10(min(values))), ceil(log10(max(values)))
        return cls(low, max(high, low + 1), start, end)

    def place(self, value: float) -> float:
        share = (log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)


def _grid(across: _Axis, up: _Axis) -> list[str]:
    parts = []
    for power in range(up.low, up.high + 1):
        y = up.place(10.0**power)
        parts.append(f'<path d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}" stroke="#ddd"/>')
        parts.append(_text(_LEFT - 8, y + 4, f"{10.0**power:g}", "end"))
    for power in range(across.low, across.high + 1):
        x = across.place(10.0**power)
        parts.append(f'<path d="M{x:.1f} {_TOP}V{_HEIGHT - _BOTTOM}" stroke="#eee"/>')
        parts.append(_text(x, _HEIGHT - _BOTTOM + 18, f"{10**power:,}"))
    return parts


def _text(x: float, y: float, text: str, anchor: str = "middle") -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'
