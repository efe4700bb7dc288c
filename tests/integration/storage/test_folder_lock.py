import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from index.errors import IndexBusy
from index.storage.folder_lock import FOREVER, Holder, hold, holder
from tests.support.paths import ROOT

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


def test_lock_of_another_process_names_it_and_is_free_once_that_is_killed(lock: Path) -> None:
    pipe = subprocess.PIPE
    command = [sys.executable, "-c", HOLD, str(lock)]
    with subprocess.Popen(command, stdin=pipe, stdout=pipe, text=True, cwd=ROOT) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        with pytest.raises(IndexBusy, match=f"process {other.pid} on .*--wait"), hold(lock):
            pass  # never reached
        before = holder(lock)
        other.kill()
    with hold(lock):
        after = holder(lock)

    assert before is not None
    assert after is not None
    assert (before.pid, after.pid) == (other.pid, os.getpid())


def test_waiting_ends_when_the_lock_is_released(lock: Path) -> None:
    noticed: list[int | None] = []
    held, release = Event(), Event()

    def hold_until_released() -> None:
        with hold(lock):
            held.set()
            release.wait()

    def notice(who: Holder | None) -> None:
        noticed.append(who.pid if who else None)
        release.set()

    with ThreadPoolExecutor(1) as pool:
        other = pool.submit(hold_until_released)
        held.wait()
        with hold(lock, FOREVER, notice):
            assert other.result(10) is None

    assert noticed == [os.getpid()]


@pytest.mark.parametrize("text", ["", "{", json.dumps({"pid": 1})])
def test_unreadable_signature_is_another_process(lock: Path, text: str) -> None:
    with hold(lock):
        lock.write_text(text)

        with pytest.raises(IndexBusy, match="by another process"), hold(lock):
            pass  # never reached


def test_lock_that_was_never_held_has_no_holder(lock: Path) -> None:
    assert holder(lock) is None
