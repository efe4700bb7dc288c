"""DOCX -> blocks; the only module that imports docx.

`mammoth` (1.13), which turns a document into HTML, was tried in its place on eight documents. It
reads raised, struck and bold text, merged cells, links and lists as this does, links of fields and
symbols better. But it publishes hidden text and boxes as text, begins a list that goes on at 1
again, and names nothing of what it leaves out (deletions, headers, footers) nor any position.
"""

import html
import io
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from corpus.errors import CorpusError, Fault, LibraryMissing
from corpus.importers.blocks import (
    Block,
    Found,
    Heading,
    Item,
    Listing,
    Note,
    NoteKind,
    Prose,
    Question,
)
from corpus.importers.escaping import cell, lines_of_text, one_line
from corpus.importers.readers.decoding import BROKEN_ARCHIVE, check_archive
from corpus.importers.readers.html_to_markdown import to_markdown
from corpus.importers.readers.plain_text import read_text
from corpus.importers.readers.question_marks import ASKED_LEVEL, is_question
from corpus.importers.readers.tables import Row, read_rows
from corpus.importers.symbol_fonts import SYMBOL_FONTS, unicode_of
from corpus.markdown import plain_text

if TYPE_CHECKING:
    from docx.document import Document as WordDocument
    from docx.table import Table, _Cell
    from docx.text.hyperlink import Hyperlink
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

_REMEDY = "Open it in a word processor and save it as .docx"
_HEADING = re.compile(r"(?:heading|überschrift|titre) ?([1-9])", re.IGNORECASE)
_QUESTION_STYLE = re.compile(r"\b(?:question|frage|pregunta|vraag|domanda)s?\b", re.IGNORECASE)
_CONTENTS_STYLE = re.compile(r"(?:toc|inhaltsverzeichnis|verzeichnis|tm)\d", re.IGNORECASE)
_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_TAGS = {
    "superscript": "sup",
    "subscript": "sub",
    "strike": "s",
    "double_strike": "s",
    "italic": "em",
    "bold": "strong",
}
"""HTML of the looks of a run, by their names in python-docx."""
_RAISED = str.maketrans("0123456789+-=()n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁿ")
_LOWERED = str.maketrans("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎")
_MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_FIELD_LINK = re.compile(r'HYPERLINK +"([^"]+)"')
_DEEPEST = 8
_BOX, _RUN = f"{_SPACE}txbxContent", f"{_SPACE}t"
_TEXT_XML = re.compile(r"<[wa]:t(?:\s[^>]*)?>([^<]*)</[wa]:t>")
_DRAWN = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}docPr"
_LIST_STYLE = re.compile(r"List (?:Bullet|Number) ([2-5])")
_BESIDE = {
    "footnotes": "footnotes",
    "endnotes": "endnotes",
    "comments": "comments",
    "diagramData": "diagram",
}
"""Parts of a document with words of their own, by their type."""


@dataclass(frozen=True, slots=True)
class _Paragraph:
    """One paragraph, and what its style makes of it."""

    words: str
    markdown: str
    number: int
    """1-based; tables count as one."""
    level: int = 0
    """Of a heading; 0 for anything else."""
    asked: bool = False
    """Whether the style of a heading says that it is a question."""
    listed: bool = False
    ordered: bool = False
    depth: int = 0
    """Of a list item; 0 for the outermost."""
    place: int = 1
    """The number of a list item, as Word shows it."""
    struck: str = ""
    """Words of a heading or question that are struck out."""


@dataclass(frozen=True, slots=True)
class _Table:
    rows: tuple[Row, ...]
    number: int


def read_word(name: str, raw: bytes) -> Found:
    """Read a document; lines in the report are its paragraphs, counted from 1."""
    try:
        from docx import Document
        from docx.opc.exceptions import PackageNotFoundError
    except ImportError as error:
        raise LibraryMissing("python-docx", "DOCX") from error
    check_archive(name, raw)
    try:
        document = Document(io.BytesIO(raw))
        unread = [
            (what, one_line(words))
            for what, words in make_plain(document.element.body, _hidden_styles(document))
        ]
        parts = list(_parts(document))
        title = one_line(document.core_properties.title or "")
        elsewhere = tuple(_elsewhere(document))
    except (PackageNotFoundError, *BROKEN_ARCHIVE) as error:
        raise CorpusError([Fault(name, 0, "it is no readable DOCX document", _REMEDY)]) from error
    found = _found(name, parts)
    left = (Note(0, NoteKind.LEFT_OUT, f"{what}: '{words}'", 1) for what, words in unread if words)
    notes = (*elsewhere, *left)
    seen = found.seen + len(notes)
    return replace(found, title=title, notes=(*notes, *found.notes), seen=seen)


