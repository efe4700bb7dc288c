"""The real server while its disk, its database or its rights fail: answers are given."""

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time
from contextlib import ExitStack, closing, suppress
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from tests.support.postgres import cluster
from tests.support.running import START_SECONDS, get, started

pytestmark = [pytest.mark.model, pytest.mark.socket]

LOST = re.compile(r"^faq_interactions_lost_total (\d+)", re.M)


def ask(address: str) -> int:
    body = json.dumps({"question": "How long does it take to become a baker?"}).encode()
    kind = {"Content-Type": "application/json"}
    with urlopen(Request(f"{address}/v1/ask", body, kind), timeout=60) as response:  # noqa: S310 - our own
        assert json.load(response)["outcome"] == "answer"
        status: int = response.status
        return status


def lost(address: str) -> int:
    found = LOST.search(get(f"{address}/metrics")[1].decode())
    assert found is not None
    return int(found[1])


def wait_until_lost(address: str, count: int) -> None:
    until = time.monotonic() + START_SECONDS
    while lost(address) < count:
        assert time.monotonic() < until, "they were not counted"
        time.sleep(0.1)


def test_database_that_somebody_locks_costs_records_and_no_answer(
    real_index: Path, tmp_path: Path
) -> None:
    with started(tmp_path, FAQ_INDEX_DIR=str(real_index), FAQ_RATE_LIMIT="off") as (_, address):
        first = ask(address)
        with closing(sqlite3.connect(tmp_path / "interactions.db", timeout=60)) as other:
            other.execute("BEGIN IMMEDIATE")
            while_locked = [ask(address) for _ in range(5)]
            wait_until_lost(address, 1)
            other.rollback()
        counted = lost(address)
        afterwards = ask(address)

    assert [first, *while_locked, afterwards] == [200] * 7
    assert counted >= 1
    assert "database is locked" in (tmp_path / "log").read_text("utf-8")


def test_full_disk_costs_records_and_no_answer(real_index: Path, tmp_path: Path) -> None:
    """No file of the process may grow past 96 KiB, which ends every write as a full disk does."""
    limited = ("/bin/sh", "-c", 'ulimit -f 192; exec "$0" -m service "$@"', sys.executable)
    settings = {"FAQ_INDEX_DIR": str(real_index), "FAQ_RATE_LIMIT": "off"}
    with started(tmp_path, command=limited, FAQ_LOG_LEVEL="error", **settings) as (_, address):
        statuses = []
        until = time.monotonic() + START_SECONDS
        while not lost(address) and time.monotonic() < until:
            statuses += [ask(address) for _ in range(20)]
        counted = lost(address)
        ready = get(f"{address}/readyz")[0]

    assert set(statuses) == {200}
    assert counted > 0
    assert ready == 200


def test_database_that_is_not_there_costs_records_and_no_answer(
    real_index: Path, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way of a folder", "utf-8")
    settings = {
        "FAQ_INDEX_DIR": str(real_index),
        "FAQ_DATABASE_URL": f"sqlite:///{tmp_path}/file/interactions.db",
    }
    with started(tmp_path, **settings) as (_, address):
        statuses = [ask(address) for _ in range(3)]
        wait_until_lost(address, 3)

    assert statuses == [200] * 3


def test_postgresql_that_stops_costs_records_and_no_answer(
    real_index: Path, tmp_path: Path
) -> None:
    with cluster() as made, ExitStack() as up:
        up.enter_context(made.running())
        settings = {"FAQ_INDEX_DIR": str(real_index), "FAQ_DATABASE_URL": made.url}
        with started(tmp_path, **settings) as (_, address):
            before = [ask(address) for _ in range(2)]
            wait_until_stored(made.url, 2)

            up.close()
            while_away = [ask(address) for _ in range(3)]
            wait_until_lost(address, 3)

            up.enter_context(made.running())
            afterwards = [ask(address) for _ in range(4)]
            wait_until_stored(made.url, 6)
            counted = lost(address)

    assert [*before, *while_away, *afterwards] == [200] * 9
    assert counted == 3


def wait_until_stored(url: str, count: int) -> None:
    until = time.monotonic() + START_SECONDS
    engine = create_engine(url)
    while True:
        with suppress(SQLAlchemyError), engine.connect() as connection:
            if connection.scalar(text("SELECT count(*) FROM interactions")) == count:
                break
        assert time.monotonic() < until, "they were not stored"
        time.sleep(0.1)
    engine.dispose()


@pytest.fixture
def jail() -> list[str]:
    """A shell in a mount namespace of its own, where everything is read-only but what it leaves."""
    command = ["unshare", "--mount", "--map-root-user", "--user"]
    if os.geteuid() == 0:  # pragma: no cover - as root or not
        command = ["unshare", "--mount"]
    if shutil.which("unshare") is None or shutil.which("setpriv") is None:
        pytest.skip("deploy: unshare is not installed")
    tried = subprocess.run([*command, "true"], check=False, capture_output=True)
    if tried.returncode:
        pytest.skip("deploy: this machine allows no namespaces")
    return command


READ_ONLY = """
set -e
mount --make-rprivate /
mount --bind "$DATA" "$DATA"
mount -o remount,bind,ro /
mount -t tmpfs -o ro none /tmp/none 2>/dev/null || true
! touch / 2>/dev/null
! touch "$DATA/../not-here" 2>/dev/null
cd "$DATA"
exec setpriv --bounding-set=-all --inh-caps=-all --no-new-privs $AS "$0" -m service "$@"
"""


def test_it_serves_without_rights_on_a_read_only_system(
    jail: list[str], real_index: Path, tmp_path: Path
) -> None:
    """As in the container: it may write to one folder, and to nothing else."""
    data = tmp_path / "data"
    data.mkdir()
    as_nobody = "--reuid=65534 --regid=65534 --clear-groups" if os.geteuid() == 0 else ""
    if as_nobody and not readable_by_all(real_index, Path(sys.executable)):
        as_nobody = ""
    data.chmod(0o777)
    settings = {
        "DATA": str(data),
        "AS": as_nobody,
        "FAQ_INDEX_DIR": str(real_index),
        "FAQ_DATABASE_URL": f"sqlite:///{data}/interactions.db",
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    command = (*jail, "/bin/sh", "-c", READ_ONLY, sys.executable)

    with started(tmp_path, command=command, **settings) as (_, address):
        status = ask(address)
        until = time.monotonic() + START_SECONDS
        while not stored(data / "interactions.db") and time.monotonic() < until:
            time.sleep(0.1)
        none_lost = lost(address)

    assert status == 200
    assert stored(data / "interactions.db") == 1
    assert none_lost == 0
    assert {path.name.partition("-")[0] for path in data.iterdir()} == {"interactions.db"}


def readable_by_all(*paths: Path) -> bool:
    parents = {parent for path in paths for parent in (path.resolve(), *path.resolve().parents)}
    return all(parent.stat().st_mode & 0o005 == 0o005 for parent in parents)


def stored(file: Path) -> int:
    if not file.exists():
        return 0
    with closing(sqlite3.connect(file)) as reader:
        try:
            rows = reader.execute("SELECT count(*) FROM interactions").fetchone()
        except sqlite3.OperationalError:
            return 0
        return int(rows[0])
