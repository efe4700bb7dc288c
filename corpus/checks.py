"""`checks.jsonl` -> questions with the answer that an editor expects. Pure.

A check is never answered from: it is asked of every version before that goes live.
"""

import json
from collections.abc import Iterator

from pydantic import TypeAdapter, ValidationError

from corpus.documents import Check
from corpus.entries import Mention, Parsed
from corpus.errors import Fault
from corpus.files import TextFile
from corpus.models import CheckModel
from corpus.validation import explain, keys_of

_CHECK = TypeAdapter(CheckModel)
_EXAMPLE = 'Write {"question": "…", "expect": "faq-01"}, or null for no answer'


def parse_checks(source: TextFile) -> Parsed[Check]:
    """Read checks: one JSON object a line; blank lines are left alone."""
    checks: list[Check] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for number, line in _lines(source):
        found = _check(source, number, line)
        if isinstance(found, list):
            faults.extend(found)
        elif (earlier := first.setdefault(found.question.casefold(), number)) != number:
            problem = f"the question stands in line {earlier}, too"
            faults.append(Fault(source.name, number, problem, "Remove one of the two"))
        else:
            checks.append(found)
    expected = (Mention(check.expect, source.name, check.line) for check in checks if check.expect)
    return Parsed(tuple(checks), references=tuple(expected), faults=tuple(faults))


def _lines(source: TextFile) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _check(source: TextFile, number: int, line: str) -> Check | list[Fault]:
    try:
        data = json.loads(line)
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else "it cannot be read"
        return [Fault(source.name, number, f"the line is not JSON ({reason})", _EXAMPLE)]
    if not isinstance(data, dict):
        return [Fault(source.name, number, "the line is no JSON object", _EXAMPLE)]
    try:
        model = _CHECK.validate_python(data)
    except ValidationError as error:
        told = (explain(detail, keys_of(CheckModel)) for detail in error.errors())
        return [Fault(source.name, number, problem, remedy) for problem, remedy in told]
    return Check(model.question, model.expect, source.name, number)
