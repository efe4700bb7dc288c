"""One Milvus Lite for all tests of this folder, emptied between modules and, on request, tests."""

import time
from collections.abc import Iterator

import pytest

from index.errors import VectorStoreUnavailable
from index.milvus.client import ALIAS, Milvus
from tests.support.milvus_server import MilvusServer, milvus_lite

RECOVERY_SECONDS = 60.0


@pytest.fixture(scope="session")
def running_milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    with milvus_lite(tmp_path_factory.mktemp("milvus") / "data") as running:
        yield running


@pytest.fixture(scope="module")
def server(running_milvus: MilvusServer) -> Iterator[MilvusServer]:
    """The server without collections, for a module."""
    empty(running_milvus.address)
    yield running_milvus
    empty(running_milvus.address)


@pytest.fixture
def milvus(server: MilvusServer) -> Iterator[Milvus]:
    """The server without collections, for a test."""
    empty(server.address)
    yield Milvus(server.address)
    empty(server.address)


def empty(address: str) -> None:
    store = reachable(address)
    if store.published() is not None:
        store._call("drop_alias", ALIAS)
    for version in store.versions():
        store.drop(version)


def reachable(address: str) -> Milvus:
    """Connect, which pymilvus refuses for a while after the server was restarted."""
    deadline = time.monotonic() + RECOVERY_SECONDS
    while True:
        store = Milvus(address)
        try:
            store.versions()
        except VectorStoreUnavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
        else:
            return store
