"""Clients that are slow, gone, too large or too many, by raw sockets against the real server."""

import contextlib
import json
import os
import signal
import socket
import struct
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPResponse
from pathlib import Path

import pytest

from service.api.security_headers import SECURITY_HEADERS
from tests.support.running import START_SECONDS, get, port_of, started, worker_ids

pytestmark = pytest.mark.socket

IMPATIENT = (
    sys.executable,
    "-c",
    """
from service.api import connections, middleware
from service.commands.serve import app
connections.HEAD_SECONDS = connections.LINGER_SECONDS = connections.TAKE_SECONDS = 0.5
middleware.BODY_SECONDS = 0.5
connections.MAX_CONNECTIONS = 20
app()
""",
)
"""The command itself, with less patience than it has: a test need not wait for ten seconds."""
HEALTH = b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n"
QUESTION = json.dumps({"question": "How long does it take to become a baker?"}).encode()


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Where an impatient service without an index answers."""
    with started(tmp_path_factory.mktemp("impatient"), command=IMPATIENT) as (_, address):
        yield address


@contextmanager
def connected(address: str) -> Iterator[socket.socket]:
    with socket.create_connection(
        ("127.0.0.1", port_of(address)), timeout=START_SECONDS
    ) as connection:
        yield connection


def everything(connection: socket.socket) -> bytes:
    """What arrives until the other side ends the connection; a reset is an end, too."""
    received = b""
    try:
        while data := connection.recv(65_536):
            received += data
    except ConnectionResetError:
        pass
    return received


def response(connection: socket.socket) -> HTTPResponse:
    """One whole response; what follows it stays on the connection."""
    received = HTTPResponse(connection)
    received.begin()
    return received


def is_healthy(connection: socket.socket) -> bool:
    connection.sendall(HEALTH)
    received = response(connection)
    return (received.status, received.read()) == (200, b'{"status":"ok"}')


def keep_sending(connection: socket.socket, data: bytes, pause: float) -> None:
    while True:
        connection.sendall(data)
        time.sleep(pause)


def status_and_problem(received: bytes) -> tuple[int, dict[str, object]]:
    head, _, body = received.partition(b"\r\n\r\n")
    assert b"content-type: application/problem+json" in head
    return int(head.split(b" ", 2)[1]), json.loads(body)


def post(body: bytes, length: int) -> bytes:
    return (
        f"POST /v1/ask HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\n"
        f"Content-Length: {length}\r\n\r\n"
    ).encode() + body


@pytest.mark.parametrize(
    "sent",
    [b"", b"GET /healthz HT", b"GET /healthz HTTP/1.1\r\nHost: a\r\nX-Slow: ", b"\r\n"],
    ids=["nothing", "half-a-line", "half-a-head", "an-empty-line"],
)
def test_connection_without_a_whole_head_is_ended(sent: bytes, address: str) -> None:
    with connected(address) as connection:
        connection.sendall(sent)

        assert everything(connection) == b""


def test_head_that_trickles_in_is_ended_all_the_same(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(b"GET /healthz HTTP/1.1\r\n")

        with pytest.raises(ConnectionError):
            keep_sending(connection, b"X", 0.02)


def test_what_follows_an_answer_is_timed_like_a_first_head(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(HEALTH)
        first = response(connection)
        body = first.read()
        connection.sendall(b"\r\n")

        assert (first.status, body) == (200, b'{"status":"ok"}')
        assert everything(connection) == b""


def test_connection_is_kept_for_the_next_request(address: str) -> None:
    statuses = []
    with connected(address) as connection:
        for _ in range(3):
            statuses.append(is_healthy(connection))
            time.sleep(0.3)

    assert statuses == [True] * 3


@pytest.mark.parametrize(
    "head",
    [
        b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET /healthz HTTP/1.1\r\n" + b"X-Many: header\r\n" * 5000 + b"\r\n",
        b"GET /healthz HTTP/1.1\r\nX-Long: " + b"a" * 400_000,
    ],
    ids=["address", "many-headers", "one-header-without-an-end"],
)
def test_head_past_its_limit_is_refused(head: bytes, address: str) -> None:
    with connected(address) as connection:
        sent = 0
        while sent < len(head):
            try:
                sent += connection.send(head[sent : sent + 16_384])
            except ConnectionError:
                break
            time.sleep(0.01)
        status, problem = status_and_problem(everything(connection))

    assert status == problem["status"] == 431
    assert problem["detail"] == "The address and the headers are too long: 32 KiB at most."


def test_refusal_of_a_connection_has_the_headers_of_any_response(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(b"GET /" + b"a" * 40_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
        received = everything(connection).lower()

    assert all(
        f"{name}: {value}\r\n".lower().encode() in received
        for name, value in SECURITY_HEADERS.items()
    )


def test_what_is_no_http_is_refused_in_the_one_envelope(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03")
        status, problem = status_and_problem(everything(connection))

    assert (status, problem["title"]) == (400, "Bad Request")


def test_body_that_trickles_in_is_refused_and_its_connection_ended(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(post(b"{", 60_000))
        sender = threading.Thread(target=keep_sending_until_told, args=(connection,))
        sender.start()
        refused = response(connection)
        problem = json.loads(refused.read())
        sender.join(START_SECONDS)

    assert (refused.status, problem["title"]) == (408, "Request Timeout")
    assert not sender.is_alive()


def keep_sending_until_told(connection: socket.socket) -> None:
    with contextlib.suppress(ConnectionError):
        keep_sending(connection, b" ", 0.02)


def test_refusal_of_a_large_body_is_readable_while_the_body_is_still_sent(address: str) -> None:
    with connected(address) as connection:
        connection.sendall(post(b" " * 70_000, 5_000_000))
        refused = response(connection)
        refused.read()

        assert refused.status == 413
        assert everything(connection) == b""


def test_client_that_takes_no_answers_is_left(address: str) -> None:
    with connected(address) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)

        with pytest.raises(ConnectionError):
            keep_sending(connection, HEALTH * 1000, 0)


def test_clients_that_leave_leave_nothing_behind(real_index: Path, tmp_path: Path) -> None:
    reset = struct.pack("ii", 1, 0)
    with started(tmp_path, command=IMPATIENT, FAQ_INDEX_DIR=str(real_index)) as (_, address):
        for number in range(40):
            with connected(address) as connection:
                connection.sendall(post(QUESTION, len(QUESTION) + (number % 3 == 0)))
                if number % 2:
                    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
        with connected(address) as connection:
            connection.sendall(post(QUESTION, len(QUESTION)))
            answer = response(connection).status
        metrics = get(f"{address}/metrics")[1].decode()

    assert answer == 200
    assert "Traceback" not in (tmp_path / "log").read_text("utf-8")
    assert 'status="500"' not in metrics
    assert 'status="499"' in metrics


def test_connection_past_the_limit_is_refused_until_others_end(tmp_path: Path) -> None:
    with started(tmp_path, command=IMPATIENT) as (_, address):
        many = [socket.create_connection(("127.0.0.1", port_of(address))) for _ in range(20)]
        with connected(address) as connection:
            status, problem = status_and_problem(everything(connection))
        for connection in many:
            connection.close()
        until = time.monotonic() + START_SECONDS
        while get(f"{address}/healthz")[0] != 200 and time.monotonic() < until:
            time.sleep(0.05)
        afterwards = get(f"{address}/healthz")[0]

    assert (status, problem["detail"]) == (503, "Too many connections. Try again in a moment.")
    assert afterwards == 200
    assert "more than 20 connections" in (tmp_path / "log").read_text("utf-8")


def test_request_under_way_is_answered_after_sigterm(real_index: Path, tmp_path: Path) -> None:
    with started(tmp_path, FAQ_INDEX_DIR=str(real_index)) as (process, address):
        with connected(address) as connection, connected(address) as idle:
            connection.sendall(post(QUESTION[:10], len(QUESTION)))
            is_healthy(idle)
            process.send_signal(signal.SIGTERM)
            closed = everything(idle)
            connection.sendall(QUESTION[10:])
            received = everything(connection)
        ended = process.wait(START_SECONDS)

    assert closed == b"", "an idle connection is ended at once"
    assert received.startswith(b"HTTP/1.1 200")
    assert b"connection: close" in received
    assert ended in (0, -signal.SIGTERM)


def test_client_that_never_finishes_does_not_keep_the_service_from_ending(tmp_path: Path) -> None:
    with (
        started(tmp_path, command=IMPATIENT) as (process, address),
        closing(socket.create_connection(("127.0.0.1", port_of(address)))) as connection,
    ):
        connection.sendall(post(b"{", 1000))
        process.send_signal(signal.SIGTERM)
        ended = process.wait(START_SECONDS)

    assert ended in (0, -signal.SIGTERM)


def test_worker_that_is_killed_comes_back(tmp_path: Path) -> None:
    with started(tmp_path, "--workers", "2") as (_, address):
        # Until both have started, one alone would be killed.
        first = worker_ids(tmp_path, 2)
        with connected(address) as connection, connected(address) as other:
            before = [is_healthy(each) for each in (connection, other)]
            os.kill(first[0], signal.SIGKILL)
            alive = [get(f"{address}/healthz")[0] for _ in range(20)]
            after = worker_ids(tmp_path, 3)
    assert before == [True, True]
    assert alive == [200] * 20
    assert after[:2] == first


def test_headers_behind_the_body_count_for_nothing(tmp_path: Path) -> None:
    """A proxy writes X-Forwarded-For into the head, and some pass on what a visitor wrote below."""
    head = b"POST /v1/feedback HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
    forged = b"X-Forwarded-For: 198.51.100.%d\r\nContent-Type: text/plain\r\n\r\n"
    kind = b"Content-Type: application/json\r\n\r\n2\r\n{}\r\n0\r\n"
    with (
        started(tmp_path, FAQ_RATE_LIMIT="3/hour") as (_, address),
        connected(address) as connection,
    ):
        statuses = []
        for number in range(4):
            connection.sendall(head + kind + forged % number)
            received = response(connection)
            received.read()
            statuses.append(received.status)

    assert statuses == [422, 422, 422, 429]
