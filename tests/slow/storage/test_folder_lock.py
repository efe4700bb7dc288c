import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from index.errors import IndexBusy
from index.storage.folder_lock import FOREVER, Holder, hold, holder

HOLD = (
    "import sys\n"
    "from pathlib import Path\n"
    "from index.storage.folder_lock import hold\n"
    "with hold(Path(sys.argv[1])):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)


@pytest.fixture
def lock(tmp_path: Path) -> Path:
    return tmp_path / "lock"


@pytest.fixture
def other(lock: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process, which holds the lock until its input ends."""
    command = [sys.executable, "-c", HOLD, str(lock)]
    pipe = subprocess.PIPE
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_who_holds_the_lock_and_since_when_is_told(
    lock: Path, other: subprocess.Popen[str]
) -> None:
    with pytest.raises(IndexBusy) as told, hold(lock):
        pass  # never reached

    who = holder(lock)
    assert who is not None
    assert who.pid == other.pid
    assert str(told.value) == (
        f"{lock.parent} is in use by {who.user}, process {other.pid} on {who.host}, since"
        f" {who.since}. Try again later, or add --wait."
    )


def test_lock_of_a_killed_process_is_free(lock: Path, other: subprocess.Popen[str]) -> None:
    other.send_signal(signal.SIGKILL)
    other.wait()

    with hold(lock):
        who = holder(lock)

    assert who is not None
    assert who.pid == os.getpid()


def test_waiting_ends_when_the_other_process_does(lock: Path, other: subprocess.Popen[str]) -> None:
    noticed: list[int | None] = []

    def notice(who: Holder | None) -> None:
        noticed.append(who.pid if who else None)
        assert other.stdin is not None
        other.stdin.close()

    with hold(lock, FOREVER, notice):
        pass

    assert noticed == [other.pid]


@pytest.mark.parametrize("text", ["", "{", json.dumps({"pid": 1})])
def test_holder_that_did_not_sign_is_another_process(lock: Path, text: str) -> None:
    with hold(lock):
        lock.write_text(text)

        with pytest.raises(IndexBusy, match="by another process"), hold(lock):
            pass  # never reached


def test_lock_that_nobody_held_has_no_holder(lock: Path) -> None:
    assert holder(lock) is None
