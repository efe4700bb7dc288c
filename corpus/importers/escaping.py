"""Plain text -> Markdown that shows exactly this text. Pure."""

import re
from collections.abc import Iterator

from corpus.importers.symbol_fonts import ANY_FONT
from corpus.markdown import inline_text, parse, plain_text

_INLINE = re.compile(r"([\\`*_\[\]<>&~])")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+\-.!|~&=:])")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff\ufeff]")
_BREAKS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_WINDOWS = {
    number: bytes([number]).decode("cp1252")
    for number in range(0x80, 0xA0)
    if number not in (0x81, 0x85, 0x8D, 0x8F, 0x90, 0x9D)
}
"""Control codes that stand for Windows characters in a text read as Latin-1, as browsers do."""
_LIST_MARK = re.compile(r"\s*(?:([-*•●▪◦‣])|(\d{1,3})[.)])\s+(?=\S)")
_WIDE_GAP = re.compile(r"([^\S\n]{200})[^\S\n]+")
"""Space that shows nothing more, and over which patterns of marks and lists take quadratic time."""
_FORUM_END = re.compile(r"\[/(?:b|i|u|s|url|list|quote|code|color|size|center)\]", re.IGNORECASE)
_FORUM_LINK = re.compile(
    r"\[url=[\"']?(?P<address>[^\]\"'\s]{1,2000})[\"']?\](?P<words>[^\[\]]{1,500})\[/url\]",
    re.IGNORECASE,
)
_FORUM_ITEM = re.compile(r"(?P<first>^)?[ \t]{0,9}\[\*\][ \t]{0,9}", re.MULTILINE)
_FORUM_MARK = re.compile(
    r"\[/?(?:b|i|u|s|url|list|quote|code|img|color|size|center|left|right|font|email)"
    r"(?:=[^\[\]\n]{0,200})?\]",
    re.IGNORECASE,
)
_MARKER_START = "&#123;#"
"""`{#` would be read as the start of an id, even behind a backslash."""


def clean(text: str) -> str:
    """Return the text with line feeds alone, and without what no YAML or HTML file may hold."""
    text = _CONTROL.sub("", _BREAKS.sub("\n", text).translate(_WINDOWS).translate(ANY_FONT))
    return _WIDE_GAP.sub(r"\1", text)


def without_bbcode(text: str) -> str:
    """Return a text without the marks of forums (`[b]…[/b]`); links keep their address.

    It has as many lines as before.
    """
    if not _FORUM_END.search(text):
        return text
    text = _FORUM_LINK.sub(r"\g<words> (\g<address>)", text)
    text = _FORUM_MARK.sub("", text)
    return _FORUM_ITEM.sub(lambda item: " - " if item["first"] is None else "- ", text)


def one_line(text: str) -> str:
    """Return the words with single spaces between them."""
    return " ".join(clean(text).split())


def paragraph(text: str) -> str:
    """Return Markdown for one paragraph; left as it is written where that shows the same."""
    words = one_line(text)
    return next((one for one in _candidates(words) if _shows(one, words)), _escaped(words))


def lines_of_text(text: str) -> str:
    """Return Markdown for a text of several lines, each of which shows as it is written.

    Lines that go on counting, or that share a bullet, are a list; one such line alone is text.
    """
    parts = re.split(r"\n\s*\n", clean(text).strip("\n"))
    return "\n\n".join(filter(None, map(_part, parts)))


def _part(text: str) -> str:
    """Convert lines without a blank one between them."""
    lines = [line for line in text.split("\n") if line.strip()]
    chunks: list[str] = []
    position = 0
    while position < len(lines):
        end = _list_end(lines, position)
        if end - position > 1:
            ending = "\n" if end < len(lines) else ""  # what follows is no part of the last item
            chunks.append("\n".join(map(_item, lines[position:end])) + ending)
        else:
            while end < len(lines) and _list_end(lines, end) - end < 2:
                end += 1
            chunks.append(_lines(lines[position:end]))
        position = end
    joined = "\n".join(chunks)
    return joined if _is_same(joined, chunks) else "\n\n".join(chunks)


def _is_same(joined: str, chunks: list[str]) -> bool:
    return plain_text(joined).split() == " ".join(map(plain_text, chunks)).split()


def _list_end(lines: list[str], start: int) -> int:
    """Return the position behind the list that starts there; `start + 1` when none does."""
    first = _LIST_MARK.match(lines[start])
    end = start + 1
    while first and end < len(lines) and (match := _LIST_MARK.match(lines[end])):
        expected = str(int(first[2]) + end - start) if first[2] else None
        if match[1] != first[1] or (expected and match[2] != expected):
            break
        end += 1
    return end


def _item(line: str) -> str:
    match = _LIST_MARK.match(line)
    if match is None:
        return paragraph(line)
    return (
        f"{match[2]}. {paragraph(line[match.end() :])}"
        if match[2]
        else f"- {paragraph(line[match.end() :])}"
    )


def _lines(lines: list[str]) -> str:
    """Join lines by hard breaks, with more backslashes where they would mean something together."""
    words = [one_line(line) for line in lines]
    for convert in (paragraph, _escaped):
        markdown = "\\\n".join(map(convert, words))
        if plain_text(markdown) == "\n".join(words):
            return markdown
    return "\n\n".join(map(_escaped, words))


def heading(text: str) -> str:
    """Return Markdown for the words of a heading."""
    words = one_line(text)
    return next((one for one in _candidates(words) if _heads(one, words)), _escaped(words))


def cell(text: str) -> str:
    """Return Markdown for a cell of a table."""
    return re.sub(r"(?<!\\)\|", r"\|", paragraph(text))


def _candidates(words: str) -> Iterator[str]:
    if "{#" not in words:
        yield words
        yield _INLINE.sub(r"\\\1", words)


def _shows(markdown: str, words: str) -> bool:
    kinds = [token.type for token in parse(markdown)[0][:1]]
    return plain_text(markdown) == words and kinds in ([], ["paragraph_open"])


def _heads(markdown: str, words: str) -> bool:
    tokens, _ = parse(f"## {markdown}\n")
    return len(tokens) == 3 and inline_text(tokens[1].children or []) == words


def _escaped(words: str) -> str:
    return _SPECIAL.sub(r"\\\1", words).replace(r"\{\#", _MARKER_START)
