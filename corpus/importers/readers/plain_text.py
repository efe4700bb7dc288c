"""Plain text -> blocks, by the look of its lines: headings, bullets, numbered questions. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import pairwise

from corpus.importers.blocks import (
    Block,
    Found,
    Heading,
    Item,
    Listing,
    Note,
    NoteKind,
    Prose,
    asks,
    key,
)
from corpus.importers.escaping import one_line, paragraph, without_bbcode
from corpus.importers.readers import heading_levels
from corpus.importers.readers.markdown import read_markdown
from corpus.importers.readers.question_marks import (
    SENTENCE_END,
    is_marked,
    is_question,
    joined_marks,
    question_of,
    without_letters,
)

_BULLET = re.compile(r"(\s*)[•●▪■◦○‣\u2043∙·*+\u2013—-]\s+(\S.*)")
_NUMBER = re.compile(r"(\s*)(?:\d{1,3}[.)]|\(\d{1,3}\))\s+(\S.*)")
_HASHES = re.compile(r"(#{1,6}|={2,6})\s+(\S.*)")
"""Of Markdown; of AsciiDoc and wikis."""
_RULE = re.compile(r"\s*([-=_*~])(?:\s*\1){2,}\s*")
_BOLD_START = re.compile(r"^(\s*)\*\*(?=[^\s*])([^*]+)(?<=\S)\*\*(?!\*)")
_LABELLED = re.compile(
    r"((?:useful |related )?(?:videos?|links?|articles?)|further reading|see also|sources"
    r"|references):\s+(\S.*)",
    re.IGNORECASE,
)
_MOST_CHARACTERS = 120
_MOST_WORDS = 16
"""Of a heading; the longest in the wild that were looked at have 14."""
_SMALL_WORD = 3
"""Letters; words up to this are not capitalised in titles."""
_LEAD_IN = 4
"""Words from which on a line with a colon at its end is read as a sentence."""
_ROW = re.compile(r"\|.*\|")
_RULER = re.compile(r"\|(?:\s*:?-+:?\s*\|)+")
"""Below the first row of a table, as Markdown writes it."""
_QUOTED = re.compile(r"^[ \t]*+(?:>[ \t]*+)++(?=.*\?[ \t]*$)", re.MULTILINE)
"""Before a question that a mail quotes."""
_PAIR = re.compile(r"[^\s.!?]+(?:\s+[^\s.!?]+){2,}\?\s+[^\s?][^?]*")
"""A line that is a question, of three words or more, with its answer behind it."""
_BETWEEN = re.compile(r"\?\s+(?:(?:[-=]?>|[→:\u2013\u2014-])\s+)?")
_SEVERAL = 2
_STEP = 2
"""Columns by which a bullet has to be further in to stand below the one before."""


class Look(Enum):
    """What a line looks like on its own."""

    BLANK = auto()
    RULE = auto()
    BULLET = auto()
    NUMBER = auto()
    HASHES = auto()
    MARKED = auto()
    LABELLED = auto()
    PLAIN = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line without what marks it."""

    look: Look
    text: str
    number: int
    """1-based."""
    indent: int = 0
    label: str = ""


def _look_at(text: str, number: int) -> Line:
    """Tell what a line is by its first characters; asterisks around those are no characters."""
    text = _BOLD_START.sub(r"\1\2", text)
    if not text.strip():
        return Line(Look.BLANK, "", number)
    if _RULE.fullmatch(text):
        return Line(Look.RULE, text.strip(), number)
    if match := _HASHES.fullmatch(text):
        words = match[2].rstrip("#=").rstrip() or match[2][0]
        return Line(Look.HASHES, words, number, label=match[1])
    for look, pattern in ((Look.BULLET, _BULLET), (Look.NUMBER, _NUMBER)):
        if match := pattern.fullmatch(text):
            return Line(look, match[2].strip(), number, len(match[1].expandtabs(4)))
    if is_marked(text):
        return Line(Look.MARKED, text.strip(), number)
    if match := _LABELLED.fullmatch(text.strip()):
        return Line(Look.LABELLED, match[2].strip(), number, label=match[1])
    return Line(Look.PLAIN, text.strip(), number)


def _is_heading(text: str) -> bool:
    """Whether a line that stands alone reads as a heading rather than as a sentence."""
    words = text.rstrip(":").split()
    if len(text) > _MOST_CHARACTERS or len(words) > _MOST_WORDS or not _starts_well(text):
        return False
    if "://" in text or "@" in text:
        return False
    if is_question(text):
        return True
    if text.endswith((".", ";", ",", "!", "…")) or SENTENCE_END.search(text):
        return False
    if text.endswith(":") and len(words) >= _LEAD_IN:
        return _is_title_case(words)
    return len(words) <= 2 * _LEAD_IN or _is_title_case(words)


