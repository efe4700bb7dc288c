import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from index.storage.atomic_files import (
    delete_folder,
    flush_tree,
    is_intact,
    move_into_place,
    remove_leftovers,
    replace_file,
    swap_folders,
    workspace,
    write_checksums,
)


def folder_with(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "file").write_text(text)
    return path


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def cannot_swap(first: Path, second: Path) -> bool:
    """Stands for a disk that cannot exchange two names."""
    return False


def test_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "current"
    path.write_text("old")

    replace_file(path, b"new")

    assert contents(tmp_path) == {"current": "new"}


@pytest.mark.parametrize("swap", [swap_folders, cannot_swap])
@pytest.mark.parametrize("there", [True, False])
def test_finished_folder_replaces_what_has_its_name(
    swap: Callable[[Path, Path], bool], there: bool, tmp_path: Path
) -> None:
    if there:
        folder_with(tmp_path / "target", "old")
    with workspace(tmp_path) as folder:
        (folder / "file").write_text("new")
        move_into_place(folder, tmp_path / "target", swap)

    assert contents(tmp_path) == {"target/file": "new"}


def test_two_folders_swap_names(tmp_path: Path) -> None:
    first, second = folder_with(tmp_path / "first", "1"), folder_with(tmp_path / "second", "2")

    done = swap_folders(first, second)

    swapped = {"first/file": "2", "second/file": "1"}
    assert contents(tmp_path) == (swapped if done else {"first/file": "1", "second/file": "2"})


def test_unfinished_workspace_is_removed(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), workspace(tmp_path) as folder:
        folder.write_text("which cannot be")

    assert list(tmp_path.iterdir()) == []


def test_deleted_folder_leaves_nothing(tmp_path: Path) -> None:
    delete_folder(folder_with(tmp_path / "old", "text"))

    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("replaced", [True, False])
def test_folder_moved_aside_is_put_back_unless_it_was_replaced(
    replaced: bool, tmp_path: Path
) -> None:
    folder_with(tmp_path / ".aside-target", "old")
    folder_with(tmp_path / ".building-dead", "half")
    (tmp_path / ".current.new").write_text("half")
    if replaced:
        folder_with(tmp_path / "target", "new")

    remove_leftovers(tmp_path)

    assert contents(tmp_path) == {"target/file": "new" if replaced else "old"}


def test_folder_is_intact_until_anything_in_it_changes(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "sealed", "text")
    before = is_intact(folder)
    write_checksums(folder)
    written = is_intact(folder)
    (folder / "file").write_text("texT")
    changed = is_intact(folder)
    (folder / "file").write_text("text")
    (folder / "more").write_text("")

    assert (before, written, changed, is_intact(folder)) == (False, True, False, False)
    assert is_intact(tmp_path / "nowhere") is False


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="needs sha256sum of coreutils")
def test_sha256sum_checks_the_same_file(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "sealed", "text")
    write_checksums(folder)

    completed = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"],  # noqa: S607 - wherever it is
        cwd=folder,
        capture_output=True,
        text=True,
    )

    assert (completed.returncode, completed.stdout) == (0, "file: OK\n")


def test_flushing_a_tree_leaves_it_as_it_is(tmp_path: Path) -> None:
    folder_with(tmp_path / "inner", "text")

    flush_tree(tmp_path)

    assert contents(tmp_path) == {"inner/file": "text"}
