"""`careers-faq build`, killed in the middle of its work, and on a disk that refuses to write.

What a kill at any other place leaves is tested in tests/slow/building, without the command.
"""

import signal
import subprocess
import sys
from pathlib import Path

from index.versions import version_store
from tests.slow.building.test_builder_disk import MOUNT, disk, leave
from tests.support.commands import by_hand, run
from tests.support.paths import ROOT

__all__ = ["disk"]

DYING = """
import os, pathlib, signal, sys
from service.commands.cli import app
from tests.support.commands import by_hand
tools = by_hand(pathlib.Path(sys.argv.pop(1)))
def see(event, arguments):
    if event == "os.rename" and ".current.new" in " ".join(map(str, arguments)):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(see)
app(obj=tools)
"""
"""Runs a command up to the moment in which a version is to go live."""


def test_killed_build_leaves_what_is_live_and_works_again(
    content: Path, runtime: Path, tmp_path: Path
) -> None:
    out = tmp_path / "index"
    arguments = ("build", "--corpus", str(content), "--out", str(out))
    run(*arguments, tools=by_hand(runtime))
    live = version_store.current(out)
    answers = content / "faqs" / "jobs.yaml"
    answers.write_text(answers.read_text().replace("Pay is much the same", "Pay is the same"))

    command = [sys.executable, "-c", DYING, str(runtime), *arguments]
    died = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    live_after_death = version_store.load(out).manifest.version
    result = run(*arguments, tools=by_hand(runtime))

    assert died.returncode == -signal.SIGKILL, died.stderr
    assert live_after_death == live
    assert result.exit_code == 0
    assert version_store.load(out).manifest.version != live
    assert [path for path in tmp_path.rglob(".*") if path.is_dir()] == []
    assert len(version_store.version_names(out)) == 2


def test_full_or_read_only_disk_ends_the_command_with_1(
    content: Path, runtime: Path, disk: Path
) -> None:
    arguments = ("build", "--corpus", content, "--out", disk / "index")
    leave(disk, 8192)

    full = run(*arguments, tools=by_hand(runtime))
    (disk / "ballast").unlink()
    subprocess.run([MOUNT, "-o", "remount,ro", disk], check=True)
    read_only = run(*arguments, tools=by_hand(runtime))

    assert (full.exit_code, read_only.exit_code) == (1, 1)
    assert "disk is full" in full.stdout
    assert "What was live stays live." in read_only.stdout
