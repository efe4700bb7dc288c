"""HTML -> its pieces in order; the only module that imports Beautiful Soup."""

import re
import warnings
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import TYPE_CHECKING
from urllib.parse import unquote

from corpus.errors import LibraryMissing
from corpus.importers.blocks import asks
from corpus.importers.readers.html_to_markdown import words as words_of
from corpus.importers.readers.tables import Row, has_names, takes_turns

if TYPE_CHECKING:
    from bs4 import BeautifulSoup, Tag
    from bs4.element import PageElement

_DROPPED = ["script", "style", "noscript", "template", "svg", "iframe", "object", "select", "input"]
_CHROME = {"nav", "footer", "aside", "form", "dialog", "menu"}
_ROLES = {"navigation", "banner", "contentinfo", "search", "complementary", "dialog", "menu"}
_PERMALINK = re.compile(r"#.")
"""A link to a place of the same page; one without words is the sign beside a heading."""
TO_TOP = re.compile(
    r"\W*(?:(?:back |return )?to (?:the )?top\b.*|top|(?:zurück )?nach oben)\W*", re.IGNORECASE
)
_ICON = re.compile(r"^material-(?:icons|symbols)")
"""Whose words a font shows as a picture."""
_SYMBOL = re.compile(r"icon|symbol|arrow|caret|chevron", re.IGNORECASE)
"""Whose one letter a font shows as a picture."""
_HEADING = re.compile(r"h[1-6]")
_CUSTOM = re.compile(r"[a-z]+-")
"""Names of custom elements."""
_JSON_LD = re.compile(r"application/ld\+json\b", re.IGNORECASE)
_UNSEEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
_PANEL = re.compile(
    r"accordion|collaps|panel|answer|faq|toggle|tab-?(?:content|pane)", re.IGNORECASE
)
"""Classes of what a click opens."""
_QUESTION = re.compile(
    r"question|expand-control|(?:accordion|toggle|faq|collapsible)[-_]*(?:title|head|button|trigger|link|label)",
    re.IGNORECASE,
)
"""Classes of what is clicked."""
_MORE = re.compile(
    r"(?:read|show|see|learn|view)? ?(?:more|less|details|answer|all)|toggle|open|close|menu|\W*",
    re.IGNORECASE,
)
_FOR_SCREEN_READERS = ["sr-only", "visually-hidden", "screen-reader-text", "screen-reader-only"]
_QUESTION_TYPE = re.compile(r"schema\.org/Question\b")
_CLASS_RULE = re.compile(r"\.([\w-]+)\s*\{([^{}]*)\}")
_STYLED = {
    "s": re.compile(r"line-through"),
    "sup": re.compile(r"vertical-align\s*:\s*super"),
    "sub": re.compile(r"vertical-align\s*:\s*sub\b"),
    "strong": re.compile(r"font-weight\s*:\s*(?:bold|[6-9]00)"),
}
"""Tags by what in a style says the same, as word processors write it."""
_TITLES = ["h1", "h2", "h3", "h4", "h5", "h6", "button", "summary", "dt"]
_STRUCK = ["s", "del", "strike"]
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "details", "dialog", "div", "dl", "dd",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "html", "li", "main", "menu", "nav", "ol", "p", "pre", "section",
    "summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul", "button",
}  # fmt: skip
_APART = ["br", *_BLOCKS]
_DEEPEST, _DEEPEST_OPEN = 300, 6000
"""Elements in each other: of a page, and of one before its elements are closed."""
_ROWS = {"table", "thead", "tbody", "tfoot"}
_CLOSES: Mapping[str, tuple[set[str], set[str]]] = {
    "li": ({"li"}, {"ul", "ol", "menu"}),
    "dt": ({"dt", "dd"}, {"dl"}),
    "dd": ({"dt", "dd"}, {"dl"}),
    "tr": ({"tr"}, _ROWS),
    "td": ({"td", "th"}, {"tr", *_ROWS}),
    "th": ({"td", "th"}, {"tr", *_ROWS}),
    "p": ({"p"}, _BLOCKS - {"p"}),
}
"""What an element ends by its start, unless one of the others stands in between."""
_LONGEST_QUESTION = 300
_QUESTION_AND_ANSWER = 2
_LONGEST_SPAN = 4
"""Digits of how many rows or columns a cell may take up."""
_FEEDBACK = re.compile(
    r"(?:was|were|is|did|does|do) (?:this|that|these|you)\b.{0,60}"
    r"\b(?:help\w*|useful|answer your question)\b.{0,40}|\d+ (?:out )?of \d+ found this helpful.*",
    re.IGNORECASE,
)
"""What help desks write below an article, with buttons."""
_REDIRECT = re.compile(r"https?://www\.google\.com/url\?(?:.*&)?q=([^&]+).*")
"""Around every address in an export of Google Docs."""
_FOOTNOTES = re.compile(r"(?:^|[\s-])footnotes(?:\s|$)")
_NOTE = re.compile(r"(?:cmnt|ftnt)\d+")
_NOTE_SIGN = re.compile(r"(?:cmnt|ftnt)_ref\d+")
"""Of comments and footnotes in an export of Google Docs."""
_WORD_ITEM, _WORD_SIGN = (
    re.compile(r"mso-list:\s*l\d"),
    re.compile(r"mso-list:\s*ignore", re.IGNORECASE),
)
"""Styles of an item, and of its bullet, in a page that Word saved."""
_LIST_LEVEL = re.compile(r"lst-\S+-[1-8]$")
_NOWHERE = re.compile(r"#!?$|javascript:")
"""Addresses of links that a click opens something by."""
_LONGEST_START = 6
_FEW = 4
"""Parts of a block of which a picture may be the only one that shows."""
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
    guessed: bool = False
    """Whether the page does not say that it is a question."""
    about: str = ""
    """The heading above it, such as the name of a tab."""


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
    """Words that nothing on the page opens, notes and comments, and their lines."""
    tables: tuple[tuple[Row, ...], ...] = ()
    """Those of questions and answers."""
    embedded: tuple[tuple[str, int], ...] = ()
    """What is no text, in words, and its lines."""
    struck: tuple[tuple[str, int], ...] = ()
    """Titles that are struck out as a whole, and their lines."""


