"""The command itself, as a process of its own on loopback."""

import json
import signal
import socket
from pathlib import Path

import pytest

from tests.support.running import get, run, started


@pytest.mark.socket
def test_it_serves_without_an_index_and_stops_cleanly_on_a_signal(tmp_path: Path) -> None:
    with started(tmp_path, FAQ_LOG_FORMAT="json") as (process, address):
        ready, problem = get(f"{address}/readyz", {"X-Request-ID": "abc"})
        process.send_signal(signal.SIGTERM)
        ended = process.wait(20)

    assert ready == 503
    assert "careers-faq build" in json.loads(problem)["detail"]
    assert ended in (0, -signal.SIGTERM)
    lines = [json.loads(line) for line in (tmp_path / "log").read_text("utf-8").splitlines()]
    assert [(line["route"], line["status"]) for line in lines if line["request_id"] == "abc"] == [
        ("/readyz", 503)
    ]


@pytest.mark.socket
def test_workers_share_the_port_and_end_with_their_parent(tmp_path: Path) -> None:
    with started(tmp_path, "--workers", "2") as (process, address):
        alive = [get(f"{address}/healthz")[0] for _ in range(10)]
        process.send_signal(signal.SIGTERM)
        process.wait(30)

    assert alive == [200] * 10
    with pytest.raises(OSError, match="refused"):
        get(f"{address}/healthz")


@pytest.mark.socket
@pytest.mark.parametrize(
    ("trusted", "last"), [("192.0.2.1", 429), ("127.0.0.1", 503)], ids=["untrusted", "trusted"]
)
def test_header_of_a_trusted_proxy_alone_distinguishes_visitors(
    trusted: str, last: int, tmp_path: Path
) -> None:
    settings = {"FAQ_RATE_LIMIT": "2/hour", "FAQ_TRUSTED_PROXIES": trusted}
    with started(tmp_path, **settings) as (_, address):
        statuses = [
            get(f"{address}/v1/questions", {"X-Forwarded-For": f"198.51.100.{number}"})[0]
            for number in range(3)
        ]

    assert statuses == [503, 503, last]


@pytest.mark.socket
def test_port_that_is_taken_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        ended = run(tmp_path, "--port", str(other.getsockname()[1]))

    assert ended.returncode == 1
    assert "address already in use" in ended.stderr
    assert "Traceback" not in ended.stderr
