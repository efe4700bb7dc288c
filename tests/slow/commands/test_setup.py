"""The script that makes .venv, as `make` calls it, with a Python that is quick."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

# What the script may call. No apt-get: a test must never change the machine that it runs on.
TOOLS = ("cat", "cksum", "cp", "dirname", "id", "mkdir", "rm", "sh", "uname")

# A Python that makes virtual environments of links to itself, and notes what pip is asked for.
FAKE_PYTHON = """\
#!/bin/sh
case "$*" in
    *"import venv, ensurepip"*) [ ! -e venv.lacks ] ;;
    "-m venv --clear "*) rm -rf "$4" && mkdir -p "$4/bin" && cp "$0" "$4/bin/python" ;;
    "-m pip install "*) echo "$*" >> pip.log; [ ! -e pip.fails ] ;;
    *) exec {python} "$@" ;;
esac
"""


@pytest.fixture
def project(tmp_path: Path, tools: Path) -> Path:
    assert shutil.which("apt-get", path=str(tools)) is None
    for name in ("pyproject.toml", "constraints.txt", "scripts/setup.sh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


@pytest.fixture
def python(tmp_path: Path) -> Path:
    path = tmp_path / "fake-python"
    path.write_text(FAKE_PYTHON.format(python=sys.executable), encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    folder = tmp_path / "tools"
    folder.mkdir()
    for name in TOOLS:
        found = shutil.which(name)
        assert found is not None
        (folder / name).symlink_to(found)
    return folder


def setup(project: Path, python: Path | str, wanted: str = "build", **more: str) -> tuple[int, str]:
    completed = subprocess.run(
        ["/bin/sh", str(project / "scripts" / "setup.sh"), wanted],
        capture_output=True,
        check=False,
        env={"PATH": str(project / "tools"), "PYTHON": str(python), **more},
        text=True,
    )
    return completed.returncode, completed.stderr


def installs(project: Path) -> list[str]:
    log = project / "pip.log"
    return log.read_text(encoding="utf-8").splitlines() if log.exists() else []


def test_first_call_installs_the_pinned_packages(project: Path, python: Path) -> None:
    code, _ = setup(project, python)

    assert code == 0
    assert installs(project) == [
        "-m pip install --quiet --disable-pip-version-check -c constraints.txt -e .[build]"
    ]


def test_second_call_does_nothing(project: Path, python: Path) -> None:
    setup(project, python)

    assert setup(project, python) == (0, "")
    assert len(installs(project)) == 1


@pytest.mark.parametrize("name", ["pyproject.toml", "constraints.txt"])
def test_changed_file_installs_again(project: Path, python: Path, name: str) -> None:
    setup(project, python)
    with (project / name).open("a", encoding="utf-8") as file:
        file.write("# changed\n")

    setup(project, python)

    assert len(installs(project)) == 2


def test_moved_folder_installs_again(project: Path, python: Path, tmp_path: Path) -> None:
    setup(project, python)
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in (".venv", "pyproject.toml", "constraints.txt", "scripts", "tools"):
        (project / name).rename(moved / name)

    setup(moved, python)

    assert len(installs(moved)) == 1


def test_failed_installation_is_tried_again(project: Path, python: Path) -> None:
    failing = project / "pip.fails"
    failing.touch()

    code, _ = setup(project, python)
    failing.unlink()
    again, _ = setup(project, python)

    assert (code, again, len(installs(project))) == (1, 0, 2)


def test_incomplete_environment_is_created_again(project: Path, python: Path) -> None:
    broken = project / ".venv" / "bin" / "python"
    broken.parent.mkdir(parents=True)
    broken.symlink_to("/nonexistent/python3")

    code, _ = setup(project, python)

    assert (code, len(installs(project))) == (0, 1)


def test_index_for_torch_is_passed_on(project: Path, python: Path) -> None:
    setup(project, python, TORCH_INDEX="https://example.org/cpu")

    assert "--extra-index-url https://example.org/cpu" in installs(project)[0]


def test_python_that_is_too_old_is_named_with_what_to_do(project: Path) -> None:
    old = project / "old-python"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)

    code, message = setup(project, old)

    assert code == 1
    assert message.startswith(
        "Careers FAQ needs Python 3.11 to 3.14, and none was found under PYTHON="
    )
    assert "install" in message.lower()


def test_python_without_venv_is_reported_with_the_missing_package(
    project: Path, python: Path
) -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    (project / "venv.lacks").touch()

    code, message = setup(project, python)

    assert code == 1
    assert message.endswith(f"Run: sudo apt-get install python{version}-venv\n")


def test_unknown_set_of_packages_is_a_wrong_call(project: Path, python: Path) -> None:
    code, message = setup(project, python, "everything")

    assert (code, message) == (2, "usage: setup.sh build|dev|servers\n")