def read_page(text: str) -> Page:
    """Parse a page, however broken; raises `RecursionError` when it nests without end."""
    try:
        from bs4 import BeautifulSoup
    except ImportError as error:
        raise LibraryMissing("beautifulsoup4", "HTML") from error
    with warnings.catch_warnings():
        # It wonders whether a short text is an address, or XML.
        warnings.simplefilter("ignore")
        soup = BeautifulSoup(text, "html.parser")
    _check_depth(soup, _DEEPEST_OPEN)
    _close(soup)
    _check_depth(soup, _DEEPEST)
    scripts = tuple(
        (script.get_text(), script.sourceline or 0)
        for script in soup.find_all("script", type=_JSON_LD)
    )
    title, address = _words(soup.title), _canonical(soup)
    _mark_looks(soup)
    for tag in soup.find_all(role="heading"):
        tag.name = f"h{level}" if (level := tag.get("aria-level")) in tuple("123456") else "h2"
    for tag in soup.find_all("label", attrs={"for": True}):
        tag.name = "button"  # it opens a panel by a hidden checkbox
    for tag in soup.find_all(_CUSTOM):
        _open_custom(soup, tag)
    embedded = tuple(_embedded(soup))
    _drop(soup)
    _list_word(soup)
    for link in soup.find_all("a", href=_REDIRECT):
        link["href"] = unquote(_REDIRECT.sub(r"\1", str(link["href"])))
    for sign in soup.find_all(True, {"aria-hidden": "true"}):
        if sign.find_parent([*_TITLES, "strong", "b"]) is not None:
            sign.extract()
    _nest_lists(soup)
    struck = tuple(
        (_words(tag), tag.sourceline or 0)
        for tag in soup.find_all(_TITLES)
        if tag.find(_STRUCK) is not None and _words(tag.find(_STRUCK)) == _words(tag) != ""
    )
    unseen = (
        *_taken_out(soup.find_all(class_=_FOR_SCREEN_READERS)),
        *_taken_out(soup.find_all(_is_struck)),
        *_annotations(soup),
    )
    found = [*_microdata(soup), *_controlled(soup), *_revealed(soup)]
    hidden = (*unseen, *_taken_out(soup.find_all(_is_hidden)))
    found += [*_details(soup), *_definitions(soup), *_boxed(soup)]
    for contents in soup.find_all(_is_contents):
        contents.name = "nav"
    tables = tuple(_tables(soup))
    pairs = tuple(sorted(found, key=lambda pair: pair.line))
    pieces = tuple(_pieces(soup.body or soup, chrome=False))
    return Page(title, address, scripts, pairs, pieces, str(soup), hidden, tables, embedded, struck)


