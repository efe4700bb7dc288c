"""Shorter names for a script, so that less of it travels. Pure.

Needs no scopes: a name is replaced everywhere by one that occurs nowhere, so what meant the same
thing before still does. Left alone is every name that may be a property, since other code may hold
the same object: one that stands anywhere after a dot, before a colon, or alone between braces.
Private names (`#turn`) belong to their class alone and are always replaced.
"""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import count, product
from string import ascii_letters

_TOKEN = re.compile(
    r"""(?P<text>'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")
    |(?P<template>`(?:[^`\\]|\\.)*`)
    |(?P<text2>(?<=[(=:,!&|?{};\[])/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*)
    |(?P<name>\#?[A-Za-z_$][\w$]*)
    |(?P<text3>\s+)
    |(?P<mark>=>|\?\.(?!\d)|\.\.\.|\d[\w.]*|.)""",
    re.VERBOSE | re.DOTALL,
)
_INSERTED = re.compile(r"(\$\{[^{}]*\})")
_WORDS = frozenset(
    re.findall(
        r"\w+",
        """arguments as async await break case catch class const constructor continue debugger
        default delete do else export extends false finally for from function get if
        import in instanceof let meta new null of return set static super switch this
        throw true try typeof undefined var void while with yield""",
    )
)
_NOT_FUNCTIONS = frozenset({"if", "for", "while", "switch", "with"})
_CLOSING = {")": "(", "]": "[", "}": "{"}


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    """`name`, `mark`, or `text` for what is passed on as it stands."""
    value: str


def shorten(script: str) -> str:
    """Replace the names that are safe to replace, the commonest by the shortest.

    `script` has no comments, and no template string inside another one's `${}`.
    """
    tokens = list(_tokens(script))
    places = [place for place, token in enumerate(tokens) if token.kind != "text"]
    names = _Names([tokens[place] for place in places])
    new = names.replacements()
    return "".join(
        new.get(token.value, token.value) if token.kind == "name" else token.value
        for token in tokens
    )


def _tokens(script: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(script):
        kind = (match.lastgroup or "mark").rstrip("23")
        if kind != "template":
            # white space separates nothing that matters here; a string stands where a value does
            yield _Token(kind, match[0])
            continue
        for part in _INSERTED.split(match[0]):
            if part.startswith("${"):
                yield _Token("text", "${")
                yield from _tokens(part[2:-1])
                yield _Token("text", "}")
            elif part:
                yield _Token("text", part)


class _Names:
    """What the names of a script are used for."""

    def __init__(self, tokens: Sequence[_Token]) -> None:
        self._tokens = tokens
        self._uses = Counter(token.value for token in tokens if token.kind == "name")
        self._declared: set[str] = set()
        self._kept: set[str] = set(_WORDS)
        self._read()

    def replacements(self) -> dict[str, str]:
        """Map old to new."""
        replaced = sorted(self._declared - self._kept, key=lambda name: (-self._uses[name], name))
        taken = _WORDS | self._uses.keys()
        free = (name for name in _short_names() if name not in taken)
        return {old: f"#{next(free)}" if old[0] == "#" else next(free) for old in replaced}

    def _value(self, place: int) -> str:
        return self._tokens[place].value if 0 <= place < len(self._tokens) else ""

    def _read(self) -> None:
        opened: list[int] = []
        for place, token in enumerate(self._tokens):
            if token.value in ("(", "[", "{"):
                opened.append(place)
            elif token.value in _CLOSING and opened:
                self._close(opened.pop(), place)
            elif token.kind == "name":
                self._note(place, self._value(opened[-1]) if opened else "")

    def _note(self, place: int, bracket: str) -> None:
        name, before, after = (self._value(place + step) for step in (0, -1, 1))
        if name[0] == "#":
            self._declared.add(name)
        elif self._may_be_property(bracket, before, after):
            self._kept.add(name)
        elif before in ("const", "let", "function", "class") or after == "=>":
            self._declared.add(name)

    @staticmethod
    def _may_be_property(bracket: str, before: str, after: str) -> bool:
        if before in (".", "?.", "get", "set", "static") or after == ":":
            return True
        if bracket != "{":
            return False
        is_shorthand = before in ("{", ",") and after in (",", "}", "=")
        return is_shorthand or (before in ("{", "}", ";", "async") and after == "(")

    def _close(self, start: int, end: int) -> None:
        """Note the names that this pair of brackets declares: parameters, or `const [one, two]`."""
        before, after = self._value(start - 1), self._value(end + 1)
        is_list = self._value(start) == "[" and before in ("const", "let")
        is_head = self._value(start) == "(" and (
            after == "=>" or (after == "{" and before not in _NOT_FUNCTIONS)
        )
        if not (is_list or is_head):
            return
        for place in range(start + 1, end):
            is_first = self._value(place - 1) in ("(", "[", ",")
            is_whole = self._value(place + 1) in (",", ")", "]", "=")
            if is_first and is_whole and self._tokens[place].kind == "name":
                self._declared.add(self._value(place))


def _short_names() -> Iterator[str]:
    for length in count(1):
        yield from map("".join, product(ascii_letters, repeat=length))
