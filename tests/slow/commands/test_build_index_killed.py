"""The real command, killed in the middle of its work, and on a disk that refuses to write."""

import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tests.integration.commands.test_build_index import SCRIPT, run

from index.encoding.export import find_model, runtime_folder
from index.storage.atomic_folders import is_whole
from index.versions import version_store
from tests.slow.building.test_builder_disk import MOUNT, disk, leave
from tests.support.paths import ROOT

__all__ = ["disk"]

SCRIPT = ROOT / "scripts" / "build_index.py"
DYING = """
import os, runpy, signal, sys
event, part, sys.argv = sys.argv[1], sys.argv[2], sys.argv[3:]
def see(name, arguments):
    if name == event and part in " ".join(map(str, arguments)):
        os.kill(os.getpid(), signal.SIGKILL)
sys.addaudithook(see)
runpy.run_path(sys.argv[0], run_name="__main__")
"""
"""Runs a command up to the first audit event of a name that is about a path."""
PLACES = [
    ("sqlite3.connect", "vectors.sqlite"),
    ("tempfile.mkdtemp", "/versions/"),
    ("os.rename", "manifest.json"),
    ("os.rename", "/versions/.building-"),
    ("os.rename", ".current.new"),
]


def killed(event: str, part: str, *arguments: object) -> int:
    """Run the command until it dies; how it ended."""
    command = [sys.executable, "-c", DYING, event, part, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, check=False).returncode


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(SCRIPT), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True)


def unfinished(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(".*")]


@pytest.fixture
def out(cache: Path, tmp_path: Path) -> Path:
    """Where an index goes; what was encoded already is in the cache beside it."""
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "encoders").symlink_to(cache / "encoders")
    if (cache / "embeddings").is_dir():
        shutil.copytree(cache / "embeddings", tmp_path / "cache" / "embeddings")
    return tmp_path / "index"


@pytest.mark.model
def test_killed_or_out_of_room_it_leaves_what_is_live_and_works_again(
    content: Path, out: Path, tmp_path: Path
) -> None:
    """One story in one test, since the first build may load the model."""
    arguments = ("--corpus", content, "--out", out)
    run(*arguments)
    live = version_store.current(out)
    answers = content / "faqs" / "jobs.yaml"
    answers.write_text(answers.read_text().replace("Pay is much the same", "Pay is the same"))

    for event, part in PLACES:
        assert killed(event, part, *arguments) == -signal.SIGKILL, (event, part)
        assert version_store.load(out).manifest.version == live
    done = run(*arguments)

    assert done.returncode == 0
    assert version_store.load(out).manifest.version != live
    assert unfinished(tmp_path / "index") + unfinished(tmp_path / "cache") == []
    assert len(version_store.version_names(out)) == 2


@pytest.mark.model
def test_damaged_encoder_is_exported_again_also_after_a_killed_export(
    content: Path, encoders: Path, tmp_path: Path
) -> None:
    cache = tmp_path / "cache" / "encoders"
    whole = runtime_folder(find_model(), encoders)
    damaged = shutil.copytree(whole, cache / whole.name)
    (damaged / "encoder.onnx").write_bytes((whole / "encoder.onnx").read_bytes()[:-1])

    ended = killed("os.chmod", "encoders", "--corpus", content, "--out", tmp_path / "index")
    left = unfinished(cache)
    folder = runtime_folder(find_model(), cache)

    assert ended == -signal.SIGKILL
    assert len(left) == 1
    assert folder == damaged
    assert (folder / "SHA256SUMS").read_text() == (whole / "SHA256SUMS").read_text()
    assert is_whole(folder)
    assert sorted(path.name for path in cache.iterdir()) == sorted([folder.name, "lock"])


@pytest.mark.model
def test_full_or_read_only_disk_ends_the_command_with_1_and_a_next_step(
    content: Path, encoders: Path, disk: Path
) -> None:
    (disk / "cache").mkdir()
    (disk / "cache" / "encoders").symlink_to(encoders)
    leave(disk, 8192)

    full = run("--corpus", content, "--out", disk / "index")
    (disk / "ballast").unlink()
    subprocess.run([MOUNT, "-o", "remount,ro", disk], check=True)
    read_only = run("--corpus", content, "--out", disk / "index")

    assert (full.returncode, read_only.returncode) == (1, 1)
    assert "disk is full. What was live stays live. Make room" in full.stdout
    assert "What was live stays live." in read_only.stdout
