"""Pydantic's errors -> faults that say what to write instead."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.errors import Fault
from corpus.yaml_reader import Node, YamlTree, plain

Item = TypeVar("Item")

_MOST_COMPARED = 1000
"""Ids; a comparison takes microseconds, and a large corpus can have thousands of faults."""
_ID_REMEDY = "Use letters a-z, digits, '.', '_' and '-', starting with a letter or digit"
_MESSAGES = {
    "string_type": ("must be a text, not {found}", "Write one text after the colon or dash"),
    "string_too_short": ("is blank", "Write a text, or remove it"),
    "list_type": ("must be a list, not {found}", "Start every item with '- '"),
    "too_short": ("holds too few items", "Write one more, or remove it"),
    "content_date": ("is wrong: {message}", "Write year, month and day, such as 2026-11-23"),
    "content_url": (
        "is wrong: {message}",
        "Start it with https:// or, for a page of this site, with /",
    ),
}
_NAMES = {dict: "a mapping", list: "a list", str: "a text", type(None): "nothing"}


@dataclass(frozen=True, slots=True)
class Checked(Generic[Item]):
    """A valid value, or the faults that keep it from being one."""

    value: Item | None
    faults: tuple[Fault, ...]


def check(
    adapter: TypeAdapter[Item], tree: YamlTree, node: Node, keys: Sequence[str]
) -> Checked[Item]:
    """Validate what stands at `node`; `keys` are those that are known there.

    A key without a value counts as absent.
    """
    data = plain(node)
    if isinstance(data, dict):
        data = {key: value for key, value in data.items() if value is not None}
    try:
        return Checked(adapter.validate_python(data), ())
    except ValidationError as error:
        return Checked(None, tuple(_fault(tree, node, keys, detail) for detail in error.errors()))


def keys_of(model: type[BaseModel]) -> tuple[str, ...]:
    """Return the keys that a mapping of this model may have."""
    return tuple(model.model_fields)


def _fault(tree: YamlTree, node: Node, keys: Sequence[str], detail: Any) -> Fault:
    path = detail["loc"]
    line = tree.line(node, path)
    problem, remedy = explain(detail, keys)
    return Fault(tree.source.name, line, problem, remedy)


def explain(detail: Any, keys: Sequence[str]) -> tuple[str, str]:
    """Put one of pydantic's errors into words: what is wrong, and what to write instead."""
    path = detail["loc"]
    return _explain(detail, _place(path), path, keys)


def _place(path: Sequence[str | int]) -> str:
    """Write a path as `'sources' 2 'url'`, for a reader who counts from one."""
    parts = [f"'{step}'" if isinstance(step, str) else f"{step + 1}" for step in path]
    return " ".join(parts) if parts else "the entry"


def _explain(
    detail: Any, place: str, path: Sequence[str | int], keys: Sequence[str]
) -> tuple[str, str]:
    found = _NAMES.get(type(detail["input"]), "something else")
    kind = detail["type"]
    if kind == "extra_forbidden":
        return f"the key {place} is not known", _closest(str(path[-1]), path, keys)
    if kind == "missing":
        return f"{place} is missing", f"Add a line '{path[-1]}: …'"
    if kind == "string_pattern_mismatch":
        return f"{place} has the value '{detail['input']}', which cannot be an id", _ID_REMEDY
    if kind in ("model_type", "dict_type"):
        return f"{place} must be a mapping, not {found}", f"Write 'key: value' ({', '.join(keys)})"
    problem, remedy = _MESSAGES.get(kind, ("{message}", "See docs/content-guide.md"))
    problem = problem.format(found=found, message=detail["msg"])
    return f"{place} {problem}", remedy


def _closest(key: str, path: Sequence[str | int], keys: Sequence[str]) -> str:
    known = ("title", "url") if "sources" in path[:-1] else tuple(keys)
    close = get_close_matches(key.lower(), known, n=1, cutoff=0.5)
    allowed = ", ".join(known)
    if close:
        return f"Did you mean '{close[0]}'? Known keys are {allowed}"
    return f"Remove it. Known keys are {allowed}"


def closest_id(wanted: str, known: Sequence[str]) -> str:
    """Return the remedy for an id that does not exist."""
    alike = known
    if len(known) > _MOST_COMPARED:
        alike = [name for name in known if name[:3] == wanted[:3]][:_MOST_COMPARED]
    close = get_close_matches(wanted, alike, n=1, cutoff=0.6)
    return f"Did you mean '{close[0]}'?" if close else "Write an id that exists, or remove it"
