"""Questions among the blocks of a source, by their marks and looks, alike in every format. Pure.

Marks are `Q:`, `A1)`, `[Q]`, `Question 3.` and the like; looks are a question in bold that starts a
line, list items that start with a question, and a line `: …` below a question.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from corpus.importers.blocks import Block, Heading, Listing, Prose, asks, heads_questions
from corpus.importers.escaping import one_line, paragraph
from corpus.markdown import plain_text

ASKED_LEVEL = 6
"""Of the heading that a marked question becomes."""
_BOLD = r"[*_]{0,3}"
_GAP = r"\s{0,9}"
"""Two gaps of any length beside each other take the square of their length to tell apart."""
_ASKS = (
    "Question|Frage|Pregunta|Pergunta|Domanda|Vraag|Fråga|[QFPDV]"
    "|[\u95ee\u554f]\u984c|\u95ee\u9898|\u8cea\u554f|[\u95ee\u554f\uff31]"
)
_SAYS = (
    "Answer|Ans|Antwort|Réponse|Reponse|Respuesta|Resposta|Risposta|Antwoord|Svar|[AR]"
    "|\u7b54\u6848|\u56de\u7b54|[\u7b54\uff21]"
)
"""Names and letters of marks in English, German, French, Spanish, Portuguese, Italian, Dutch,
Swedish, Chinese and Japanese."""
_END = (
    rf"(?:{_GAP}[:\uff1a\uff0e)\]\u3011]{{1,2}}|\.(?=[\s*_]|$)|\s{_GAP}[-\u2013\u2014](?=\s))"
    rf"{_BOLD}{_GAP}"
)
_ASKED = re.compile(
    rf"{_BOLD}\s*(?:\\?[\[(\u3010])?(?P<mark>{_ASKS}){_GAP}\d{{0,3}}(?:\\?{_END}|[:.)]{_BOLD}{_GAP})"
    rf"{_BOLD}\s*(?P<rest>\S.*)",
    re.IGNORECASE | re.DOTALL,
)
_ANSWERED = re.compile(
    rf"(?P<bold>{_BOLD})\s*(?:\\?[\[(\u3010])?(?P<mark>{_SAYS}){_GAP}(?P<number>\d{{0,3}})\\?{_END}"
    rf"(?P<after>{_BOLD})\s*(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_INLINE_ANSWER = re.compile(
    rf"(?:(?<=\?)[*_\s]*\s[*_]{{0,3}}|(?<=\uff1f)\s{{0,9}})(?=(?:{_SAYS})\s*\d{{0,3}}[:.)\uff1a\uff0e])",
    re.IGNORECASE,
)
_ALONE = re.compile(
    rf"{_BOLD}((?:{_ASKS}|{_SAYS}){_GAP}\d{{0,3}}{_GAP}(?=[:)])|(?:{_ASKS}|{_SAYS})(?<=\w\w){_GAP}\d{{0,3}}"
    rf"|[QA]{_GAP}\d{{1,3}})[:)]?{_BOLD}\s*\\?",
    re.IGNORECASE,
)
"""A mark on a line of its own."""
_AFTER = r"[^\w?*]{0,30}(?:\([^()?*]{0,200}\))?[^\w?*]{0,30}"
"""What may stand behind a question mark: `!`, pictograms, a remark in brackets."""
_LEAD = re.compile(
    rf"(?P<bold>\*\*|__)(?P<question>(?:(?!\*\*|__).)*\w\W{{0,30}}[?\uff1f]{_AFTER}){_GAP}(?P=bold):?(?P<rest>.*)",
    re.DOTALL,
)
"""A question in bold that starts a line."""
_NUMBER = re.compile(
    r"\A(?:\(\d{1,3}\)|\\?#\d{1,3}[.:)]?|(?:\d{1,2}\.)*\d{1,3}\\?[.)]|(?:\d{1,2}\.)+\d{1,2})"
    r"\s+(?=\S)"
)
_LETTERED = re.compile(
    r"^(?P<before>[ \t]{0,9}(?:\*\*)?)\(?(?:[a-z]|[ivxIVX]{2,5}|I)\\?[.)][ \t]{1,9}"
    r"(?=[^\sa-z][^?\n]{0,300}\?[*\\ ]{0,5}$)"
)
"""Letters and Roman numbers before questions; what starts small is part of an answer."""
_BOLD_LINE = re.compile(r"(?P<bold>\*\*|__)(?P<words>(?:(?!\*\*|__).)+\w)(?P=bold)")
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
_LONGEST_TITLE = 5
"""Words of a line that may head a group of questions."""
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
    titles: Collection[int]
    """Ids of blocks in bold that are headings of what stands below them."""
    plain: Collection[int]
    """Ids of blocks that start with a question, told from its answer by its place alone."""
    asked: bool = False
    answered: bool = False
    """Whether a mark of an answer has been seen below the question."""
    level: int = 1
    """Of the heading above."""
    ended: bool = False
    """Whether a list of questions has ended above, and nothing has been asked since."""

    def blocks(self, blocks: Sequence[Block]) -> Iterator[Block]:
        for block in self._blocks(blocks):
            if isinstance(block, Heading):
                self.ended = False
                yield block
            else:
                yield replace(block, apart=True) if self.ended else block

    def _blocks(self, blocks: Sequence[Block]) -> Iterator[Block]:
        for block, after in pairwise([*blocks, None]):
            if isinstance(block, Heading):
                yield self._heading(block)
            elif isinstance(block, Listing):
                last: Block | None = None
                for last in self._listing(block, after):
                    yield last
                # What follows a list of one may belong to it: some sources number questions alone.
                ended = len(block.items) > 1 and last is not block and isinstance(last, Prose)
                self.ended = self.ended or ended
            elif id(block) in self.titles and block is not None:
                self.asked = False
                words = _words(block.markdown)
                yield Heading(words, min(self.level + 1, ASKED_LEVEL - 1), block.line)
            elif id(block) in self.plain and block is not None:
                yield from self._plain_question(block)
            elif block is not None and _is_whole(block):
                yield block
            elif block is not None:
                yield from self._lines(block.markdown, block.line)

    def _plain_question(self, block: Prose) -> Iterator[Block]:
        self.asked, self.answered = True, False
        own = _OWN_LINE.fullmatch(block.markdown)
        words = _words(own["question"] if own else block.markdown)
        yield Heading(words, ASKED_LEVEL, block.line, asked=True)
        rest = own["rest"] if own else ""
        yield from _prose([rest.removeprefix(": ")], block.line + 1)

    def _heading(self, block: Heading) -> Block:
        text = _SIGN.sub("", block.text)
        if asks(text):
            text = _NUMBER.sub("", text, count=1)
        if words := question_of(text):
            self.asked, self.answered = True, False
            return Heading(words, ASKED_LEVEL, block.line, block.id, asked=True)
        if self.asked and (match := _ANSWERED.fullmatch(text)) and match["rest"]:
            return Prose(paragraph(match["rest"]), block.line)
        self.asked, self.answered = block.asked, False
        self.level = self.level if block.asked else block.level
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
                yield from _prose(kept, line, is_cut=True)
                while not is_question(words) and _asks_on(parts):
                    words = f"{words} {_words(parts.pop(0)[0])}"
                kept, line = [_text(lead["rest"])] if lead else [], number
                self.asked, self.answered = True, False
                yield Heading(words, ASKED_LEVEL, number, asked=True)
            elif self.asked and self._is_answer(part):
                kept.append(answer_of(part))
                self.answered = True
            elif (match := _DEFINES.fullmatch(part)) and kept and is_question(_words(kept[-1])):
                question = _words(kept.pop())
                yield from _prose(kept, line, is_cut=True)
                yield Heading(question, ASKED_LEVEL, number - 1, asked=True)
                kept, line = [match["rest"]], number
            else:
                kept.append(part)
        yield from _prose(kept, line)

    def _is_answer(self, part: str) -> bool:
        """Whether a line has the mark of an answer; a second one may be a name: `A. Smith`."""
        match = _ANSWERED.fullmatch(part)
        numbered = match is not None and bool(match["number"] or len(match["mark"]) > 1)
        return match is not None and (numbered or not self.answered)

    def _lead(self, part: str) -> re.Match[str] | None:
        lead = _LEAD.fullmatch(part.strip())
        if lead is None or len(_words(lead["question"]).split()) < _SHORTEST_LEAD:
            return None
        return lead if self.has_leads or not _text(lead["rest"]) else None


def without_letters(text: str) -> str:
    """Return a text with questions that are numbered by letters without those.

    Where they follow each other without an answer, they are the points of one.
    """
    lines = text.split("\n")
    written = [place for place, line in enumerate(lines) if line.strip()]
    found = [bool(_LETTERED.match(lines[place])) for place in written]
    for place, before, here, after in zip(
        written, [False, *found], found, [*found[1:], False], strict=False
    ):
        if here and not before and not after:
            lines[place] = _LETTERED.sub(r"\g<before>", lines[place])
    return "\n".join(lines)


def _unlettered(block: Block) -> Block:
    if isinstance(block, Heading):
        return replace(block, text=without_letters(block.text))
    if isinstance(block, Prose):
        text = block.markdown
        return block if _is_whole(block) else replace(block, markdown=without_letters(text))
    items = (replace(item, markdown=without_letters(item.markdown)) for item in block.items)
    return replace(block, items=tuple(items))


def read_marks(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks with questions as headings, and answers without their marks."""
    blocks = tuple(_with_marks([_unlettered(block) for block in blocks]))
    texts = [
        line
        for block in blocks
        if not isinstance(block, Heading) and not _is_whole(block)
        for line in _markdown(block).split("\n")
    ]
    leads = sum(bool(_LEAD.fullmatch(line.strip())) for line in texts)
    plain = _plain_questions(blocks)
    titles = {*_bold_titles(blocks), *_plain_titles(blocks, plain)}
    reader = _MarkReader(leads >= _LEAST_LEADS, titles, plain)
    return tuple(reader.blocks(blocks))


