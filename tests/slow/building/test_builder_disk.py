"""A disk that is full or may not be written to: nothing that was live is lost."""

import os
import resource
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from index.errors import Unwritable
from tests.support import history as works
from tests.support.history import answer, listing

DISK_KILOBYTES = 4096
PAGE = 4096
MOUNT, UNMOUNT = shutil.which("mount") or "", shutil.which("umount") or ""


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    place = tmp_path / "disk"
    place.mkdir()
    options = ["-t", "tmpfs", "-o", f"size={DISK_KILOBYTES}k", "tmpfs"]
    if not MOUNT:
        pytest.skip("there is no command to mount a small disk with")
    completed = subprocess.run([MOUNT, *options, place], capture_output=True, text=True)
    if completed.returncode:
        pytest.skip(f"a small disk cannot be mounted here: {completed.stderr.strip()}")
    yield place
    subprocess.run([UNMOUNT, "--lazy", place], check=True)


def copied(history: Path, disk: Path) -> Path:
    shutil.rmtree(disk / "work", ignore_errors=True)
    return shutil.copytree(history, disk / "work")


def leave(disk: Path, room: int) -> None:
    """Fill a disk but for so many bytes."""
    (disk / "ballast").unlink(missing_ok=True)
    stat = os.statvfs(disk)
    with (disk / "ballast").open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, stat.f_bavail * stat.f_frsize - room)


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """Let the system refuse to make a file larger."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def refusal(folder: Path) -> str:
    """Build; what is said when that is refused, and nothing when it went well."""
    try:
        works.build_new(folder)
    except Unwritable as error:
        return str(error)
    return ""


def test_wherever_the_disk_gets_full_what_was_live_answers_and_room_is_all_it_takes(
    history: Path, disk: Path
) -> None:
    before = answer(history / "index")
    folder = copied(history, disk)
    works.build_new(folder)
    wanted, ends = listing(folder), answer(folder / "index")

    refused = 0
    for pages in range(0, 200, 5):
        folder = copied(history, disk)
        leave(disk, pages * PAGE)
        said = refusal(folder)
        (disk / "ballast").unlink()
        if not said:
            assert answer(folder / "index") == ends
            break
        refused += 1
        assert "Make room" in said or "disk is full" in said, said
        assert "What was live stays live." in said
        assert answer(folder / "index") == before
        assert not [name for name in listing(folder) if Path(name).name[0] == "."]
        if pages % 25 == 0:  # each takes a while
            works.build_new(folder)
            assert (listing(folder), answer(folder / "index")) == (wanted, ends)

    assert 2 < refused < 40


def test_wherever_a_file_gets_too_large_what_was_live_answers(
    history: Path, tmp_path: Path
) -> None:
    before = answer(history / "index")
    folder = shutil.copytree(history, tmp_path / "work")
    for size in range(0, 300_000, 23_333):
        with largest_file(size):
            said = refusal(folder)
        if not said:
            break
        assert "What was live stays live." in said
        assert answer(folder / "index") == before

    assert not said
    assert answer(folder / "index")[1] == "Answer 3"


def test_read_only_disk_is_reported_and_the_live_version_still_answers(
    history: Path, disk: Path
) -> None:
    folder = copied(history, disk)
    before = answer(folder / "index")
    subprocess.run([MOUNT, "-o", "remount,ro", disk], check=True)

    said = refusal(folder)

    assert said.endswith(
        "Read-only file system. What was live stays live. "
        "Mount it so that it can be written to, or name another folder."
    ) or ("readonly database" in said and "written to" in said)
    assert answer(folder / "index") == before
