"""Questions among the blocks of a source, by their marks and looks, alike in every format. Pure.

Marks are `Q:`, `A1)`, `[Q]`, `Question 3.` and the like; looks are a question in bold that starts a
line, list items that start with a question, and a line `: …` below a question.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from corpus.importers.blocks import Block, Heading, Listing, Prose
from corpus.importers.escaping import one_line, paragraph
from corpus.markdown import plain_text

ASKED_LEVEL = 6
"""Of the heading that a marked question becomes."""
_BOLD = r"[*_]{0,3}"
_END = rf"(?:\s*[:)\]]{{1,2}}|\.(?=[\s*_]|$)|\s+[-\u2013\u2014](?=\s)){_BOLD}\s*"
_ASKED = re.compile(
    rf"{_BOLD}\s*(?:\\?[\[(])?(?P<mark>Q|F|Question|Frage)\s*\d{{0,3}}(?:\\?{_END}|[:.)]{_BOLD}\s*)"
    rf"{_BOLD}\s*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_ANSWERED = re.compile(
    rf"(?P<bold>{_BOLD})\s*(?:\\?[\[(])?(?:A|Answer|Antwort)\s*\d{{0,3}}\\?{_END}"
    rf"(?P<after>{_BOLD})\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_INLINE_ANSWER = re.compile(r"(?<=\?)[*_\s]*\s[*_]{0,3}(?=(?:A|Answer|Antwort)\s*\d{0,3}[:.)])")
_LEAD = re.compile(
    r"(?P<bold>\*\*|__)(?P<question>(?:(?!\*\*|__).)*\w\W*[?\uff1f])\s*(?P=bold):?(?P<rest>.*)",
    re.DOTALL,
)
"""A question in bold that starts a line."""
_NUMBER = re.compile(r"\A\d{1,3}\\?[.)]\s+(?=\S)")
_SHORTEST_LEAD = 2
"""Words."""
_DEFINES = re.compile(r":\s+(?P<rest>\S.*)", re.DOTALL)
_SIGNS = (
    "+\uff0b\u2212\u2013\u2014\u00d7\u25bc\u25b2\u25be\u25b8\u25b6\u203a\u00bb\u2304\u2228\u2715-"
)
_SIGN = re.compile(rf"(?<=\?)\s*[{_SIGNS}]+$|^[{_SIGNS}]+\s+(?=.*\?)")
"""What opens and closes the panel of an answer, beside its question."""
_SENTENCES = re.compile(r"(?P<question>[^.!?]{8,}\?)\s+(?P<rest>\S.*)", re.DOTALL)
_OWN_LINE = re.compile(r"(?P<question>[^?\uff1f]+[?\uff1f]) *\\?\n\s*(?P<rest>\S.*)", re.DOTALL)
SENTENCE_END = re.compile(r"(?<!\b(?:Dr|Mr|Ms|St|No|vs))(?<!\bMrs)[.!;]\s+\S", re.IGNORECASE)
"""An abbreviation ends no sentence."""
_LONGEST_QUESTION = 300
_LEAST_WORDS = 3
_LEAST_LEADS = 2
"""Of questions in bold with the answer behind them: one alone may be the call of an article."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """A question at the start of a list item, and what follows it there."""

    question: str
    answer: str
    apart: bool
    """Whether a look tells the two apart, so that one such item is enough."""


@dataclass(slots=True)
class _MarkReader:
    """Goes through the blocks once; an answer counts as marked only below a marked question."""

    has_leads: bool
    """Whether a question in bold with words behind it is a question."""
    asked: bool = False

    def blocks(self, blocks: Sequence[Block]) -> Iterator[Block]:
        for block, after in pairwise([*blocks, None]):
            if isinstance(block, Heading):
                yield self._heading(block)
            elif isinstance(block, Listing):
                yield from self._listing(block, after)
            elif block is not None and _is_whole(block):
                yield block
            elif block is not None:
                yield from self._lines(block.markdown, block.line)

    def _heading(self, block: Heading) -> Block:
        text = _SIGN.sub("", block.text)
        if text.endswith(("?", "\uff1f")):
            text = _NUMBER.sub("", text, count=1)
        if words := question_of(text):
            self.asked = True
            return Heading(words, ASKED_LEVEL, block.line, block.id, asked=True)
        if self.asked and (match := _ANSWERED.fullmatch(text)) and match["rest"]:
            return Prose(paragraph(match["rest"]), block.line)
        self.asked = block.asked
        return Heading(text, block.level, block.line, block.id, block.asked)

    def _listing(self, block: Listing, after: Block | None) -> Iterator[Block]:
        if any(question_of(item.markdown) for item in block.items):
            for item in block.items:
                yield from self._lines(item.markdown, item.line)
            return
        pairs = [self._pair(item.markdown) for item in block.items]
        answered = [pair for pair in pairs if pair and pair.answer]
        alone = len(pairs) == 1 and pairs[0] is not None and self._may_answer(after)
        all_ask = block.ordered and len(answered) == len(pairs) > 1
        if not (alone or all_ask or any(pair.apart for pair in answered)):
            yield block
            return
        self.asked = False
        for item, pair in zip(block.items, pairs, strict=True):
            if pair:
                yield Heading(pair.question, ASKED_LEVEL, item.line, asked=True)
            if markdown := pair.answer if pair else item.markdown:
                yield Prose(markdown, item.line)

    def _may_answer(self, block: Block | None) -> bool:
        if isinstance(block, Listing):
            return self._pair(block.items[0].markdown) is None
        return isinstance(block, Prose)

    def _pair(self, item: str) -> _Pair | None:
        """Return the question that an item starts with; None without one."""
        lead = _LEAD.fullmatch(item)
        if lead and (self.has_leads or not lead["rest"].strip()):
            return _Pair(_words(lead["question"]), _text(lead["rest"]), apart=True)
        head, _, rest = item.partition("\n\n")
        if is_question(words := _words(head)):
            return _Pair(words, rest.strip(), apart=True)
        own = _OWN_LINE.fullmatch(item)
        if own and is_question(words := _words(own["question"])):
            return _Pair(words, own["rest"], apart=True)
        pair = _SENTENCES.fullmatch(item)
        if pair and len(pair["question"].split()) >= _LEAST_WORDS:
            return _Pair(_words(pair["question"]), pair["rest"], apart=False)
        return None

    def _lines(self, markdown: str, line: int) -> Iterator[Block]:
        parts = [
            (part, number)
            for number, written in enumerate(markdown.split("\n"), start=line)
            for part in _INLINE_ANSWER.split(written, maxsplit=1)
        ]
        kept: list[str] = []
        while parts:
            part, number = parts.pop(0)
            lead = self._lead(part)
            if words := question_of(part) or (lead and _words(lead["question"])):
                yield from _prose(kept, line)
                while not is_question(words) and _asks_on(parts):
                    words = f"{words} {_words(parts.pop(0)[0])}"
                kept, line, self.asked = [_text(lead["rest"])] if lead else [], number, True
                yield Heading(words, ASKED_LEVEL, number, asked=True)
            elif self.asked and _ANSWERED.fullmatch(part):
                kept.append(answer_of(part))
            elif (match := _DEFINES.fullmatch(part)) and kept and is_question(_words(kept[-1])):
                question = _words(kept.pop())
                yield from _prose(kept, line)
                yield Heading(question, ASKED_LEVEL, number - 1, asked=True)
                kept, line = [match["rest"]], number
            else:
                kept.append(part)
        yield from _prose(kept, line)

    def _lead(self, part: str) -> re.Match[str] | None:
        lead = _LEAD.fullmatch(part.strip())
        if lead is None or len(_words(lead["question"]).split()) < _SHORTEST_LEAD:
            return None
        return lead if self.has_leads or not _text(lead["rest"]) else None


def read_marks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with questions as headings, and answers without their marks."""
    texts = [
        line
        for block in blocks
        if not isinstance(block, Heading) and not _is_whole(block)
        for line in _markdown(block).split("\n")
    ]
    leads = sum(bool(_LEAD.fullmatch(line.strip())) for line in texts)
    return tuple(_MarkReader(leads >= _LEAST_LEADS).blocks(blocks))


