"""DOCX -> blocks; the only module that imports docx."""

import html
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError, Fault, LibraryMissing
from corpus.importers.blocks import (
    Block,
    Found,
    Heading,
    Item,
    Kind,
    Listing,
    Note,
    Prose,
    Question,
)
from corpus.importers.escaping import cell, one_line, paragraph
from corpus.importers.readers.decoding import BROKEN_ARCHIVE
from corpus.importers.readers.plain_text import read_text
from corpus.importers.readers.tables import Row, read_rows
from corpus.importers.readers.text_lines import is_question

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table, _Cell
    from docx.text.hyperlink import Hyperlink
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_REMEDY = "Open it in a word processor and save it as .docx"
_HEADING = re.compile(r"(?:heading|überschrift|titre) ?([1-9])", re.IGNORECASE)
_BOLD = re.compile(r"\*\*[^*]+\*\*")
_ASKED_LEVEL = 6
_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_BOX, _RUN = f"{_SPACE}txbxContent", f"{_SPACE}t"
_TEXT_XML = re.compile(r"<w:t(?:\s[^>]*)?>([^<]*)</w:t>")


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """One paragraph, and what its style makes of it."""

    words: str
    markdown: str
    number: int
    """1-based; tables count as one."""
    level: int = 0
    """Of a heading; 0 for anything else."""
    listed: bool = False
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class _Table:
    rows: tuple[tuple[str, ...], ...]
    number: int


def read_word(name: str, raw: bytes) -> Found:
    """Read a document; lines in the report are its paragraphs, counted from 1."""
    try:
        from docx import Document
        from docx.opc.exceptions import PackageNotFoundError
    except ImportError as error:
        raise LibraryMissing("python-docx", "DOCX") from error
    try:
        document = Document(io.BytesIO(raw))
        unread = [(what, one_line(words)) for what, words in make_plain(document.element.body)]
        parts = list(_parts(document))
        title = one_line(document.core_properties.title or "")
        elsewhere = tuple(_elsewhere(document))
    except (PackageNotFoundError, *BROKEN_ARCHIVE) as error:
        raise CorpusError([Fault(name, 0, "it is no readable DOCX document", _REMEDY)]) from error
    found = _found(name, parts)
    left = (Note(0, Kind.LEFT_OUT, f"{what}: '{words}'") for what, words in unread if words)
    return replace(found, title=title, notes=(*elsewhere, *left, *found.notes))


def _elsewhere(document: "WordDocument") -> Iterator[Note]:
    """Yield a note for words that stand beside the text: on every page, below it, or in a box."""
    for section in document.sections:
        for name, part in (("header", section.header), ("footer", section.footer)):
            words = "" if part.is_linked_to_previous else one_line(_words(part._element))
            if words:
                yield Note(0, Kind.LEFT_OUT, f"the {name} of the pages: '{words}'")
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in ("footnotes", "endnotes", "comments") and not relation.is_external:
            words = one_line(" ".join(_TEXT_XML.findall(relation.target_part.blob.decode("utf-8"))))
            if words:
                yield Note(0, Kind.LEFT_OUT, f"the {kind}: '{html.unescape(words)}'")
    boxes = document.element.body.findall(f".//{_BOX}")
    for words in dict.fromkeys(one_line(_words(box)) for box in boxes):
        if words:
            yield Note(0, Kind.LEFT_OUT, f"a box beside the text: '{words}'")


def _words(element: Any) -> str:
    """Return the words of a piece of a document, whatever stands around them."""
    return " ".join(text.text or "" for text in element.iter(_RUN))


def _parts(document: "WordDocument") -> Iterator[_Paragraph | _Table]:
    from docx.table import Table

    for number, part in enumerate(document.iter_inner_content(), start=1):
        if isinstance(part, Table):
            if rows := tuple(_rows(part)):
                yield _Table(rows, number)
        elif part.text.strip():
            yield _paragraph(part, number)