def _elsewhere(document: "WordDocument") -> Iterator[Note]:
    """Yield a note for words that stand beside the text: on every page, below it, or in a box."""
    for section in document.sections:
        for name, part in (("header", section.header), ("footer", section.footer)):
            words = "" if part.is_linked_to_previous else one_line(_words(part._element))
            if words:
                yield Note(0, NoteKind.LEFT_OUT, f"the {name} of the pages: '{words}'", 1)
    for relation in document.part.rels.values():
        kind = relation.reltype.rpartition("/")[2]
        if kind in _BESIDE and not relation.is_external:
            words = one_line(" ".join(_TEXT_XML.findall(relation.target_part.blob.decode("utf-8"))))
            if words:
                yield Note(
                    0, NoteKind.LEFT_OUT, f"the {_BESIDE[kind]}: '{html.unescape(words)}'", 1
                )
    boxes = document.element.body.findall(f".//{_BOX}")
    for words in dict.fromkeys(one_line(_words(box)) for box in boxes):
        if words:
            yield Note(0, NoteKind.LEFT_OUT, f"a box beside the text: '{words}'", 1)


def _words(element: Any) -> str:
    """Return the words of a piece of a document, whatever stands around them."""
    return " ".join(text.text or "" for text in element.iter(_RUN))


def _parts(document: "WordDocument") -> Iterator[_Paragraph | _Table]:
    from docx.table import Table

    numbering = _Numbering(document)
    for number, part in enumerate(document.iter_inner_content(), start=1):
        if isinstance(part, Table):
            if rows := tuple(_rows(part, number, numbering)):
                yield _Table(rows, number)
        elif part.text.strip():
            yield _paragraph(part, number, numbering)


def _rows(table: "Table", number: int, numbering: "_Numbering") -> Iterator[Row]:
    above: list[Any] = []
    for row in table.rows:
        seen: list[Any] = []
        cells = []
        for box in row.cells:
            # A cell that spans columns stands in the row once for each.
            cells.append("" if box._tc in seen else _cell(box, numbering))
            seen.append(box._tc)
        merged = frozenset(spot for spot, one in enumerate(seen) if one in above)
        yield Row(tuple(cells), number, merged)
        above = seen


def _cell(box: "_Cell", numbering: "_Numbering") -> str:
    """Return the words of a cell, those of tables inside it among them; HTML if they have looks."""
    from docx.table import Table

    plain, markup, is_marked = [], [], False
    for part in box.iter_inner_content():
        if isinstance(part, Table):
            rows = (" ".join(row.cells) for row in _rows(part, 0, numbering))
            plain.append("\n".join(rows))
            markup.append(f"<p>{html.escape(plain[-1], quote=False)}</p>")
            continue
        item = _paragraph(part, 0, numbering)
        is_marked = is_marked or item.listed or any(map(_is_marked, part.iter_inner_content()))
        plain.append(part.text)
        name = "ol" if item.ordered else "ul" if item.listed else "p"
        words = f"<li>{_html_of(part)}</li>" if item.listed else _html_of(part)
        start = f' start="{item.place}"' if item.ordered else ""
        markup.append(f"<{name}{start}>{words}</{name}>")
    whole = re.sub(r"</(ul|ol)><\1[^<>]*>", "", "".join(markup))
    return whole if is_marked else "\n".join(plain).strip()


def _paragraph(part: "Paragraph", number: int, numbering: "_Numbering") -> _Paragraph:
    style = (part.style.name or "") if part._p.style and part.style else ""
    asked = _QUESTION_STYLE.search(style) is not None
    level = ASKED_LEVEL if asked else _level(part)
    properties = numbering.properties(part)
    listed = properties is not None or (style.startswith("List") and numbering.own(part) is None)
    pieces = list(part.iter_inner_content())
    titled = bool(level) or is_question(one_line(part.text))
    kept = (titled and [piece for piece in pieces if not _is_struck(piece)]) or pieces
    words = one_line("".join(map(_plain, kept)))
    markdown = _markdown(part) if kept == pieces else to_markdown(_joined_html(kept))
    struck = one_line("".join(map(_plain, filter(_is_struck, pieces)))) if titled else ""
    if level or not listed:
        return _Paragraph(words, markdown, number, level, asked, struck=struck)
    ordered, depth, place = numbering.count(properties)
    if inner := _LIST_STYLE.match(style):
        depth = max(depth, int(inner[1]) - 1)
    ordered = ordered or (properties is None and "number" in style.lower())
    return _Paragraph(words, markdown, number, 0, False, True, ordered, depth, place, struck)


