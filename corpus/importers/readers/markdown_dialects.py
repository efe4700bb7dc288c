"""Markdown of site generators and note-taking programs -> CommonMark on the same lines. Pure.

Panels (`??? question "…"`, `::: details …`, `<Accordion title="…">`, `{{< faq title="…" >}}`,
`> [!faq]- …`) become `<details>` where their title asks, else a title in bold.
"""

import html
import re
from collections import defaultdict
from collections.abc import Sequence
from functools import partial

from corpus.importers.blocks import Note, NoteKind, asks

_FENCE = re.compile(r"\s*(```+|~~~+)")
_ADMONITION = re.compile(r'(?:\?\?\?\+?|!!!|===)[ \t]+[^"]*?(?:"(?P<title>.*)")?[ \t]*')
_CALLOUT = re.compile(r" {0,3}>\s*\[!(?P<kind>[\w-]+)\][-+]?[ \t]*(?P<title>.*)")
_QUOTE = re.compile(r" {0,3}> ?")
_OPEN = re.compile(
    r"\s*(?:(?P<colons>:{3,})\s*[\w-]+\s*(?P<words>(?:.*\S)?)|<(?P<tag>[A-Z][\w.]*+)(?P<attributes>[^<>]*)>"
    r"|\{(?:\{[<%]|%)\s*(?P<code>[\w-]++)(?P<parameters>[^{}]*?)(?:[%>]\}\}|%\}))\s*"
)
_CLOSE = re.compile(
    r"\s*(?:(:{3,})|</([A-Z][\w.]*)>|\{\{[<%]\s*/\s*([\w-]+)\s*[%>]\}\}|\{%\s*end([\w-]+)\s*%\})\s*"
)
_TITLE = re.compile(
    r"""\b(?:title|header|heading|summary|question|label)\s*=\s*\{?["']([^"]*?)["'](?=[\s}/]|\Z)"""
)
_QUOTED = re.compile(r'"([^"]*)"')
_SIGN = re.compile(
    r"\s*(?:</?[A-Z][\w.]*+[^<>]*>|\{\{[<%][^{}]*[%>]\}\}|\{%[^{}]*%\}|\[\[?_?(?:TOC|toc)_?\]\]?"
    r"|[*-] (?:TOC|toc)|\{:.*\}|import\s.*[\"'];?|export (?:const|default|function)\b.*)\s*"
)
"""A line that only a program reads."""
_ASIDE = re.compile(
    r"(?P<code>`+[^`]*`+)|!\[\[(?P<picture>[^\[\]]*)\]\]|(?<![\w%])%%(?P<comment>[^%]*)%%(?![\w%])"
    r"|\[\[(?P<page>[^\[\]|]+)(?:\|(?P<words>[^\[\]]*))?\]\](?!\()"
    r"|(?<![=\w])==(?P<mark>[^\s=](?:[^=]*[^\s=])?)==(?![=\w])|~~(?P<struck>[^\s~](?:[^~]*[^\s~])?)~~"
)
"""Pictures, comments, links and marks of Obsidian, and struck words."""
_HTML_HEADING = re.compile(r" {0,3}<h([1-6])\b[^>]*>(.*?)</h\1>\s*", re.IGNORECASE)
_DEFINITION = re.compile(r":\s+\S")
_INDENT = re.compile(r"[ ]{1,4}|\t")


