"""HTML -> blocks and questions.

`trafilatura` tells which parts of a page are its main content. The structure comes from the page
itself, since that library simplifies levels, lists, tables and links, and drops line numbers.
"""

import re
from collections.abc import Iterator, Sequence

from corpus.errors import LibraryMissing
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
    key,
)
from corpus.importers.escaping import clean, one_line
from corpus.importers.readers.html_blocks import Page, Pair, Piece, Shape, read_page
from corpus.importers.readers.html_to_markdown import to_markdown
from corpus.importers.readers.json_ld import parse_json, questions_in
from corpus.importers.readers.tables import read_rows

_ENOUGH = 0.5
"""Share of the words outside navigation that have to be main content, or it was not found."""
_SHOWN = 60
"""Characters of what was left out, in the report."""


def read_html(name: str, text: str, address: str = "") -> Found:
    """Read a page; `address` is where it was found. Raises RecursionError where it nests deeply."""
    text = clean(text)
    page = read_page(text)
    base = address or page.address
    notes: list[Note] = []
    data = [*_structured(page, notes), *(read_rows(name, rows) for rows in page.tables)]
    notes.extend(note for found in data for note in found.notes)
    questions = [question for found in data for question in found.questions]
    known = {key(question.question) for question in questions}
    for pair in page.pairs:
        if key(pair.names[0]) not in known:
            questions.append(_question(pair, base))
        else:
            note = f"the question '{pair.names[0]}' is in the data of the page already"
            notes.append(Note(pair.line, NoteKind.LEFT_OUT, note, 1))
    notes.extend(
        Note(line, NoteKind.LEFT_OUT, f"hidden on the page: '{_shown(words)}'", 1)
        for words, line in page.hidden
    )
    notes.extend(Note(line, NoteKind.LEFT_OUT, what, 1) for what, line in page.embedded)
    notes.extend(
        Note(line, NoteKind.GUESSED, f"'{words}' is struck out as a whole, and taken all the same")
        for words, line in page.struck
    )
    kept = _main(page, notes)
    blocks = tuple(_blocks(kept, base))
    others = len(page.pairs) + len(page.hidden) + len(page.embedded) + len(page.pieces) - len(kept)
    return Found(
        title=one_line(page.title),
        url=base,
        blocks=blocks,
        questions=tuple(questions),
        notes=tuple(notes),
        seen=sum(found.seen for found in data) + others,
    )


def _structured(page: Page, notes: list[Note]) -> Iterator[Found]:
    for script, line in page.scripts:
        try:
            found = questions_in(parse_json(script), script, line)
        except (ValueError, RecursionError):
            notes.append(Note(line, NoteKind.LEFT_OUT, "the JSON-LD is no valid JSON"))
            continue
        yield found


def _question(pair: Pair, base: str) -> Question:
    names = tuple(map(one_line, pair.names))
    answer = to_markdown(pair.markup, base)
    kind = NoteKind.GUESSED if pair.guessed else NoteKind.TAKEN
    about = one_line(pair.about)
    return Question(names[0], answer, pair.line, variants=names[1:], about=about, kind=kind)


def _main(page: Page, notes: list[Note]) -> list[Piece]:
    """Return the pieces of the main content, and note the others."""
    words = main_words(page.markup)
    inside = [piece for piece in page.pieces if not piece.chrome]
    found = [piece for piece in inside if _is_part(piece, words)]
    share = sum(len(piece.words) for piece in found) / (sum(len(one.words) for one in inside) or 1)
    if share < _ENOUGH and inside:
        notes.append(
            Note(0, NoteKind.GUESSED, "the main content is all but navigation and footers")
        )
        found = inside
    kept = _between(page.pieces, found, notes)
    notes.extend(_left_out(page.pieces, kept))
    return kept


def _is_part(piece: Piece, words: str) -> bool:
    """Whether most of the lines of a piece stand in the main content."""
    own = letters(piece.words)
    if not own or own in words:
        return True
    if piece.shape is not Shape.LIST and "<t" not in piece.markup:
        return own[:40] in words
    parts = [letters(part) for part in piece.words.split() if letters(part)]
    return sum(part in words for part in parts) > 0.8 * len(parts)


def _between(pieces: Sequence[Piece], found: Sequence[Piece], notes: list[Note]) -> list[Piece]:
    """Return all from the first to the last part of the main content, and headings above it.

    Extraction leaves out a paragraph here and there; an editor can strike out what does not belong,
    but not miss what was never shown.
    """
    chosen = {id(piece) for piece in found}
    places = [place for place, piece in enumerate(pieces) if id(piece) in chosen]
    if not places:
        return []
    first, last = places[0], places[-1]
    titles = (Shape.HEADING, Shape.ASKED)
    while first and pieces[first - 1].shape in titles and not pieces[first - 1].chrome:
        first -= 1
    kept = [piece for piece in pieces[:first] if piece.level == 1 and piece.shape is Shape.HEADING]
    kept = [piece for piece in [*kept, *pieces[first : last + 1]] if not piece.chrome]
    notes.extend(
        Note(
            piece.line,
            NoteKind.GUESSED,
            f"part of the content by its place: '{_shown(piece.words)}'",
        )
        for piece in kept
        if id(piece) not in chosen and piece.shape in (Shape.PROSE, Shape.LIST)
    )
    return kept


def _left_out(pieces: Sequence[Piece], kept: Sequence[Piece]) -> Iterator[Note]:
    """Yield one note for each run of pieces."""
    chosen = {id(piece) for piece in kept}
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece is not None and id(piece) not in chosen:
            run.append(piece)
        elif run:
            words = " ".join(one.words for one in run)
            reason = "navigation or the like" if run[0].chrome else "not part of the main content"
            yield Note(run[0].line, NoteKind.LEFT_OUT, f"{reason}: '{_shown(words)}'", len(run))
            run = []


def _shown(words: str) -> str:
    return words if len(words) <= _SHOWN else f"{words[:_SHOWN].rstrip()} …"


def _blocks(pieces: Sequence[Piece], base: str) -> Iterator[Block]:
    for piece in pieces:
        if piece.shape in (Shape.HEADING, Shape.ASKED):
            asked = piece.shape is Shape.ASKED
            yield Heading(one_line(piece.words), piece.level, piece.line, asked=asked)
        elif piece.shape is Shape.LIST and piece.items:
            items = tuple(Item(to_markdown(markup, base), line) for markup, line in piece.items)
            yield Listing(items, bool(piece.level), piece.line, max(1, piece.level))
        else:
            yield Prose(to_markdown(piece.markup, base), piece.line)


def main_words(page: str) -> str:
    """Return the letters and digits of the main content, empty when none is found."""
    try:
        from trafilatura import extract
    except ImportError as error:
        raise LibraryMissing("trafilatura", "HTML") from error
    return letters(extract(page, include_comments=False, favor_recall=True) or "")


def letters(text: str) -> str:
    """Return what two renderings of one text share."""
    return re.sub(r"[\W_]+", "", text).casefold()
