"""Blocks and questions -> an article and canned answers, with a report. Pure.

A question becomes a canned answer where the source marks it as one (by a number, by `Q:`, or below
a heading such as "FAQ"), or where a heading without parts asks it.
"""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field, replace

from corpus.importers.assemble.rendering import block_markdown
from corpus.importers.blocks import (
    Block,
    DraftSection,
    Found,
    Heading,
    ImportDraft,
    ImportedArticle,
    Listing,
    Note,
    NoteKind,
    Prose,
    Question,
    asks,
    heads_questions,
    key,
)
from corpus.importers.escaping import one_line
from corpus.markdown import plain_text

_REFERENCES = {"references", "sources", "bibliography", "further reading", "links", "quellen"}
_ADDRESS = re.compile(r"https?://[^\s<>\"')\]]+")


@dataclass(slots=True)
class _HeadingDraft:
    """A heading while the blocks below it are gathered."""

    heading: Heading
    trail: tuple[Heading, ...]
    blocks: list[Prose | Listing] = field(default_factory=list)
    count: int = 0
    """Blocks of the source, lists that were joined among them."""
    has_parts: bool = False
    written: bool = True
    """Whether the source has the heading: the title may be only the name of the file."""
    after: str = ""
    """The heading that follows."""


def arrange(found: Found, title: str) -> ImportDraft:
    """Turn a source into a draft; `title` is used where the source has none."""
    parts = _parts(found, found.title or title)
    notes = list(found.notes)
    known = {key(question.question): question.about for question in found.questions}
    all_ask = _all_ask(parts)
    questions, sections = list(found.questions), []
    asked = [part for part in parts if _asks(part, found, parts[0].heading.text, all_ask)]
    chosen = set(map(id, asked))
    for part in parts:
        if id(part) in chosen:
            _take_question(part, known, questions, notes)
        else:
            sections.append(part)
    for block in found.blocks:
        if not isinstance(block, Heading) and block.apart:
            words = one_line(plain_text(block_markdown(block)))
            problem = f"it stands below a list of questions, so it is part of no answer: '{words}'"
            notes.append(Note(block.line, NoteKind.GUESSED, problem))
    if asked and asked[-1] is parts[-1]:
        notes.extend(_said_last(asked))
    if found.blocks:
        questions.sort(key=lambda question: question.line)
    article = _article(found, parts[0].heading.text, sections, notes)
    unique = tuple(_disambiguated(list(_without_repeats(questions, notes)), notes))
    return ImportDraft(article, unique, tuple(sorted(notes)), found.seen + len(found.blocks))


def _parts(found: Found, title: str) -> list[_HeadingDraft]:
    """Headings with their blocks; the first one is the title."""
    titles = [one for one in found.blocks if isinstance(one, Heading) and one.level == 1]
    if len(titles) == 1:
        blocks = [block for block in found.blocks if block is not titles[0]]
        parts = [_HeadingDraft(titles[0], ())]
    else:
        # Several headings of the top level stand below the title, and the others below them.
        blocks = [_lower(block) if titles else block for block in found.blocks]
        parts = [_HeadingDraft(Heading(title, 1, 1), (), written=False)]
    above: list[_HeadingDraft] = []
    for block in blocks:
        if not isinstance(block, Heading):
            part = parts[-1]
            if block.apart:
                part = next((one for one in reversed(parts) if not one.heading.asked), part)
            _add(part.blocks, block)
            part.count += 1
            continue
        above = [part for part in above if _is_above(part.heading, block)]
        for part in above:
            part.has_parts = part.has_parts or not block.asked
        parts[-1].after = block.text
        parts.append(_HeadingDraft(block, tuple(part.heading for part in above)))
        above.append(parts[-1])
    return parts


def _lower(block: Block) -> Block:
    return replace(block, level=min(6, block.level + 1)) if isinstance(block, Heading) else block


def _is_above(heading: Heading, below: Heading) -> bool:
    return heading.level < below.level and not heading.asked


def _add(blocks: list[Prose | Listing], block: Prose | Listing) -> None:
    """Append a block; a list goes on where the one before was cut by a page."""
    last = blocks[-1] if blocks else None
    bullets = isinstance(block, Listing) and not block.ordered
    if bullets and isinstance(last, Listing) and isinstance(block, Listing) and not last.ordered:
        blocks[-1] = replace(last, items=last.items + block.items)
    else:
        blocks.append(block)


def _all_ask(parts: Sequence[_HeadingDraft]) -> bool:
    """Whether the source is nothing but questions below its title."""
    own = [part.heading.text for part in parts[1:] if part.blocks]
    return len(own) > 1 and all(map(asks, own))


def _said_last(asked: Sequence[_HeadingDraft]) -> Iterator[Note]:
    """Say where the last answer is longer than any other: it may be what ends the source."""
    *others, last = asked
    if others and len(last.blocks) > max(len(part.blocks) for part in others):
        words = one_line(plain_text(block_markdown(last.blocks[-1])))
        problem = f"the answer to '{last.heading.text}' is taken to go on to the end: '{words}'"
        yield Note(last.blocks[-1].line, NoteKind.GUESSED, problem)


def _asks(part: _HeadingDraft, found: Found, title: str, all_ask: bool) -> bool:
    """Whether a part is a question with its answer."""
    heading = part.heading
    if heading.asked:
        return True
    if heading.level == 1 or heading.id or part.has_parts or not part.blocks:
        return False
    if not asks(heading.text):
        return False
    names = [found.title, title, *(above.text for above in part.trail)]
    return not found.headings_guessed or all_ask or any(map(heads_questions, names))


