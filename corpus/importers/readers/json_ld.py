"""JSON -> questions: FAQPage data of schema.org, or records of questions and answers."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from corpus.errors import CorpusError, Fault
from corpus.importers.blocks import Found, Note, NoteKind, Question
from corpus.importers.readers.html_to_markdown import answer_markdown, words
from corpus.importers.readers.question_marks import question_of
from corpus.importers.readers.tables import Row, has_names, read_rows

_REFERENCE = {"@id", "@type"}
"""Keys of a mapping that only names a question which stands elsewhere."""

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def read_json_ld(name: str, text: str) -> Found:
    """Read a file of JSON-LD; raises `CorpusError` when it is no JSON or holds no question."""
    try:
        data = parse_json(text)
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        fault = Fault(name, line, "it is no valid JSON", "Correct it, or import the page instead")
        raise CorpusError([fault]) from error
    found = questions_in(data, text)
    rows = [] if found.seen else _rows(data)
    return read_rows(name, rows) if rows else found


def _rows(data: Json) -> list[Row]:
    """Return a list of records as a table, as help desks export it; empty when there is none."""
    for records in _lists(data):
        named = [record for record in records if isinstance(record, dict)]
        names = tuple(dict.fromkeys(name for record in named for name in record))
        cells = (tuple(_cell(record.get(name)) for name in names) for record in named)
        rows = [Row(names, 1), *(Row(row, line) for line, row in enumerate(cells, start=1))]
        if has_names(rows[:1]):
            return rows
    return []


def _lists(data: Json) -> Iterator[list[Json]]:
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            yield node
        if isinstance(node, list | dict):
            stack.extend(reversed(node if isinstance(node, list) else list(node.values())))


def _cell(value: Json) -> str:
    if isinstance(value, list):
        return "\n".join(one for one in value if isinstance(one, str))
    return "" if value is None or isinstance(value, dict) else str(value).strip()


def parse_json(text: str) -> Json:
    """Parse JSON as pages hold it: within comments, with line breaks inside texts."""
    bare = re.sub(
        r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*;?\s*$", "", text
    )
    data: Json = json.loads(bare, strict=False)
    return data


def questions_in(data: Json, text: str, first_line: int = 1) -> Found:
    """Find every question with an answer in the data; `text` is where it was written."""
    questions: list[Question] = []
    notes: list[Note] = []
    position = 0
    by_id = dict(_ids(data))
    nodes = list(_nodes(data))
    for node in nodes:
        name = _text(node, "name") or _text(node, "text")
        position = max(_place(text, name, position), position)
        line = first_line + text.count("\n", 0, position)
        name = words(name)
        name = question_of(name) or name
        accepted = _answers(node, "acceptedAnswer", by_id)
        suggested = _answers(node, "suggestedAnswer", by_id)
        chosen = accepted or suggested
        answer = "\n\n".join(filter(None, map(answer_markdown, chosen)))
        if name and answer:
            questions.append(Question(name, answer, line, _fragment(node)))
            notes.extend(
                Note(line, NoteKind.LEFT_OUT, f"a suggested answer of '{name}': '{words(other)}'")
                for other in suggested
                if accepted and other not in accepted
            )
        else:
            missing = "answer" if name else "words"
            notes.append(
                Note(line, NoteKind.LEFT_OUT, f"the question '{name}' has no {missing}", 1)
            )
    return Found(questions=tuple(questions), notes=tuple(notes), seen=len(nodes))


def _walk(data: Json) -> Iterator[dict[str, Json]]:
    """Yield every mapping in the order of the file, however deep it stands."""
    stack: list[Json] = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            stack.extend(reversed(node))
        elif isinstance(node, dict):
            yield node
            stack.extend(reversed(list(node.values())))


def _nodes(data: Json) -> Iterator[dict[str, Json]]:
    for node in _walk(data):
        kinds = node.get("@type")
        names = [
            str(kind).rpartition("/")[2] for kind in (kinds if isinstance(kinds, list) else [kinds])
        ]
        if "Question" in names and (set(node) - _REFERENCE or "@id" not in node):
            yield node


def _ids(data: Json) -> Iterator[tuple[str, dict[str, Json]]]:
    for node in _walk(data):
        name = node.get("@id")
        if isinstance(name, str) and len(node) > 1:
            yield name, node


def _text(node: dict[str, Json], key: str) -> str:
    """Return a text, which may stand in a list or carry its language."""
    value = node.get(key)
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("@value")
    return value if isinstance(value, str) else ""


def _answers(
    node: dict[str, Json], key: str, by_id: Mapping[str, dict[str, Json]]
) -> tuple[str, ...]:
    """Return the texts of all answers under a key, each once."""
    value = node.get(key)
    found: dict[str, None] = {}
    for candidate in value if isinstance(value, list) else [value]:
        if isinstance(candidate, dict):
            name = candidate.get("@id")
            whole = by_id.get(name, candidate) if isinstance(name, str) else candidate
            candidate = _text(whole, "text") or _text(whole, "name")
        if isinstance(candidate, str) and candidate.strip():
            found[candidate] = None
    return tuple(found)


def _fragment(node: dict[str, Json]) -> str:
    """Return the id behind `#`, which is the anchor of the question on its page."""
    return _text(node, "@id").partition("#")[2]


def _place(text: str, name: str, start: int) -> int:
    """Where the name is written, in either way of writing letters beyond ASCII."""
    spellings = (json.dumps(name, ensure_ascii=ascii_only)[1:-1] for ascii_only in (False, True))
    return max(text.find(spelling, start) for spelling in spellings)
