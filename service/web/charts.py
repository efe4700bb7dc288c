"""Counts as plots: SVG text for a page whose style gives the colours. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape

WIDTH, HEIGHT = 480, 200
_LEFT, _BOTTOM, _TOP = 46, 26, 10
_GAP = 0.22
"""Of a bar's room, between bars."""
_MOST_LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, piled up from its parts."""

    name: str
    parts: Mapping[str, int]
    """Class of the style to count, from the ground up."""

    @property
    def total(self) -> int:
        """All parts together."""
        return sum(self.parts.values())


def bars(title: str, shown: Sequence[Bar], words: Mapping[str, str]) -> str:
    """Draw bars side by side over a scale.

    Args:
        title: Read out by a screen reader.
        shown: From left to right.
        words: What a part is called, by its class.

    """
    top = _round_up(max((bar.total for bar in shown), default=0))
    room = (WIDTH - _LEFT) / max(1, len(shown))
    every = -(-len(shown) // _MOST_LABELS) or 1
    drawn = [_scale(top)]
    for number, bar in enumerate(shown):
        left = _LEFT + room * number
        drawn.append(_bar(bar, left + room * _GAP / 2, room * (1 - _GAP), top, words))
        if number % every == 0:
            # A phone has room for every second name.
            kind = "name" if number // every % 2 else ""
            drawn.append(_text(left + room / 2, HEIGHT - 8, bar.name, "middle", kind))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {HEIGHT}" role="img" '
        f'aria-label="{escape(title)}">{"".join(drawn)}</svg>'
    )


def _round_up(most: int) -> int:
    """Return the next of 4, 8, 20, 40, 80, 200 …, which a scale of four steps divides."""
    size = 4
    while size < most:
        size = size * 5 // 2 if str(size)[0] == "8" else size * 2
    return size


def _y(value: float, top: int) -> float:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _BOTTOM - _TOP) * value / top, 1)


def _scale(top: int) -> str:
    lines = []
    for step in range(5):
        value = top * step // 4
        y = _y(value, top)
        lines.append(f'<path class="grid" d="M{_LEFT} {y}H{WIDTH}"/>')
        lines.append(_text(_LEFT - 6, y + 4, _short(value), "end"))
    return "".join(lines)


def _short(value: int) -> str:
    return f"{value // 1000}k" if value >= 10_000 else str(value)


def _text(x: float, y: float, text: str, anchor: str, kind: str = "") -> str:
    class_ = f' class="{kind}"' if kind else ""
    return f'<text{class_} x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(text)}</text>'


def _bar(bar: Bar, left: float, width: float, top: int, words: Mapping[str, str]) -> str:
    pieces, below = [], 0
    for part, count in bar.parts.items():
        if count:
            y, ground = _y(below + count, top), _y(below, top)
            box = f'x="{left:.1f}" y="{y}" width="{width:.1f}" height="{max(0.8, ground - y):.1f}"'
            pieces.append(f'<rect class="{part}" {box}/>')
        below += count
    told = ", ".join(f"{words[part]} {count}" for part, count in bar.parts.items() if count)
    return f"<g><title>{escape(f'{bar.name}: {told or 0}')}</title>{''.join(pieces)}</g>"