def _starts_well(text: str) -> bool:
    """Whether it starts with a capital or a number, where a script has capitals."""
    first = text[0]
    return first.isalnum() and not first.islower()


def _is_title_case(words: list[str]) -> bool:
    long = [word for word in words if len(word) > _SMALL_WORD and word[0].isalpha()]
    return all(not word[0].islower() for word in long)


def read_text(text: str) -> Found:
    """Read a text whose structure shows in its lines alone."""
    lines = list(_lines(text))
    blocks = list(_LineReader(lines).blocks())
    tables = {place: found for place, one in enumerate(blocks) if (found := _table(one))}
    blocks = [block for place, block in enumerate(blocks) if place not in tables]
    is_marked_up = any(line.look is Look.HASHES for line in lines)
    read = Found(blocks=tuple(blocks)) if is_marked_up else _levelled(blocks)
    return replace(
        read,
        questions=tuple(one for found in tables.values() for one in found.questions),
        notes=(*read.notes, *(note for found in tables.values() for note in found.notes)),
        seen=read.seen + sum(found.seen for found in tables.values()),
    )


def _table(block: Block) -> Found | None:
    """Read a table of Markdown whose columns are named as questions and answers."""
    if not isinstance(block, Prose) or not any(map(_RULER.fullmatch, block.markdown.split("\n"))):
        return None
    found = read_markdown("\n" * (block.line - 1) + block.markdown)
    return found if found.questions and not found.blocks else None


def _lines(text: str) -> Iterator[Line]:
    """Yield the lines; what looks like the mark of an answer is one only below a question."""
    asked = False
    text = without_letters(_QUOTED.sub("", without_bbcode(text)))
    for number, written in enumerate(joined_marks(text.split("\n")), start=1):
        line = _look_at(written, number)
        asked = asked or bool(question_of(written))
        if line.look is Look.MARKED and not asked:
            line = replace(line, look=Look.PLAIN)
        yield line