def _level(part: "Paragraph") -> int:
    """Return the level of a heading by its style, what that is based on, or its outline level."""
    styles: list[Any] = [part.style] if part._p.style else []
    while styles and len(styles) < _DEEPEST and getattr(styles[-1], "base_style", None):
        styles.append(styles[-1].base_style)
    for style in styles:
        if match := _HEADING.match(style.name or ""):
            return min(6, int(match[1]))
        if style.name == "Title":
            return 1
    for element in (part._p, *(style.element for style in styles)):
        outline = element.find(f"{_SPACE}pPr/{_SPACE}outlineLvl")
        if outline is not None and outline.get(_VALUE, "9") in "012345":
            return int(outline.get(_VALUE)) + 1
    return 0


class _Numbering:
    """Counts the items of numbered lists as Word does: over everything that stands between them."""

    def __init__(self, document: "WordDocument") -> None:
        try:
            self._definitions: Any = document.part.numbering_part.element
        except (KeyError, NotImplementedError):
            self._definitions = None
        self._counts: dict[int, list[int]] = {}

    def properties(self, part: "Paragraph") -> Any:
        """Return the numbering of a paragraph, or of its style; None without one."""
        found = self.own(part)
        if found is None:
            style = part.style.element.pPr if part._p.style and part.style else None
            found = style.numPr if style is not None else None
        # The list 0 is none: it takes a paragraph out of the list of its style.
        return found if found is not None and found.numId is not None and found.numId.val else None

    def own(self, part: "Paragraph") -> Any:
        """Return what a paragraph says itself about its numbering; None when nothing."""
        properties = part._p.pPr
        return properties.numPr if properties is not None else None

    def count(self, properties: Any) -> tuple[bool, int, int]:
        """Return whether the next item is numbered, how deep it stands, and its number."""
        if properties is None:
            return False, 0, 1
        depth = min(properties.ilvl.val if properties.ilvl is not None else 0, _DEEPEST)
        level = self._level(properties.numId.val, depth)
        if level is None:
            return False, depth, 1
        layout, start = level.find(f"{_SPACE}numFmt"), level.find(f"{_SPACE}start")
        first = int(start.get(_VALUE, 1)) if start is not None else 1
        counts = self._counts.setdefault(properties.numId.val, [-1] * (_DEEPEST + 1))
        counts[depth] = first if counts[depth] < 0 else counts[depth] + 1
        counts[depth + 1 :] = [-1] * (_DEEPEST - depth)
        ordered = layout is not None and layout.get(_VALUE) not in ("bullet", "none")
        return ordered, depth, counts[depth]

    def _level(self, number: int, depth: int) -> Any:
        """Find the definition of one level of a list."""
        if self._definitions is None:
            return None
        for entry in self._definitions.findall(f"{_SPACE}num"):
            if entry.get(f"{_SPACE}numId") == str(number):
                name = entry.find(f"{_SPACE}abstractNumId").get(_VALUE)
                for kind in self._definitions.findall(f"{_SPACE}abstractNum"):
                    if kind.get(f"{_SPACE}abstractNumId") == name:
                        levels = kind.findall(f"{_SPACE}lvl")
                        return levels[depth] if depth < len(levels) else None
        return None


def _markdown(part: "Paragraph") -> str:
    """Return the words with line breaks, links and the looks that mean something."""
    if not any(map(_is_marked, part.iter_inner_content())):
        return lines_of_text(part.text)
    return to_markdown(_html_of(part))


def _html_of(part: "Paragraph") -> str:
    return _joined_html(part.iter_inner_content())


def _joined_html(pieces: "Iterable[Run | Hyperlink]") -> str:
    # Word cuts a text of one look into runs wherever somebody once typed.
    joined = "".join(map(_html, pieces))
    return re.sub(r"</(\w+)>(\s*)<\1>", r"\2", joined)


