"""HTML -> its pieces in order; the only module that imports Beautiful Soup."""

import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from corpus.errors import LibraryMissing

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement

_DROPPED = ["script", "style", "noscript", "template", "svg", "iframe", "object", "select", "input"]
_CHROME = {"nav", "footer", "aside", "form", "dialog", "menu"}
_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "menu"}
_PERMALINK = re.compile(r"#.")
"""A link to a place of the same page; one without words is the sign beside a heading."""
_HEADING = re.compile(r"h[1-6]")
_JSON_LD = re.compile(r"\s*application/ld\+json\b", re.IGNORECASE)
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_PANEL = re.compile(
    r"accordion|collaps|panel|answer|faq|toggle|tab-?(?:content|pane)", re.IGNORECASE
)
"""Classes of what a click opens."""
_QUESTION = re.compile(r"question|(?:accordion|toggle|faq)[-_]*(?:title|head|button|trigger)", re.I)
"""Classes of what is clicked."""
_MORE = re.compile(
    r"(?:read|show|see|learn|view)? ?(?:more|less|details|answer|all)|toggle|open|close|menu|\W*",
    re.IGNORECASE,
)
_TITLES = ["h1", "h2", "h3", "h4", "h5", "h6", "button", "summary", "dt"]
_LONGEST_QUESTION = 300
_LONGEST_START = 6
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "details", "dialog", "div", "dl", "dd",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "button",
}  # fmt: skip
_WHOLE = {"p", "ul", "ol", "table", "pre", "blockquote", "figure", "address"}
"""Blocks that are taken as they are."""


class Shape(Enum):
    """What a piece of a page is."""

    HEADING = auto()
    ASKED = auto()
    LIST = auto()
    PROSE = auto()


@dataclass(frozen=True, slots=True)
class Piece:
    """One block of a page."""

    shape: Shape
    markup: str
    words: str
    line: int
    level: int = 0
    """Of a heading; for a list the number of its first item, 0 when it has bullets."""
    chrome: bool = False
    """Whether it stands in navigation, a footer or the like."""
    items: tuple[tuple[str, int], ...] = ()
    """Of a list: the HTML of each item, and its line."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A question, or a term, with the HTML that explains it."""

    names: tuple[str, ...]
    markup: str
    line: int


@dataclass(frozen=True, slots=True)
class Page:
    """A page, taken apart."""

    title: str
    address: str
    """What the page itself says is its address."""
    scripts: tuple[tuple[str, int], ...]
    """Texts of JSON-LD and their lines."""
    pairs: tuple[Pair, ...]
    pieces: tuple[Piece, ...]
    markup: str
    """The page without scripts, styles and what the pairs were made of."""
    hidden: tuple[tuple[str, int], ...] = ()
    """Words that nothing on the page opens, and their lines."""


def read_page(text: str) -> Page:
    """Parse a page, however broken; raises `RecursionError` when it nests without end."""
    try:
        from bs4 import BeautifulSoup, Comment
    except ImportError as error:
        raise LibraryMissing("beautifulsoup4", "HTML") from error
    with warnings.catch_warnings():
        # It wonders whether a short text is an address, or XML.
        warnings.simplefilter("ignore")
        soup = BeautifulSoup(text, "html.parser")
    scripts = tuple(
        (script.get_text(), script.sourceline or 0)
        for script in soup.find_all("script", type=_JSON_LD)
    )
    title, address = _words(soup.title), _canonical(soup)
    for link in soup.find_all("a", href=_PERMALINK):
        if not re.search(r"\w", link.get_text()):
            link.extract()
    comments = soup.find_all(string=lambda text: isinstance(text, Comment))
    for dropped in [*soup.find_all(_DROPPED), *comments]:
        dropped.extract()
    for sign in soup.find_all(True, {"aria-hidden": "true"}):
        if sign.find_parent([*_TITLES, "strong", "b"]) is not None:
            sign.extract()
    found = [*_controlled(soup), *_revealed(soup)]
    hidden = tuple(_hidden(soup))
    found += [*_details(soup), *_definitions(soup)]
    pairs = tuple(sorted(found, key=lambda pair: pair.line))
    pieces = tuple(_pieces(soup.body or soup, chrome=False))
    return Page(title, address, scripts, pairs, pieces, str(soup), hidden)


