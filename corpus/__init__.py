"""Content: a folder of articles and canned answers, read, checked and frozen.

    corpus = load(Path("corpus"))

It knows files and nothing else of ours.
"""

from corpus.documents import Boundary, Check, Corpus, Document, Entry, Section, Source, Span
from corpus.errors import CorpusError, Fault
from corpus.loader import load

__all__ = [
    "Boundary",
    "Check",
    "Corpus",
    "CorpusError",
    "Document",
    "Entry",
    "Fault",
    "Section",
    "Source",
    "Span",
    "load",
]
