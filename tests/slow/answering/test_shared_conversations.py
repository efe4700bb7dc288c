"""Conversations in a real Redis."""

import asyncio
import shutil
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from pydantic import SecretStr
from redis import Redis

from index.datatypes import Turn
from index.versions import publication_history, version_store
from index.versions.publication_history import PublishedVersion
from service.answering.conversations import MAX_TURNS, Said
from service.answering.shared_conversations import SharedConversations
from service.live import live_index
from service.ops.circuit_breaker import RETRY_SECONDS
from tests.support.redis_server import redis_server
from tests.support.running import START_SECONDS, environment, free_port
from tests.support.serving import problem_of, serving, settings_for

PAY = "Do cooks earn more than bakers?"
OLD, NEW = (
    PublishedVersion("2026-01-01T00:00:00Z", "a" * 12),
    PublishedVersion("2026-01-02T00:00:00Z", "b" * 12),
)


@pytest.fixture
def redis() -> Iterator[str]:
    with redis_server(free_port()) as url:
        yield url


class Counted:
    def __init__(self) -> None:
        self.count = 0
        self.now = 1000.0

    def __call__(self) -> None:
        self.count += 1

    def clock(self) -> float:
        return self.now


@asynccontextmanager
async def conversations(
    url: str, counted: Counted | None = None
) -> AsyncIterator[SharedConversations]:
    counted = counted or Counted()
    one = SharedConversations(url, counted, counted.clock)
    try:
        yield one
    finally:
        await one.close()


def turn(number: int) -> Turn:
    return Turn(question=f"question {number}?", unit=f"faq-{number}")


@pytest.mark.socket
def test_last_turns_are_read_by_another_worker(redis: str) -> None:
    async def story() -> tuple[Said, Said]:
        async with conversations(redis) as first, conversations(redis) as second:
            for number in range(MAX_TURNS + 2):
                await first.remember("c", turn(number), OLD)
            await first.remember("c", None, OLD)
            return await second.recall("c"), await second.recall("another")

    said, nothing = asyncio.run(story())

    assert said == Said(tuple(turn(number) for number in range(2, MAX_TURNS + 2)), OLD)
    assert nothing == Said()


@pytest.mark.socket
def test_newest_version_stays_when_an_older_answer_comes_later(redis: str) -> None:
    async def story() -> Said:
        async with conversations(redis) as one:
            await one.remember("c", None, NEW)
            await one.remember("c", turn(1), OLD)
            return await one.recall("c")

    assert asyncio.run(story()) == Said((turn(1),), NEW)


@pytest.mark.socket
def test_redis_sees_no_id_and_forgets_after_half_an_hour(redis: str) -> None:
    async def story() -> None:
        async with conversations(redis) as one:
            await one.remember("a-name", turn(1), OLD)

    asyncio.run(story())

    with Redis.from_url(redis) as client:
        lives = {key: client.ttl(key) for key in client.keys("*")}
    assert len(lives) == 2
    assert not [key for key in lives if b"a-name" in key]
    assert all(1700 < seconds <= 1800 for seconds in lives.values())


@pytest.mark.socket
def test_what_another_release_wrote_is_no_conversation(redis: str) -> None:
    async def story() -> Said:
        async with conversations(redis) as one:
            await one.remember("c", turn(1), OLD)
            with Redis.from_url(redis) as client:
                [key] = client.keys("*:turns")
                client.lset(key, 0, "{}")
            return await one.recall("c")

    assert asyncio.run(story()) == Said()