def _words(tag: "Tag | None") -> str:
    return " ".join(tag.get_text(" ").split()) if tag else ""


def _canonical(soup: "BeautifulSoup") -> str:
    link = soup.find("link", rel="canonical")
    address = str(link.get("href", "")) if link else ""
    return address if address.startswith(("http://", "https://")) else ""


def _is_hidden(tag: "Tag") -> bool:
    if tag.has_attr("hidden") and tag.get("hidden") != "until-found":
        return True
    return tag.get("aria-hidden") == "true" or bool(_UNSEEN.search(str(tag.get("style", ""))))


def _show(tag: "Tag") -> None:
    for name in ("hidden", "aria-hidden", "style"):
        del tag[name]


def _controlled(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out questions with the panels that they open; other panels get a heading."""
    for control in soup.find_all(True):
        panel = _panel(soup, control)
        if panel is None or not _words(panel) or _in_chrome(control):
            continue
        name = _unsigned(_words(control))
        holder = control.find_parent(_HEADING) or control
        holder = holder if _unsigned(_words(holder)) == name else control
        if name.endswith("?") and panel.find(True, {"aria-controls": True}) is None:
            line = control.sourceline or 0
            holder.extract()
            panel.extract()
            yield Pair((name,), panel.decode_contents(), line)
        elif panel.parent is None or not _in_chrome(panel.parent):
            _show(panel)
            if holder is control and not _MORE.fullmatch(name):
                heading = soup.new_tag("h3", string=name)
                heading.sourceline = control.sourceline
                panel.insert_before(heading)
                control.extract()


def _panel(soup: "BeautifulSoup", control: "Tag") -> "Tag | None":
    """Return what a click on an element opens, if it says so."""
    name = str(control.get("aria-controls") or "").split(" ")[0]
    for key in ("data-bs-target", "data-target", "href"):
        target = str(control.get(key) or "")
        opens = (
            key != "href"
            or control.get("role") in ("tab", "button")
            or any(control.has_attr(toggle) for toggle in ("data-toggle", "data-bs-toggle"))
        )
        if not name and opens and target.startswith("#"):
            name = target[1:]
    panel = soup.find(id=name) if name else None
    if panel is None or panel is control or panel in control.parents or control in panel.parents:
        return None
    return panel


def _unsigned(name: str) -> str:
    """Return a question without the sign that opens its answer."""
    bare = name.rstrip(" +-\u2212\u00d7")
    return bare if bare.endswith("?") else name


def _revealed(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out hidden answers below their questions; show what a click opens by its class."""
    for tag in soup.find_all(_is_hidden):
        if _in_chrome(tag) or tag.parent is None:
            continue
        before = tag.find_previous_sibling()
        name = _unsigned(_words(before))
        titled = before is not None and (before.name in _TITLES or before.find(_TITLES) is not None)
        if before is not None and name.endswith("?") and len(name) <= _LONGEST_QUESTION:
            if _words(tag) and tag.find(_TITLES) is None:
                line = before.sourceline or 0
                before.extract()
                tag.extract()
                yield Pair((name,), tag.decode_contents(), line)
                continue
            titled = True
        classes = " ".join(tag.get("class") or [])
        if titled or _PANEL.search(classes) or tag.get("role") == "tabpanel":
            _show(tag)


def _hidden(soup: "BeautifulSoup") -> Iterator[tuple[str, int]]:
    """Take out what stays hidden."""
    for tag in soup.find_all(_is_hidden):
        if words := _words(tag):
            yield words, tag.sourceline or 0
        tag.extract()


def _is_chrome(tag: "Tag") -> bool:
    header = tag.name == "header" and tag.find_parent(["main", "article", "section"]) is None
    header = header and tag.find("h1") is None
    return tag.name in _CHROME or tag.get("role") in _ROLES or header


def _in_chrome(tag: "Tag") -> bool:
    return _is_chrome(tag) or any(_is_chrome(parent) for parent in tag.parents)


def _details(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out every innermost `<details>`; an outer one only groups them."""
    for details in soup.find_all("details"):
        summary = details.find("summary", recursive=False)
        if summary is None or _in_chrome(details):
            continue
        if details.find("details") is not None:
            summary.name = "h3"
            continue
        name = _words(summary)
        summary.extract()
        if name and _words(details):
            yield Pair((name,), details.decode_contents(), details.sourceline or 0)
            details.extract()


def _definitions(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out definition lists; terms that share a definition name one thing."""
    for definitions in soup.find_all("dl"):
        if _in_chrome(definitions) or definitions.find("dl"):
            continue
        names: list[str] = []
        texts: list[str] = []
        line = 0
        for part in [*definitions.find_all(["dt", "dd"]), None]:
            if part is None or (part.name == "dt" and texts):
                if names and any(texts):
                    yield Pair(tuple(names), "\n".join(f"<div>{one}</div>" for one in texts), line)
                names, texts = [], []
            if part is not None and part.name == "dt":
                line = line if names else part.sourceline or 0
                names.extend(filter(None, [_words(part)]))
            elif part is not None and _words(part):
                texts.append(part.decode_contents())
        definitions.extract()


def _pieces(tag: "Tag", chrome: bool) -> Iterator[Piece]:
    """Yield the blocks below a tag; inline parts between blocks are paragraphs."""
    from bs4 import Tag

    loose: list[PageElement] = []
    for child in list(tag.children):
        if isinstance(child, Tag) and (child.name in _BLOCKS or child.find(list(_BLOCKS))):
            yield from _paragraph(loose, tag, chrome)
            loose = []
            yield from _block(child, chrome)
        else:
            loose.append(child)
    yield from _paragraph(loose, tag, chrome)


def _paragraph(parts: "list[PageElement]", parent: "Tag", chrome: bool) -> Iterator[Piece]:
    from bs4 import Tag

    words = " ".join("".join(part.get_text() for part in parts).split())
    if words:
        line = next((part.sourceline for part in parts if isinstance(part, Tag)), None)
        markup = "".join(str(part) if isinstance(part, Tag) else _text(part) for part in parts)
        yield Piece(
            Shape.PROSE, f"<p>{markup}</p>", words, line or parent.sourceline or 0, 0, chrome
        )


def _text(part: "PageElement") -> str:
    return part.output_ready(formatter="minimal")  # type: ignore[attr-defined,no-any-return]


def _block(element: "Tag", chrome: bool) -> Iterator[Piece]:
    chrome = chrome or _is_chrome(element)
    words = _words(element)
    line = element.sourceline or 0
    if not words:
        return
    if _HEADING.fullmatch(element.name):
        yield Piece(Shape.HEADING, "", words, line, int(element.name[1]), chrome)
    elif _asks(element, words):
        yield Piece(Shape.ASKED, "", words, line, 6, chrome)
    elif element.name in ("ul", "ol") and not _holds_headings(element):
        items = tuple(
            (item.decode_contents(), item.sourceline or line)
            for item in element.find_all("li", recursive=False)
            if _words(item)
        )
        start = str(element.get("start") or "1")
        first = int(start) if start.isdecimal() and len(start) < _LONGEST_START else 1
        level = max(1, first) if element.name == "ol" else 0
        yield Piece(Shape.LIST, str(element), words, line, level, chrome, items)
    elif element.name in _WHOLE and not _holds_headings(element):
        yield Piece(Shape.PROSE, str(element), words, line, 0, chrome)
    elif element.name == "button":
        yield Piece(Shape.PROSE, str(element), words, line, 0, True)
    else:
        yield from _pieces(element, chrome)


def _holds_headings(element: "Tag") -> bool:
    return element.find(["h1", "h2", "h3", "h4", "h5", "h6"]) is not None


def _asks(element: "Tag", words: str) -> bool:
    """Whether the title of an accordion is a question."""
    if not words.endswith("?") or len(words) > _LONGEST_QUESTION:
        return False
    if element.name == "button":
        return True
    if _QUESTION.search(" ".join(element.get("class") or [])) and not _holds_headings(element):
        return words.count("?") == 1
    return False
