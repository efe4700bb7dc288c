"""Content store: canned answers, smalltalk and boundaries, read from and written to their files.

The YAML files stay the truth: an edit changes the lines of what it names and leaves every other
byte as it is. What would come of it is loaded and linted before anything is written.
"""

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import copy
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from corpus.entries import parse_checks
from corpus.errors import CorpusError, Fault
from corpus.files import TextFile
from corpus.linter import Finding, Severity, as_finding, lint
from corpus.loader import CHECKS, load
from corpus.models import BoundaryModel, EntryModel
from corpus.slugs import slug
from corpus.yaml_files.editor import LayoutError, with_changes, with_item, without_item
from corpus.yaml_files.reader import (
    Fields,
    Items,
    Node,
    YamlTree,
    check,
    explain,
    keys_of,
    plain,
    read_yaml,
)
from corpus.yaml_files.writer import Value
from service.studio.content_files import ContentFiles
from service.studio.errors import ContentFaulty, EditConflict, LayoutRefused, UnknownContent
from service.studio.git_commits import GitCommits
from service.studio.items import ItemKind, Saved, StoredItem, stored_entry
from service.studio.schemas import CONTENT_FILE, LONGEST_NAME, ContentFinding, FieldDifference


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a kind of content is kept."""

    file: str
    """Where a new item goes if nothing else says so."""
    adapter: TypeAdapter[Any]
    keys: tuple[str, ...]


_SHAPES: Mapping[ItemKind, _Shape] = {
    ItemKind.ENTRY: _Shape("faqs/general.yaml", TypeAdapter(EntryModel), keys_of(EntryModel)),
    ItemKind.SMALLTALK: _Shape("smalltalk.yaml", TypeAdapter(EntryModel), keys_of(EntryModel)),
    ItemKind.BOUNDARY: _Shape(
        "boundaries.yaml", TypeAdapter(BoundaryModel), keys_of(BoundaryModel)
    ),
}


def _kind_of(file: str) -> ItemKind | None:
    """Return what a file holds a list of; None for other files."""
    if file.startswith("faqs/"):
        return ItemKind.ENTRY
    stem = file.rpartition(".")[0]
    return {"smalltalk": ItemKind.SMALLTALK, "boundaries": ItemKind.BOUNDARY}.get(stem)


class ContentStore:
    """The content of one folder, for editors. Every method may be called from several threads."""

    def __init__(
        self,
        folder: Path,
        today: Callable[[], date] = lambda: datetime.now(UTC).date(),
        commits: GitCommits | None = None,
    ) -> None:
        self.files = ContentFiles(folder, commits)
        self._today = today
        self._name = ""

    def by(self, name: str) -> "ContentStore":
        """Return the store as somebody uses it, whose name every change bears."""
        other = copy(self)
        other._name = name
        return other

    def write(self, texts: Mapping[str, str | None]) -> None:
        """Write files in the name of who uses the store; call it with the files locked."""
        self.files.write(texts, self._name)

    def items(self, *kinds: ItemKind) -> list[StoredItem]:
        """Return all items of some kinds; of all of them if none is named. See `faults`."""
        files = [(name, _kind_of(name)) for name in self.files.names()]
        return [
            item
            for name, kind in files
            if kind and kind in (kinds or ItemKind)
            for item in _items_of(self._readable(name), kind)
        ]

    def item(self, id_: str, *kinds: ItemKind) -> StoredItem:
        """Return one item. Raises UnknownContent."""
        for item in self.items(*kinds):
            if item.id == id_:
                return item
        raise UnknownContent("No content has this id. GET /v1/content/entries lists what there is.")

    def findings(self) -> list[ContentFinding]:
        """Lint what stands in the folder; faults that keep it from loading are errors."""
        return [finding_of(found) for found in self.lint({})]

    def faults(self) -> list[ContentFinding]:
        """Return what keeps the content from loading; empty when it loads."""
        try:
            load(self.files.folder)
        except CorpusError as error:
            return [finding_of(as_finding(self._inside(fault))) for fault in error.faults]
        return []

    def check(
        self, kind: ItemKind, fields: Mapping[str, Any], before: str | None = None
    ) -> list[ContentFinding]:
        """Lint the content as it would be, for the one item that is edited; nothing is written."""
        try:
            edit = self._edit(kind, fields, self.item(before, kind) if before else None, None)
            findings = self.lint(edit.texts)
        except ContentFaulty as error:
            return list(error.findings)
        return [one for one in self._placed(findings, edit) if one.id == edit.model.id]

    def create(self, kind: ItemKind, fields: Mapping[str, Any], file: str | None = None) -> Saved:
        """Add an item. Raises ContentFaulty, LayoutRefused, ContentUnwritable."""
        with self.files.locked():
            return self._save(self._edit(kind, fields, None, file))

    def replace(
        self,
        kind: ItemKind,
        id_: str,
        etags: Collection[str],
        fields: Mapping[str, Any],
        file: str | None = None,
    ) -> Saved:
        """Replace an item; with another id, references to it follow.

        Args:
            kind: Of the item.
            id_: Of the item as it is.
            etags: One of the item as the editor read it; `*` for any.
            fields: As in the file; what is missing is empty.
            file: Where it is to stand; by default where it stands.

        Raises:
            UnknownContent: There is no such item.
            EditConflict: It has changed since it was read.
            ContentFaulty: The content would be at fault.
            LayoutRefused: The file has to be edited by hand.
            ContentUnwritable: The folder cannot be written to.

        """
        with self.files.locked():
            item = self.item(id_, kind)
            _check_unchanged(item, etags, fields)
            return self._save(self._edit(kind, fields, item, file))

    def delete(self, kind: ItemKind, id_: str, etags: Collection[str]) -> None:
        """Delete an item. Raises as `replace` does; ContentFaulty says what would break."""
        with self.files.locked():
            item = self.item(id_, kind)
            _check_unchanged(item, etags, None)
            source = self.source(item.file)
            text = _without(source, item)
            texts = {item.file: text if text.strip() else None}
            refuse_errors([finding_of(found) for found in self.lint(texts)])
            self.write(texts)

    def add_question(self, id_: str, text: str) -> Saved:
        """Add another way to ask for an item: a variant, or an example of a boundary."""
        with self.files.locked():
            item, key = self._asked(id_)
            return self._save(self._edit(item.kind, _with(item, key, text), item, None))

    def remove_question(self, id_: str, text: str) -> Saved:
        """Undo what `add_question` did."""
        with self.files.locked():
            item, key = self._asked(id_)
            rest = [one for one in item.fields[key] if one != " ".join(text.split())]
            return self._save(self._edit(item.kind, {**item.fields, key: rest}, item, None))

    def add_check(self, question: str, expect: str | None, note: str | None = None) -> None:
        """Add a question that is asked before publishing, with the id that it has to get."""
        check = {"question": question, "expect": expect, **({"note": note} if note else {})}
        with self.files.locked():
            text = self.source(CHECKS).text
            lead = text if not text or text.endswith("\n") else f"{text}\n"
            texts = {CHECKS: f"{lead}{json.dumps(check, ensure_ascii=False)}\n"}
            refuse_errors([finding_of(found) for found in self.lint(texts)])
            self.write(texts)

    def remove_check(self, question: str) -> None:
        """Undo what `add_check` did."""
        with self.files.locked():
            source = self.source(CHECKS)
            lines = source.text.splitlines(keepends=True)
            gone = {one.line - 1 for one in parse_checks(source).items if one.question == question}
            kept = [line for number, line in enumerate(lines) if number not in gone]
            self.write({CHECKS: "".join(kept) or None})

    def _asked(self, id_: str) -> tuple[StoredItem, str]:
        """Return an item, and the field with the questions that lead to it."""
        item = self.item(id_)
        return item, "examples" if item.kind is ItemKind.BOUNDARY else "variants"

    def _save(self, edit: "_ItemEdit") -> Saved:
        findings = self._placed(self.lint(edit.texts), edit)
        refuse_errors(findings)
        self.write(edit.texts)
        item = self.item(edit.model.id, edit.kind)
        return Saved(item, tuple(one for one in findings if one.id == item.id))

    def lint(self, texts: Mapping[str, str | None]) -> list[Finding]:
        """Lint the content as it would be with these files; None for one that would be gone."""
        changes = {name: None if text is None else text.encode() for name, text in texts.items()}
        try:
            return list(lint(load(self.files.folder, changes), self._today()))
        except CorpusError as error:
            return [as_finding(self._inside(fault)) for fault in error.faults]

    def _inside(self, fault: Fault) -> Fault:
        """Name a file inside the folder, never the folder itself."""
        if fault.file != str(self.files.folder):
            return fault
        return Fault("", fault.line, fault.problem, fault.remedy)

    def source(self, name: str) -> TextFile:
        """Read a file to edit it. Raises ContentFaulty where it cannot be read as text."""
        try:
            return self.files.read(name)
        except CorpusError as error:
            raise ContentFaulty([finding_of(as_finding(one)) for one in error.faults]) from None

    def _readable(self, name: str) -> TextFile:
        """Read a file; one that cannot be read is as good as empty, and `findings` says so."""
        try:
            return self.files.read(name)
        except CorpusError:
            return TextFile.of(name, b"")

    def _edit(
        self, kind: ItemKind, fields: Mapping[str, Any], item: StoredItem | None, file: str | None
    ) -> "_ItemEdit":
        """Work out the files as they would be. Raises ContentFaulty and LayoutRefused."""
        data = {key: value for key, value in fields.items() if value not in (None, "", [])}
        if "id" not in data:
            data["id"] = (
                item.id
                if item
                else self._new_id(
                    str(fields.get("topic" if kind is ItemKind.BOUNDARY else "question", ""))
                )
            )
        name = file or (item.file if item else self._file_for(kind, data))
        if file and not (item and item.file == file):
            _check_place(kind, file, str(data["id"]))
        model = _validated(kind, data, name)
        texts: dict[str, str | None] = {}
        if item is not None and item.file == name:
            texts[name] = _changed(self.source(name), item, model)
        else:
            if item is not None:
                rest = _without(self.source(item.file), item)
                texts[item.file] = rest if rest.strip() else None
            texts[name] = _added(self.source(name), kind, model)
        if item is not None and item.id != model.id:
            texts = self._redirected(texts, item.id, model.id)
        position = item.position if item and item.file == name else -1
        return _ItemEdit(kind, name, position, model, texts)

    def _new_id(self, text: str) -> str:
        taken = {item.id for item in self.items()}
        base = slug(text) or "entry"
        number, candidate = 1, base
        while candidate in taken:
            number += 1
            candidate = f"{base}-{number}"
        return candidate

    def _file_for(self, kind: ItemKind, data: Mapping[str, Any]) -> str:
        """Choose the file of a new item: the only one, or that of a related one."""
        names = [name for name in self.files.names() if _kind_of(name) is kind]
        if len(names) == 1:
            return names[0]
        related = data.get("related", ())
        files = {item.id: item.file for item in self.items(kind)} if names else {}
        return next((files[one] for one in related if one in files), _SHAPES[kind].file)

    def _redirected(
        self, texts: Mapping[str, str | None], old: str, new: str
    ) -> dict[str, str | None]:
        """Let every reference to an id follow it to its new one."""
        result = dict(texts)
        for name in self.files.names():
            text = result[name] if name in result else self._readable(name).text
            if text is not None and old in text:
                changed = _redirected(TextFile.of(name, text.encode()), old, new)
                if changed != text:
                    result[name] = changed
        return result

    def _placed(self, findings: Sequence[Finding], edit: "_ItemEdit") -> list[ContentFinding]:
        """Say of each finding whether it is in the edited item, and in which field."""
        text = edit.texts[edit.file]
        tree = read_yaml(TextFile.of(edit.file, (text or "").encode()))
        fields = _lines_of(tree, edit.position)
        return [
            finding_of(found, edit.model.id, fields)
            if found.file == edit.file
            else finding_of(found)
            for found in findings
        ]


def refuse_errors(findings: Sequence[ContentFinding]) -> None:
    """Raise ContentFaulty if there is an error among some findings."""
    errors = [one for one in findings if one.severity == Severity.ERROR.value]
    if errors:
        raise ContentFaulty(errors)


@dataclass(frozen=True, slots=True)
class _ItemEdit:
    """Files as they would be."""

    kind: ItemKind
    file: str
    """Of the edited item."""
    position: int
    """In the list of the file; -1 for the last one."""
    model: Any
    texts: dict[str, str | None]


def _with(item: StoredItem, key: str, text: str) -> dict[str, Any]:
    return {**item.fields, key: [*item.fields[key], text]}


def _nodes(tree: YamlTree) -> Sequence[Node]:
    return tree.root.nodes if isinstance(tree.root, Items) else ()


def _items_of(source: TextFile, kind: ItemKind) -> Iterator[StoredItem]:
    """Yield the valid items of a file."""
    tree = read_yaml(source)
    for position, node in enumerate(_nodes(tree)):
        model = check(_SHAPES[kind].adapter, tree, node, _SHAPES[kind].keys).value
        if model is not None:
            yield StoredItem(kind, source.name, position, model)


def _validated(kind: ItemKind, data: Mapping[str, Any], file: str) -> Any:
    """Return the model of what an editor sent. Raises ContentFaulty."""
    try:
        return _SHAPES[kind].adapter.validate_python(_with_line_feeds(data))
    except ValidationError as error:
        id_ = str(data["id"])
        findings = []
        for detail in error.errors():
            problem, remedy = explain(detail, _SHAPES[kind].keys)
            field = str(detail["loc"][0]) if detail["loc"] else None
            findings.append(
                ContentFinding(
                    file=file,
                    line=0,
                    severity=Severity.ERROR.value,
                    problem=problem,
                    remedy=remedy,
                    id=id_,
                    field=field,
                )
            )
        raise ContentFaulty(findings) from None


def _check_place(kind: ItemKind, file: str, id_: str) -> None:
    """Refuse a file in which nobody would read such an item. Raises ContentFaulty."""
    if _kind_of(file) is kind and len(file) <= LONGEST_NAME and re.fullmatch(CONTENT_FILE, file):
        return
    raise ContentFaulty(
        [
            ContentFinding(
                file=file[:LONGEST_NAME],
                line=0,
                severity=Severity.ERROR.value,
                problem="the file is none in which this is kept",
                remedy=f"Write a name such as {_SHAPES[kind].file}, or leave it empty",
                id=id_,
                field="file",
            )
        ]
    )


def _with_line_feeds(data: Any) -> Any:
    """Let lines end as in our files, whatever the browser sends."""
    if isinstance(data, str):
        return data.replace("\r\n", "\n").replace("\r", "\n")
    if isinstance(data, dict):
        return {key: _with_line_feeds(value) for key, value in data.items()}
    return [_with_line_feeds(value) for value in data] if isinstance(data, list) else data


def _values(model: Any) -> dict[str, Value]:
    """Return the fields of an item as they are written; empty ones left out."""
    data: dict[str, Any] = model.model_dump(mode="json")
    return {key: value for key, value in data.items() if value}


def _added(source: TextFile, kind: ItemKind, model: Any) -> str:
    with in_place(source.name):
        text = with_item(source, _values(model))
    _check_edit(source, text, StoredItem(kind, source.name, len(_plain(source)), model), model)
    return text


def _changed(source: TextFile, item: StoredItem, model: Any) -> str:
    old, new = item.fields, model.model_dump(mode="json")
    changes = {key: value or "" for key, value in new.items() if value != old[key]}
    with in_place(source.name):
        text = with_changes(source, {item.position: changes}, _SHAPES[item.kind].keys)
    _check_edit(source, text, item, model)
    return text


def _without(source: TextFile, item: StoredItem) -> str:
    with in_place(source.name):
        text = without_item(source, item.position)
    _check_edit(source, text, item, None)
    return text


def _check_edit(source: TextFile, text: str, item: StoredItem, model: Any) -> None:
    """Refuse an edit that changed something else, as one of an anchor would."""
    after = TextFile.of(source.name, text.encode())
    old, new = _plain(source), _plain(after)
    del old[item.position : item.position + 1]
    if model is not None:
        del new[item.position : item.position + 1]
        found = [one.model for one in _items_of(after, item.kind) if one.position == item.position]
        if found != [model]:
            raise _by_hand(source.name, "it is written in an unusual way")
    if new != old:
        raise _by_hand(source.name, "other entries depend on how this one is written")


def _plain(source: TextFile) -> list[Any]:
    """Return what a file holds once its last line is ended, as every edit does."""
    ended = TextFile.of(source.name, f"{source.text}\n".encode())
    return [plain(node) for node in _nodes(read_yaml(ended))]


@contextmanager
def in_place(name: str) -> Iterator[None]:
    """Raise LayoutRefused where a file cannot be changed in place."""
    try:
        yield
    except LayoutError as error:
        raise _by_hand(name, str(error)) from None


def _by_hand(name: str, reason: str) -> LayoutRefused:
    return LayoutRefused(
        f"I can't change {name}: {reason}. I saved nothing. Edit that file by hand."
    )


def _check_unchanged(
    item: StoredItem, etags: Collection[str], fields: Mapping[str, Any] | None
) -> None:
    if "*" in etags or item.etag in etags:
        return
    current = item.fields
    sent = {key: (fields or {}).get(key) or None for key in current} if fields else {}
    difference = [
        FieldDifference(field=key, sent=value, current=current[key])
        for key, value in sent.items()
        if value != (current[key] or None) and not (key == "id" and value is None)
    ]
    raise EditConflict(stored_entry(item) if item.kind is ItemKind.ENTRY else None, difference)


def finding_of(
    found: Finding, id_: str | None = None, fields: Sequence[tuple[int, str]] = ()
) -> ContentFinding:
    """Show a finding; `fields` are the lines at which those of the edited item start, and end."""
    at = next((key for (line, key), (end, _) in pairwise(fields) if line <= found.line < end), None)
    return ContentFinding(
        file=found.file,
        line=found.line,
        severity=found.severity.value,
        problem=found.problem,
        remedy=found.remedy,
        id=id_ if at else None,
        field=at,
    )


def _lines_of(tree: YamlTree, position: int) -> list[tuple[int, str]]:
    """Return at which line each field of an item starts, and last of all where the item ends."""
    nodes = _nodes(tree)
    position %= len(nodes)
    node = nodes[position]
    assert isinstance(node, Fields)  # noqa: S101 - the item has been edited
    starts = sorted((tree.source.line(place), key) for key, place in node.keys.items())
    last = tree.source.line(len(tree.source.text)) + 1
    end = tree.line(nodes[position + 1]) if position + 1 < len(nodes) else last
    return [*starts, (end, "")]


_PAGE = r"(?:/[^()\s#\"']*)?#"
"""An address of this site up to the id that it leads to."""


def _redirected(source: TextFile, old: str, new: str) -> str:
    """Return a file with its references to an id changed: checks, links, related ids."""
    name = re.escape(old)
    if source.name == CHECKS:
        return re.sub(rf'("expect"\s*:\s*"){name}(")', rf"\g<1>{new}\g<2>", source.text)
    text = re.sub(rf"(\]\(\s*<?{_PAGE}){name}(?=[>\s)])", rf"\g<1>{new}", source.text)
    text = re.sub(rf"(?m)(\burl: *[\"']?{_PAGE}){name}(?=[\"'\s]|$)", rf"\g<1>{new}", text)
    kind = _kind_of(source.name)
    if kind in (ItemKind.ENTRY, ItemKind.SMALLTALK):
        return _with_references(TextFile.of(source.name, text.encode()), kind, old, new)
    return text


def _with_references(source: TextFile, kind: ItemKind, old: str, new: str) -> str:
    for item in list(_items_of(source, kind)):
        changes: dict[str, Value] = {
            key: [new if one == old else one for one in item.fields[key]]
            for key in ("related", "equivalents")
            if old in item.fields[key]
        }
        if changes:
            with in_place(source.name):
                text = with_changes(source, {item.position: changes}, _SHAPES[kind].keys)
            source = TextFile.of(source.name, text.encode())
    return source.text
