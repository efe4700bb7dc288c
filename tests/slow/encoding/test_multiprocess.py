import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from index.encoding import multiprocess
from tests.support.paths import ROOT


def shout(mark: str) -> Callable[[str], str]:
    return lambda text: f"{text.upper()}{mark} {os.getpid()}"


def fail() -> Callable[[str], str]:
    def failing(text: str) -> str:
        raise ValueError(text)

    return failing


def test_results_come_in_order_from_other_processes() -> None:
    texts = [f"text {number}" for number in range(20)]

    found = list(multiprocess.spread(partial(shout, "!"), texts, 2))

    assert [one.rpartition(" ")[0] for one in found] == [f"{text.upper()}!" for text in texts]
    pids = {int(one.rpartition(" ")[2]) for one in found}
    assert 1 <= len(pids) <= 2
    assert os.getpid() not in pids


def test_failure_reaches_the_caller() -> None:
    with pytest.raises(ValueError, match="one"):
        list(multiprocess.spread(fail, ["one", "two"], 1))


def test_there_is_a_process_at_least() -> None:
    assert 1 <= multiprocess.processes() <= multiprocess.MOST


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_processes_end_with_the_one_that_started_them(tmp_path: Path) -> None:
    script = tmp_path / "parent.py"
    script.write_text(
        "import os\n"
        "from index.encoding.multiprocess import spread\n"
        "from tests.slow.encoding.test_multiprocess import shout\n"
        "from functools import partial\n"
        "if __name__ == '__main__':\n"
        "    for found in spread(partial(shout, ''), ['a'] * 10_000_000, 1):\n"
        "        print(found, flush=True)\n"
    )
    root = ROOT
    with subprocess.Popen(
        [sys.executable, str(script)],
        env={"PYTHONPATH": str(root)},
        stdout=subprocess.PIPE,
        text=True,
    ) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline().split()[-1])
        parent.send_signal(signal.SIGKILL)

    assert ended(child)


def ended(pid: int) -> bool:
    for _ in range(600):
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        time.sleep(0.05)
    return False
