"""Text and vectors: an index of a corpus, and the retriever that answers from it.

    retriever = open_index(Path("var/index"))
    outcome = retriever.answer("what does an ML engineer do?")

These are the names of the run time; importing them imports neither torch nor what only a build
needs.
"""

import os

# NumPy asks for huge pages. Linux then stops to make room for one wherever memory is fragmented,
# which took a quarter of a build; nothing here gets faster by them.
os.environ.setdefault("NUMPY_MADVISE_HUGEPAGE", "0")  # noqa: TID251 - set, and read by NumPy

from index.datatypes import Abstained, Answered, Clarify, Conversed, Outcome, Turn, Unit
from index.errors import RetrievalError
from index.retriever import Retriever, open_index

__all__ = [
    "Abstained",
    "Answered",
    "Clarify",
    "Conversed",
    "Outcome",
    "RetrievalError",
    "Retriever",
    "Turn",
    "Unit",
    "open_index",
]