def to_common(text: str, first: int, notes: list[Note]) -> str:
    """Return the text as CommonMark; what is left out is added to the notes.

    Args:
        text: Markdown without front matter.
        first: Line of the file where it starts.
        notes: Of the report.

    """
    lines = text.split("\n")
    ends = _ends(lines)
    fence = ""
    for place, line in enumerate(lines):
        mark = _FENCE.match(line)
        if mark and (not fence or mark[1].startswith(fence)):
            fence = "" if fence else mark[1]
        if mark or fence:
            continue
        if match := _ADMONITION.fullmatch(line):
            _panel(lines, place, match["title"] or "", _unindent(lines, place + 1))
        elif match := _CALLOUT.fullmatch(line):
            _callout(lines, place, match)
        elif place in ends and (match := _OPEN.fullmatch(line)):
            lines[ends[place]] = ""
            _panel(lines, place, _title(match), ends[place])
        elif match := _HTML_HEADING.fullmatch(line):
            lines[place] = f"{'#' * int(match[1])} {match[2]}"
        elif _SIGN.fullmatch(line):
            note = f"a line for another program: '{line.strip()}'"
            notes.append(Note(first + place, NoteKind.LEFT_OUT, note))
            lines[place] = ""
        elif _DEFINITION.match(line):
            _unindent(lines, place + 1)
        lines[place] = _ASIDE.sub(partial(_plain, line=first + place, notes=notes), lines[place])
    return "\n".join(lines)


def _plain(aside: re.Match[str], line: int, notes: list[Note]) -> str:
    """Return what a reader is to see of an aside, and note what that leaves out."""
    if aside["code"] or aside["mark"]:
        return aside["code"] or aside["mark"]
    if aside["struck"] and aside.string.startswith("|"):
        return aside[0]
    if aside["struck"] and not aside.string.startswith("#"):
        notes.append(Note(line, NoteKind.GUESSED, f"it stays, struck out: '{aside['struck']}'"))
        return aside[0]
    kinds = {"picture": "a picture", "comment": "a comment", "page": "a link to a note"}
    kind = next((words for name, words in kinds.items() if aside[name]), "struck out")
    notes.append(Note(line, NoteKind.LEFT_OUT, f"{kind}: '{aside[0]}'"))
    return aside["words"] or (aside["page"] or "").rpartition("#")[2]


def _panel(lines: list[str], place: int, title: str, end: int) -> None:
    """Write the title of a panel, whose text ends before the line `end`, and close it there."""
    if not asks(title):
        lines[place] = f"**{title}**  " if title else ""
        return
    lines[place] = f"<details><summary>{html.escape(title)}</summary>"
    last = max(spot for spot in range(place, end) if spot == place or lines[spot].strip())
    lines[last] += "</details>"


def _callout(lines: list[str], place: int, match: re.Match[str]) -> None:
    end = place + 1
    while end < len(lines) and _QUOTE.match(lines[end]):
        end += 1
    if not asks(match["title"]):
        lines[place] = f"> **{match['title'] or match['kind'].capitalize()}**  "
        return
    lines[place + 1 : end] = [_QUOTE.sub("", line, count=1) for line in lines[place + 1 : end]]
    _panel(lines, place, match["title"], end)


def _unindent(lines: list[str], start: int) -> int:
    """Move what is indented there to the margin; return the line where it ends."""
    end = start
    while end < len(lines) and (not lines[end].strip() or _INDENT.match(lines[end])):
        lines[end] = _INDENT.sub("", lines[end], count=1)
        end += 1
    return end


def _ends(lines: Sequence[str]) -> dict[int, int]:
    """Return the lines where panels open, with those that close them."""
    ends: dict[int, int] = {}
    opened: defaultdict[str, list[int]] = defaultdict(list)
    for place, line in enumerate(lines):
        if match := _CLOSE.fullmatch(line):
            if above := opened[next(filter(None, match.groups()))]:
                ends[above.pop()] = place
        elif match := _OPEN.fullmatch(line):
            name = match["colons"] or match["tag"] or match["code"]
            opened[name].append(place)
    return ends


def _title(opened: re.Match[str]) -> str:
    if opened["colons"]:
        return opened["words"].strip("[]\"' ")
    parameters = opened["attributes"] or opened["parameters"] or ""
    if named := _TITLE.search(parameters):
        return named[1]
    return next(filter(asks, _QUOTED.findall(parameters)), "")
