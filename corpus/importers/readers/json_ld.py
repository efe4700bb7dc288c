"""JSON -> questions: FAQPage data of schema.org, or records of questions and answers."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import TypeAlias

from corpus.errors import CorpusError, Fault
from corpus.importers.blocks import Found, Note, NoteKind, Question
from corpus.importers.readers.html_to_markdown import answer_markdown, words
from corpus.importers.readers.question_marks import is_question, question_of
from corpus.importers.readers.tables import Row, has_names, has_questions, read_rows

_REFERENCE = {"@id", "@type"}
"""Keys of a mapping that only names a question which stands elsewhere."""
_DIALOGFLOW = (
    "it is a part of a Dialogflow agent, which keeps questions and answers in files of their own",
    "Export the knowledge base as CSV, or write a table with the columns question and answer",
)
_PAGE = (
    "it is the data of a page, whose texts are cut into pieces",
    "Import the page itself: its address, or the page saved as .html",
)
_FOREIGN = {
    "userDefined": _DIALOGFLOW,
    "webhookUsed": _DIALOGFLOW,
    "trainingPhrases": _DIALOGFLOW,
    "nodeType": _PAGE,
    "pageProps": _PAGE,
}
"""What is wrong and what to do, by a key that only such files have."""

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"


def read_json_ld(name: str, text: str) -> Found:
    """Read a file of JSON-LD; raises `CorpusError` when it is no JSON or holds no question."""
    try:
        data = (
            parse_json(text)
            if not _is_lines(text)
            else list(map(parse_json, text.strip().split("\n")))
        )
    except (ValueError, RecursionError) as error:
        line = error.lineno if isinstance(error, json.JSONDecodeError) else 0
        fault = Fault(name, line, "it is no valid JSON", "Correct it, or import the page instead")
        raise CorpusError([fault]) from error
    found = questions_in(data, text)
    tables = [] if found.seen else [read_rows(name, rows) for rows in _tables(data)]
    for table in tables:
        found = Found(
            questions=found.questions + table.questions,
            notes=found.notes + table.notes,
            seen=found.seen + table.seen,
        )
    if not found.questions and (foreign := next(_foreign(data), None)):
        raise CorpusError([Fault(name, 0, *_FOREIGN[foreign])])
    return found


def _foreign(data: Json) -> Iterator[str]:
    """Yield the keys that tell of a program whose files are not read."""
    return (name for node in _walk(data) for name in _FOREIGN if name in node)


def _is_lines(text: str) -> bool:
    """Whether each line is a record of its own (JSON Lines)."""
    lines = text.strip().split("\n")
    return len(lines) > 1 and all(re.fullmatch(r"\s*\{.*\}\s*", line) for line in lines)


def _tables(data: Json) -> Iterator[list[Row]]:
    """Yield lists of records as tables, as help desks and content systems export them."""
    line = 1
    for records in _lists(data):
        if any(isinstance(one, dict) and not _FOREIGN.keys().isdisjoint(one) for one in records):
            continue
        named = [_flat(record) for record in records if isinstance(record, dict)]
        names = tuple(dict.fromkeys(name for record in named for name in record))
        cells = (tuple(_cell(record.get(name)) for name in names) for record in named)
        rows = [Row(names, line), *(Row(row, place) for place, row in enumerate(cells, start=line))]
        if has_names(rows[:1]) or has_questions(rows[1:]):
            yield rows
            line += len(named)


def _flat(record: dict[str, Json]) -> dict[str, Json]:
    """Return a record with the fields of those inside it, as content systems nest them."""
    flat: dict[str, Json] = {}
    for value in record.values():
        flat |= value if isinstance(value, dict) else {}
    return flat | {name: one for name, one in record.items() if not isinstance(one, dict)}


def _lists(data: Json) -> Iterator[list[Json]]:
    stack = [data]
    while stack:
        node = stack.pop()
        if isinstance(node, list):
            yield node
        elif isinstance(node, dict) and len(node) > 1 and all(map(is_question, node)):
            yield [{"question": name, "answer": value} for name, value in node.items()]
        if isinstance(node, list | dict):
            stack.extend(reversed(node if isinstance(node, list) else list(node.values())))


def _cell(value: Json) -> str:
    if isinstance(value, list):
        return "\n".join(one for one in value if isinstance(one, str))
    return "" if value is None or isinstance(value, dict) else str(value).strip()


def parse_json(text: str) -> Json:
    """Parse JSON as pages hold it: within comments, with line breaks inside texts."""
    bare = re.sub(
        r"^\s*(?:<!--|//\s*<!\[CDATA\[|<!\[CDATA\[)|(?:-->|//\s*\]\]>|\]\]>)\s*+(?:;\s*+)?$",
        "",
        text,
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
