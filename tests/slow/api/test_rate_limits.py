"""Counting requests, in memory and in a real Redis."""

import asyncio
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis import Redis

from benchmarks.servers import free_port
from service.api.rate_limits import MemoryLimiter
from service.api.redis_limiter import RedisLimiter
from tests.support.redis_server import redis_server
from tests.support.running import START_SECONDS, environment, get, started

RATE = "3/hour"


@pytest.fixture
def redis() -> Iterator[str]:
    with redis_server(free_port()) as url:
        yield url


class Failures:
    def __init__(self) -> None:
        self.count = 0

    def __call__(self) -> None:
        self.count += 1


@asynccontextmanager
async def limiter(
    url: str, failures: Failures | None = None, retry_seconds: float = 60.0
) -> AsyncIterator[RedisLimiter]:
    fallback = MemoryLimiter(RATE)
    rate_limiter = RedisLimiter(RATE, url, fallback, failures or Failures(), retry_seconds)
    try:
        yield rate_limiter
    finally:
        await rate_limiter.close()


async def waits(rate_limiter: MemoryLimiter | RedisLimiter, client: str, times: int) -> list[bool]:
    """Whether each of so many requests had to wait."""
    return [await rate_limiter.seconds_to_wait(client, "ask") > 0 for _ in range(times)]


def had_to_wait(url: str, client: str, times: int, failures: Failures | None = None) -> list[bool]:
    async def ask() -> list[bool]:
        async with limiter(url, failures) as rate_limiter:
            return await waits(rate_limiter, client, times)

    return asyncio.run(ask())


def test_whole_rate_may_be_spent_at_once_and_no_more() -> None:
    assert asyncio.run(waits(MemoryLimiter(RATE), "a", 5)) == [False, False, False, True, True]


@pytest.mark.socket
def test_workers_count_together_in_redis(redis: str) -> None:
    async def both() -> list[list[bool]]:
        async with limiter(redis) as first, limiter(redis) as second:
            return [
                await waits(first, "a", 2),
                await waits(second, "a", 2),
                await waits(first, "b", 1),
                await waits(first, "a", 1),
            ]

    assert asyncio.run(both()) == [[False, False], [False, True], [False], [True]]


@pytest.mark.socket
def test_client_over_its_rate_gets_the_seconds_to_wait(redis: str) -> None:
    async def fourth() -> int:
        async with limiter(redis) as rate_limiter:
            await waits(rate_limiter, "a", 3)
            return await rate_limiter.seconds_to_wait("a", "ask")

    assert 0 < asyncio.run(fourth()) <= 3600


@pytest.mark.socket
def test_redis_never_sees_an_address_and_forgets_the_rest(redis: str) -> None:
    had_to_wait(redis, "198.51.100.7", 2)

    with Redis.from_url(redis) as client:
        keys = client.keys("*")
        lives = [client.ttl(key) for key in keys]
    assert len(keys) == 1
    assert b"198.51" not in keys[0]
    assert 0 < lives[0] <= 2 * 3600


@pytest.mark.socket
def test_redis_that_is_gone_is_not_asked_for_a_while() -> None:
    failures = Failures()

    had_to = had_to_wait(f"redis://127.0.0.1:{free_port()}/0", "a", 4, failures)

    assert had_to == [False, False, False, True]
    assert failures.count == 1


@pytest.mark.socket
def test_redis_is_used_again_once_it_is_back(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    port, failures = free_port(), Failures()

    async def story() -> list[bool]:
        async with limiter(
            f"redis://127.0.0.1:{port}/0", failures, retry_seconds=0
        ) as rate_limiter:
            without = await waits(rate_limiter, "a", 4)
            with redis_server(port):
                return [*without, *await waits(rate_limiter, "a", 1)]

    assert asyncio.run(story()) == [False, False, False, True, False]
    assert failures.count == 4
    mine = [
        record.levelname for record in caplog.records if record.name == "service.api.redis_limiter"
    ]
    assert mine == ["ERROR", "INFO"]


@pytest.mark.socket
def test_redis_that_says_nothing_holds_no_request_up() -> None:
    failures = Failures()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"

        had_to = had_to_wait(url, "a", 4, failures)

    assert had_to == [False, False, False, True]
    assert failures.count == 1


@pytest.mark.socket
def test_two_workers_with_redis_let_no_more_pass_than_one(redis: str, tmp_path: Path) -> None:
    settings = {"FAQ_RATE_LIMIT": "3/hour", "FAQ_RATE_LIMIT_STORAGE": redis}
    with started(tmp_path, "--workers", "2", **settings) as (_, address):
        statuses = [get(f"{address}/v1/questions")[0] for _ in range(8)]

    assert statuses == [503] * 3 + [429] * 5


@pytest.mark.socket
def test_service_answers_while_redis_is_gone(tmp_path: Path) -> None:
    url = f"redis://:hush-hush@127.0.0.1:{free_port()}/0"
    settings = {"FAQ_RATE_LIMIT": "3/hour", "FAQ_RATE_LIMIT_STORAGE": url}
    with started(tmp_path, **settings) as (_, address):
        statuses = [get(f"{address}/v1/questions")[0] for _ in range(4)]
        metrics = get(f"{address}/metrics")[1]

    assert statuses == [503, 503, 503, 429]
    assert b"faq_limit_storage_failures_total 1.0" in metrics
    log = (tmp_path / "log").read_text("utf-8")
    assert "as Redis fails" in log
    assert "hush" not in log


@pytest.mark.parametrize(
    ("url", "sentence"),
    [
        ("http://x", "FAQ_RATE_LIMIT_STORAGE: write memory, or the address of a Redis"),
        ("redis://x", "FAQ_RATE_LIMIT_STORAGE: Redis needs a package: pip install"),
    ],
)
def test_storage_that_cannot_be_used_ends_the_start_with_a_sentence(
    url: str, sentence: str, tmp_path: Path
) -> None:
    without_package = (
        "import sys; sys.modules['redis'] = None;from service.commands.serve import app; app([])"
    )

    ended = subprocess.run(
        [sys.executable, "-c", without_package],
        cwd=tmp_path,
        env=environment(tmp_path, FAQ_RATE_LIMIT_STORAGE=url),
        capture_output=True,
        check=False,
        text=True,
        timeout=START_SECONDS,
    )

    assert ended.returncode == 2
    assert ended.stderr.startswith(sentence)
    assert "Traceback" not in ended.stderr
