"""Templates of the pages, their inline styles and scripts, and their Content-Security-Policy."""

import base64
import hashlib
from datetime import date, datetime
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

TEMPLATES = Path(__file__).parent / "templates"
HTML = "text/html; charset=utf-8"


@cache
def environment() -> Environment:
    """Return the Jinja2 environment; everything printed is escaped."""
    templates = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.globals["inline"] = inline
    templates.filters.update(day=day, count_of=count_of)
    return templates


def day(value: date | str) -> str:
    """Write a date, or a moment in ISO 8601, as all pages do; what is neither stays as it is."""
    try:
        at = value if isinstance(value, date) else datetime.fromisoformat(value)
    except ValueError:
        return str(value)
    text = f"{at:%B} {at.day}, {at.year}"
    return f"{text}, {at:%H:%M}" if isinstance(value, str) and len(value) > 10 else text


def count_of(number: int, noun: str) -> str:
    """Write a number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


@cache
def inline(name: str) -> str:
    """Read a style sheet or script to be put into a page."""
    return (TEMPLATES / name).read_text(encoding="utf-8")


@cache
def policy(*styles: str, script: str = "", form: str = "'none'") -> str:
    """Allow these styles and this script by their hashes, and the widget along with a script.

    Args:
        styles: Names of style sheets in the page.
        script: Name of a script in the page; empty for a page without any.
        form: Where forms may be sent.

    """
    scripts = f"script-src 'self' {_hash(script)}; connect-src 'self'; " if script else ""
    hashes = " ".join(_hash(name) for name in styles)
    return (
        f"default-src 'none'; {scripts}style-src {hashes}; img-src 'self' data:; "
        f"base-uri 'none'; form-action {form}; frame-ancestors 'none'; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )


def _hash(name: str) -> str:
    digest = hashlib.sha256(inline(name).encode()).digest()
    return f"'sha256-{base64.b64encode(digest).decode()}'"
