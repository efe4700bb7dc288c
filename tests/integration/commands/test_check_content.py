import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.paths import ROOT

TINY = ROOT / "tests" / "content"
BROKEN = "- id: a\n  question: Q, really?\n  anwser: A.\n"
SAME = "".join(
    f"- id: {id_}\n  question: {question}\n  variants:\n    - {variant}\n  answer: {answer}\n"
    "  owner: T\n  reviewed: 2026-11-01\n"
    for id_, question, variant, answer in (
        ("a", "Which one stays fresh?", "which bread keeps longest", "Rye."),
        ("b", "What is in a croissant?", "which loaf keeps longest", "Butter."),
    )
)
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
    done = run("--corpus", TINY, "--quick")

    assert (done.returncode, done.stdout, done.stderr) == (0, "0 errors, 0 warnings, 0 notes\n", "")


def test_shipped_corpus_is_the_default_and_clean() -> None:
    done = run("--strict", "--quick")

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

    arguments = ("--corpus", folder, "--quick")

    assert [run(*arguments).returncode, run(*arguments, "--strict").returncode] == [0, 1]


def test_json_is_a_list_of_findings(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(WARNED)
    (folder / "faqs" / "b.txt").touch()

    done = run("--corpus", folder, "--quick", "--format", "json")

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

    done = run("--corpus", folder, "--quick", "--format", "github")

    assert done.stdout == (
        f"::warning file={folder.as_posix()}/faqs/a.yaml,line=3::"
        "'a' has no review date. Add 'reviewed: YYYY-MM-DD'\n"
    )


@pytest.mark.model
def test_content_is_searched_too_and_what_shows_then_is_told(folder: Path, cache: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(SAME)
    (folder / "synonyms.yaml").write_text("- [bread, loaf]\n")

    done = run("--corpus", folder, "--cache", cache)

    assert (done.returncode, done.stderr) == (0, "")
    told = "'which bread keeps longest' ('a') means the same as 'which loaf keeps longest' ('b')"
    remedy = "Keep one of them, or name the other answer under 'equivalents'"
    assert f"faqs/a.yaml:4: warning: {told}. {remedy}" in done.stdout.splitlines()


def test_what_cannot_be_looked_at_is_told(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(SAME)
    no_folder = folder / "file"
    no_folder.write_text("")

    done = run("--corpus", folder, "--cache", no_folder)

    assert done.returncode == 0
    assert done.stderr.startswith("Left out: shadowed and unreached answers")
    assert done.stdout.endswith("0 errors, 0 warnings, 0 notes\n")


@pytest.mark.socket
def test_links_are_followed_on_request_alone(folder: Path) -> None:
    text = SAME.replace("answer: Rye.", "answer: See [this](http://127.0.0.1:9/).")
    (folder / "faqs" / "a.yaml").write_text(text)
    arguments = ("--corpus", folder, "--quick")

    without, with_links = run(*arguments), run(*arguments, "--links")

    assert "127.0.0.1" not in without.stdout
    assert "the link to 'http://127.0.0.1:9/' in 'a' cannot be followed" in with_links.stdout


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
