"""Each command once as a process of its own: what runs in process elsewhere starts, too."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import CONTENT, ROOT
from tests.support.running import SERVICE, environment

CAREERS_FAQ = (sys.executable, "-c", "from service.commands.cli import app; app()")


def script(name: str) -> tuple[str, str]:
    return sys.executable, str(ROOT / "scripts" / f"{name}.py")


@pytest.mark.model
@pytest.mark.parametrize(
    ("command", "arguments", "code"),
    [
        (SERVICE, ["--openapi"], 0),
        (script("build_index"), ["--corpus", "nowhere"], 1),
        (script("check_content"), ["--corpus", str(CONTENT), "--quick"], 0),
        (script("import_content"), ["faq.csv", "--out", "out", "--alone"], 0),
        ((*CAREERS_FAQ, "export"), ["answers.csv", "--corpus", str(CONTENT)], 0),
        (script("ask"), ["How do I become a baker?", "--index", "index"], 0),
        (script("evaluate"), ["nowhere.jsonl"], 1),
        (script("manage_index"), ["list", "--out", "index"], 0),
        (script("gaps"), ["--index", "index"], 0),
        (script("erase"), ["01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071"], 1),
    ],
    ids=["serve", "build", "check", "import", "export", "ask", "evaluate", "versions", "gaps",
         "erase"],
)  # fmt: skip
def test_command_runs_from_any_folder(
    command: tuple[str, ...], arguments: list[str], code: int, real_index: Path, tmp_path: Path
) -> None:
    (tmp_path / "index").symlink_to(real_index)
    (tmp_path / "faq.csv").write_text("question,answer\nIs it hot?,Yes.\n")

    completed = subprocess.run(
        [*command, *arguments],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert completed.returncode == code, completed.stderr
    assert "Traceback" not in completed.stderr
    assert completed.stdout or completed.stderr


def test_serving_imports_neither_torch_nor_content(tmp_path: Path) -> None:
    code = (
        "import sys; from service.commands.serve import make_app; make_app();"
        "print(sorted({name.split('.')[0] for name in sys.modules}"
        " & {'torch', 'transformers', 'sentence_transformers', 'onnx', 'httpx', 'corpus'}))"
    )

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        check=True,
    )

    assert ended.stdout == "[]\n"


@pytest.mark.parametrize("module", ["service.commands.cli", "service.app", "index"])
def test_numpy_is_told_not_to_ask_for_huge_pages(module: str) -> None:
    """Linux stops to make room for each where memory is fragmented, a quarter of a build."""
    code = f"import {module}, numpy; print(numpy._core.multiarray._get_madvise_hugepage())"

    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert completed.stdout.strip() == "False"