def _open_custom(soup: "BeautifulSoup", tag: "Tag") -> None:
    """Turn a panel that names its title in an attribute into what browsers know."""
    titles = (str(tag.get(name) or "") for name in ("summary", "heading", "header", "label"))
    if title := next(filter(asks, titles), ""):
        tag.name = "details"
        summary = soup.new_tag("summary", string=title)
        summary.sourceline = tag.sourceline
        tag.insert(0, summary)


def _list_word(soup: "BeautifulSoup") -> None:
    """Turn paragraphs that Word saved with a bullet or number into items."""
    for item in soup.find_all("p", style=_WORD_ITEM):
        sign = item.find("span", style=_WORD_SIGN)
        if sign is not None:
            ordered = re.search(r"\d", sign.extract().get_text()) is not None
            item.name = "li"
            item.wrap(soup.new_tag("ol" if ordered else "ul"))


def _drop(soup: "BeautifulSoup") -> None:
    """Take out what has no words of its own for a reader of the text."""
    from bs4.element import PreformattedString

    for link in soup.find_all("a", href=_PERMALINK):
        if not re.search(r"\w", link.get_text()) or TO_TOP.fullmatch(_words(link)):
            link.extract()
    # Word writes its conditions as declarations.
    comments = soup.find_all(string=lambda text: isinstance(text, PreformattedString))
    pictures = soup.find_all("img", alt=lambda text: not text)
    icons = [tag for tag in soup.find_all(class_=_SYMBOL) if len(_words(tag)) == 1]
    icons += soup.find_all(class_=_ICON)
    for dropped in [*soup.find_all(_DROPPED), *comments, *pictures, *icons]:
        dropped.extract()


def _check_depth(soup: "BeautifulSoup", most: int) -> None:
    depths = {id(soup): 0}
    for tag in soup.find_all(True):
        depths[id(tag)] = depths[id(tag.parent)] + 1
    if max(depths.values()) > most:
        raise RecursionError


def _close(soup: "BeautifulSoup") -> None:
    """Move cells, items and paragraphs out of those that a page left open, as browsers do."""
    for tag in soup.find_all(list(_CLOSES)):
        closed, bounds = _CLOSES[tag.name]
        open_one = None
        for parent in tag.parents:
            if parent.name in bounds:
                break
            if parent.name in closed:
                open_one = parent
        if open_one is not None:
            following = list(tag.next_siblings) if tag.parent is open_one else []
            open_one.insert_after(tag, *following)


def _words(tag: "Tag | None") -> str:
    if tag is None:
        return ""
    return " ".join(tag.get_text(" " if tag.find(_APART) else "").split())


def _canonical(soup: "BeautifulSoup") -> str:
    link = soup.find("link", rel="canonical")
    address = str(link.get("href", "")) if link else ""
    return address if address.startswith(("http://", "https://")) else ""


