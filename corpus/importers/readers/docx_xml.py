"""The XML of a DOCX made plain in place, so that no text stands where a reader does not look.

Word wraps text in content controls, fields and tracked changes; what is inside belongs to the
document all the same. Nothing is taken out that would move the number of a later paragraph.
"""

from collections.abc import Iterator
from typing import Any

_SPACE = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_VALUE, _CONTROL, _INNER = f"{_SPACE}val", f"{_SPACE}sdt", f"{_SPACE}sdtContent"
_GALLERY = f"{_SPACE}sdtPr/{_SPACE}docPartObj/{_SPACE}docPartGallery"
_PLACEHOLDER = f"{_SPACE}sdtPr/{_SPACE}showingPlcHdr"
_CONTENTS = "Table of Contents"
_DELETED_ROW = f"{_SPACE}trPr/{_SPACE}del"
_ROW, _TEXT, _DELETED_TEXT = f"{_SPACE}tr", f"{_SPACE}t", f"{_SPACE}delText"
_GONE = (f"{_SPACE}del", f"{_SPACE}moveFrom")
_WRAPPERS = tuple(
    f"{_SPACE}{name}"
    for name in ("ins", "moveTo", "smartTag", "customXml", "fldSimple", "dir", "bdo")
)
"""Around paragraphs, runs or rows, with nothing of their own to say."""


def make_plain(body: Any) -> Iterator[tuple[str, str]]:
    """Unwrap what is text, and yield what is none: what it is, and its words."""
    yield "tracked deletions", " ".join(_deleted(body))
    for control in body.iter(_CONTROL):
        gallery = control.find(_GALLERY)
        if gallery is not None and gallery.get(_VALUE) == _CONTENTS:
            yield "the table of contents", _emptied(control)
        elif control.find(_PLACEHOLDER) is not None:
            yield "the hint of a field that is not filled in", _emptied(control)
    for wrapper in list(body.iter(_CONTROL, *_WRAPPERS)):
        inner = wrapper.find(_INNER) if wrapper.tag == _CONTROL else wrapper
        for child in list(inner if inner is not None else ()):
            wrapper.addprevious(child)
        wrapper.getparent().remove(wrapper)


def _deleted(body: Any) -> Iterator[str]:
    """Take out what is tracked as deleted or as moved elsewhere, and yield the deleted words."""
    for row in [row for row in body.iter(_ROW) if row.find(_DELETED_ROW) is not None]:
        yield from _words(row)
        row.getparent().remove(row)
    for gone in list(body.iter(*_GONE)):
        if gone.tag == _GONE[0]:
            yield from _words(gone)
        gone.getparent().remove(gone)


def _words(element: Any) -> Iterator[str]:
    return (text.text or "" for text in element.iter(_TEXT, _DELETED_TEXT))


def _emptied(control: Any) -> str:
    """Take the words out and leave the paragraphs, which count."""
    said = []
    for text in control.iter(_TEXT):
        said.append(text.text or "")
        text.text = ""
    return " ".join(said)