def joined_marks(lines: Sequence[str]) -> list[str]:
    """Put marks that stand on lines of their own before the lines below, and leave theirs empty."""
    marks = [(found := _ALONE.fullmatch(line.strip())) and found[1] for line in lines]
    if not any(mark and question_of(f"{mark}: ?") for mark in marks):
        return list(lines)
    joined, before = [], ""
    for line, mark in zip(lines, marks, strict=True):
        joined.append(
            "" if mark else f"{before}{line.strip()}" if before and line.strip() else line
        )
        before = f"{mark}: " if mark else before if not line.strip() else ""
    return joined


def _with_marks(blocks: Sequence[Block]) -> Iterator[Block]:
    """Do so in paragraphs, and between a paragraph and the one below."""
    spots = [
        (block, line)
        for block in blocks
        for line in (_split(block) if isinstance(block, Prose) and not _is_whole(block) else [""])
    ]
    lines = iter(joined_marks([line for _, line in spots]))
    for block in blocks:
        if isinstance(block, Prose) and not _is_whole(block):
            yield from _prose([next(lines) for _ in _split(block)], block.line)
        else:
            next(lines)
            yield block


def _split(block: Prose) -> list[str]:
    return block.markdown.split("\n")


def _bold_titles(blocks: Sequence[Block]) -> Iterator[int]:
    """Find bold lines between questions in bold that head a group of them, or what follows all."""
    bold = [
        (place, block)
        for place, block in enumerate(blocks)
        if isinstance(block, Prose) and (_BOLD_LINE.fullmatch(block.markdown) or _asks_bold(block))
    ]
    if sum(_asks_bold(block) for _, block in bold) < _LEAST_LEADS:
        return
    for position, (place, block) in enumerate(bold):
        below = bold[position + 1 : position + 2]
        heads = all(spot == place + 1 and _asks_bold(after) for spot, after in below)
        if heads and not _asks_bold(block):
            yield id(block)