def _is_marked(piece: "Run | Hyperlink") -> bool:
    from docx.text.hyperlink import Hyperlink

    if isinstance(piece, Hyperlink):
        return bool(piece.url)
    return bool(piece.text.strip()) and any(_look(piece, name) for name in _TAGS)


def _look(run: "Run", name: str) -> bool:
    """Whether a run has a look, by itself or by its style."""
    own = getattr(run.font, name)
    if own is None and run._r.style is not None:  # python-docx takes long to find the default
        own = getattr(run.style.font, name)
    return bool(own)


def _is_struck(piece: "Run | Hyperlink") -> bool:
    from docx.text.hyperlink import Hyperlink

    if isinstance(piece, Hyperlink):
        return False
    return _look(piece, "strike") or _look(piece, "double_strike")


def _plain(piece: "Run | Hyperlink") -> str:
    """Return the words, raised and lowered digits as characters of their own."""
    from docx.text.hyperlink import Hyperlink

    if isinstance(piece, Hyperlink):
        return piece.text
    raised, lowered = _look(piece, "superscript"), _look(piece, "subscript")
    return piece.text.translate(_RAISED if raised else _LOWERED if lowered else {})


def _html(piece: "Run | Hyperlink") -> str:
    from docx.text.hyperlink import Hyperlink

    words = html.escape(piece.text, quote=False).replace("\n", "<br>")
    if isinstance(piece, Hyperlink):
        return f'<a href="{html.escape(piece.url)}">{words}</a>' if piece.url else words
    for name, tag in _TAGS.items():
        if words.strip() and _look(piece, name):
            words = f"<{tag}>{words}</{tag}>"
    return words


def _found(name: str, parts: Sequence[_Paragraph | _Table]) -> Found:
    """Blocks by their styles; by their look when no paragraph is styled as a heading."""
    questions: list[Question] = []
    blocks: list[Block] = []
    notes: list[Note] = []
    seen = 0
    styled = any(isinstance(part, _Paragraph) and part.level for part in parts)
    guessed = Found()
    by_look: dict[int, list[Block]] = {}
    if not styled:
        guessed = _by_look([part for part in parts if isinstance(part, _Paragraph)])
        for block in guessed.blocks:
            by_look.setdefault(block.line, []).append(block)
    for part in parts:
        if isinstance(part, _Paragraph) and part.struck:
            name = "heading" if part.level else "question"
            struck = f"struck out in the {name} '{part.struck}'"
            if part.struck == part.words:
                struck = f"'{part.words}' is struck out as a whole, and taken all the same"
            kind = NoteKind.GUESSED if part.struck == part.words else NoteKind.LEFT_OUT
            notes.append(Note(part.number, kind, struck))
        if isinstance(part, _Table):
            seen += _take_table(name, part, blocks, questions, notes)
        elif styled or part.listed or _is_bold(part):
            _take_paragraph(part, blocks)
        else:
            blocks.extend(by_look.get(part.number, ()))
    notes = [*guessed.notes, *notes]
    return replace(
        guessed,
        blocks=tuple(blocks),
        questions=tuple(questions),
        notes=tuple(notes),
        seen=guessed.seen + seen,
    )


def _by_look(parts: Sequence[_Paragraph]) -> Found:
    """Read the paragraphs of a document without styles; lists and bold questions stand aside."""
    aside = [part.listed or _is_bold(part) for part in parts]
    lines = ["• x" if out else part.words for part, out in zip(parts, aside, strict=True)]
    found = read_text("\n\n".join(lines))
    places = {2 * place + 1: part for place, part in enumerate(parts)}

    def moved(block: Block) -> Block:
        part = places[block.line]
        if isinstance(block, Listing):
            items = (replace(item, line=places[item.line].number) for item in block.items)
            return replace(block, line=part.number, items=tuple(items))
        if isinstance(block, Prose) and plain_text(block.markdown) == part.words:
            return Prose(part.markdown, part.number)
        return replace(block, line=part.number)

    notes = tuple(replace(note, line=places[note.line].number) for note in found.notes)
    return replace(found, blocks=tuple(map(moved, found.blocks)), notes=notes)


def _is_bold(part: _Paragraph) -> bool:
    return part.markdown.startswith("**") and is_question(part.words)


def _take_paragraph(part: _Paragraph, blocks: list[Block]) -> None:
    if part.level:
        blocks.append(Heading(part.words, part.level, part.number, asked=part.asked))
    elif part.listed:
        _take_item(part, blocks)
    else:
        blocks.append(Prose(part.markdown, part.number))