def _is_hidden(tag: "Tag") -> bool:
    if tag.has_attr("hidden") and tag.get("hidden") != "until-found":
        return True
    return tag.get("aria-hidden") == "true" or bool(_UNSEEN.search(str(tag.get("style", ""))))


def _is_dropdown(tag: "Tag") -> bool:
    """Whether a navigation is none but what a click on the element above opens, as in Webflow."""
    return tag.name == "nav" and re.search("dropdown-list", _classes(tag)) is not None


def _is_struck(tag: "Tag") -> bool:
    """Whether words of a question are struck out, but not all of it."""
    title = tag.find_parent(_TITLES) if tag.name in _STRUCK else None
    return title is not None and _words(title) != _words(tag)


def _is_contents(tag: "Tag") -> bool:
    """Whether a list holds nothing but links to places of its own page."""
    if tag.name not in ("ul", "ol"):
        return False
    items = tag.find_all("li")
    links = tag.find_all("a", href=_PERMALINK)
    return (
        len(items) > 1 and len(links) == len(items) and _words(tag) == " ".join(map(_words, links))
    )


def _show(tag: "Tag") -> None:
    for name in ("hidden", "aria-hidden", "style"):
        del tag[name]


def _controlled(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out questions with the panels that they open; other panels get a heading."""
    by_id = {str(tag["id"]): tag for tag in reversed(soup.find_all(id=True))}
    for control in soup.find_all(True):
        panel = _panel(by_id, control)
        if panel is None or not _words(panel) or _in_chrome(control):
            continue
        name = _unsigned(_words(control))
        holder = control.find_parent(_HEADING) or control
        holder = holder if _unsigned(_words(holder)) == name else control
        if asks(name) and panel.find(True, {"aria-controls": True}) is None:
            line, about = control.sourceline or 0, _heading_above(holder)
            holder.extract()
            panel.extract()
            yield Pair((name,), panel.decode_contents(), line, about=about)
        elif panel.parent is None or not _in_chrome(panel.parent):
            _show(panel)
            if holder is control and not _MORE.fullmatch(name):
                heading = soup.new_tag("h3", string=name)
                heading.sourceline = control.sourceline
                panel.insert_before(heading)
                control.extract()


def _panel(by_id: "Mapping[str, Tag]", control: "Tag") -> "Tag | None":
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
    panel = by_id.get(name)
    if panel is None or panel is control or panel in control.parents or control in panel.parents:
        return None
    return panel


def _unsigned(name: str) -> str:
    """Return a question without the sign that opens its answer."""
    bare = name.rstrip(" +-\u2212\u00d7")
    return bare if asks(bare) else name


def _embedded(soup: "BeautifulSoup") -> Iterator[tuple[str, int]]:
    """Name what stands in a page from elsewhere, such as a map, a form or a film."""
    for tag in soup.find_all("select"):
        if not _in_chrome(tag):
            words = ", ".join(option.get_text().strip() for option in tag.find_all("option"))
            yield f"a choice: {words}", tag.sourceline or 0
    for tag in soup.find_all("img", alt=False, src=True):
        if not _in_chrome(tag):
            yield f"a picture without a description: {tag['src']}", tag.sourceline or 0
    for tag in soup.find_all("img", alt=True):
        block = tag.find_parent(list(_BLOCKS))
        is_alone = block is not None and len(block.contents) < _FEW and not _words(block)
        if tag["alt"] and is_alone and not _in_chrome(tag):
            yield f"a picture alone: '{tag['alt']}'", tag.sourceline or 0
    for tag in soup.find_all(["iframe", "object", "embed", "video", "audio"]):
        source = tag.find("source") or tag
        address = str(source.get("src") or source.get("data-src") or source.get("data") or "")
        if address and not _in_chrome(tag) and tag.find_parent("noscript") is None:
            name = f" '{tag['title']}'" if tag.get("title") else ""
            yield f"embedded{name}: {address}", tag.sourceline or 0


def _nest_lists(soup: "BeautifulSoup") -> None:
    """Put a list into the item above where a page of Google Docs tells its level by a class."""
    for inner in soup.find_all(["ul", "ol"], class_=_LIST_LEVEL):
        above = inner.find_previous_sibling()
        items = above.find_all("li") if above is not None and above.name in ("ul", "ol") else []
        if items:
            items[-1].append(inner)


def _revealed(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out hidden answers below their questions; show what a click opens by its class."""
    hidden = soup.find_all(lambda tag: _is_hidden(tag) or _is_dropdown(tag))
    # One hidden paragraph is no accordion.
    aside = hidden[0] if len(hidden) == 1 and _goes_on(hidden[0]) else None
    for tag in hidden:
        if tag is aside or tag.parent is None or _in_chrome(tag.parent):
            continue
        before = tag.find_previous_sibling()
        name = _unsigned(_words(before))
        title = before.find(_TITLES) if before is not None else None
        titled = before is not None and (before.name in _TITLES or _words(title) == name != "")
        if before is not None and asks(name) and len(name) <= _LONGEST_QUESTION:
            if _words(tag) and tag.find(_TITLES) is None:
                line = before.sourceline or 0
                before.extract()
                tag.extract()
                yield Pair((name,), tag.decode_contents(), line)
                continue
            titled = True
        if titled or _PANEL.search(_classes(tag)) or tag.get("role") == "tabpanel":
            _show(tag)


def _goes_on(tag: "Tag") -> bool:
    """Whether a paragraph stands before another one that is shown."""
    after = tag.find_next_sibling()
    return tag.name == "p" and after is not None and after.name == "p" and not tag.get("id")


def _taken_out(tags: "Iterable[Tag]") -> Iterator[tuple[str, int]]:
    """Take out tags, and yield their words and lines."""
    for tag in tags:
        if words := _words(tag):
            yield words, tag.sourceline or 0
        tag.extract()


def _mark_looks(soup: "BeautifulSoup") -> None:
    """Put tags around what a style raises, lowers, strikes out or makes bold."""
    rules = "".join(style.get_text() for style in soup.find_all("style"))
    styles = dict(
        _CLASS_RULE.findall(re.sub(r"@[^{}@]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}", "", rules))
    )
    for span in soup.find_all("span"):
        classes = (styles.get(name, "") for name in span.get("class") or ())
        style = ";".join([*classes, str(span.get("style") or "")])
        for name, pattern in _STYLED.items():
            if pattern.search(style):
                span.wrap(soup.new_tag(name))


def _microdata(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out questions that are marked by microdata of schema.org."""
    for tag in soup.find_all(itemtype=_QUESTION_TYPE):
        name = tag.find(itemprop="name")
        answers = tag.find_all(itemprop=["acceptedAnswer", "suggestedAnswer"])
        texts = [answer.find(itemprop="text") or answer for answer in answers]
        if name is None or _in_chrome(tag) or not any(map(_words, texts)):
            continue
        markup = "".join(f"<div>{text.decode_contents()}</div>" for text in texts)
        words = _unsigned(_words(name)) or str(name.get("content") or "")
        yield Pair((words,), markup, tag.sourceline or 0)
        tag.extract()


def _annotations(soup: "BeautifulSoup") -> Iterator[tuple[str, int]]:
    """Take out footnotes and comments, and the signs in the text that lead there."""
    signs = soup.find_all("a", id=_NOTE_SIGN)
    raised = [sign for sign in soup.find_all("a", href=_PERMALINK) if sign.find_parent("sup")]
    for sign in [*signs, *raised, *soup.find_all(class_=["footnote-ref", "footnote-reference"])]:
        (sign.find_parent("sup") or sign).extract()
    notes = soup.find_all("a", id=_NOTE)
    yield from _taken_out([note.find_parent(["div", "p"]) or note for note in notes])
    yield from _taken_out(soup.find_all(_is_footnotes))


def _is_footnotes(tag: "Tag") -> bool:
    return tag.get("role") == "doc-endnotes" or bool(_FOOTNOTES.search(_classes(tag)))


def _boxed(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out questions that share a box with their answer, or stand before a panel with it."""
    holders = {}
    for title in soup.find_all(_is_title):
        name = _unsigned(_words(title))
        if not name or len(name) > _LONGEST_QUESTION or _in_chrome(title):
            continue
        holder = _holder(title)
        if asks(name):
            holders[id(holder)] = (name, holder, _answer(holder))
        elif "question" in _classes(title).casefold():
            answer = _answer(holder)
            if len(answer) == 1 and "answer" in _classes_of(answer[0]):
                holders[id(holder)] = (name, holder, answer)
    for name, holder, answer in holders.values():
        if answer:
            markup = "".join(map(_markup, answer))
            about = _heading_above(holder)
            for part in (holder, *answer):
                part.extract()
            yield Pair((name,), markup, holder.sourceline or 0, about=about)


def _heading_above(tag: "Tag") -> str:
    """Return the words of the last heading before a tag that is no question."""
    above = map(_words, tag.find_all_previous(_HEADING))
    return next((words for words in above if words and not asks(words)), "")


def _is_title(tag: "Tag") -> bool:
    opens = tag.name == "a" and _NOWHERE.match(str(tag.get("href"))) is not None
    named = tag.name == "button" or _HEADING.fullmatch(tag.name) is not None
    return named or opens or _QUESTION.search(_classes(tag)) is not None


def _classes(tag: "Tag") -> str:
    return " ".join(tag.get("class") or ())


def _classes_of(part: "PageElement") -> str:
    from bs4 import Tag

    return _classes(part).casefold() if isinstance(part, Tag) else ""


def _holder(title: "Tag") -> "Tag":
    """Return the outermost element that shows nothing but the title."""
    holder = title
    while holder.parent is not None and holder.parent.name in ("div", "header", "button"):
        if any(child is not holder and _says(child) for child in holder.parent):
            break
        holder = holder.parent
    return holder


def _says(part: "PageElement") -> bool:
    """Whether there is more to read than the sign that opens an answer."""
    return re.search(r"[^\W_]", part.get_text()) is not None


def _answer(holder: "Tag") -> "list[PageElement]":
    """Return what follows a title, if the page shows that it is the answer and where it ends."""
    from bs4 import Tag

    following = (part for part in holder.next_siblings if _says(part))
    first = next(following, None)
    box = holder.parent
    if first is None or box is None:
        return []
    if isinstance(first, Tag) and _PANEL.search(_classes(first)) and not first.find(_is_title):
        return [first]
    twins = [box.find_previous_sibling(box.name), box.find_next_sibling(box.name)]
    if box.name not in ("div", "li", "section", "article") or not any(map(_asks_inside, twins)):
        return []
    titles = [holder, *holder.find_all(_is_title)]
    others = box.find_all(_is_title, limit=len(titles) + 1)
    if any(title not in titles for title in others):
        return []
    before = any(map(_says, holder.previous_siblings))
    return [] if before else [first, *following]


def _asks_inside(tag: "Tag | None") -> bool:
    """Whether the first title in an element asks."""
    title = tag.find(_is_title) if tag else None
    return title is not None and asks(_unsigned(_words(title)))


def _tables(soup: "BeautifulSoup") -> Iterator[tuple[Row, ...]]:
    """Take out tables whose columns are named as questions and answers."""
    for table in soup.find_all("table"):
        if table.find("table") is None and not _in_chrome(table):
            rows = tuple(_rows(table))
            if has_names(rows) or _all_ask(rows) or takes_turns(rows):
                table.extract()
                yield rows


def _all_ask(rows: Sequence[Row]) -> bool:
    """Whether each row is a question with its answer."""
    asked = [words_of(row.cells[0]) for row in rows if len(row.cells) == _QUESTION_AND_ANSWER]
    return len(asked) == len(rows) > 1 and all(asks(name) for name in asked)


def _rows(table: "Tag") -> Iterator[Row]:
    below: dict[int, tuple[int, str]] = {}
    for line in table.find_all("tr"):
        cells: list[str] = []
        merged: set[int] = set()
        parts = iter(line.find_all(["td", "th"]))
        while True:
            place = len(cells)
            left, markup = below.get(place, (0, ""))
            wide = 1
            if left:
                merged.add(place)
            elif part := next(parts, None):
                left, markup = _span(part, "rowspan"), part.decode_contents().strip()
                wide = _span(part, "colspan")
            else:
                break
            below[place] = (left - 1, markup)
            cells.extend([markup, *[""] * (wide - 1)])
        yield Row(tuple(cells), line.sourceline or 0, frozenset(merged))


def _span(part: "Tag", name: str) -> int:
    written = str(part.get(name) or "1")
    return max(1, int(written)) if written.isdecimal() and len(written) < _LONGEST_SPAN else 1


def _is_chrome(tag: "Tag") -> bool:
    header = tag.name == "header" and tag.find_parent(["main", "article", "section"]) is None
    header = header and tag.find("h1") is None
    return tag.name in _CHROME or tag.get("role") in _ROLES or header


def _says_nothing(words: str) -> bool:
    """Whether words are a sign alone, or ask whether the page was helpful."""
    return re.search(r"\w", words) is None or _FEEDBACK.fullmatch(words) is not None


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
            about = _heading_above(details)
            yield Pair((name,), details.decode_contents(), details.sourceline or 0, about=about)
            details.extract()


def _definitions(soup: "BeautifulSoup") -> Iterator[Pair]:
    """Take out definition lists; one that neither asks nor explains becomes a list with labels."""
    for definitions in soup.find_all("dl"):
        if _in_chrome(definitions) or definitions.find("dl"):
            continue
        pairs = list(_defined(definitions))
        asking = any(asks(name) for pair in pairs for name in pair.names)
        parts = definitions.find_all("dd")
        if asking or all(_words(part).endswith((".", "!", "?")) for part in parts if _words(part)):
            yield from (replace(pair, guessed=not asking) for pair in pairs)
            definitions.extract()
        else:
            _label(soup, definitions)


def _label(soup: "BeautifulSoup", definitions: "Tag") -> None:
    """Turn a definition list into a list whose items start with their terms."""
    items: list[Tag] = []
    for part in definitions.find_all(["dt", "dd"]):
        if part.name == "dt" or not items:
            items.append(soup.new_tag("li"))
            items[-1].sourceline = part.sourceline
        ending = ": " if part.name == "dt" and not _words(part).endswith(":") else " "
        items[-1].extend([*part.contents, ending])
    definitions.clear()
    definitions.name = "ul"
    definitions.extend(items)


def _defined(definitions: "Tag") -> Iterator[Pair]:
    """Yield the terms of a list with what explains them; terms may share a definition."""
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
    chrome = chrome or _says_nothing(words)
    if words:
        line = next((part.sourceline for part in parts if isinstance(part, Tag)), None)
        markup = "".join(map(_markup, parts))
        yield Piece(
            Shape.PROSE, f"<p>{markup}</p>", words, line or parent.sourceline or 0, 0, chrome
        )


def _markup(part: "PageElement") -> str:
    from bs4 import Tag

    if isinstance(part, Tag):
        return str(part)
    return part.output_ready(formatter="minimal")  # type: ignore[attr-defined,no-any-return]


def _block(element: "Tag", chrome: bool) -> Iterator[Piece]:
    words = _words(element)
    chrome = chrome or _is_chrome(element) or _says_nothing(words)
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
    if not asks(words) or len(words) > _LONGEST_QUESTION:
        return False
    if element.name == "button":
        return True
    if _QUESTION.search(_classes(element)) and not _holds_headings(element):
        return words.count("?") == 1
    return False
