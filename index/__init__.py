"""Text and vectors: an index of a corpus, and the retriever that answers from it.

    retriever = open_index(Path("var/index"))
    outcome = retriever.answer("what does an ML engineer do?")

These are the names of the run time; importing them imports neither torch nor what only a build
needs.
"""

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
