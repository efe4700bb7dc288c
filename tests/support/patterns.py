"""Every regular expression of the product, and texts made from each to be slow for it."""

import ast
import importlib
import re
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from tests.support.paths import ROOT

sre: Any = importlib.import_module("re._constants")
parser: Any = importlib.import_module("re._parser")
PACKAGES = ("corpus", "index", "service")
REPEATS = (sre.MAX_REPEAT, sre.MIN_REPEAT, sre.POSSESSIVE_REPEAT)
CALLS = frozenset({"sub", "subn", "split", "findall", "finditer", "match", "fullmatch", "search"})
ANCHORED = frozenset({"match", "fullmatch"})
POOL = " \na1.?*("
"""Signs to try where a pattern takes any of a kind."""


@dataclass(frozen=True, slots=True)
class Use:
    """A pattern and how it is used."""

    where: str
    pattern: re.Pattern[str]
    calls: frozenset[str]


def uses() -> Iterator[Use]:
    """Find the patterns at the top of each module, and those that stand in a call."""
    trees = {
        file: ast.parse(file.read_text("utf-8"))
        for package in PACKAGES
        for file in sorted((ROOT / package).rglob("*.py"))
    }
    public = _called(trees.values())
    for file, tree in trees.items():
        own = _called([tree])
        where = file.relative_to(ROOT)
        module = importlib.import_module(".".join(where.with_suffix("").parts))
        for name, value in vars(module).items():
            for pattern in _within(value):
                calls = (own if name.startswith("_") else public).get(name, frozenset())
                yield Use(f"{where} {name}", pattern, calls)
        for line, pattern, call in _written(tree):
            yield Use(f"{where}:{line}", pattern, frozenset({call}))


def _called(trees: Iterable[ast.Module]) -> dict[str, frozenset[str]]:
    """Return the methods that are called on each name; none where it is handed on."""
    methods: dict[str, set[str]] = {}
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and node.attr in CALLS:
                of = node.value
                name = getattr(of, "id", None) or getattr(of, "attr", None)
                if name:
                    methods.setdefault(name, set()).add(node.attr)
    return {name: frozenset(called) for name, called in methods.items()}


def _within(value: Any) -> Iterator[re.Pattern[str]]:
    if isinstance(value, re.Pattern):
        yield value if isinstance(value.pattern, str) else re.compile(value.pattern.decode())
    elif isinstance(value, tuple | list):
        for part in value:
            yield from _within(part)
    elif isinstance(value, dict):
        yield from _within(list(value.values()))


def _written(tree: ast.Module) -> Iterator[tuple[int, re.Pattern[str], str]]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and isinstance(node.func.value, ast.Name)
            and node.func.value.id == "re"
            and node.func.attr in CALLS
            and isinstance(node.args[0], ast.Constant)
            and isinstance(node.args[0].value, str)
        ):
            yield node.lineno, re.compile(node.args[0].value, re.IGNORECASE), node.func.attr


def attacks(pattern: re.Pattern[str], length: int) -> Iterator[str]:
    """Make texts that a pattern begins to fit again and again, or nearly fits as a whole."""
    tree = parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    pieces = dict.fromkeys(POOL)
    for sign in POOL:
        pieces[_example(tree, sign)] = None
        for lead, body in _repeats(list(tree), sign):
            pieces[body] = None
            pieces[lead + body] = None
            yield _long(lead, body, length) + "\0"
    for piece in pieces:
        yield _long("", piece, length) + "\0"
        yield _long("a", piece, length) + "a"


def _long(lead: str, piece: str, length: int) -> str:
    return lead + (piece * (length // len(piece) + 1))[:length] if piece else lead


def _repeats(items: list[Any], sign: str) -> Iterator[tuple[str, str]]:
    """Find what may be repeated without end, with an example of what stands before it."""
    for at, (kind, of) in enumerate(items):
        lead = _example(items[:at], sign)
        if kind in REPEATS and of[1] > 100:
            yield lead, _example(of[2], sign)
        for inner in _parts(kind, of):
            for more, body in _repeats(list(inner), sign):
                yield lead + more, body


def _parts(kind: Any, of: Any) -> Iterable[Any]:
    """Return what a part of a pattern is made of."""
    if kind is sre.BRANCH:
        return list(of[1])
    if kind in REPEATS or kind in (sre.SUBPATTERN, sre.ASSERT, sre.ASSERT_NOT):
        return [of[-1]]
    return [of] if kind is sre.ATOMIC_GROUP else []


def _example(items: Iterable[Any], sign: str) -> str:
    """Write a text that fits, with `sign` wherever that is possible."""
    return "".join(_piece(kind, of, sign) for kind, of in items)


def _piece(kind: Any, of: Any, sign: str) -> str:
    match kind:
        case sre.LITERAL:
            return chr(of)
        case sre.NOT_LITERAL:
            return sign if ord(sign) != of else "b"
        case sre.ANY:
            return sign if sign != "\n" else "b"
        case sre.IN:
            return next((one for one in (sign, *POOL, *_literals(of)) if _is_in(one, of)), "b")
        case _ if kind in REPEATS:
            least, most, inner = of
            return _example(inner, sign) * int(min(max(least, 1), most))
        case sre.SUBPATTERN:
            return _example(of[-1], sign)
        case sre.ATOMIC_GROUP:
            return _example(of, sign)
        case sre.BRANCH:
            return _example(of[1][0], sign)
        case _:
            return ""


def _literals(of: Any) -> list[str]:
    return [
        chr(arg if kind is sre.LITERAL else arg[0])
        for kind, arg in of
        if kind in (sre.LITERAL, sre.RANGE)
    ]


def _is_in(sign: str, of: Any) -> bool:
    fits = False
    for kind, arg in of:
        match kind:
            case sre.LITERAL:
                fits |= ord(sign) == arg
            case sre.RANGE:
                fits |= arg[0] <= ord(sign) <= arg[1]
            case sre.CATEGORY:
                name = str(arg)
                is_kind = (
                    sign.isspace()
                    if "SPACE" in name
                    else sign.isdigit()
                    if "DIGIT" in name
                    else sign.isalnum() or sign == "_"
                )
                fits |= is_kind != ("NOT" in name)
    return fits != (of[0][0] is sre.NEGATE)


def seconds(use: Use, text: str) -> float:
    """Use a pattern as the product does, and return the processor time."""
    started = time.thread_time()
    if use.calls and use.calls <= ANCHORED:
        for call in use.calls:
            getattr(use.pattern, call)(text)
    else:
        for _ in use.pattern.finditer(text):
            pass
    return time.thread_time() - started