@pytest.mark.socket
def test_redis_that_is_gone_makes_first_questions_and_is_used_again(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("INFO")
    port, counted = free_port(), Counted()

    async def story() -> list[Said]:
        async with conversations(f"redis://127.0.0.1:{port}/0", counted) as one:
            with redis_server(port):
                await one.remember("c", turn(1), OLD)
                before = await one.recall("c")
            without = [await one.recall("c"), await one.recall("c")]
            await one.remember("c", turn(2), OLD)
            counted.now += RETRY_SECONDS
            with redis_server(port):
                await one.remember("c", turn(3), OLD)
                return [before, *without, await one.recall("c")]

    told = asyncio.run(story())

    assert told == [Said((turn(1),), OLD), Said(), Said(), Said((turn(3),), OLD)]
    assert counted.count == 1
    mine = [one.message for one in caplog.records if one.name == "service.ops.circuit_breaker"]
    assert len(mine) == 2
    assert mine[0].startswith("conversations: every question is taken for a first one")
    assert mine[1] == "conversations: kept in Redis again"


@pytest.mark.socket
def test_redis_that_says_nothing_holds_no_question_up() -> None:
    counted = Counted()
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"

        async def story() -> Said:
            async with conversations(url, counted) as one:
                return await one.recall("c")

        said = asyncio.run(story())

    assert (said, counted.count) == (Said(), 1)


@pytest.fixture
def own_index(tmp_path: Path, index_folder: Path) -> Path:
    """An index with a second version, which is not live."""
    out = shutil.copytree(index_folder, tmp_path / "index")
    version = version_store.version_folder(out, version_store.current(out))
    copy = shutil.copytree(version, version.with_name("b" * 12))
    manifest = copy / "manifest.json"
    manifest.write_text(manifest.read_text("utf-8").replace(version.name, "b" * 12), "utf-8")
    return out


@pytest.mark.socket
def test_replica_that_is_behind_a_conversation_takes_what_is_published_first(
    redis: str, tmp_path: Path, own_index: Path
) -> None:
    ahead = Path(shutil.copytree(own_index, tmp_path / "ahead"))
    publication_history.publish(ahead, "b" * 12, "Ann")
    shared = {"conversations": SecretStr(redis), "watch_seconds": 0.0}
    settings = settings_for(tmp_path, index_dir=own_index, **shared)
    with (
        serving(settings_for(ahead, **shared)) as first,
        serving(settings) as second,
    ):
        asked = {"question": PAY, "conversation_id": "c"}
        newer = first.post("/v1/ask", json=asked).json()
        stranger = second.post("/v1/ask", json={"question": PAY}).json()
        shutil.copytree(ahead / publication_history.FOLDER, own_index / publication_history.FOLDER)
        shutil.copy(ahead / "current", own_index / "current")
        then = second.post("/v1/ask", json=asked).json()

    assert newer["index_version"] == then["index_version"] == "b" * 12
    assert stranger["index_version"] != newer["index_version"]


@pytest.mark.socket
def test_replica_that_stays_behind_says_503_in_time_for_another_to_be_tried(
    redis: str, tmp_path: Path, own_index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_index, "CATCH_UP_SECONDS", 0.2)
    ahead = Path(shutil.copytree(own_index, tmp_path / "ahead"))
    publication_history.publish(ahead, "b" * 12, "Ann")
    shared = {"conversations": SecretStr(redis)}
    with (
        serving(settings_for(ahead, **shared)) as first,
        serving(settings_for(tmp_path, index_dir=own_index, **shared)) as second,
    ):
        asked = {"question": PAY, "conversation_id": "c"}
        first.post("/v1/ask", json=asked)
        refused = second.post("/v1/ask", json=asked)
        metrics = second.get("/metrics").text

    assert "taking the newest answers" in problem_of(refused)["detail"]
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "1")
    assert "faq_behind_total 1.0" in metrics


def python(code: str, folder: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        check=False,
        text=True,
        timeout=START_SECONDS,
    )


def test_redis_that_is_not_installed_ends_the_start_with_a_sentence(tmp_path: Path) -> None:
    code = "import sys; sys.modules['redis'] = None;from service.commands.serve import app; app([])"

    ended = python(code, tmp_path, FAQ_CONVERSATIONS="redis://x")

    assert ended.returncode == 2
    assert ended.stderr == (
        "FAQ_CONVERSATIONS: Redis needs a package: pip install 'careers-faq[redis]'\n"
    )


def test_without_the_settings_nothing_of_the_extras_is_loaded(tmp_path: Path) -> None:
    code = (
        "import sys; from service.app import create_app; from service.settings import *;"
        "create_app(load_settings());"
        "print([name for name in ('redis', 'fsspec', 's3fs', 'botocore') if name in sys.modules])"
    )

    told = python(code, tmp_path)

    assert (told.stdout, told.returncode) == ("[]\n", 0), told.stderr
