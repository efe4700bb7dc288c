"""YAML writer: values as the lines that a person would write. Pure.

Written by hand rather than dumped: a library that rewrites a whole file does not keep its bytes.
"""

import json
import re
from collections.abc import Mapping, Sequence
from typing import TypeAlias

Value: TypeAlias = "str | Sequence[str] | Sequence[Mapping[str, str]]"
"""A text, texts, or references with a title and an address."""

_PLAIN = re.compile(r"[^\W\d_][\w ,.()/'\u2019+?!;&%\"\[\]:#-]*")
_COLON = re.compile(r": |:$| #| $")
"""What a plain value may not hold: it would start a value or a comment."""
_UNSAFE = re.compile(
    r"[^\x09\x0a\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_RESERVED = re.compile(r"(~|null|true|false|yes|no|on|off|y|n)", re.IGNORECASE)
_IN_BRACKETS = re.compile(r"[,\[\]{}]")
"""What ends a plain value inside brackets."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def scalar(text: str) -> str:
    """Write one value; between double quotes where it could be read as something else."""
    plain = _PLAIN.fullmatch(text) and not _COLON.search(text) and not _UNSAFE.search(text)
    if (plain and not _RESERVED.fullmatch(text)) or _DAY.fullmatch(text):
        return text
    return quoted(text)


def quoted(text: str) -> str:
    """Write one value between double quotes."""
    return _UNSAFE.sub(_escape, json.dumps(text, ensure_ascii=False))


def in_brackets(texts: Sequence[str]) -> str:
    """Write a list on one line."""
    written = [quoted(text) if _IN_BRACKETS.search(text) else scalar(text) for text in texts]
    return f"[{', '.join(written)}]"


def field_lines(key: str, value: Value, *, inline: bool = False) -> list[str]:
    """Write a key with its value, a list on one line if `inline`; no lines for an empty one."""
    if not value:
        return []
    if isinstance(value, str):
        return _text_lines(key, value)
    texts = [item for item in value if isinstance(item, str)]
    if inline and len(texts) == len(value):
        return [f"{key}: {in_brackets(texts)}"]
    lines = [f"{key}:"]
    for item in value:
        lines += [f"  - {scalar(item)}"] if isinstance(item, str) else _reference_lines(item)
    return lines


def _reference_lines(reference: Mapping[str, str]) -> list[str]:
    """Write a reference; an address that is its own title stands alone."""
    if reference["title"] == reference["url"]:
        return [f"  - {scalar(reference['url'])}"]
    return [f"  - title: {scalar(reference['title'])}", f"    url: {scalar(reference['url'])}"]


def _text_lines(key: str, text: str) -> list[str]:
    """Write a text of several lines as it is, and one of a single line behind its key."""
    lines = text.split("\n")
    if len(lines) == 1 or _UNSAFE.search(text) or text[:1] in " \t\n" or text.endswith("\n"):
        return [f"{key}: {scalar(text)}"]
    return [f"{key}: |-", *(f"  {line}" if line else "" for line in lines)]


def _escape(match: re.Match[str]) -> str:
    return f"\\U{ord(match[0]):08X}"