class _LineReader:
    """Reads the lines in one pass; each `_take` advances past the lines it consumed."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._position = 0
        self._asked = False
        """Whether a question with a number or a mark stands above."""

    def blocks(self) -> Iterator[Block]:
        while self._position < len(self._lines):
            line = self._lines[self._position]
            if line.look in (Look.BLANK, Look.RULE):
                self._position += 1
            elif line.look in (Look.BULLET, Look.NUMBER):
                yield from self._take_list(line.look)
            elif line.look in (Look.HASHES, Look.LABELLED):
                yield from self._take_headed(line)
            else:
                yield from self._take_plain()

    def _take_headed(self, line: Line) -> Iterator[Block]:
        self._position += 1
        if line.look is Look.HASHES:
            yield Heading(one_line(line.text), len(line.label), line.number)
        else:
            yield Heading(one_line(line.label), heading_levels.TOP, line.number)
            yield Prose(paragraph(" ".join([line.text, *self._continuation()])), line.number)

    def _continuation(self, *looks: Look, before_question: bool = False) -> list[str]:
        """Take the plain lines that follow at once, up to the next question if told so."""
        taken: list[str] = []
        while self._here(Look.PLAIN, *looks):
            text = self._lines[self._position].text
            if before_question and taken and is_question(text) and _is_heading(text):
                break
            taken.append(self._lines[self._position].text)
            self._position += 1
        return taken

    def _here(self, *looks: Look) -> bool:
        return self._position < len(self._lines) and self._lines[self._position].look in looks

    def _take_list(self, look: Look) -> Iterator[Block]:
        """Take the items of a list; what follows a question stays on a line of its own."""
        first = self._lines[self._position]
        items: list[Item] = []  # a numbered question begins a list of its own
        while self._here(look):
            line = self._lines[self._position]
            self._position += 1
            words = _joined([line.text, *self._continuation()])
            self._asked = self._asked or (look is Look.NUMBER and _asks(words))
            if items and look is Look.NUMBER and _asks(words):
                yield Listing(tuple(items), True, items[0].line)
                items = []
            if items and line.indent >= first.indent + _STEP:
                items[-1] = replace(items[-1], markdown=f"{items[-1].markdown}\n- {words}")
            else:
                items.append(Item(words, line.number))
            self._skip_blank_inside(look)
        yield Listing(tuple(items), look is Look.NUMBER, items[0].line)

    def _skip_blank_inside(self, look: Look) -> None:
        """Go on over blank lines when the list goes on behind them."""
        ahead = self._position
        while ahead < len(self._lines) and self._lines[ahead].look is Look.BLANK:
            ahead += 1
        if ahead < len(self._lines) and self._lines[ahead].look is look:
            self._position = ahead

    def _take_plain(self) -> Iterator[Block]:
        """Take a paragraph; a line above a rule, or a question above an answer, is a heading."""
        start = self._position
        first = self._lines[start]
        self._position += 1
        if first.look is Look.PLAIN and self._here(Look.RULE):
            self._position += 1
            yield Heading(one_line(first.text), heading_levels.TOP, first.number)
            return
        items = self._pairs()
        if len(items) > 1:
            yield Listing(tuple(items), True, first.number)
            return
        is_asked = first.look is Look.PLAIN and is_question(first.text)
        words = [first.text, *self._continuation(Look.MARKED, before_question=is_asked)]
        self._asked = self._asked or bool(question_of(first.text))
        alone = len(words) == 1 and not (self._asked and self._announces(first.text))
        if first.look is Look.PLAIN and _is_heading(first.text) and alone:
            yield Heading(one_line(first.text), heading_levels.TOP, first.number)
        elif first.look is Look.PLAIN and is_question(first.text) and _is_heading(first.text):
            yield Heading(one_line(first.text), heading_levels.TOP, first.number)
            yield Prose(paragraph(" ".join(words[1:])), first.number + 1)
        else:
            yield Prose(_joined(words), first.number)

    def _pairs(self) -> list[Item]:
        """Take lines, if several, each of which is a question with its answer behind it."""
        start = end = self._position - 1
        while end < len(self._lines) and self._lines[end].look is Look.PLAIN:
            if not _PAIR.fullmatch(self._lines[end].text):
                return []
            end += 1
        if end - start < _SEVERAL:
            return []
        self._position = end
        lines = self._lines[start:end]
        return [Item(paragraph(_BETWEEN.sub("? ", one.text, count=1)), one.number) for one in lines]

    def _announces(self, text: str) -> bool:
        """Whether a line ends with a colon, and bullets follow: below a question, no heading."""
        below = (line.look for line in self._lines[self._position :] if line.look != Look.BLANK)
        return text.endswith(":") and next(below, None) is Look.BULLET


def _asks(words: str) -> bool:
    return is_question(words.partition("\n")[0]) or is_question(words)


def _joined(lines: Sequence[str]) -> str:
    """Join the lines of a paragraph; they stay lines where one has a mark, or is a question.

    Rows of a table stay rows, and one with a ruler is Markdown already.
    """
    if sum(bool(_ROW.fullmatch(line)) for line in lines) > 1:
        if any(_RULER.fullmatch(line) for line in lines):
            return "\n".join(map(one_line, lines))
        return "\\\n".join(map(paragraph, lines))
    if any(map(is_marked, lines)) or any(map(is_question, lines[:-1])):
        return "\n".join(filter(None, map(paragraph, lines)))
    return paragraph(" ".join(lines))


def _levelled(blocks: Sequence[Block]) -> Found:
    """Give the headings their levels, and drop those that only repeat another."""
    title = _title(blocks)
    spots = [
        spot for spot, block in enumerate(blocks) if isinstance(block, Heading) and spot > title
    ]
    follow = {
        spot for spot, (_, after) in enumerate(pairwise(blocks)) if isinstance(after, Heading)
    }
    looks = [
        heading_levels.HeadingLine(_heading(blocks[spot]).text, spot in follow) for spot in spots
    ]
    guessed = dict(zip(spots, heading_levels.levels(looks), strict=True))
    notes, kept = [], []
    for spot, block in enumerate(blocks):
        if isinstance(block, Heading):
            level = 1 if spot == title else guessed[spot]
            if level is None or (spot > title >= 0 and _same(block, blocks[title])):
                note = f"the heading '{block.text}' is repeated; what follows goes on"
                notes.append(Note(block.line, NoteKind.LEFT_OUT, note, 1))
                continue
            block = replace(block, level=level, text=block.text.rstrip(": "))
        kept.append(block)
    found = tuple(notes)
    return Found(blocks=tuple(kept), headings_guessed=True, notes=found, seen=len(found))


def _heading(block: Block) -> Heading:
    assert isinstance(block, Heading)  # noqa: S101 - the caller picked the headings
    return block


def _same(block: Heading, title: Block) -> bool:
    return isinstance(title, Heading) and key(block.text) == key(title.text)


def _title(blocks: Sequence[Block]) -> int:
    """Return the position of the title, -1 when there is none.

    The first line is one unless it is a question with its answer right below.
    """
    if not blocks or not isinstance(blocks[0], Heading):
        return -1
    answered = len(blocks) > 1 and not isinstance(blocks[1], Heading)
    return -1 if answered and asks(blocks[0].text) else 0