def _rows(table: "Table") -> Iterator[tuple[str, ...]]:
    for row in table.rows:
        yield tuple(_cell(cell) for cell in row.cells)


def _cell(box: "_Cell") -> str:
    """Return the words of a cell, those of tables inside it among them."""
    from docx.table import Table

    lines = (
        "\n".join(" ".join(row) for row in _rows(part)) if isinstance(part, Table) else part.text
        for part in box.iter_inner_content()
    )
    return "\n".join(lines).strip()


def _paragraph(part: "Paragraph", number: int) -> _Paragraph:
    style = (part.style.name or "") if part.style is not None else ""
    match = _HEADING.match(style)
    level = min(6, int(match[1])) if match else 1 if style == "Title" else 0
    properties = part._p.pPr
    listed = style.startswith("List") or (properties is not None and properties.numPr is not None)
    words = one_line(part.text)
    ordered = "number" in style.lower()
    return _Paragraph(words, _markdown(part), number, level, listed and not level, ordered)


def _markdown(part: "Paragraph") -> str:
    """Return the words with links and what is bold or slanted in them."""
    pieces = "".join(_inline(piece) for piece in part.iter_inner_content())
    plain = paragraph(part.text)
    has_marks = any(_is_marked(piece) for piece in part.iter_inner_content())
    return " ".join(pieces.split()) if has_marks else plain


def _is_marked(piece: "Run | Hyperlink") -> bool:
    from docx.text.hyperlink import Hyperlink

    if isinstance(piece, Hyperlink):
        return bool(piece.url)
    return bool(piece.text.strip() and (piece.bold or piece.italic))


def _inline(piece: "Run | Hyperlink") -> str:
    from docx.text.hyperlink import Hyperlink

    text = piece.text
    lead = " " if text[:1].isspace() else ""
    tail = " " if text[-1:].isspace() else ""
    words = paragraph(text)
    if not words:
        return lead
    if isinstance(piece, Hyperlink):
        return f"{lead}[{words}]({piece.url}){tail}" if piece.url else f"{lead}{words}{tail}"
    mark = "**" * bool(piece.bold) + "*" * bool(piece.italic)
    return f"{lead}{mark}{words}{mark}{tail}"


def _found(name: str, parts: Sequence[_Paragraph | _Table]) -> Found:
    """Blocks by their styles; by their look when no paragraph is styled as a heading."""
    questions: list[Question] = []
    blocks: list[Block] = []
    notes: list[Note] = []
    styled = any(isinstance(part, _Paragraph) and part.level for part in parts)
    guessed = Found()
    if not styled:
        guessed = _unstyled([part for part in parts if isinstance(part, _Paragraph)])
        blocks.extend(guessed.blocks)
    for part in parts:
        if isinstance(part, _Table):
            _take_table(name, part, blocks, questions, notes)
        elif styled:
            _take_paragraph(part, blocks)
    notes = [*guessed.notes, *notes]
    return replace(guessed, blocks=tuple(blocks), questions=tuple(questions), notes=tuple(notes))


def _unstyled(parts: Sequence[_Paragraph]) -> Found:
    lines = [f"• {part.words}" if part.listed else part.words for part in parts]
    found = read_text("\n\n".join(lines))
    numbers = {2 * place + 1: part.number for place, part in enumerate(parts)}

    def moved(block: Block) -> Block:
        line = numbers.get(block.line, block.line)
        if not isinstance(block, Listing):
            return replace(block, line=line)
        items = tuple(replace(one, line=numbers.get(one.line, one.line)) for one in block.items)
        return replace(block, line=line, items=items)

    notes = tuple(replace(note, line=numbers.get(note.line, note.line)) for note in found.notes)
    return replace(found, blocks=tuple(map(moved, found.blocks)), notes=notes)


