import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
TINY = ROOT / "tests" / "content"
BROKEN = "- id: a\n  question: Q, really?\n  anwser: A.\n"
WARNED = "- id: a\n  question: Q, really?\n  answer: A.\n  variants: [why so]\n  owner: T\n"


def run(
    *arguments: str | Path, script: str = "check_content.py"
) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, ROOT / "scripts" / script, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "faqs").mkdir()
    return tmp_path


def test_clean_corpus_exits_with_0() -> None:
    done = run("--corpus", TINY)

    assert (done.returncode, done.stdout, done.stderr) == (0, "0 errors, 0 warnings, 0 notes\n", "")


def test_shipped_corpus_is_the_default_and_clean() -> None:
    done = run("--strict")

    assert (done.returncode, done.stderr) == (0, "")


def test_faults_are_told_and_exit_with_1(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(BROKEN)

    done = run("--corpus", folder)

    assert done.returncode == 1
    assert [line.split(". ")[0] for line in done.stdout.splitlines()] == [
        "faqs/a.yaml:1: error: 'answer' is missing",
        "faqs/a.yaml:3: error: the key 'anwser' is not known",
        "2 errors, 0 warnings, 0 notes",
    ]
    assert done.stderr == ""


def test_missing_folder_exits_with_1_and_no_traceback(tmp_path: Path) -> None:
    done = run("--corpus", tmp_path / "nowhere")

    assert (done.returncode, done.stderr) == (1, "")
    assert "there is no such folder" in done.stdout


def test_warnings_fail_only_when_asked(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(WARNED)
    (folder / "faqs" / "b.txt").touch()

    assert [run("--corpus", folder).returncode, run("--corpus", folder, "--strict").returncode] == [
        0,
        1,
    ]


def test_json_is_a_list_of_findings(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(WARNED)
    (folder / "faqs" / "b.txt").touch()

    done = run("--corpus", folder, "--format", "json")

    assert json.loads(done.stdout) == [
        {
            "file": "faqs/a.yaml",
            "line": 3,
            "severity": "warning",
            "problem": "'a' has no review date",
            "remedy": "Add 'reviewed: YYYY-MM-DD'",
        },
        {
            "file": "faqs/b.txt",
            "line": 0,
            "severity": "warning",
            "problem": "the file is not read",
            "remedy": "Articles end in .md, questions in .questions.yaml, canned answers in .yaml",
        },
    ]


def test_github_gets_annotations(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(WARNED)

    done = run("--corpus", folder, "--format", "github")

    assert done.stdout == (
        f"::warning file={folder.as_posix()}/faqs/a.yaml,line=3::"
        "'a' has no review date. Add 'reviewed: YYYY-MM-DD'\n"
    )


@pytest.mark.parametrize("arguments", [("--format", "xml"), ("--nonsense",), ("surplus",)])
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)

    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("script", ["check_content.py", "write_schemas.py"])
def test_help_has_an_example(script: str) -> None:
    done = run("--help", script=script)

    assert done.returncode == 0
    assert f"python scripts/{script}" in done.stdout


def test_schemas_are_written_where_asked(tmp_path: Path) -> None:
    done = run("--out", tmp_path / "new", script="write_schemas.py")

    assert done.returncode == 0
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "article.schema.json",
        "boundaries.schema.json",
        "checks.schema.json",
        "entries.schema.json",
        "questions.schema.json",
        "synonyms.schema.json",
    ]
