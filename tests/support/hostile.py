"""Strings that have broken other services, from hostile.json, which has them by kind."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any


def _text(entry: str | Mapping[str, Any]) -> str:
    """Long ones are written as what is repeated, and what stands around it."""
    if isinstance(entry, str):
        return entry
    repeated: str = entry["repeat"] * entry["times"]
    return f"{entry.get('before', '')}{repeated}{entry.get('after', '')}"


_KINDS = json.loads(Path(__file__).with_name("hostile.json").read_text(encoding="utf-8"))
TAKEN: Mapping[str, tuple[str, ...]] = {
    kind: tuple(map(_text, entries)) for kind, entries in _KINDS["taken"].items()
}
"""Questions that get an ordinary response."""
REFUSED: Mapping[str, tuple[str, ...]] = {
    kind: tuple(map(_text, entries)) for kind, entries in _KINDS["refused"].items()
}
"""What is no question: empty, too long, or no text."""
EVERY = tuple(text for kinds in (TAKEN, REFUSED) for texts in kinds.values() for text in texts)
