"""Marks of question and answer (`Q:`, `A1)`, `Question 3.`), read alike in every format. Pure."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from corpus.importers.blocks import Block, Heading, Listing, Prose
from corpus.importers.escaping import one_line, paragraph
from corpus.markdown import plain_text

ASKED_LEVEL = 6
"""Of the heading that a marked question becomes."""
_BOLD = r"[*_]{0,3}"
_ASKED = re.compile(
    rf"{_BOLD}\s*(?:(?P<mark>Q|F|Question|Frage)\s*\d{{0,3}}\s*(?:[:)]\s*|\.\s+|[:.)]{_BOLD}\s*))"
    rf"{_BOLD}\s*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_ANSWERED = re.compile(
    rf"(?P<bold>{_BOLD})\s*(?:A|Answer|Antwort)\s*\d{{0,3}}\s*(?:[:)]\s*|\.\s+)"
    rf"(?P<after>{_BOLD})\s*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_INLINE_ANSWER = re.compile(r"(?<=\?)[*_\s]*\s[*_]{0,3}(?=(?:A|Answer|Antwort)\s*\d{0,3}[:.)])")
_SIGNS = (
    "+\uff0b\u2212\u2013\u2014\u00d7\u25bc\u25b2\u25be\u25b8\u25b6\u203a\u00bb\u2304\u2228\u2715-"
)
_SIGN = re.compile(rf"(?<=\?)\s*[{_SIGNS}]+$|^[{_SIGNS}]+\s+(?=.*\?)")
"""What opens and closes the panel of an answer, beside its question."""
_SENTENCES = re.compile(r"(?P<question>[^.!?]{8,}\?)\s+(?P<answer>\S.*)", re.DOTALL)
_LEAST_WORDS = 3


@dataclass(slots=True)
class _MarkReader:
    """Goes through the blocks once; an answer counts as marked only below a marked question."""

    asked: bool = False

    def blocks(self, blocks: Sequence[Block]) -> Iterator[Block]:
        for block in blocks:
            if isinstance(block, Heading):
                yield self._heading(block)
            elif isinstance(block, Listing):
                yield from self._listing(block)
            elif block.markdown.startswith(("|", "```", "~~~", ">", "    ")):
                yield block
            else:
                yield from self._lines(block.markdown, block.line)

    def _heading(self, block: Heading) -> Block:
        text = _SIGN.sub("", block.text)
        if words := question_of(text):
            self.asked = True
            return Heading(words, ASKED_LEVEL, block.line, block.id, asked=True)
        if self.asked and (match := _ANSWERED.fullmatch(text)):
            return Prose(paragraph(match["rest"]), block.line)
        self.asked = block.asked
        return Heading(text, block.level, block.line, block.id, block.asked)

    def _listing(self, block: Listing) -> Iterator[Block]:
        pairs = [_SENTENCES.fullmatch(item.markdown) for item in block.items]
        if any(_ASKED.match(item.markdown) and question_of(item.markdown) for item in block.items):
            for item in block.items:
                yield from self._lines(item.markdown, item.line)
        elif block.ordered and len(pairs) > 1 and all(map(_is_pair, pairs)):
            for item, pair in zip(block.items, pairs, strict=True):
                if pair is not None:
                    words = one_line(plain_text(pair["question"]))
                    yield Heading(words, ASKED_LEVEL, item.line, asked=True)
                    yield Prose(pair["answer"], item.line)
            self.asked = False
        else:
            yield block

    def _lines(self, markdown: str, line: int) -> Iterator[Block]:
        kept: list[str] = []
        for number, written in enumerate(markdown.split("\n"), start=line):
            for part in _INLINE_ANSWER.split(written, maxsplit=1):
                if words := question_of(part):
                    yield from _prose(kept, line)
                    kept, line, self.asked = [], number, True
                    yield Heading(words, ASKED_LEVEL, number, asked=True)
                elif self.asked and (match := _ANSWERED.fullmatch(part)):
                    bold = match["bold"] if match["rest"].count(match["bold"] or "\0") % 2 else ""
                    kept.append(bold + match["rest"])
                else:
                    kept.append(part)
        yield from _prose(kept, line)


def read_marks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with marked questions as headings, and answers without their marks."""
    return tuple(_MarkReader().blocks(blocks))


def question_of(text: str) -> str:
    """Return the question behind a mark such as `Q:`; empty where there is no mark."""
    match = _ASKED.fullmatch(text.strip())
    if match is None:
        return ""
    words = one_line(plain_text(match["rest"].rstrip("\\").strip().strip("*_")))
    certain = words.endswith(("?", "\uff1f")) or len(match["mark"]) > 1 or match["mark"] == "Q"
    return words if certain else ""


def _is_pair(match: re.Match[str] | None) -> bool:
    return match is not None and len(match["question"].split()) >= _LEAST_WORDS


def _prose(lines: Sequence[str], line: int) -> Iterator[Prose]:
    text = "\n".join(lines).strip("\n").strip()
    text = text.removeprefix("\\\n").removesuffix("\\").strip()
    if text:
        yield Prose(text, line)
