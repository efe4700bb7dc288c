"""One file -> entries, smalltalk, boundaries, questions, synonyms, starters or checks. Pure."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Generic, TypeVar

from pydantic import TypeAdapter, ValidationError

from corpus.documents import Boundary, Check, Entry, Place, Source, Span, Starter
from corpus.errors import Fault
from corpus.files import TextFile
from corpus.markdown import render
from corpus.models import (
    BoundaryModel,
    CheckModel,
    EntryModel,
    QuestionList,
    SourceModel,
    StarterModel,
    SynonymGroup,
)
from corpus.yaml_files.reader import (
    Fields,
    Items,
    Node,
    Scalar,
    YamlTree,
    bent_texts,
    check,
    explain,
    keys_of,
    read_yaml,
)

Item = TypeVar("Item")
Model = TypeVar("Model")

_TEXTS = frozenset({"question", "answer", "topic", "reply", "variants", "examples"})
_ENTRY = TypeAdapter(EntryModel)
_BOUNDARY = TypeAdapter(BoundaryModel)
_STARTER = TypeAdapter(StarterModel)
_QUESTIONS: TypeAdapter[list[str]] = TypeAdapter(QuestionList)
_SYNONYMS: TypeAdapter[list[str]] = TypeAdapter(SynonymGroup)


@dataclass(frozen=True, slots=True)
class IdMention:
    """An id in a file, declared or referred to."""

    id: str
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions that one unit of an article answers."""

    unit: IdMention
    questions: tuple[str, ...]
    asked_at: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Parsed(Generic[Item]):
    """What one file holds, what it refers to, and what is wrong in it."""

    items: tuple[Item, ...]
    declared: tuple[IdMention, ...] = ()
    references: tuple[IdMention, ...] = ()
    """Ids that have to exist somewhere in the corpus."""
    equivalents: tuple[tuple[str, ...], ...] = ()
    faults: tuple[Fault, ...] = ()
    cautions: tuple[Fault, ...] = ()
    """What may be meant as it is, and reads as a mistake."""


def parse_entries(source: TextFile) -> Parsed[Entry]:
    """Parse canned answers or smalltalk: a list of mappings."""
    return _parse_list(source, _ENTRY, keys_of(EntryModel), _entry, "- id: …")


def parse_boundaries(source: TextFile) -> Parsed[Boundary]:
    """Read topics that are not answered: a list of mappings."""
    return _parse_list(source, _BOUNDARY, keys_of(BoundaryModel), _boundary, "- id: …")


def parse_synonyms(source: TextFile) -> Parsed[tuple[str, ...]]:
    """Read groups of words that mean the same: a list of lists."""
    return _parse_list(source, _SYNONYMS, (), _group, "- [content's word, other word]")


def parse_starters(source: TextFile) -> Parsed[Starter]:
    """Read questions to begin with: a list of mappings. Their ids are those of other units."""
    parsed = _parse_list(source, _STARTER, keys_of(StarterModel), _starter, "- id: …")
    return replace(parsed, declared=())


def parse_questions(source: TextFile) -> Parsed[Questions]:
    """Read questions by the id of the unit that answers them: a mapping of lists."""
    tree = read_yaml(source)
    faults = list(tree.faults)
    items: list[Questions] = []
    if isinstance(tree.root, Fields):
        for unit, node in tree.root.nodes.items():
            line = source.line(tree.root.keys[unit])
            checked = check(_QUESTIONS, tree, node, ())
            faults.extend(_about(unit, fault) for fault in checked.faults)
            if checked.value is not None:
                mention = IdMention(unit, source.name, line)
                asked_at = tuple(_places(tree, node, (), checked.value))
                items.append(Questions(mention, tuple(checked.value), asked_at))
    elif _holds_something(tree):
        faults.append(_wrong_top(source, tree, "a mapping of lists", "an-id:"))
    return Parsed(tuple(items), faults=tuple(faults), cautions=tuple(bent_texts(tree, ())))


def sources_of(models: Sequence[SourceModel]) -> tuple[Source, ...]:
    """Turn references into data."""
    return tuple(Source(model.title, model.url) for model in models)


def _parse_list(
    source: TextFile,
    adapter: TypeAdapter[Model],
    keys: Sequence[str],
    convert: Callable[[YamlTree, Node, Model], Parsed[Item]],
    start: str,
) -> Parsed[Item]:
    tree = read_yaml(source)
    faults = list(tree.faults)
    parts: list[Parsed[Item]] = []
    if isinstance(tree.root, Items):
        for node in tree.root.nodes:
            checked = check(adapter, tree, node, keys)
            faults.extend(checked.faults)
            declared = _declared(tree, node)
            converted = convert(tree, node, checked.value) if checked.value is not None else None
            parts.append(replace(converted or Parsed(()), declared=declared))
    elif _holds_something(tree):
        faults.append(_wrong_top(source, tree, "a list", start))
    return Parsed(
        tuple(item for part in parts for item in part.items),
        tuple(mention for part in parts for mention in part.declared),
        tuple(mention for part in parts for mention in part.references),
        tuple(group for part in parts for group in part.equivalents),
        tuple(faults),
        tuple(bent_texts(tree, _TEXTS)) if keys else (),
    )