def _take_item(part: _Paragraph, blocks: list[Block]) -> None:
    """Add an item to the list above, or begin one where the numbers do not go on."""
    item = Item(part.markdown, part.number)
    last = blocks[-1] if blocks else None
    if isinstance(last, Listing) and part.depth:
        mark = f"{part.place}." if part.ordered else "-"
        inner = last.items[-1]
        below = f"{inner.markdown}\n{'   ' * (part.depth - 1)}{mark} {part.markdown}"
        blocks[-1] = replace(last, items=(*last.items[:-1], replace(inner, markdown=below)))
        return
    start = part.place if part.ordered else 1
    goes_on = isinstance(last, Listing) and last.ordered == part.ordered
    if (
        isinstance(last, Listing)
        and goes_on
        and (not part.ordered or start == last.start + len(last.items))
    ):
        blocks[-1] = replace(last, items=(*last.items, item))
    else:
        blocks.append(Listing((item,), part.ordered, part.number, start))


def _take_table(
    name: str,
    table: _Table,
    blocks: list[Block],
    questions: list[Question],
    notes: list[Note],
) -> int:
    """Take questions and answers out of a table, and count its rows; any other stays a table."""
    rows = [row for row in table.rows if any(row.cells)]
    try:
        found = read_rows(name, rows)
    except CorpusError:
        blocks.append(Prose(_pipes(table.rows), table.number))
        return 0
    questions.extend(found.questions)
    notes.extend(found.notes)
    return found.seen


def _pipes(rows: Sequence[Row]) -> str:
    lines = [f"| {' | '.join(map(_pipe_cell, row.cells))} |" for row in rows]
    lines.insert(1, f"|{' --- |' * len(rows[0].cells)}")
    return "\n".join(lines)


_VALUE, _CONTROL, _INNER = f"{_SPACE}val", f"{_SPACE}sdt", f"{_SPACE}sdtContent"
_GALLERY = f"{_SPACE}sdtPr/{_SPACE}docPartObj/{_SPACE}docPartGallery"
_WORD_2010 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_TICK = f"{_WORD_2010}checkbox"
_PLACEHOLDER = f"{_SPACE}sdtPr/{_SPACE}showingPlcHdr"
_CONTENTS = "Table of Contents"
_DELETED_ROW = f"{_SPACE}trPr/{_SPACE}del"
_ROW, _TEXT, _DELETED_TEXT = f"{_SPACE}tr", f"{_SPACE}t", f"{_SPACE}delText"
_RUBY = (f"{_SPACE}rt", f"{_SPACE}rubyBase")
_GONE = (f"{_SPACE}del", f"{_SPACE}moveFrom")
_WRAPPERS = tuple(
    f"{_SPACE}{name}"
    for name in ("ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo")
)
"""Around paragraphs, runs or rows, with nothing of their own to say."""


def _pipe_cell(text: str) -> str:
    if not text.startswith(("<p>", "<ul>", "<ol ")):
        return cell(text)
    return re.sub(r"(?<!\\)\|", r"\|", " ".join(to_markdown(text).split()))


def make_plain(body: Any, hidden: Collection[str] = ()) -> Iterator[tuple[str, str]]:
    """Unwrap what is text, and yield what is none: what it is, and its words.

    Args:
        body: Of the document; changed in place.
        hidden: Ids of styles whose text is hidden.

    """
    yield "tracked deletions", " ".join(_deleted(body))
    yield "hidden text", " ".join(_vanished(body, hidden))
    for formula in body.iter(f"{_MATH}oMath"):
        yield "a formula", " ".join(text.text or "" for text in formula.iter(f"{_MATH}t"))
    for field in body.iter(f"{_SPACE}instrText", f"{_SPACE}fldSimple"):
        if link := _FIELD_LINK.search(field.text or field.get(f"{_SPACE}instr") or ""):
            yield "the address of a link", link[1]
    yield "pictures", ", ".join(_pictures(body))
    yield "signs of symbol fonts that no character is like", " ".join(_unknown_signs(body))
    for ruby in list(body.iter(f"{_SPACE}ruby")):
        _put_text(ruby, "{1} ({0})".format(*map(_words, ruby.iterchildren(*_RUBY))))
    for control in body.iter(_CONTROL):
        gallery = control.find(_GALLERY)
        if gallery is not None and gallery.get(_VALUE) == _CONTENTS:
            yield "the table of contents", _emptied(control)
        elif control.find(_PLACEHOLDER) is not None:
            yield "the hint of a field that is not filled in", _emptied(control)
    yield "the table of contents", " ".join(_contents(body))
    _show_boxes(body)
    for wrapper in list(body.iter(_CONTROL, *_WRAPPERS)):
        inner = wrapper.find(_INNER) if wrapper.tag == _CONTROL else wrapper
        for child in list(inner if inner is not None else ()):
            wrapper.addprevious(child)
        wrapper.getparent().remove(wrapper)


