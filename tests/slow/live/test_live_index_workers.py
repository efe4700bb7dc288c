"""The real server with two workers, which take what is published each by itself."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.request import Request, urlopen

import pytest

from corpus import load
from index.versions import version_store
from tests.support import visiting
from tests.support.building import build_real
from tests.support.paths import CONTENT, ROOT
from tests.support.running import environment, started, worker_ids
from tests.support.visiting import TALK, UNITS, Reply, hold

PAY = "Do cooks earn more than bakers?"
ANSWER = "Pay is much the same in both jobs."
WORKERS = 2
CLIENTS = 4
CONVERSATIONS = 50
DEADLINE_SECONDS = 120.0
"""Far more than it takes, for a machine that is busy."""

pytestmark = [pytest.mark.model, pytest.mark.socket]


@pytest.fixture
def folder(encoders: Path, tmp_path: Path) -> Path:
    """Holds an index with two versions; the later one is live and answers otherwise."""
    build_real(load(CONTENT), encoders, tmp_path)
    content = shutil.copytree(CONTENT, tmp_path / "content")
    for file in (content / "faqs").iterdir():
        text = file.read_text("utf-8")
        file.write_text(text.replace(ANSWER, "Cooks earn a little more."), "utf-8")
    build_real(load(content), encoders, tmp_path)
    return tmp_path


def ask(address: str) -> tuple[int, str, str]:
    """Status, version and answer; over a connection of its own, so that any worker may answer."""
    body = json.dumps({"question": PAY}).encode()
    headers = {"Content-Type": "application/json"}
    request = Request(f"{address}/v1/ask", body, headers)  # noqa: S310 - always http
    with urlopen(request, timeout=DEADLINE_SECONDS) as response:  # noqa: S310 - as above
        given = json.load(response)
        return response.status, given["index_version"], given["answer"]["text"]


def wait_for_all_workers(folder: Path, loads: dict[str, int]) -> None:
    """Wait until the log tells that every version was loaded so often, all workers together."""
    until = time.monotonic() + DEADLINE_SECONDS
    while _loads(folder) != loads:
        assert time.monotonic() < until, (folder / "log").read_text("utf-8")
        time.sleep(0.05)


def _loads(folder: Path) -> dict[str, int]:
    loaded = re.findall(r"index loaded: version (\w+)", (folder / "log").read_text("utf-8"))
    return {name: loaded.count(name) for name in loaded}


def roll_back(folder: Path, version: str) -> None:
    arguments = ["rollback", version, "--out", str(folder / "index")]
    subprocess.run(
        [sys.executable, "scripts/manage_index.py", *arguments],
        cwd=ROOT,
        env=environment(folder),
        check=True,
    )


def test_every_worker_takes_what_is_published_and_no_request_is_lost(folder: Path) -> None:
    new = version_store.current(folder / "index")
    [old] = {*version_store.version_names(folder / "index")} - {new}
    done = threading.Event()

    def ask_on() -> list[tuple[int, str, str]]:
        given = []
        while not done.is_set():
            given.append(ask(address))
        return given

    settings = {"FAQ_RATE_LIMIT": "off", "FAQ_WATCH_SECONDS": "0.2"}
    with (
        started(folder, "--workers", str(WORKERS), **settings) as (_, address),
        ThreadPoolExecutor(CLIENTS) as visitors,
    ):
        wait_for_all_workers(folder, {new: WORKERS})
        asking = [visitors.submit(ask_on) for _ in range(CLIENTS)]
        try:
            roll_back(folder, old)
            wait_for_all_workers(folder, {new: WORKERS, old: WORKERS})
            after_rollback = {ask(address) for _ in range(10)}
            version_store.publish(folder / "index", new)
            wait_for_all_workers(folder, {new: 2 * WORKERS, old: WORKERS})
            after_publish = {ask(address) for _ in range(10)}
        finally:
            done.set()
        given = {one for visitor in asking for one in visitor.result()}

    [(status, version, _)] = after_rollback
    assert (status, version) == (200, old)
    [(status, version, _)] = after_publish
    assert (status, version) == (200, new)
    assert given == after_rollback | after_publish


def test_conversation_is_understood_by_any_worker_also_when_one_dies(folder: Path) -> None:
    version = version_store.current(folder / "index")
    chats: list[list[Reply]] = [[] for _ in range(CONVERSATIONS)]
    with (
        started(folder, "--workers", str(WORKERS), FAQ_RATE_LIMIT="off") as (_, address),
        ThreadPoolExecutor(CLIENTS) as visitors,
    ):
        wait_for_all_workers(folder, {version: WORKERS})
        asking = [visitors.submit(hold, address, TALK, chat) for chat in chats]
        for future in asking:
            future.result()
        first = visiting.ask(address, PAY)
        for worker in worker_ids(folder, WORKERS):
            os.kill(worker, signal.SIGKILL)
        wait_for_all_workers(folder, {version: 2 * WORKERS})
        then = visiting.ask(address, "why?", first.body["conversation_id"])

    assert [[answer.unit for answer in chat] for chat in chats] == [list(UNITS)] * CONVERSATIONS
    assert then.unit == "faq-pay"
