"""A question waits for Milvus until its deadline and no longer, and not for other questions."""

import os
import signal
import socket
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Barrier

import pytest

from corpus import Corpus
from index import open_index
from index.building.builder import build, recipe
from index.datatypes import Vectors
from index.errors import VectorStoreUnavailable
from index.milvus import addresses
from index.milvus.client import CONNECT_SECONDS, Milvus, MilvusHits
from index.milvus.search import GuardedSearch
from tests.support.encoding import HandEncoder
from tests.support.milvus_server import MilvusServer

pytestmark = pytest.mark.socket
PATIENT = 60.0
QUESTION = "How long does it take to become a baker?"
VECTOR = HandEncoder().encode([QUESTION])[0]


@dataclass(frozen=True, slots=True)
class Kept:
    server: MilvusServer
    folder: Path
    version: str


@pytest.fixture(scope="module")
def kept(
    server: MilvusServer, corpus: Corpus, runtime: Path, tmp_path_factory: pytest.TempPathFactory
) -> Kept:
    folder = tmp_path_factory.mktemp("deadline")
    steps = replace(recipe(runtime), store=Milvus(server.address))
    manifest = build(corpus, folder / "index", HandEncoder(), steps, cache=folder / "cache")
    return Kept(server, folder / "index", manifest.version)


@pytest.fixture
def silent() -> Iterator[str]:
    """Address of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


class Meeting(Milvus):
    """A search starts only when two are under way."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self._both = Barrier(2, timeout=PATIENT / 2)

    def search(
        self, version: str, vector: Vectors, text: str, limit: int, seconds: float
    ) -> MilvusHits:
        self._both.wait()
        return super().search(version, vector, text, limit, seconds)


class Counting(Milvus):
    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.begun = 0

    def search(
        self, version: str, vector: Vectors, text: str, limit: int, seconds: float
    ) -> MilvusHits:
        self.begun += 1
        return super().search(version, vector, text, limit, seconds)


def test_two_slow_searches_are_under_way_at_once(kept: Kept) -> None:
    guarded = GuardedSearch(Meeting(kept.server.address), kept.version, PATIENT)

    with ThreadPoolExecutor(2) as pool:
        running = [pool.submit(guarded.search, VECTOR, QUESTION, 5) for _ in range(2)]
        found = [future.result() for future in running]

    assert len(found[0].positions) == len(found[1].positions) > 0


def test_question_passes_an_address_that_never_answers(kept: Kept, silent: str) -> None:
    retriever = open_index(kept.folder, HandEncoder(), load=addresses.loader(silent, 0.5))

    began = time.monotonic()
    outcome = retriever.answer(QUESTION)
    waited = time.monotonic() - began

    assert outcome.trace.is_partial
    assert waited < CONNECT_SECONDS


def test_questions_beside_the_deciding_one_do_not_wait(silent: str) -> None:
    milvus = Counting(silent)
    guarded = GuardedSearch(milvus, "a" * 12, 0.2)
    for _ in range(3):
        with pytest.raises(VectorStoreUnavailable):
            guarded.search(VECTOR, QUESTION, 5)
    guarded._breaker.half_open()

    with ThreadPoolExecutor(8) as pool:
        running = [pool.submit(guarded.search, VECTOR, QUESTION, 5) for _ in range(8)]
        failed = [future.exception() for future in running]

    assert all(isinstance(error, VectorStoreUnavailable) for error in failed)
    assert milvus.begun == 4


def test_collection_that_was_released_is_found_again(kept: Kept) -> None:
    milvus = Milvus(kept.server.address)
    milvus._call("release_collection", f"faq_{kept.version}")

    found = milvus.search(kept.version, VECTOR, QUESTION, 5, PATIENT)

    assert len(found.positions) > 0


def test_server_that_wakes_up_is_searched_again(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.milvus.search.REST_SECONDS", 0.1)
    guarded = GuardedSearch(Milvus(kept.server.address), kept.version, 2.0)
    assert kept.server.process is not None
    os.kill(kept.server.process.pid, signal.SIGSTOP)
    try:
        for _ in range(3):
            with pytest.raises(VectorStoreUnavailable):
                guarded.search(VECTOR, QUESTION, 5)
    finally:
        os.kill(kept.server.process.pid, signal.SIGCONT)

    assert _found(guarded)


def _found(guarded: GuardedSearch) -> bool:
    deadline = time.monotonic() + PATIENT
    while time.monotonic() < deadline:
        try:
            return len(guarded.search(VECTOR, QUESTION, 5).positions) > 0
        except VectorStoreUnavailable:
            time.sleep(0.2)
    return False
