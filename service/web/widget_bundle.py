"""The widget as it is served: one script, with its version and its integrity.

The modules in `widget/` run in a browser as they stand; `scripts/bundle_widget.py` minifies them
into `static/`, so that the service needs no minifier.
"""

import base64
import hashlib
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

MODULES = Path(__file__).parent / "widget"
STATIC = Path(__file__).parent / "static"
KEPT_SITES = 32
"""Scripts of sites that are kept, some 40 kB each."""
VERSION_LENGTH = 12
_DEVELOPMENT = '"development"'
_SITE_TEXTS = 'JSON.parse("{}")'


@dataclass(frozen=True, slots=True)
class Bundle:
    """The widget as served."""

    version: str
    """Start of the SHA-256 of the content."""
    content: bytes
    integrity: str
    """Value of a script's `integrity` attribute."""


@cache
def load_bundle() -> Bundle:
    """Read the widget of a service with one site."""
    return _bundle(_static("widget"))


@lru_cache(maxsize=KEPT_SITES)
def site_bundle(texts: str) -> Bundle:
    """Put texts and theme of a site, as JSON, before the widget."""
    return _bundle(_static("site").replace(_SITE_TEXTS, texts) + _static("widget"))


@cache
def _static(name: str) -> str:
    return (STATIC / f"{name}.js").read_text(encoding="utf-8")


def _bundle(script: str) -> Bundle:
    version = hashlib.sha256(script.encode()).hexdigest()[:VERSION_LENGTH]
    content = script.replace(_DEVELOPMENT, f'"{version}"', 1).encode()
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return Bundle(version, content, f"sha384-{digest}")
