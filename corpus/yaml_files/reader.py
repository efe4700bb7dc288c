"""YAML reader with positions, and validation of what it reads; the only one here to import yaml.

The tree is built from events, not with PyYAML's loader: events nest without recursion, so that no
file can exhaust the stack, and they are four times as fast on a large file.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, Generic, NoReturn, TypeAlias, TypeVar

import yaml
from pydantic import BaseModel, TypeAdapter, ValidationError

from corpus.documents import Span
from corpus.errors import Fault
from corpus.files import TextFile

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain] | None"
"""Data as it is validated. A scalar is its text, since ``Yes`` is a fine answer; null is None."""

MAX_DEPTH = 12
"""Content nests four deep; more is a mistake or an attack."""

_TAGS = frozenset({None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "seq", "map"))})
"""Other tags ask for another type, or for code to be run; everything here is text."""
_TYPED = re.compile(
    r"(?i:yes|no|on|off|true|false|y|n)|[-+]?\d[\d_]*(?:\.\d*)?(?:e[-+]?\d+)?|\d{4}-\d{2}-\d{2}"
    r"|[-+]?(?:\.\d+|\d{1,2}(?::[0-5]?\d)+|0[xo][0-9a-fA-F]+)"
)
"""Plain values that other readers of YAML take for a truth value, a number or a date."""
_LISTED = re.compile(
    r"(?:(?<=\n)|^)[ \t]*(?:(?:[-*•]|\d{1,3}[.)])[ \t]+\S|\|.*\|)[^\n]*", re.MULTILINE
)
_ANCHOR = re.compile(r"(&([^\s&]++))[ \t]++\Z")
_SHOWN = 50
"""Characters of a text, in a caution."""
_NULLS = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Scalar:
    """A single value; `[start, end)` are its characters in the file, without quotes."""

    start: int
    end: int
    text: str | None
    style: str = ""
    """The sign that starts it: a quote, `|` or `>`; empty for a plain one."""


@dataclass(slots=True)
class Items:
    """A list."""

    start: int
    nodes: "list[Node]" = field(default_factory=list)
    size: int = 1
    """Values in it, those behind aliases counted every time."""


@dataclass(slots=True)
class Fields:
    """A mapping, in the order of the file."""

    start: int
    keys: dict[str, int] = field(default_factory=dict)
    """Key to the position where it is written."""
    nodes: "dict[str, Node]" = field(default_factory=dict)
    size: int = 1
    pending: str | None = None
    """A key that waits for its value while the tree is built."""


Node: TypeAlias = Scalar | Items | Fields


@dataclass(frozen=True, slots=True)
class YamlTree:
    """What one YAML text holds, and the faults of its syntax."""

    source: TextFile
    root: Node | None
    """None when the text is empty or broken."""
    faults: tuple[Fault, ...]

    def line(self, node: Node, path: Sequence[str | int] = ()) -> int:
        """Line of the value at `path` below `node`, or of the nearest thing above it."""
        position = node.start
        for step in path:
            if isinstance(node, Fields) and isinstance(step, str) and step in node.nodes:
                position, node = node.keys[step], node.nodes[step]
            elif isinstance(node, Items) and isinstance(step, int) and step < len(node.nodes):
                node = node.nodes[step]
                position = node.start
            else:
                break
        return self.source.line(position)

    def span(self, node: Node) -> Span:
        """Where the text of a scalar stands, without quotes and white space around it."""
        if not isinstance(node, Scalar):
            msg = "only a scalar has a span"
            raise TypeError(msg)
        return self.source.span(*self.source.trim(node.start, node.end))


def plain(node: Node | None) -> Plain:
    """Return the data of a tree without its places."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Items):
        return [plain(child) for child in node.nodes]
    return {key: plain(child) for key, child in node.nodes.items()}


def bent_texts(tree: YamlTree, keys: Collection[str]) -> Iterator[Fault]:
    """Yield a caution for each text that YAML cut or folded; `keys` name where texts stand.

    Of a mapping of lists, as questions are, `keys` is empty: every text counts.
    """
    for key, scalar in _texts(tree.root, keys, ""):
        fault = _cut(tree.source, scalar) or _folded(tree.source, scalar)
        if (
            fault is None
            and key in keys
            and not scalar.style
            and _TYPED.fullmatch(scalar.text or "")
        ):
            problem = f"'{scalar.text}' is no text for other programs that read YAML"
            fault = tree.source.fault(scalar.start, problem, f'Write "{scalar.text}"')
        if fault is not None:
            yield fault


def _texts(node: Node | None, keys: Collection[str], key: str) -> Iterator[tuple[str, Scalar]]:
    """Yield every text below a node with its key; empty for those of a list."""
    if isinstance(node, Items):
        for child in node.nodes:
            if isinstance(child, Scalar) and (key or not keys):
                yield "", child
            elif not isinstance(child, Scalar):
                yield from _texts(child, keys, "")
    elif isinstance(node, Fields):
        for name, child in node.nodes.items():
            if keys and name not in keys:
                continue
            if isinstance(child, Scalar):
                yield name, child
            else:
                yield from _texts(child, keys, name)


