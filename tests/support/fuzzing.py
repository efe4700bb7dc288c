"""What reads bytes or texts from outside, with what it may refuse them with, and inputs to vary.

tests/unit/test_fuzzing.py varies them at random, scripts/fuzz.py guided by coverage.
"""

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, cast
from urllib.parse import parse_qsl

import numpy as np
from docx import Document
from openpyxl import Workbook
from pydantic import TypeAdapter

from corpus import CorpusError
from corpus.articles import parse_article
from corpus.entries import parse_boundaries, parse_entries, parse_questions, parse_synonyms
from corpus.files import TextFile
from corpus.importers import read_source
from corpus.markdown import plain_text, render
from corpus.yaml_files.editor import LayoutError, with_changes, with_item, without_item
from corpus.yaml_files.reader import Items, plain, read_yaml
from index.datatypes import Manifest, ModelCard, VectorIndexCard, VectorIndexKind
from index.errors import RetrievalError
from index.storage import tensors
from index.text.normalisation import clean, fold, is_readable, parts
from index.versions import version_store
from service.analytics.redaction import redact
from service.answering.conversation_token import decode
from service.api.people import Person, Role
from service.extras.tenants.site_file import read_sites
from service.settings import Settings, SettingsError
from service.studio.items import ItemKind
from service.studio.pages.item_form import of_sent, to_store
from service.studio.pages.visit import Visit
from service.web.responses import accepted_coding
from tests.support.hostile import EVERY
from tests.support.paths import CONTENT

VERSION = "0123456789ab"
MANIFEST = Manifest(
    format=version_store.FORMAT,
    version=VERSION,
    built_at="2026-11-23T00:00:00Z",
    model=ModelCard("m", "0" * 64, 4, "onnx"),
    content_hash="0" * 64,
    counts={"units": 1},
    figures={"top": 1.0},
    dense=VectorIndexCard(VectorIndexKind.FLAT, 1, 0, 0, 1.0),
    files={},
)


@dataclass(frozen=True, slots=True)
class Target:
    """One reader."""

    read: Callable[[bytes], object]
    refusals: tuple[type[Exception], ...] = ()
    seeds: tuple[bytes, ...] = ()


def text_of(data: bytes) -> str:
    return data.decode("utf-8", "replace")


def question(data: bytes) -> None:
    text = text_of(data)[:1000]
    for part in parts(clean(text)):
        is_readable(part)
    fold(text)


def redacted(data: bytes) -> None:
    assert "@example.org" not in redact(text_of(data)[:900] + " jo@example.org")


def article(data: bytes) -> None:
    parse_article(TextFile.of("articles/a.md", data), "a")


