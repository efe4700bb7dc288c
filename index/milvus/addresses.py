"""What the address of a vector store stands for; its client is imported only when there is one."""

import sys
from functools import partial
from importlib.util import find_spec
from typing import TYPE_CHECKING

from index.errors import VectorStoreUnavailable
from index.versions import version_store
from index.versions.version_store import Load

if TYPE_CHECKING:
    from index.milvus.client import Milvus

BUILT_IN = "faiss"
"""Stands for no store: every version holds its vectors."""


def connect(address: str) -> "Milvus | None":
    """Return the store at an address; None for the built-in engine. Sends nothing to it yet.

    Raises VectorStoreUnavailable when its client is not installed.
    """
    if address == BUILT_IN:
        return None
    if find_spec("pymilvus") is None or find_spec("pybreaker") is None:
        python = sys.executable
        raise VectorStoreUnavailable(
            f"The client of Milvus is not installed. Run: {python} -m pip install"
            " -c constraints.txt '.[milvus]'"
        )
    from index.milvus.client import Milvus

    return Milvus(address)


def loader(address: str, seconds: float | None = None) -> Load:
    """Return what reads versions, as `open_index` takes it; vectors may be at the address.

    Args:
        address: Of the store, or `BUILT_IN`.
        seconds: How long a question waits before it is answered from the texts that the version
            holds itself. None for a command, which is to use all texts: its searches then wait a
            minute, and raise SearchFailed.

    Raises:
        VectorStoreUnavailable: The store's client is not installed.

    """
    milvus = connect(address)
    if milvus is None:
        return version_store.load
    from index.milvus.search import load

    return partial(load, milvus, seconds)
