"""YAML editor: items of a list in a file changed in place; every other byte stays. Pure.

A file is edited by the places of its nodes: only the lines of what changes are written again, with
the comments between them. A library that loads and dumps YAML cannot promise that: ruamel.yaml
writes eight of the nine files of the shipped content otherwise than they are, though nothing in
them changed.

    LayoutError    the file is written in a way that cannot be changed in place
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from corpus.files import TextFile
from corpus.yaml_files.reader import Fields, Items, Node, Scalar, read_yaml
from corpus.yaml_files.writer import Value, field_lines, quoted, scalar

_INLINE = frozenset({"related", "equivalents"})
"""Lists of ids, which are short enough for one line."""


class LayoutError(Exception):
    """A file cannot be changed in place; it has to be edited by hand."""


@dataclass(frozen=True, slots=True)
class _Item:
    """The lines of one item, 0-based."""

    node: Fields
    first: int
    """Where the comments right above it start."""
    dash: int
    end: int
    """Behind its last line."""
    indent: int
    """Column of the dash."""
    column: int
    """Column of its keys."""


@dataclass(frozen=True, slots=True)
class _Edit:
    start: int
    end: int
    text: str


def with_changes(
    source: TextFile, changes: Mapping[int, Mapping[str, Value]], order: Sequence[str]
) -> str:
    """Return the text of a file with some fields of some items changed.

    Args:
        source: A list of mappings.
        changes: By the position of the item, key to new value; an empty one removes the field.
        order: In which the keys usually stand.

    Raises:
        LayoutError: An item is not written as one key a line.

    """
    items, lines = _items(source), _lines(source)
    edits = [
        edit
        for position, fields in changes.items()
        for edit in _item_edits(source, lines, items[position], fields, order)
    ]
    return _applied(source.text, edits)


def _item_edits(
    source: TextFile,
    lines: Sequence[str],
    item: _Item,
    changes: Mapping[str, Value],
    order: Sequence[str],
) -> Iterator[_Edit]:
    ranges = _ranges(source, lines, item)
    for key, value in changes.items():
        if key in ranges:
            yield _field_edit(source, item, key, ranges, value)
        elif value:
            before = [ranges[known].stop for known in order[: order.index(key)] if known in ranges]
            start = source.line_start(max(before, default=item.end))
            new = _indented(field_lines(key, value, inline=key in _INLINE), item.column)
            yield _Edit(start, start, _joined(source, start, new))


def with_field(source: TextFile, key: str, value: Value) -> str:
    """Return the text of a file that is one mapping, with one of its fields changed or added."""
    root = read_yaml(source).root
    if root is not None and not (isinstance(root, Fields) and source.text[root.start] != "{"):
        raise LayoutError("it is not written as one key a line")
    lines = _lines(source)
    if not isinstance(root, Fields):
        start, new = len(source.text), field_lines(key, value)
        return _applied(source.text, [_Edit(start, start, _joined(source, start, new))])
    item = _Item(root, 0, -1, _end(source, lines, root, -1, len(lines)), 0, 0)
    ranges = _ranges(source, lines, item)
    if key in ranges:
        return _applied(source.text, [_field_edit(source, item, key, ranges, value)])
    start, new = source.line_start(item.end), field_lines(key, value)
    if new and not isinstance(value, str):
        new.insert(0, "")
    return _applied(source.text, [_Edit(start, start, _joined(source, start, new))])


def with_item(source: TextFile, fields: Mapping[str, Value]) -> str:
    """Return the text of a file with one more item at its end."""
    lines = [
        line
        for key, value in fields.items()
        for line in field_lines(key, value, inline=key in _INLINE)
    ]
    return with_lines(source, {len(_listed(source)): [[f"- {lines[0]}", *_indented(lines[1:], 2)]]})


def with_lines(source: TextFile, items: Mapping[int, Sequence[Sequence[str]]]) -> str:
    """Return the text of a file with more items.

    Args:
        source: A list of mappings, or empty.
        items: Their lines, by the position of the item that they stand before; past the last one,
            at the end.

    Raises:
        LayoutError: An item that is there is not written as one key a line.

    """
    there = _listed(source)
    edits = []
    for position, new in items.items():
        lines = [line for item in new for line in ("", *_indented(item, _indent(there)))]
        if position < len(there):
            start, lines = source.line_start(there[position].first), [*lines[1:], ""]
        else:
            start = source.line_start(there[-1].end) if there else len(source.text)
            lines = lines if source.text.strip() else lines[1:]
        edits.append(_Edit(start, start, _joined(source, start, lines)))
    return _applied(source.text, edits)


def _listed(source: TextFile) -> list[_Item]:
    return _items(source) if read_yaml(source).root is not None else []


def _indent(items: Sequence[_Item]) -> int:
    return items[0].indent if items else 0


def without_item(source: TextFile, position: int) -> str:
    """Return the text of a file without one item and the comments that are its own.

    Those stand right above it, or behind it and further in than its dash.
    """
    items, lines = _items(source), _lines(source)
    item = items[position]
    first, end = item.first, item.end
    follows = items[position + 1].first if position + 1 < len(items) else len(lines)
    for number in range(item.end, follows):
        if lines[number].startswith(" " * (item.indent + 1)) and lines[number].strip():
            end = number + 1
    if position + 1 < len(items):
        while end < follows and not lines[end].strip():
            end += 1
    else:
        while first and not lines[first - 1].strip():
            first -= 1
    return _applied(source.text, [_Edit(source.line_start(first), source.line_start(end), "")])


def _items(source: TextFile) -> list[_Item]:
    tree = read_yaml(source)
    if not isinstance(tree.root, Items):
        raise LayoutError("it is not a list of entries")
    lines = _lines(source)
    starts = [_start(source, lines, node) for node in tree.root.nodes]
    dashes = [dash for _, dash, _ in starts]
    if len(set(dashes)) < len(dashes) or dashes != sorted(dashes):
        raise LayoutError("its entries are not each written out on lines of their own")
    firsts = []
    for position, (_, dash, indent) in enumerate(starts):
        first, least = dash, dashes[position - 1] + 1 if position else 0
        while first > least and lines[first - 1].startswith(" " * indent + "#"):
            first -= 1
        firsts.append(first or dash)  # what the file starts with is about all of it
    ends = [*firsts[1:], len(lines)]
    return [
        _Item(
            node, first, dash, _end(source, lines, node, dash, end), indent, _column(source, node)
        )
        for (node, dash, indent), first, end in zip(starts, firsts, ends, strict=True)
    ]


def _start(source: TextFile, lines: Sequence[str], node: Node) -> tuple[Fields, int, int]:
    """Return the mapping of an item, the line of its dash, and the dash's column."""
    dash = source.line(node.start) - 1
    lead = source.text[source.line_start(dash) : node.start]
    if not isinstance(node, Fields) or lead.strip() != "-" or source.text[node.start] == "{":
        raise LayoutError("its entries are not written as '- id: …' with one key a line")
    return node, dash, lead.index("-")