def _cut(source: TextFile, scalar: Scalar) -> Fault | None:
    above = source.text[source.line_start(source.line(scalar.start) - 1) : scalar.start]
    anchor = _ANCHOR.search(above)
    if anchor and not scalar.style and f"*{anchor[2]}" not in source.text:
        problem = (
            f"the text starts behind '{anchor[1]}':"
            f" what is published is '{_short(scalar.text or '')}'"
        )
        return source.fault(scalar.start, problem, "Put all of it between double quotes")
    rest = source.text[scalar.end : source.line_start(source.line(scalar.end))]
    if scalar.style or not scalar.text or not re.match(r"[ \t]+#", rest):
        return None
    problem = (
        f"the text stops before '{_short(rest)}': what is published is '{_short(scalar.text)}'"
    )
    return source.fault(scalar.end, problem, "Put all of it between double quotes")


def _folded(source: TextFile, scalar: Scalar) -> Fault | None:
    if scalar.style == "|" or not scalar.text:
        return None
    raw = source.text[scalar.start : scalar.end]
    for match in _LISTED.finditer(raw):
        item = match[0].strip()
        if f" {item}" in scalar.text and f"\n{item}" not in scalar.text:
            problem = f"the list runs together: what is published is '{_short(scalar.text)}'"
            remedy = "Write '|' behind the key, and the text in the lines below it"
            return source.fault(scalar.start + match.end(), problem, remedy)
    return None


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()} …"


def read_yaml(source: TextFile, start: int = 0, end: int | None = None) -> YamlTree:
    """Read the characters `[start, end)` of a file as one YAML document; never raises."""
    builder = _Builder(source, start)
    text = source.text[start:end]
    try:
        for event in yaml.parse(text, Loader=yaml.CSafeLoader):
            builder.take(event)
        root = builder.root
    except _Stop:
        root = None
    except yaml.reader.ReaderError as error:
        # With text given, libyaml counts in bytes here and in characters everywhere else.
        position = len(text.encode()[: error.position].decode(errors="ignore"))
        problem = f"the character U+{ord(text[position]):04X} is not allowed in YAML"
        builder.add_fault(position, problem, "Delete it")
        root = None
    except yaml.MarkedYAMLError as error:
        is_open = "end of stream" in (error.problem or "")
        mark = (is_open and error.context_mark) or error.problem_mark or error.context_mark
        position = mark.index if mark else 0
        builder.add_fault(position, *_explain(error, text, position))
        root = None
    return YamlTree(source, root, tuple(builder.faults))


_KEY = re.compile(r"\s*-?\w+:(?:\s(?:(?!: ).)*)?")
"""A line with one colon, behind a word: if it cannot be there, its indentation is at fault."""


def _explain(error: yaml.MarkedYAMLError, text: str, position: int) -> tuple[str, str]:
    problem = error.problem or "it cannot be read"
    remedy = "Check the indentation, the dashes and the quotes at and above this line"
    if "tab" in problem or text[position : position + 1] == "\t":
        return "a tab is used for indentation", "Use spaces instead"
    line = text[text.rfind("\n", 0, position) + 1 :].partition("\n")[0]
    if "mapping values are not allowed" in problem and _KEY.fullmatch(line):
        remedy += "; a dash has a space behind it"
    elif "mapping values are not allowed" in problem:
        remedy = "Put a text that holds ': ' between double quotes"
    elif "escape character" in problem:
        remedy = r"Write \\ for \, or put the text between single quotes"
    elif "cannot start any token" in problem or "alias" in (error.context or ""):
        remedy = "Put a text that starts with a special character between double quotes"
    elif "end of stream" in problem:
        remedy = "Close the quotes or brackets that the text opens"
    return f"the YAML is broken: {problem}", remedy


class _Stop(Exception):
    """Stops parsing; the fault is already recorded."""