def _show_boxes(body: Any) -> None:
    """Write whether a box is ticked where the document keeps it beside its text."""
    for box in body.iter(_TICK):
        signs = list(box.getparent().getparent().iter(_TEXT))
        mark = box.find(f"{_WORD_2010}checked")
        for sign in signs[:1]:
            sign.text = _box_sign(mark is not None and mark.get(f"{_WORD_2010}val"))
        for sign in signs[1:]:
            sign.text = ""
    for box in body.iter(f"{_SPACE}checkBox"):
        marks = (box.find(f"{_SPACE}{name}") for name in ("checked", "default"))
        mark = next((one for one in marks if one is not None), None)
        sign = box.makeelement(_TEXT)
        sign.text = _box_sign(mark is not None and mark.get(_VALUE, "1"))
        box.getparent().getparent().addnext(sign)


def _box_sign(state: str | bool | None) -> str:
    return "☒" if state in ("1", "true", "on") else "☐"


def _contents(body: Any) -> Iterator[str]:
    """Take the words out of paragraphs with the style of a table of contents, and yield them."""
    for style in body.iter(f"{_SPACE}pStyle"):
        if _CONTENTS_STYLE.match(style.get(_VALUE, "")):
            yield _emptied(style.getparent().getparent())


def _pictures(body: Any) -> Iterator[str]:
    """Yield what pictures and charts are called; a box has words of its own."""
    for drawing in body.iter(f"{_SPACE}drawing"):
        for name in drawing.iter(_DRAWN):
            if drawing.find(f".//{_BOX}") is None:
                yield name.get("descr") or name.get("title") or name.get("name") or "without a name"


def _unknown_signs(body: Any) -> Iterator[str]:
    """Write signs of symbol fonts as the characters that they look like, and yield the others."""
    for sign in list(body.iter(f"{_SPACE}sym")):
        font, letter = (
            sign.get(f"{_SPACE}font", ""),
            chr(int(sign.get(f"{_SPACE}char", "F000"), 16)),
        )
        if not unicode_of(font, letter):
            yield f"{font} {ord(letter):X}"
        _put_text(sign, unicode_of(font, letter))
    for fonts in body.iter(f"{_SPACE}rFonts"):
        font = fonts.get(f"{_SPACE}ascii") or fonts.get(f"{_SPACE}hAnsi") or ""
        if font.casefold() in SYMBOL_FONTS:
            for text in fonts.getparent().getparent().iterchildren(_TEXT):
                letters = [(letter, unicode_of(font, letter)) for letter in text.text or ""]
                yield from (f"{font} {one}" for one, sign in letters if not sign and one.strip())
                text.text = "".join(sign or one for one, sign in letters)


def _put_text(element: Any, words: str) -> None:
    text = element.makeelement(_TEXT)
    text.text = words
    element.getparent().replace(element, text)


def _hidden_styles(document: "WordDocument") -> set[str]:
    fonts = ((style.style_id, getattr(style, "font", None)) for style in document.styles)
    return {name for name, font in fonts if font is not None and font.hidden}


def _vanished(body: Any, hidden: Collection[str]) -> Iterator[str]:
    """Take the words out of runs that are formatted as hidden, and yield them."""
    for run in body.iter(f"{_SPACE}r"):
        mark = run.find(f"{_SPACE}rPr/{_SPACE}vanish")
        styles = (
            run.find(f"{_SPACE}rPr/{_SPACE}rStyle"),
            run.find(f"../{_SPACE}pPr/{_SPACE}pStyle"),
        )
        named = any(style is not None and style.get(_VALUE) in hidden for style in styles)
        if named if mark is None else mark.get(_VALUE) not in ("0", "false", "off"):
            for text in run.iter(_TEXT):
                yield text.text or ""
                text.text = ""


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
