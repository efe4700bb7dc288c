"""FAQPage data of schema.org (JSON-LD) -> questions. Pure but for the conversion of HTML."""

import json
from collections.abc import Iterator
from typing import TypeAlias

from corpus.errors import CorpusError, Fault
from corpus.importers.blocks import Found, Kind, Note, Question
from corpus.importers.readers.html_to_markdown import answer_markdown, words

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def read_json_ld(name: str, text: str) -> Found:
    """Read a file of JSON-LD; raises `CorpusError` when it is no JSON or holds no question."""
    try:
        data: Json = json.loads(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        fault = Fault(name, line, "it is no valid JSON", "Mend it, or import the page instead")
        raise CorpusError([fault]) from error
    return questions_in(data, text)


def questions_in(data: Json, text: str, first_line: int = 1) -> Found:
    """Find every question with an answer in the data; `text` is where it was written."""
    questions, notes = [], []
    position = 0
    for node in _nodes(data):
        name = words(_text(node, "name") or _text(node, "text"))
        position = max(_place(text, _text(node, "name"), position), position)
        line = first_line + text.count("\n", 0, position)
        answer = answer_markdown(_answer(node))
        if name and answer:
            questions.append(Question(name, answer, line, _fragment(node)))
        else:
            missing = "answer" if name else "words"
            notes.append(Note(line, Kind.LEFT_OUT, f"the question '{name}' has no {missing}"))
    return Found(questions=tuple(questions), notes=tuple(notes))


def _nodes(data: Json) -> Iterator[dict[str, Json]]:
    """Yield the questions in the order of the file, however deep they stand."""
    stack: list[Json] = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            kinds = node.get("@type")
            if "Question" in (kinds if isinstance(kinds, list) else [kinds]):
                yield node
            else:
                stack.extend(reversed(list(node.values())))


def _text(node: dict[str, Json], key: str) -> str:
    value = node.get(key)
    return value if isinstance(value, str) else ""


def _answer(node: dict[str, Json]) -> str:
    for key in ("acceptedAnswer", "suggestedAnswer"):
        found = node.get(key)
        candidate = found[0] if isinstance(found, list) and found else found
        if isinstance(candidate, str):
            return candidate
        if isinstance(candidate, dict) and _text(candidate, "text"):
            return _text(candidate, "text")
    return ""


def _fragment(node: dict[str, Json]) -> str:
    """Return the id behind `#`, which is the anchor of the question on its page."""
    return _text(node, "@id").partition("#")[2]


def _place(text: str, name: str, start: int) -> int:
    """Where the name is written, in either way of writing letters beyond ASCII."""
    spellings = (json.dumps(name, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True))
    return max(text.find(spelling, start) for spelling in spellings)