def _asks_bold(block: Prose) -> bool:
    lead = _LEAD.match(_split(block)[0])
    return lead is not None and is_question(_words(lead["question"]))


def _plain_questions(blocks: Sequence[Block]) -> set[int]:
    """Find paragraphs that are, or start with, a question, where that is how the source asks.

    A question that is a paragraph counts only below a heading such as "FAQ", or in a source without
    headings.
    """
    own: set[int] = set()
    whole: set[int] = set()
    below_faq: set[int] = set()
    is_below = False
    for block, after in pairwise([*blocks, None]):
        if isinstance(block, Heading):
            is_below = heads_questions(block.text)
        if not isinstance(block, Prose) or _is_whole(block) or _has_marks(block):
            continue
        line = _OWN_LINE.fullmatch(block.markdown)
        if line and is_question(_words(line["question"])):
            own.add(id(block))
        elif is_question(_words(block.markdown)) and isinstance(after, (Prose, Listing)):
            (below_faq if is_below else whole).add(id(block))
    if any(isinstance(block, Prose) and _asks_bold(block) for block in blocks):
        below_faq.clear()
    headed = any(isinstance(block, Heading) and block.level > 1 for block in blocks)
    found = own | below_faq if headed else own | below_faq | whole
    return found if len(found) >= _LEAST_LEADS else set()


