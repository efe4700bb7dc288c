"""A page -> the words of its main content; the only module that imports trafilatura."""

import re

from corpus.errors import LibraryMissing


def main_words(page: str) -> str:
    """Return the letters and digits of the main content, empty when none is found."""
    try:
        from trafilatura import extract
    except ImportError as error:
        raise LibraryMissing("trafilatura", "HTML") from error
    return letters(extract(page, include_comments=False, favor_recall=True) or "")


def letters(text: str) -> str:
    """Return what two renderings of one text share."""
    return re.sub(r"[\W_]+", "", text).casefold()
