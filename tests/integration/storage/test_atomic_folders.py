import subprocess
from pathlib import Path

import pytest

from index.storage.atomic_folders import (
    clear,
    discard,
    exchanged,
    is_whole,
    seal,
    settle,
    workspace,
)


def folder_with(path: Path, text: str) -> Path:
    path.mkdir()
    (path / "file").write_text(text)
    return path


def contents(folder: Path) -> dict[str, str]:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def never(one: Path, other: Path) -> bool:
    """Stands for a disk that cannot exchange two names."""
    return False


@pytest.mark.parametrize("exchange", [exchanged, never], ids=["at once", "in two steps"])
@pytest.mark.parametrize("there", [True, False])
def test_finished_folder_takes_its_name_whatever_stood_there(
    exchange: object, there: bool, tmp_path: Path
) -> None:
    if there:
        folder_with(tmp_path / "target", "old")
    with workspace(tmp_path) as folder:
        (folder / "file").write_text("new")
        settle(folder, tmp_path / "target", exchanged if exchange is exchanged else never)

    assert contents(tmp_path) == {"target/file": "new"}


def test_two_folders_change_names_in_one_step(tmp_path: Path) -> None:
    one, other = folder_with(tmp_path / "one", "1"), folder_with(tmp_path / "other", "2")

    done = exchanged(one, other)

    assert contents(tmp_path) == (
        {"one/file": "2", "other/file": "1"} if done else {"one/file": "1", "other/file": "2"}
    )


def test_what_is_not_finished_is_removed_on_the_way_out(tmp_path: Path) -> None:
    with pytest.raises(IsADirectoryError), workspace(tmp_path) as folder:
        folder.write_text("which cannot be")

    assert list(tmp_path.iterdir()) == []


def test_discarded_folder_is_gone_with_all_that_is_in_it(tmp_path: Path) -> None:
    discard(folder_with(tmp_path / "old", "text"))

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

    clear(tmp_path)

    assert contents(tmp_path) == {"target/file": "new" if replaced else "old"}


def test_sealed_folder_is_whole_until_anything_in_it_changes(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "sealed", "text")
    before = is_whole(folder)
    seal(folder)
    sealed = is_whole(folder)
    (folder / "file").write_text("texT")
    changed = is_whole(folder)
    (folder / "file").write_text("text")
    (folder / "more").write_text("")

    assert (before, sealed, changed, is_whole(folder)) == (False, True, False, False)
    assert is_whole(tmp_path / "nowhere") is False


def test_seal_is_what_sha256sum_checks(tmp_path: Path) -> None:
    folder = folder_with(tmp_path / "sealed", "text")
    seal(folder)

    done = subprocess.run(
        ["sha256sum", "--check", "SHA256SUMS"],  # noqa: S607 - wherever it is
        cwd=folder,
        capture_output=True,
        text=True,
    )

    assert (done.returncode, done.stdout) == (0, "file: OK\n")