def _take_paragraph(part: _Paragraph, blocks: list[Block]) -> None:
    if part.level:
        blocks.append(Heading(part.words, part.level, part.number))
    elif part.listed and part.ordered and is_question(part.words):
        blocks.append(Heading(part.words, _ASKED_LEVEL, part.number, asked=True))
    elif part.listed:
        item = Item(part.markdown, part.number)
        last = blocks[-1] if blocks else None
        if isinstance(last, Listing) and last.ordered == part.ordered:
            blocks[-1] = replace(last, items=(*last.items, item))
        else:
            blocks.append(Listing((item,), part.ordered, part.number))
    elif (
        is_question(part.words) and part.markdown.startswith("**") and part.markdown.endswith("**")
    ):
        blocks.append(Heading(part.words, _ASKED_LEVEL, part.number, asked=True))
    else:
        blocks.append(Prose(part.markdown, part.number))


def _take_table(
    name: str,
    table: _Table,
    blocks: list[Block],
    questions: list[Question],
    notes: list[Note],
) -> None:
    """Take questions and answers out of a table; any other stays a table."""
    rows = [Row(cells, table.number) for cells in table.rows if any(cells)]
    try:
        found = read_rows(name, rows)
    except CorpusError:
        blocks.append(Prose(_pipes(table.rows), table.number))
        return
    questions.extend(found.questions)
    notes.extend(found.notes)


def _pipes(rows: Sequence[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(cell(text) for text in row)} |" for row in rows]
    lines.insert(1, f"|{' --- |' * len(rows[0])}")
    return "\n".join(lines)


_VALUE, _CONTROL, _INNER = f"{_SPACE}val", f"{_SPACE}sdt", f"{_SPACE}sdtContent"
_GALLERY = f"{_SPACE}sdtPr/{_SPACE}docPartObj/{_SPACE}docPartGallery"
_PLACEHOLDER = f"{_SPACE}sdtPr/{_SPACE}showingPlcHdr"
_CONTENTS = "Table of Contents"
_DELETED_ROW = f"{_SPACE}trPr/{_SPACE}del"
_ROW, _TEXT, _DELETED_TEXT = f"{_SPACE}tr", f"{_SPACE}t", f"{_SPACE}delText"
_GONE = (f"{_SPACE}del", f"{_SPACE}moveFrom")
_WRAPPERS = tuple(
    f"{_SPACE}{name}"
    for name in ("ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo")
)
"""Around paragraphs, runs or rows, with nothing of their own to say."""


def make_plain(body: Any) -> Iterator[tuple[str, str]]:
    """Unwrap what is text, and yield what is none: what it is, and its words."""
    yield "tracked deletions", " ".join(_deleted(body))
    for control in body.iter(_CONTROL):
        gallery = control.find(_GALLERY)
        if gallery is not None and gallery.get(_VALUE) == _CONTENTS:
            yield "the table of contents", _emptied(control)
        elif control.find(_PLACEHOLDER) is not None:
            yield "the hint of a field that is not filled in", _emptied(control)
    for wrapper in list(body.iter(_CONTROL, *_WRAPPERS)):
        inner = wrapper.find(_INNER) if wrapper.tag == _CONTROL else wrapper
        for child in list(inner if inner is not None else ()):
            wrapper.addprevious(child)
        wrapper.getparent().remove(wrapper)


def _deleted(body: Any) -> Iterator[str]:
    """Take out what is tracked as deleted or as moved elsewhere, and yield the deleted words."""
    for row in [row for row in body.iter(_ROW) if row.find(_DELETED_ROW) is not None]:
        yield from _removed_words(row)
        row.getparent().remove(row)
    for gone in list(body.iter(*_GONE)):
        if gone.tag == _GONE[0]:
            yield from _removed_words(gone)
        gone.getparent().remove(gone)


def _removed_words(element: Any) -> Iterator[str]:
    return (text.text or "" for text in element.iter(_TEXT, _DELETED_TEXT))


def _emptied(control: Any) -> str:
    """Take the words out and leave the paragraphs, which count."""
    said = []
    for text in control.iter(_TEXT):
        said.append(text.text or "")
        text.text = ""
    return " ".join(said)
