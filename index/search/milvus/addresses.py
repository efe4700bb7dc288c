"""What an address of a vector store stands for; what it needs is loaded then, and not before."""

import sys
from collections.abc import Callable
from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from index.datatypes import Manifest, Vectors
from index.errors import IndexCorrupt, SearchFailed, StoreUnavailable
from index.search.vector_store import Remote

if TYPE_CHECKING:
    from index.search.milvus.collections import Milvus
    from index.search.milvus.guarded_search import Guarded

BUILT_IN = "faiss"
"""Stands for no store: every version holds its vectors."""
SEARCH_SECONDS = 0.5
"""How long a question may wait for a search."""
PATIENT_SECONDS = 60.0
"""How long a command waits for one."""


def connect(address: str) -> "Milvus | None":
    """Return the store at an address; None for the built-in engine. Nothing is asked of it yet.

    Raises StoreUnavailable when its client is not installed.
    """
    if address == BUILT_IN:
        return None
    if find_spec("pymilvus") is None or find_spec("pybreaker") is None:
        python = sys.executable
        raise StoreUnavailable(
            f"The client of Milvus is not installed. Run: {python} -m pip install"
            " -c constraints.txt '.[milvus]'"
        )
    from index.search.milvus.collections import Milvus

    return Milvus(address)


def searcher(address: str, seconds: float = SEARCH_SECONDS) -> "Callable[[str], Guarded] | None":
    """Return what opens the texts of a version, as `open_index` takes it. Raises as `connect`."""
    milvus = connect(address)
    if milvus is None:
        return None
    from index.search.milvus.guarded_search import Guarded

    return lambda version: Guarded(milvus, version, seconds)


@dataclass(frozen=True, slots=True)
class Whole:
    """Searches one version for a command, which is to go by all of its texts or by none."""

    milvus: "Milvus"
    version: str

    def search(self, vector: Vectors, text: str, limit: int) -> Remote:
        """Search as `Milvus.search` does. Raises SearchFailed, which ends what is being done."""
        try:
            return self.milvus.search(self.version, vector, text, limit, PATIENT_SECONDS)
        except StoreUnavailable as error:
            raise SearchFailed(
                f"Not all texts of version {self.version} can be searched, so that nothing is"
                f" judged: {error}"
            ) from error


def whole(address: str) -> Callable[[str], Whole] | None:
    """Return what opens the texts of a version for a command. Raises as `connect`."""
    milvus = connect(address)
    return None if milvus is None else lambda version: Whole(milvus, version)


def check(milvus: "Milvus", manifest: Manifest) -> None:
    """Count a version's texts. Raises IndexCorrupt when they are not all there."""
    wanted = manifest.remote.rows if manifest.remote else 0
    found = milvus.count(manifest.version)
    if found != wanted:
        message = f"Milvus holds {found} of the {wanted} texts of version {manifest.version}."
        raise IndexCorrupt(f"{message} Run: python scripts/build_index.py --vector-store …")