def _take_question(
    part: _HeadingDraft, known: Collection[str], questions: list[Question], notes: list[Note]
) -> None:
    heading, count = part.heading, part.count + 1
    if key(heading.text) in known:
        note = f"the question '{heading.text}' is in the data of the page already"
        notes.append(Note(heading.line, NoteKind.LEFT_OUT, note, count))
        return
    answer = "\n\n".join(block_markdown(block) for block in part.blocks)
    if not plain_text(answer).strip():
        notes.append(Note(heading.line, NoteKind.LEFT_OUT, _unanswered(part), count))
        return
    parents = (one.text for one in reversed(part.trail) if one.level > 1 and not asks(one.text))
    about = next(parents, "")
    kind = NoteKind.TAKEN if heading.asked else NoteKind.GUESSED
    questions.append(
        Question(heading.text, answer, heading.line, about=about, kind=kind, blocks=count)
    )


def _unanswered(part: _HeadingDraft) -> str:
    """Say so; two questions in a row may share an answer, or the first one's may be lost."""
    note = f"the question '{part.heading.text}' has no answer"
    if part.blocks or not asks(part.after):
        return note
    return f"{note}; if that to '{part.after}' is meant, add it there as a variant"


def _without_repeats(questions: Sequence[Question], notes: list[Note]) -> Iterator[Question]:
    """Yield each question once; the same one with the same answer is taken once."""
    seen: set[tuple[str, str]] = set()
    for question in questions:
        same = (one_line(question.question).casefold(), question.answer.strip())
        if same in seen:
            note = f"the question '{question.question}' stands there twice with this answer"
            notes.append(Note(question.line, NoteKind.LEFT_OUT, note, question.blocks))
        else:
            seen.add(same)
            yield question


def _disambiguated(questions: Sequence[Question], notes: list[Note]) -> Iterator[Question]:
    """Put what it stands below before a question that stands there with several answers."""
    times = Counter(key(question.question) for question in questions)
    for question in questions:
        if times[key(question.question)] == 1:
            yield question
        elif question.about:
            words = f"{question.about.rstrip(':')}: {question.question}"
            yield replace(question, question=words, kind=NoteKind.GUESSED)
        else:
            note = f"'{question.question}' has several answers: ask for each in other words"
            notes.append(Note(question.line, NoteKind.GUESSED, note))
            yield replace(question, kind=NoteKind.GUESSED)


def _article(
    found: Found, title: str, parts: Sequence[_HeadingDraft], notes: list[Note]
) -> ImportedArticle | None:
    """Return what is left when the questions are taken out; None when that is nothing."""
    above = {heading for part in parts if part.blocks for heading in part.trail}
    written = [part for part in parts if _has_words(part.blocks)]
    for part in parts:
        # Parts that became canned answers are parts no more.
        part.has_parts = part.heading in above
        _report(part, found, notes, has_article=bool(written))
    if not written:
        return None
    sections = tuple(
        DraftSection(part.heading, tuple(part.blocks), tuple(above.text for above in part.trail))
        for part in parts
        if part.blocks or part.has_parts
    )
    addresses = dict.fromkeys(
        address
        for part in written
        if key(part.heading.text) in _REFERENCES
        for address in _addresses(part.blocks)
    )
    return ImportedArticle(title, found.url, sections, tuple(addresses), front=found.front)


def _report(part: _HeadingDraft, found: Found, notes: list[Note], *, has_article: bool) -> None:
    """Say what became of one heading."""
    heading, count = part.heading, part.count + part.written
    if part.blocks and has_article:
        where = f" below '{part.trail[-1].text}'" if part.trail else ""
        note = f"section '{heading.text}'{where}"
        if not part.written:
            note += ": it has no heading"
            notes.append(Note(part.blocks[0].line, NoteKind.GUESSED, note, count))
        elif found.headings_guessed:
            note += ", by the look of its heading"
            notes.append(Note(heading.line, NoteKind.GUESSED, note, count))
        else:
            notes.append(Note(heading.line, NoteKind.TAKEN, note, count))
    elif has_article and (part.has_parts or (heading.level == 1 and part.written)):
        notes.append(Note(heading.line, NoteKind.TAKEN, f"heading '{heading.text}'", count))
    elif part.written:
        note = f"the heading '{heading.text}': no words of an article stand below it"
        if asks(heading.text) and heading.level > 1 and not part.blocks:
            note = _unanswered(part)
        notes.append(Note(heading.line, NoteKind.LEFT_OUT, note, count))
    elif part.blocks:
        note = "it shows nothing"
        notes.append(Note(part.blocks[0].line, NoteKind.LEFT_OUT, note, count))


def _has_words(blocks: Sequence[Prose | Listing]) -> bool:
    return any(plain_text(block_markdown(block)).strip() for block in blocks)


def _addresses(blocks: Sequence[Block]) -> Iterator[str]:
    for block in blocks:
        texts: tuple[str, ...] = ()
        if isinstance(block, Prose):
            texts = (block.markdown,)
        elif isinstance(block, Listing):
            texts = tuple(item.markdown for item in block.items)
        for text in texts:
            yield from (found.rstrip(".,;") for found in _ADDRESS.findall(text))
