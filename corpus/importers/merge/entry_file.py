"""A file of canned answers that editors work on, brought up to date field by field. Pure.

What did not change stays as it is written, with its comments and in its order; an entry that the
source does not have stays, too.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from corpus.documents import Entry
from corpus.files import TextFile
from corpus.importers.assemble.rendering import entry_fields, entry_lines
from corpus.importers.blocks import Question
from corpus.models import EntryModel
from corpus.yaml_files.editor import LayoutError, with_changes, with_lines
from corpus.yaml_files.reader import Fields, Items, Scalar, keys_of, read_yaml
from corpus.yaml_files.writer import Value


@dataclass(frozen=True, slots=True)
class Update:
    """What a source says now, and the entry that it is in the file."""

    question: Question
    id: str
    before: Entry | None


def updated_text(source: TextFile, updates: Sequence[Update], owner: str) -> str | None:
    """Return the file with what changed; None where its layout does not allow to keep the rest."""
    positions = _positions(source)
    if positions is None:
        return None
    changes: dict[int, Mapping[str, Value]] = {}
    added: dict[int, list[list[str]]] = defaultdict(list)
    place = 0
    for update in updates:
        if update.before is not None and update.before.id in positions:
            position = positions[update.before.id]
            changes[position] = _changed(update.question, update.before, owner)
            place = position + 1
        else:
            added[place].append(list(entry_lines(update.question, update.id, owner)))
    try:
        text = with_changes(source, changes, keys_of(EntryModel))
        return with_lines(TextFile.of(source.name, text.encode()), added)
    except LayoutError:
        return None


def _positions(source: TextFile) -> dict[str, int] | None:
    """Return the place of each entry by its id; None unless every entry has one of its own."""
    root = read_yaml(source).root
    entries = root.nodes if isinstance(root, Items) else ()
    names = [entry.nodes.get("id") for entry in entries if isinstance(entry, Fields)]
    ids = [name.text for name in names if isinstance(name, Scalar) and name.text]
    return dict(zip(ids, range(len(ids)), strict=True)) if len(set(ids)) == len(entries) else None


def _changed(question: Question, before: Entry, owner: str) -> dict[str, Value]:
    """Return the fields whose values are others than in the file."""
    same = {
        "id": True,
        "question": question.question == before.question,
        "variants": question.variants == before.variants,
        "answer": question.answer.strip() == before.markdown.strip(),
        "sources": question.sources == before.sources,
        "related": True,
        "equivalents": True,
        "owner": bool(before.owner) and (not question.owner or question.owner == before.owner),
        "reviewed": question.reviewed == _day(before.reviewed),
        "valid_until": question.valid_until == _day(before.valid_until),
    }
    fields = entry_fields(question, before.id, owner)
    return {key: value for key, value in fields.items() if value and not same[key]}


def _day(day: object) -> str:
    return str(day) if day else ""