class _Builder:
    """Events in, tree out."""

    def __init__(self, source: TextFile, base: int) -> None:
        self.root: Node | None = None
        self.faults: list[Fault] = []
        self._source = source
        self._base = base
        self._open: list[Items | Fields] = []
        self._anchors: dict[str, Node] = {}
        self._names: dict[int, str] = {}
        self._events = 0
        self._documents = 0

    def add_fault(self, index: int, problem: str, remedy: str) -> None:
        self.faults.append(self._source.fault(self._base + index, problem, remedy))

    def take(self, event: yaml.Event) -> None:
        self._events += 1
        if isinstance(event, yaml.ScalarEvent):
            self._add(self._scalar(event), event)
        elif isinstance(event, yaml.CollectionStartEvent):
            self._enter(event)
        elif isinstance(event, yaml.CollectionEndEvent):
            self._leave(event)
        elif isinstance(event, yaml.AliasEvent):
            self._add(self._aliased(event), event)
        elif isinstance(event, yaml.DocumentStartEvent):
            self._documents += 1
            if self._documents > 1:
                remedy = "Remove the line '---', or put the rest into a file of its own"
                self._stop(event, "a second YAML document starts here", remedy)

    def _stop(self, event: yaml.Event, problem: str, remedy: str) -> NoReturn:
        self.add_fault(_index(event.start_mark), problem, remedy)
        raise _Stop

    def _check_tag(self, event: yaml.ScalarEvent | yaml.CollectionStartEvent) -> None:
        if event.tag not in _TAGS:
            self._stop(event, f"the tag {event.tag} is not allowed", "Remove it")

    def _scalar(self, event: yaml.ScalarEvent) -> Scalar:
        self._check_tag(event)
        start = self._base + _index(event.start_mark)
        end = self._base + _index(event.end_mark)
        if event.style in ("'", '"'):
            # A tag or an anchor stands before the quote and belongs to the event.
            start = self._source.text.index(event.style, start)
            return self._named(Scalar(start + 1, end - 1, event.value, event.style), event)
        if event.style in ("|", ">"):
            first = self._source.text.index(event.style, start)
            return self._named(
                Scalar(self._after_line(first, end), end, event.value, event.style), event
            )
        if event.value in _NULLS:
            return self._named(Scalar(start, end, None), event)
        if event.anchor is not None or event.tag is not None:
            start = self._plain_start(start, end)
        return self._named(Scalar(start, end, event.value), event)

    def _plain_start(self, start: int, end: int) -> int:
        """Where a plain text starts behind its tag and anchor."""
        text = self._source.text
        while start < end and text[start] in "&!":
            while start < end and not text[start].isspace():
                start += 1
            while start < end and text[start].isspace():
                start += 1
        return start

    def _after_line(self, start: int, end: int) -> int:
        line = self._source.line(start)
        return min(self._source.line_start(line), end)

    def _named(self, scalar: Scalar, event: yaml.ScalarEvent) -> Scalar:
        if event.anchor is not None:
            self._anchors[event.anchor] = scalar
        return scalar

    def _enter(self, event: yaml.CollectionStartEvent) -> None:
        self._check_tag(event)
        if len(self._open) >= MAX_DEPTH:
            remedy = "Content is a plain list of entries; see docs/content-guide.md"
            self._stop(event, f"lists nest more than {MAX_DEPTH} deep", remedy)
        start = self._base + _index(event.start_mark)
        node = Items(start) if isinstance(event, yaml.SequenceStartEvent) else Fields(start)
        if self._open and isinstance(self._open[-1], Fields) and self._open[-1].pending is None:
            self._stop(event, "a list or mapping is used as a key", "Write a word before the colon")
        if event.anchor is not None:
            # Known only once it is complete: a value that holds itself is refused.
            self._names[id(node)] = event.anchor
        self._open.append(node)

    def _leave(self, event: yaml.CollectionEndEvent) -> None:
        node = self._open.pop()
        name = self._names.pop(id(node), None)
        if name is not None:
            self._anchors[name] = node
        self._add(node, event)

    def _aliased(self, event: yaml.AliasEvent) -> Node:
        node = self._anchors.get(event.anchor or "")
        if node is None:
            remedy = "Write the value out, or put a text that starts with * between quotes"
            self._stop(event, f"*{event.anchor} names nothing that stands above", remedy)
        return node

    def _add(self, node: Node, event: yaml.Event) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        if isinstance(parent, Fields) and parent.pending is None:
            self._add_key(parent, node, event)
            return
        parent.size += 1 if isinstance(node, Scalar) else node.size
        if parent.size > 20 * self._events + 10_000:
            self._stop(event, "aliases blow the file up to an absurd size", "Write the values out")
        if isinstance(parent, Items):
            parent.nodes.append(node)
        else:
            parent.nodes.setdefault(parent.pending or "", node)
            parent.pending = None

    def _add_key(self, parent: Fields, node: Node, event: yaml.Event) -> None:
        if not isinstance(node, Scalar):
            self._stop(event, "a list or mapping is used as a key", "Write a word before the colon")
        key = node.text if node.text is not None else ""
        parent.pending = key
        if key in parent.keys:
            first = self._source.line(parent.keys[key])
            problem = f"the key '{key}' stands here a second time (first on line {first})"
            self.add_fault(_index(event.start_mark), problem, "Keep one of the two")
            return
        parent.keys[key] = self._base + _index(event.start_mark)


def _index(mark: Any) -> int:
    """Character index of a mark; libyaml gives every event one."""
    return int(mark.index)


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
    """Word an error of pydantic: what is wrong, and what to write instead."""
    path = detail["loc"]
    return _message(detail, _place(path), path, keys)


def _place(path: Sequence[str | int]) -> str:
    """Write a path as `'sources' 2 'url'`, for a reader who counts from one."""
    parts = [f"'{step}'" if isinstance(step, str) else f"{step + 1}" for step in path]
    return " ".join(parts) if parts else "the entry"


def _message(
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