def _entry(tree: YamlTree, node: Node, model: EntryModel) -> Parsed[Entry]:
    rendered = render(model.answer)
    entry = Entry(
        id=model.id,
        question=model.question,
        variants=tuple(model.variants),
        markdown=model.answer,
        text=rendered.text,
        html=rendered.html,
        sources=sources_of(model.sources),
        related=tuple(model.related),
        owner=model.owner or "",
        reviewed=model.reviewed,
        valid_until=model.valid_until,
        span=_span(tree, node, "answer"),
        asked_at=(
            Place(tree.source.name, tree.line(node, ("question",))),
            *_places(tree, node, ("variants",), model.variants),
        ),
    )
    references = [
        IdMention(wanted, tree.source.name, tree.line(node, (key, position)))
        for key, ids in (("related", model.related), ("equivalents", model.equivalents))
        for position, wanted in enumerate(ids)
    ]
    same = ((model.id, *model.equivalents),) if model.equivalents else ()
    return Parsed((entry,), references=tuple(references), equivalents=same)


def _boundary(tree: YamlTree, node: Node, model: BoundaryModel) -> Parsed[Boundary]:
    rendered = render(model.reply)
    boundary = Boundary(
        id=model.id,
        topic=model.topic,
        examples=tuple(model.examples),
        markdown=model.reply,
        text=rendered.text,
        html=rendered.html,
        span=_span(tree, node, "reply"),
        asked_at=tuple(_places(tree, node, ("examples",), model.examples)),
    )
    return Parsed((boundary,))


def _starter(tree: YamlTree, node: Node, model: StarterModel) -> Parsed[Starter]:
    mention = IdMention(model.id, tree.source.name, tree.line(node, ("id",)))
    return Parsed((Starter(model.id, model.text or "", mention.line),), references=(mention,))


def _group(tree: YamlTree, node: Node, model: list[str]) -> Parsed[tuple[str, ...]]:
    return Parsed((tuple(model),))


def _span(tree: YamlTree, node: Node, key: str) -> Span:
    """Of the text under `key`, which validation has found."""
    child = node.nodes[key] if isinstance(node, Fields) else node
    return tree.span(child)


def _places(
    tree: YamlTree, node: Node, path: Sequence[str], values: Sequence[str]
) -> Iterator[Place]:
    """Yield where each value of a list stands."""
    for position in range(len(values)):
        yield Place(tree.source.name, tree.line(node, (*path, position)))


def _declared(tree: YamlTree, node: Node) -> tuple[IdMention, ...]:
    """Return the id of an entry, even of a faulty one, so that references to it are not faults."""
    given = node.nodes.get("id") if isinstance(node, Fields) else None
    if not isinstance(given, Scalar) or not given.text:
        return ()
    return (IdMention(given.text, tree.source.name, tree.line(node, ("id",))),)


def _holds_something(tree: YamlTree) -> bool:
    return tree.root is not None and getattr(tree.root, "text", "") is not None


def _wrong_top(source: TextFile, tree: YamlTree, expected: str, start: str) -> Fault:
    line = tree.line(tree.root) if tree.root is not None else 0
    return Fault(source.name, line, f"the file must be {expected}", f"Start it with '{start}'")


def _about(unit: str, fault: Fault) -> Fault:
    problem = fault.problem.replace("the entry", f"'{unit}'")
    return Fault(fault.file, fault.line, problem, fault.remedy)


_CHECK = TypeAdapter(CheckModel)
_EXAMPLE = 'Write {"question": "…", "expect": "faq-01"}, or null for no answer'


def parse_checks(source: TextFile) -> Parsed[Check]:
    """Read checks: one JSON object a line; blank lines are left alone."""
    checks: list[Check] = []
    faults: list[Fault] = []
    first: dict[str, int] = {}
    for number, line in _lines(source):
        found = _parsed_check(source, number, line)
        if isinstance(found, list):
            faults.extend(found)
        elif (earlier := first.setdefault(found.question.casefold(), number)) != number:
            problem = f"the question stands in line {earlier}, too"
            faults.append(Fault(source.name, number, problem, "Remove one of the two"))
        else:
            checks.append(found)
    expected = (
        IdMention(check.expect, source.name, check.line) for check in checks if check.expect
    )
    return Parsed(tuple(checks), references=tuple(expected), faults=tuple(faults))


def _lines(source: TextFile) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(source.text.split("\n"), start=1):
        if line.strip():
            yield number, line


def _parsed_check(source: TextFile, number: int, line: str) -> Check | list[Fault]:
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
        messages = (explain(detail, keys_of(CheckModel)) for detail in error.errors())
        return [Fault(source.name, number, problem, remedy) for problem, remedy in messages]
    return Check(model.question, model.expect, source.name, number)
