"""Figures in a text, by what they measure; the same however they are written."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TypeAlias

_SPACES = " \u00a0\u202f'\u2019"
_NUMBER = (
    rf"(?<![\d.,])(?:\d{{1,3}}(?:[{_SPACES}]\d{{3}}){{1,6}}(?:[.,]\d+)?(?!\d)|\d(?:[\d.,]*\d)?)"
)
_SCALE = r"k|m|bn|thousand|million|billion"
_FIGURE = re.compile(
    rf"(?P<before>[$€£]|\b(?:usd|eur|gbp)\b)\s?(?P<amount>{_NUMBER})(?:\s?(?P<scale>{_SCALE})\b)?|"
    rf"(?P<sum>{_NUMBER})(?:\s?(?P<times>{_SCALE})\b)?\s?"
    r"(?P<after>[$€£](?!\s?\d)|(?:us )?dollars?\b|euros?\b|pounds?\b|(?:usd|eur|gbp)\b)|"
    rf"(?P<number>{_NUMBER})\s?"
    r"(?P<unit>%|per\s?cent\b|pct\b|(?:year|month|week|day|hour)s?\b)",
    re.IGNORECASE,
)
_TIMES = {"k": 3, "thousand": 3, "m": 6, "million": 6, "bn": 9, "billion": 9}
"""The powers of ten."""
_CURRENCY = {"us dollar": "$", "dollar": "$", "usd": "$", "euro": "€", "eur": "€"} | {
    "pound": "£",
    "gbp": "£",
}

Figures: TypeAlias = Mapping[str, Mapping[Decimal, str]]
"""How each value is written, by what it measures."""


def figures_of(text: str) -> Figures:
    """Read figures by what they measure: a currency, percent, or a span of time."""
    found: dict[str, dict[Decimal, str]] = {}
    for match in _FIGURE.finditer(text):
        value = _value(match["amount"] or match["sum"] or match["number"])
        scale = (match["scale"] or match["times"] or "").lower()
        values = found.setdefault(_measure(match), {})
        values.setdefault(value.scaleb(_TIMES.get(scale, 0)), " ".join(match[0].split()))
    return found


def _measure(match: re.Match[str]) -> str:
    if unit := match["unit"]:
        is_share = unit[0] in "%pP"
        return "%" if is_share else unit.lower().rstrip("s")
    currency = (match["before"] or match["after"]).lower().rstrip("s")
    return _CURRENCY.get(currency, currency)


def _value(written: str) -> Decimal:
    """Read a number: what groups its digits says nothing, and its last sign may be a decimal."""
    digits = re.sub(rf"[{_SPACES}]", "", written)
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", digits):
        return Decimal(digits.replace(",", ""))
    if re.fullmatch(r"\d{1,3}(\.\d{3})+,\d+|\d{1,3}(\.\d{3}){2,}", digits):
        digits = digits.replace(".", "")
    whole, _, rest = digits.replace(",", ".").rpartition(".")
    return Decimal(f"{whole.replace('.', '') or 0}.{rest}" if whole else rest)