def _column(source: TextFile, node: Fields) -> int:
    return node.start - source.line_start(source.line(node.start) - 1)


def _end(source: TextFile, lines: Sequence[str], node: Fields, dash: int, end: int) -> int:
    """Return the line behind an item, without the blank lines and comments that follow it."""
    last = max([dash, *(_last_line(source, child) for child in node.nodes.values())])
    while end > last + 1 and _is_between(lines[end - 1]):
        end -= 1
    return end


def _last_line(source: TextFile, node: Node) -> int:
    if isinstance(node, Scalar):
        return source.line(max(node.start, node.end - 1)) - 1
    children = node.nodes if isinstance(node, Items) else node.nodes.values()
    return max((_last_line(source, child) for child in children), default=0)


def _is_between(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#") or line.startswith("...")


def _ranges(source: TextFile, lines: Sequence[str], item: _Item) -> dict[str, range]:
    """Return the lines of each field, without comments behind it."""
    starts = sorted((source.line(place) - 1, key) for key, place in item.node.keys.items())
    found: dict[str, range] = {}
    for position, (start, key) in enumerate(starts):
        end = starts[position + 1][0] if position + 1 < len(starts) else item.end
        value = item.node.nodes[key]
        least = start + 1
        if item.dash <= source.line(value.start) - 1 < end:
            least = max(least, _last_line(source, value) + 1)
        while end > least and _is_between(lines[end - 1]):
            end -= 1
        if end <= start:
            raise LayoutError("an entry has several keys on one line")
        found[key] = range(start, end)
    return found


def _field_edit(
    source: TextFile, item: _Item, key: str, ranges: Mapping[str, range], value: Value
) -> _Edit:
    span, node = ranges[key], item.node.nodes[key]
    start, end = source.line_start(span.start), source.line_start(span.stop)
    is_first = span.start == item.dash
    if not value:
        if is_first:
            raise LayoutError(f"the entry starts with '{key}', which is to be removed")
        return _Edit(start, end, "")
    in_place = source.line(node.start) - 1 in span
    if isinstance(value, str) and in_place and isinstance(node, Scalar):
        edit = _scalar_edit(source, node, value)
        if edit is not None:
            return edit
    inline = isinstance(node, Items) and source.text[node.start] == "["
    if in_place and isinstance(node, Items) and not inline and not isinstance(value, str):
        lines = _merged_list(source, node, span, value)
        if lines is not None:
            return _Edit(start, end, _joined(source, start, lines))
    lines = _indented(
        field_lines(key, value, inline=inline or (key in _INLINE and not in_place)), item.column
    )
    if is_first:
        lines[0] = source.text[start : item.node.start] + lines[0].lstrip()
    return _Edit(start, end, _joined(source, start, lines))


def _scalar_edit(source: TextFile, node: Scalar, value: str) -> _Edit | None:
    """Replace one value on one line, in its quotes and with the comment behind it."""
    is_short = source.line(node.start) == source.line(node.end) and "\n" not in value
    if not is_short or node.text is None or node.style in ("|", ">"):
        return None
    if node.style:
        return _Edit(node.start - 1, node.end + 1, quoted(value))
    return _Edit(node.start, node.end, scalar(value))


def _merged_list(
    source: TextFile, node: Items, span: range, values: Sequence[object]
) -> list[str] | None:
    """Return the lines of a list of texts: those of the items that stay as they are written."""
    lines = _lines(source)
    texts, starts = [], []
    for child in node.nodes:
        line = source.line(child.start) - 1
        lead = source.text[source.line_start(line) : child.start].strip(" \t\"'")
        if not isinstance(child, Scalar) or line not in span or line in starts or lead != "-":
            return None
        texts.append(" ".join((child.text or "").split()))
        starts.append(line)
    if not starts or starts != sorted(starts) or not all(isinstance(v, str) for v in values):
        return None
    wanted = [str(value) for value in values]
    indent = len(lines[starts[0]]) - len(lines[starts[0]].lstrip())
    ends = [_last_line(source, child) + 1 for child in node.nodes]
    begins = [span.start + 1, *ends[:-1]]
    chunks = [lines[begin:end] for begin, end in zip(begins, ends, strict=True)]
    kept = list(lines[span.start : span.start + 1])
    matcher = SequenceMatcher(None, texts, wanted, autojunk=False)
    for tag, old, old_end, new, new_end in matcher.get_opcodes():
        if tag == "equal":
            kept += [line for chunk in chunks[old:old_end] for line in chunk]
        else:
            kept += [f"{' ' * indent}- {scalar(text)}" for text in wanted[new:new_end]]
    return [*kept, *lines[ends[-1] : span.stop]]


def _lines(source: TextFile) -> list[str]:
    """Return the lines as `TextFile` counts them, without their ends."""
    lines: list[str] = []
    start = 0
    while start < len(source.text):
        end = source.line_start(len(lines) + 1)
        lines.append(source.text[start:end].rstrip("\r\n"))
        start = end
    return lines


def _indented(lines: Sequence[str], column: int) -> list[str]:
    return [f"{' ' * column}{line}" if line else "" for line in lines]


def _joined(source: TextFile, start: int, lines: Sequence[str]) -> str:
    """Join lines as the file ends its own; a last line without an end gets one."""
    newline = "\r\n" if "\r\n" in source.text else "\n"
    lead = newline if start and source.text[start - 1] not in "\r\n" else ""
    return lead + "".join(line + newline for line in lines)


def _applied(text: str, edits: Sequence[_Edit]) -> str:
    """Return the text with every edit; of several insertions at one place the first stays first."""
    parts, end = [], 0
    for edit in sorted(edits, key=lambda edit: (edit.start, edit.end)):
        parts += [text[end : edit.start], edit.text]
        end = edit.end
    return "".join([*parts, text[end:]])
