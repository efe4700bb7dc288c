import subprocess
import sys
from pathlib import Path

from index.storage.atomic_files import exclusive, flush_tree, put

HOLD = """
import sys
from pathlib import Path
from index.storage.atomic_files import exclusive
with exclusive(Path(sys.argv[1])) as held:
    print(held, flush=True)
    sys.stdin.read()
"""


def test_file_is_replaced_whole_and_nothing_is_left_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "current"
    path.write_text("old")

    put(path, b"new")

    assert {item.name: item.read_bytes() for item in tmp_path.iterdir()} == {"current": b"new"}


def test_lock_is_free_again_when_its_process_is_killed(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"True\n"
        with exclusive(path) as held_while_it_runs:
            pass
        holder.kill()
    with exclusive(path) as held_afterwards:
        pass

    assert (held_while_it_runs, held_afterwards) == (False, True)


def test_whole_folder_is_flushed(tmp_path: Path) -> None:
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "file").write_text("text")

    flush_tree(tmp_path)

    assert (tmp_path / "inner" / "file").read_text() == "text"