def manifest(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        version = Path(folder, VERSION)
        version.mkdir()
        (version / "manifest.json").write_bytes(data)
        version_store.verify(version)


def plain_items(source: TextFile) -> list[object]:
    """The list in a file without its places. Raises CorpusError."""
    tree = read_yaml(source)
    if tree.faults or not isinstance(tree.root, Items):
        raise CorpusError(tree.faults)
    return [plain(item) for item in tree.root.nodes]


def edited(data: bytes) -> None:
    """Change, add and remove an item: nothing but that is another in what is read afterwards."""
    source = TextFile.of("faqs/a.yaml", data)
    before = plain_items(TextFile.of("faqs/a.yaml", data + b"\n"))
    if not all(isinstance(item, dict) for item in before):
        raise LayoutError

    def read(text: str) -> list[object]:
        return plain_items(TextFile.of("faqs/a.yaml", f"{text}\n".encode()))

    assert read(with_item(source, NEW)) == [*before, NEW]
    if before and isinstance(before[0], dict):
        changed = with_changes(source, {0: {"answer": NEW["answer"]}}, ("id", "answer"))
        assert read(changed) == [{**before[0], "answer": NEW["answer"]}, *before[1:]]
    if len(before) > 1:
        assert read(without_item(source, 1)) == [before[0], *before[2:]]


def form(data: bytes) -> None:
    """Read a form of the studio as `admin_access.read_form` does."""
    form: dict[str, list[str]] = {}
    for name, value in parse_qsl(text_of(data), keep_blank_values=True):
        form.setdefault(name, []).append(value)
    here = Visit(cast(Any, None), cast(Any, None), Person("a", Role.EDITOR), "", form)
    for kind in ItemKind:
        to_store(of_sent(here, kind, ""))


def sites(data: bytes) -> None:
    with tempfile.NamedTemporaryFile(suffix=".yaml") as file:
        file.write(data)
        file.flush()
        read_sites(Path(file.name), Settings())


def markdown(data: bytes) -> None:
    text = text_of(data)
    assert "<script" not in render(text).html.lower()
    plain_text(text)


def importing(ending: str, *seeds: bytes) -> Target:
    return Target(lambda data: read_source("a", data, ending), (CorpusError,), seeds)


def content(parse: Callable[[TextFile], object]) -> Target:
    files = (*CONTENT.rglob("*.yaml"), *CONTENT.rglob("*.yml"))
    seeds = tuple(path.read_bytes() for path in files)
    return Target(lambda data: parse(TextFile.of("a.yaml", data)), (CorpusError,), seeds)


NEW: Mapping[str, Any] = {"id": "new", "answer": '# So: "it\'s"\n\n- a\n- {b: [c'}
ENTRIES = tuple(path.read_bytes() for path in CONTENT.glob("faqs/*.yaml"))
HOSTILE = tuple(text.encode("utf-8", "replace") for text in EVERY)
ARTICLES = tuple(path.read_bytes() for path in CONTENT.rglob("*.md"))
PAGE = (
    b"<html><meta charset=utf-8><h2>Why?</h2><p>So.<table><tr><td>a<td>b</table><script>x</script>"
)


def word() -> bytes:
    document, stream = Document(), BytesIO()
    document.add_heading("Why?", level=2)
    document.add_paragraph("So.")
    document.save(stream)
    return stream.getvalue()


def workbook() -> bytes:
    book, stream = Workbook(), BytesIO()
    for row in (("question", "answer"), ("Why?", "So.")):
        book.worksheets[0].append(row)
    book.save(stream)
    return stream.getvalue()


QUESTION = {
    "@type": "Question",
    "name": "Why?",
    "acceptedAnswer": {"@type": "Answer", "text": "So."},
}
TARGETS: Mapping[str, Target] = {
    "question": Target(question, (), HOSTILE),
    "redaction": Target(redacted, (), HOSTILE),
    "conversation": Target(
        lambda data: decode(text_of(data), "", 0.0), (), (b"1W10", *HOSTILE[:9])
    ),
    "coding": Target(lambda data: accepted_coding(text_of(data)), (), (b"gzip;q=0, br;q=1e9, *",)),
    "entries": content(parse_entries),
    "boundaries": content(parse_boundaries),
    "synonyms": content(parse_synonyms),
    "questions": content(parse_questions),
    "article": Target(article, (CorpusError,), ARTICLES),
    "edited": Target(edited, (CorpusError, LayoutError), ENTRIES),
    "form": Target(
        form, (), (b"id=a&question=Why%3F&answer=So.&related=b+B&source_url=x&text=%00",)
    ),
    "markdown": Target(markdown, (), (*ARTICLES, *HOSTILE)),
    "manifest": Target(
        manifest, (RetrievalError,), (TypeAdapter(Manifest).dump_json(MANIFEST), b"[]", b"{}")
    ),
    "tensors": Target(
        tensors.parse, (ValueError, RecursionError), (tensors.dump({"a": np.zeros(3)}),)
    ),
    "sites": Target(
        sites, (SettingsError,), (b"bakery: {index_dir: a, admin_token: " + b"x" * 20 + b"}",)
    ),
    "text": importing(".txt", b"Q: Why?\nA: So.\n", b"Why?\n\nSo.\n"),
    "page": importing(".html", PAGE),
    "table": importing(
        ".csv", b"question;answer\nWhy?;So.\n", b'"question","answer"\n"Why?","=1"\n'
    ),
    "json": importing(".json", json.dumps({"@type": "FAQPage", "mainEntity": [QUESTION]}).encode()),
    "word": importing(".docx", word()),
    "workbook": importing(".xlsx", workbook()),
}


def run(name: str, data: bytes) -> bool:
    """Read some bytes; whether they were taken. Whatever is no refusal is raised."""
    target = TARGETS[name]
    try:
        target.read(data)
    except target.refusals:
        return False
    return True