def _plain_titles(blocks: Sequence[Block], plain: Collection[int]) -> Iterator[int]:
    """Find short lines between an answer and the next plain question: they head a group."""
    for before, block, after in zip(blocks, blocks[1:], blocks[2:], strict=False):
        asked = id(before) in plain and "\n" not in getattr(before, "markdown", "")
        if (
            isinstance(block, Prose)
            and id(after) in plain
            and not {id(block)} & {*plain}
            and not asked
        ):
            words = block.markdown.split()
            if len(words) <= _LONGEST_TITLE and re.fullmatch(r"[^\W\d_a-z].*\w:?", block.markdown):
                yield id(block)


def _has_marks(block: Prose) -> bool:
    return _asks_bold(block) or any(is_marked(line) for line in _split(block))


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
    if not asks(text) or len(text) > _LONGEST_QUESTION:
        return False
    return SENTENCE_END.search(text[: max(map(text.rfind, "?\uff1f"))]) is None


def is_marked(text: str) -> bool:
    """Whether a line has the mark of a question or an answer."""
    return bool(question_of(text) or _ANSWERED.fullmatch(text.strip()))


def question_of(text: str) -> str:
    """Return the question behind a mark such as `Q:`; empty where there is no mark."""
    match = _ASKED.fullmatch(text.strip().lstrip("•·▪ "))
    if match is None:
        return ""
    words = _words(match["rest"].rstrip("\\").strip().strip("*_"))
    mark = match["mark"]
    certain = asks(words) or len(mark) > 1 or mark == "Q" or not mark.isascii()
    colon = mark not in "PDVpdv" or re.match(rf"\W*{mark}\s*\d*\s*:", text.strip())
    return words if certain and colon else ""


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
        if asks(_words(part)):
            return True
    return False


def _words(markdown: str) -> str:
    return _NUMBER.sub("", one_line(plain_text(markdown)), count=1)


def _text(rest: str) -> str:
    return rest.strip().removesuffix("\\").strip()


def _prose(lines: Sequence[str], line: int, *, is_cut: bool = False) -> Iterator[Prose]:
    """Join lines; where a question cut them off, the sign of a line break at the end goes."""
    text = "\n".join(lines).strip("\n").strip().removeprefix("\\\n")
    text = text.removesuffix("\\").strip() if is_cut else text
    if text:
        yield Prose(text, line)
