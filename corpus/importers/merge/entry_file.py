"""A file of canned answers that editors work on, brought up to date field by field. Pure.

What did not change stays as it is written, with its comments and in its order; an entry that the
source does not have stays, too.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from corpus.documents import Entry
from corpus.files import TextFile
from corpus.importers.assemble.rendering import entry_fields, entry_lines
from corpus.importers.blocks import Question
from corpus.yaml_files.reader import Fields, Items, Scalar, read_yaml


@dataclass(frozen=True, slots=True)
class Update:
    """What a source says now, and the entry that it is in the file."""

    question: Question
    id: str
    before: Entry | None


@dataclass(frozen=True, slots=True)
class _Block:
    """The lines of one entry, comments above it included."""

    id: str
    node: Fields
    first: int
    """0-based line of the file where the comments above the entry start."""
    dash: int
    """Line with the dash."""
    end: int
    """Line behind the last one."""


def updated_text(source: TextFile, updates: Sequence[Update], owner: str) -> str | None:
    """Return the file with what changed; None where its layout does not allow to keep the rest."""
    blocks = _blocks(source)
    if blocks is None:
        return None
    lines = source.text.split("\n")
    if lines and not lines[-1]:
        lines.pop()
    by_id = {update.before.id: update for update in updates if update.before is not None}
    parts = {
        block.id: _updated(lines, source, block, by_id.get(block.id), owner) for block in blocks
    }
    order = [block.id for block in blocks]
    place = 0
    for update in updates:
        if update.before is not None and update.before.id in order:
            place = order.index(update.before.id) + 1
            continue
        parts[update.id] = ["", *entry_lines(update.question, update.id, owner)]
        order.insert(place, update.id)
        place += 1
    whole = [line for name in order for line in parts[name]]
    while whole and not whole[0].strip():
        whole.pop(0)
    return "\n".join(whole) + "\n"


def _blocks(source: TextFile) -> list[_Block] | None:
    tree = read_yaml(source)
    if not isinstance(tree.root, Items) or "\r" in source.text:
        return None
    lines = source.text.split("\n")
    nodes = [node for node in tree.root.nodes if isinstance(node, Fields)]
    dashes = [source.line(node.start) - 1 for node in nodes]
    names = [node.nodes.get("id") for node in nodes]
    ids = [name.text or "" for name in names if isinstance(name, Scalar)]
    whole = len(ids) == len(tree.root.nodes) == len(set(ids)) and len(set(dashes)) == len(dashes)
    if not whole or not all(lines[dash].startswith("- ") for dash in dashes):
        return None
    if any(lines[dash].startswith("- {") for dash in dashes):
        return None
    firsts = []
    for position, dash in enumerate(dashes):
        first, least = dash, dashes[position - 1] + 1 if position else 0
        while first > least and lines[first - 1].startswith("#"):
            first -= 1
        firsts.append(first if position else 0)
    last = len(lines) - (not lines[-1])
    return [
        _Block(name, node, first, dash, end)
        for name, node, first, dash, end in zip(
            ids, nodes, firsts, dashes, [*firsts[1:], last], strict=True
        )
    ]


def _updated(
    lines: Sequence[str], source: TextFile, block: _Block, update: Update | None, owner: str
) -> list[str]:
    kept = list(lines[block.first : block.end])
    if update is None or update.before is None:
        return kept
    changed = dict(_changed(update.question, update.before, owner))
    ranges = _ranges(lines, source, block)
    for key in sorted(changed, key=lambda name: -ranges[name].start if name in ranges else 0):
        written = changed[key]
        if key not in ranges:
            end = len(kept)
            while end and (not kept[end - 1].strip() or kept[end - 1].startswith("#")):
                end -= 1
            kept[end:end] = [f"  {line}" if line else "" for line in written]
        else:
            span = ranges[key]
            first = kept[span.start]
            mark = "- " if first.startswith("- ") else "  "
            kept[span.start : span.stop] = [
                (mark if number == 0 else "  ") + line if line else ""
                for number, line in enumerate(written)
            ]
    return kept


def _ranges(lines: Sequence[str], source: TextFile, block: _Block) -> Mapping[str, range]:
    """Lines of each field, counted from the first of the block."""
    starts = sorted((source.line(spot) - 1, key) for key, spot in block.node.keys.items())
    found = {}
    for position, (start, key) in enumerate(starts):
        end = starts[position + 1][0] if position + 1 < len(starts) else block.end
        value = block.node.nodes[key]
        least = start + 1
        if isinstance(value, Scalar):
            least = max(least, source.line(max(value.start, value.end - 1)))
        while end > least and (
            not lines[end - 1].strip() or lines[end - 1].lstrip().startswith("#")
        ):
            end -= 1
        found[key] = range(start - block.first, end - block.first)
    return found


def _changed(question: Question, before: Entry, owner: str) -> Iterator[tuple[str, Sequence[str]]]:
    """Yield the fields whose values are others than in the file, as they are to be written."""
    fields = entry_fields(question, before.id, owner)
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
    for key, written in fields.items():
        if not same[key]:
            yield key, written


def _day(day: object) -> str:
    return str(day) if day else ""
