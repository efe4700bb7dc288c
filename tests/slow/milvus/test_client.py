import hashlib
import os
import signal
import socket
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace

import numpy as np
import pytest

from benchmarks.servers import free_port
from index.datatypes import Vectors
from index.errors import VectorStoreUnavailable
from index.milvus.client import BATCH, Milvus
from index.milvus.resident_texts import Rows
from index.milvus.search import GuardedSearch
from tests.support.milvus_server import MilvusServer

pytestmark = pytest.mark.socket
VERSION, OTHER = "a" * 12, "b" * 12
WORDS = ("bread", "oven", "dough", "night", "cook", "pay")


def rows(count: int, seed: int = 0) -> Rows:
    generator = np.random.default_rng(seed)
    vectors = generator.normal(size=(count, 16)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"{WORDS[n % 6]} {WORDS[n % 5]} number {n}" for n in range(count)]
    digests = [hashlib.sha256(text.encode()).hexdigest() for text in texts]
    units = [f"unit-{n // 3}" for n in range(count)]
    return Rows(vectors, texts, units, digests, frozenset())


def quiet(done: int, total: int) -> None:
    return


def test_search_finds_the_exact_neighbours_with_their_cosines(milvus: Milvus) -> None:
    written = rows(200)
    milvus.write(VERSION, written, quiet)
    query: Vectors = written.vectors[7]

    found = milvus.search(VERSION, query, "nothing of the kind", limit=10, seconds=30)

    exact = written.vectors @ query
    assert set(found.positions.tolist()) == set(np.argsort(-exact)[:10].tolist())
    np.testing.assert_allclose(found.cosines, exact[found.positions], atol=1e-5)


def test_resident_rows_are_left_out(milvus: Milvus) -> None:
    written = replace(rows(30), resident=frozenset(range(0, 30, 2)))
    milvus.write(VERSION, written, quiet)

    found = milvus.search(VERSION, written.vectors[4], "bread", limit=30, seconds=30)

    assert sorted(found.positions.tolist()) == list(range(1, 30, 2))


def test_search_without_candidates_is_empty(milvus: Milvus) -> None:
    written = replace(rows(3), resident=frozenset(range(3)))
    milvus.write(VERSION, written, quiet)

    found = milvus.search(VERSION, written.vectors[0], "bread", limit=3, seconds=30)

    assert (len(found.positions), len(found.cosines), len(found.words)) == (0, 0, 0)


def test_only_texts_with_the_word_have_a_score(milvus: Milvus) -> None:
    written = rows(60)
    milvus.write(VERSION, written, quiet)

    found = milvus.search(VERSION, written.vectors[7], "dough", limit=60, seconds=30)

    scored = {int(p) for p, w in zip(found.positions, found.words, strict=True) if w > 0}
    assert scored == {n for n, text in enumerate(written.texts) if "dough" in text}
    assert len(found.positions) == 60


def test_row_found_by_words_alone_keeps_its_score(milvus: Milvus) -> None:
    written = rows(60)
    milvus.write(VERSION, written, quiet)
    all_ = milvus.search(VERSION, written.vectors[7], "number 42", limit=60, seconds=30)
    expected = dict(zip(all_.positions.tolist(), all_.words.tolist(), strict=True))

    few = milvus.search(VERSION, written.vectors[7], "number 42", limit=3, seconds=30)

    for position, score in zip(few.positions.tolist(), few.words.tolist(), strict=True):
        if score:
            assert score == pytest.approx(expected[position], abs=1e-3)
    assert 42 in few.positions


def test_interrupted_writing_resumes(milvus: Milvus) -> None:
    written = rows(2 * BATCH + 10)
    seen: list[int] = []

    def interrupt(done: int, total: int) -> None:
        if done == 2 * BATCH:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        milvus.write(VERSION, written, interrupt)
    milvus.write(VERSION, written, lambda done, total: seen.append(done))

    assert seen == [2 * BATCH + 10]
    assert milvus.count(VERSION) == 2 * BATCH + 10


def test_alias_moves_with_what_is_published(milvus: Milvus) -> None:
    for version in (VERSION, OTHER):
        milvus.write(version, rows(5), quiet)

    assert milvus.published() is None
    milvus.publish(VERSION)
    assert milvus.published() == VERSION
    milvus.publish(OTHER)
    assert milvus.published() == OTHER


def test_published_collection_is_not_dropped(milvus: Milvus) -> None:
    for version in (VERSION, OTHER):
        milvus.write(version, rows(5), quiet)
    milvus.publish(VERSION)

    dropped = [milvus.drop(VERSION), milvus.drop(OTHER)]

    assert dropped == [False, True]
    assert milvus.versions() == (VERSION,)


def test_text_longer_than_a_column_is_cut(milvus: Milvus) -> None:
    written = rows(1)
    long = replace(written, texts=["é" * 40_000])

    milvus.write(VERSION, long, quiet)

    assert milvus.count(VERSION) == 1


def test_absent_server_is_named_without_its_password() -> None:
    address = f"http://root:secret@127.0.0.1:{free_port()}"

    with pytest.raises(
        VectorStoreUnavailable, match=r"Milvus at 127\.0\.0\.1:\d+ failed"
    ) as caught:
        Milvus(address).versions()

    assert "secret" not in str(caught.value)


def test_connection_that_breaks_at_once_is_retried(server: MilvusServer) -> None:
    """As one does of Milvus Lite, which hangs up on who pings it while nothing is asked."""
    with breaking_once(server.port) as address:
        assert Milvus(address).versions() == ()


@contextmanager
def breaking_once(port: int) -> Iterator[str]:
    """Lead to a port, but break the first connection when something is called over it."""
    with ExitStack() as ends:
        threads = ends.enter_context(ThreadPoolExecutor())
        listener = ends.enter_context(socket.create_server(("127.0.0.1", 0)))
        ends.callback(_hang_up, listener)
        threads.submit(_lead, listener, port, ends, threads)
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"


def _lead(listener: socket.socket, port: int, ends: ExitStack, threads: Executor) -> None:
    for last in (b"/Connect", None):
        client = ends.enter_context(listener.accept()[0])
        server = ends.enter_context(socket.create_connection(("127.0.0.1", port)))
        ends.callback(_hang_up, client)
        ends.callback(_hang_up, server)
        threads.submit(_carry, server, client)
        threads.submit(_carry, client, server, last)


def _carry(source: socket.socket, target: socket.socket, last: bytes | None = None) -> None:
    while part := source.recv(1 << 16):
        if last is not None and last in part:
            break
        target.sendall(part)
    _hang_up(source)
    _hang_up(target)


def _hang_up(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.shutdown(socket.SHUT_RDWR)


def test_server_that_hangs_fails_in_time_and_then_at_once(
    server: MilvusServer, milvus: Milvus
) -> None:
    written = rows(5)
    milvus.write(VERSION, written, quiet)
    guarded = GuardedSearch(milvus, VERSION, seconds=0.3)
    guarded.search(written.vectors[0], "bread", 5)
    assert server.process is not None
    os.kill(server.process.pid, signal.SIGSTOP)

    messages = []
    try:
        for _ in range(5):
            with pytest.raises(VectorStoreUnavailable) as caught:
                guarded.search(written.vectors[0], "bread", 5)
            messages.append(str(caught.value))
    finally:
        os.kill(server.process.pid, signal.SIGCONT)

    down = ["Milvus is down" in message for message in messages]
    assert down == [False, False, True, True, True]
