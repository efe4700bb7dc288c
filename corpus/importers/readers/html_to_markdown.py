"""HTML -> Markdown; the only module that imports markdownify."""

import html
import re
import warnings
from urllib.parse import urljoin

from corpus.errors import LibraryMissing
from corpus.importers.escaping import clean, paragraph
from corpus.markdown import render

_TAG = re.compile(r"</?[a-zA-Z][^<>]*>|&(?:#\d+|#x[0-9a-fA-F]+|[a-zA-Z]+);")
_ESCAPED_TAG = re.compile(r"&lt;/?(?:p|br|a|ul|ol|li|b|i|strong|em|div|span)\b", re.IGNORECASE)
_ESCAPED = re.compile(r"\\([^\w\s])")
_NOWHERE = re.compile(
    r"<a\b[^<>]*\bhref=[\"'](?:#|javascript:)[^\"']*[\"'][^<>]*>(.*?)</a>",
    re.IGNORECASE | re.DOTALL,
)
"""Links to places of a page that is not there any more, or to what only that page can do."""
_LINK = re.compile(r"(\]\()<?([^()\s<>]+)>?(?=[)\s])")


def to_markdown(markup: str, base: str = "") -> str:
    """Convert a piece of HTML; addresses are made whole with `base`."""
    try:
        from markdownify import MarkdownConverter
    except ImportError as error:
        raise LibraryMissing("markdownify", "HTML") from error
    converter = MarkdownConverter(
        heading_style="atx",
        bullets="-",
        escape_misc=True,
        sup_symbol="<sup>",
        sub_symbol="<sub>",
        autolinks=False,
    )
    with warnings.catch_warnings():
        # Beautiful Soup wonders whether a short text is the name of a file.
        warnings.simplefilter("ignore")
        text = (
            converter.convert(clean(markup if base else _NOWHERE.sub(r"\1", markup)))
            .strip()
            .replace("{#", "&#123;#")
        )
    text = _bare(text)
    if not base:
        return text
    return _LINK.sub(lambda match: match[1] + urljoin(base, match[2]), text)


def _bare(markdown: str) -> str:
    """Return the text without the backslashes that it does not need, as people write it."""
    bare = _ESCAPED.sub(r"\1", markdown)
    return bare if bare == markdown or render(bare) == render(markdown) else markdown


def answer_markdown(text: str) -> str:
    """Convert an answer that may be HTML or plain text."""
    if _ESCAPED_TAG.search(text) and not re.search(r"</?[a-zA-Z][^<>]*>", text):
        text = html.unescape(text)
    if _TAG.search(text):
        return to_markdown(text)
    parts = re.split(r"\n\s*\n", clean(text).strip())
    return "\n\n".join(filter(None, map(paragraph, parts)))


def words(text: str) -> str:
    """Return the text of one line without tags and entities; only blocks are apart."""
    apart = re.sub(r"</?(?:p|br|div|li|ul|ol|td|tr|h[1-6])\b[^<>]*>", " ", clean(text))
    return " ".join(html.unescape(re.sub(r"</?[a-zA-Z][^<>]*>", "", apart)).split())