def _markdown(block: Prose | Listing) -> str:
    if isinstance(block, Prose):
        return block.markdown
    return "\n".join(item.markdown for item in block.items)


def _is_whole(block: Block) -> bool:
    """Whether a block is a table, code or a quotation, the lines of which are no paragraphs."""
    marks = ("|", "```", "~~~", ">", "    ")
    return isinstance(block, Prose) and block.markdown.startswith(marks)


def is_question(text: str) -> bool:
    """Whether a line asks something and nothing else."""
    asks = text.endswith(("?", "\uff1f")) and len(text) <= _LONGEST_QUESTION
    return asks and not SENTENCE_END.search(text)


def is_marked(text: str) -> bool:
    """Whether a line has the mark of a question or an answer."""
    return bool(question_of(text) or _ANSWERED.fullmatch(text.strip()))


def question_of(text: str) -> str:
    """Return the question behind a mark such as `Q:`; empty where there is no mark."""
    match = _ASKED.fullmatch(text.strip())
    if match is None:
        return ""
    words = _words(match["rest"].rstrip("\\").strip().strip("*_"))
    certain = words.endswith(("?", "\uff1f")) or len(match["mark"]) > 1 or match["mark"] == "Q"
    return words if certain else ""


def answer_of(text: str) -> str:
    """Return the text behind a mark such as `A:`; empty where there is no mark."""
    match = _ANSWERED.fullmatch(text.strip())
    if match is None:
        return ""
    bold = match["bold"] if match["rest"].count(match["bold"] or "\0") % 2 else ""
    return f"{bold}{match['rest']}"


def _asks_on(parts: Sequence[tuple[str, int]]) -> bool:
    """Whether a question that has no question mark yet goes on in the next line."""
    for part, _ in parts:
        if is_marked(part):
            return False
        if _words(part).endswith("?"):
            return True
    return False


def _words(markdown: str) -> str:
    return _NUMBER.sub("", one_line(plain_text(markdown)), count=1)


def _text(rest: str) -> str:
    return rest.strip().removesuffix("\\").strip()


def _prose(lines: Sequence[str], line: int) -> Iterator[Prose]:
    text = "\n".join(lines).strip("\n").strip()
    text = text.removeprefix("\\\n").removesuffix("\\").strip()
    if text:
        yield Prose(text, line)
