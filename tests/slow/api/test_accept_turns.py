"""Event loops that share a listening socket, as the workers of the service do."""

import asyncio
import errno
import logging
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from service import turns
from tests.support.running import START_SECONDS, started, worker_ids

pytestmark = pytest.mark.socket

CLIENTS = 40
SECONDS = 10.0


class Echo(asyncio.Protocol):
    """Sends back what comes, and before that the name of its worker."""

    def __init__(self, name: bytes) -> None:
        self.name = name

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.name)

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


class Worker:
    """An event loop in a thread that serves on a socket."""

    def __init__(self, name: bytes, sock: socket.socket) -> None:
        self.loop = turns.Loop()
        self._thread = threading.Thread(target=self.loop.run_forever)
        self._thread.start()
        self._server = self._run(self.loop.create_server(lambda: Echo(name), sock=sock))

    def stop_taking(self) -> None:
        self.loop.call_soon_threadsafe(self._server.close)
        self._run(self._server.wait_closed())

    def end(self) -> None:
        self.stop_taking()
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(SECONDS)
        self.loop.close()

    def _run(self, work: Any) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(SECONDS)


@contextmanager
def served(sock: socket.socket, *names: bytes) -> Iterator[list[Worker]]:
    workers = [Worker(name, sock) for name in names]
    try:
        yield workers
    finally:
        for worker in workers:
            worker.end()


def bound(kind: type[socket.socket] = socket.socket) -> socket.socket:
    sock = kind(socket.AF_INET, socket.SOCK_STREAM)
    sock.bind(("127.0.0.1", 0))
    return sock


def connect(sock: socket.socket) -> socket.socket:
    return socket.create_connection(sock.getsockname(), timeout=SECONDS)


def test_connections_that_come_together_are_shared_among_workers() -> None:
    with closing(bound()) as sock, served(sock, b"a", b"b"), ExitStack() as opened:
        clients = [opened.enter_context(connect(sock)) for _ in range(CLIENTS)]
        names = [client.recv(1) for client in clients]
    assert min(names.count(b"a"), names.count(b"b")) >= CLIENTS // 8
    assert len(names) == names.count(b"a") + names.count(b"b")


def test_worker_that_takes_no_more_answers_whom_it_has() -> None:
    with closing(bound()) as sock, served(sock, b"a") as (worker,), connect(sock) as client:
        assert client.recv(1) == b"a"
        worker.stop_taking()
        client.sendall(b"still there?")
        assert client.recv(100) == b"still there?"
        with connect(sock) as late:
            late.settimeout(0.2)
            with pytest.raises(TimeoutError):
                late.recv(1)


def test_connection_is_taken_once_there_are_files_again(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Full(socket.socket):
        refusals = 2

        def accept(self) -> tuple[socket.socket, Any]:
            if Full.refusals:
                Full.refusals -= 1
                raise OSError(errno.EMFILE, "Too many open files")
            return super().accept()

    monkeypatch.setattr(turns, "FULL_SECONDS", 0.05)
    caplog.set_level(logging.WARNING)
    with closing(bound(Full)) as sock, served(sock, b"a"), connect(sock) as client:
        assert client.recv(1) == b"a"
    assert caplog.text.count("Too many open files") == 2


def test_loop_serves_addresses_as_any_other() -> None:
    async def ask() -> bytes:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: Echo(b"a"), "127.0.0.1", 0)
        async with server:
            reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
            found = await reader.read(1)
            writer.close()
            await writer.wait_closed()
            return found

    with asyncio.Runner(loop_factory=turns.Loop) as runner:
        assert runner.run(ask()) == b"a"


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts in /proc")
def test_workers_of_the_service_share_clients_that_come_together(tmp_path: Path) -> None:
    with started(tmp_path, "--workers", "2") as (_, address):
        workers = worker_ids(tmp_path, 2)
        wait_until_both_serve(tmp_path)
        place = "127.0.0.1", int(address.rpartition(":")[2])
        # Without turns, one may be shared well by chance.
        rounds = [shares(workers, place) for _ in range(4)]
    assert [sum(taken) for taken in rounds] == [CLIENTS] * 4
    assert min(min(taken) for taken in rounds) >= CLIENTS // 8


def shares(workers: list[int], place: tuple[str, int]) -> list[int]:
    """How many of the clients that come together each worker takes."""
    with ExitStack() as opened:
        before = [sockets_of(worker) for worker in workers]
        for _ in range(CLIENTS):
            opened.enter_context(socket.create_connection(place, timeout=SECONDS))
        until = time.monotonic() + SECONDS
        taken = [0, 0]
        while sum(taken) < CLIENTS and time.monotonic() < until:
            taken = [sockets_of(one) - had for one, had in zip(workers, before, strict=True)]
    until = time.monotonic() + SECONDS
    while [sockets_of(worker) for worker in workers] != before and time.monotonic() < until:
        time.sleep(0.05)
    return taken


def wait_until_both_serve(folder: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while (folder / "log").read_text("utf-8").count("Application startup complete") < 2:
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(0.2)  # it listens right after that


def sockets_of(process: int) -> int:
    """How many sockets a process has open."""
    count = 0
    for file in Path(f"/proc/{process}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            count += str(file.readlink()).startswith("socket:")
    return count
