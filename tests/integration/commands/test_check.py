import json
from pathlib import Path

import pytest
from typer.testing import Result

from index.errors import ModelMissing
from service.commands.options import Tools
from tests.support.commands import run
from tests.support.paths import CONTENT

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


def check(*arguments: object, tools: Tools | None = None) -> Result:
    return run("check", *arguments, tools=tools)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "faqs").mkdir()
    return tmp_path


def test_clean_corpus_exits_with_0() -> None:
    result = check("--corpus", CONTENT, "--quick")

    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.splitlines() == [
        (
            "articles/baker-vs-cook.md:37: note: 'art-hours--cook' has questions of its own and "
            "'art-hours--baker' has none. Ask the same for 'baker'"
        ),
        "0 errors, 0 warnings, 1 note",
    ]


def test_shipped_corpus_is_the_default_and_clean() -> None:
    assert check("--strict", "--quick").exit_code == 0


def test_faults_are_reported_by_line_and_exit_with_1(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(BROKEN)

    result = check("--corpus", folder)

    assert result.exit_code == 1
    assert [line.split(":")[:3] for line in result.stdout.splitlines()[:-1]] == [
        ["faqs/a.yaml", "1", " error"],
        ["faqs/a.yaml", "3", " error"],
    ]
    assert result.stdout.endswith("2 errors, 0 warnings, 0 notes\n")


def test_missing_folder_exits_with_1(tmp_path: Path) -> None:
    assert check("--corpus", tmp_path / "nowhere").exit_code == 1


@pytest.fixture
def warned(folder: Path) -> Path:
    (folder / "faqs" / "a.yaml").write_text(WARNED)
    (folder / "faqs" / "b.txt").touch()
    return folder


@pytest.mark.parametrize(("option", "code"), [((), 0), (("--strict",), 1)], ids=["as is", "strict"])
def test_warnings_fail_only_when_asked(option: tuple[str, ...], code: int, warned: Path) -> None:
    assert check("--corpus", warned, "--quick", *option).exit_code == code


def test_json_is_a_list_of_findings(warned: Path) -> None:
    result = check("--corpus", warned, "--quick", "--format", "json")

    findings = json.loads(result.stdout)
    assert [(finding["file"], finding["line"], finding["severity"]) for finding in findings] == [
        ("faqs/a.yaml", 3, "warning"),
        ("faqs/b.txt", 0, "warning"),
    ]
    assert all(finding["problem"] and finding["remedy"] for finding in findings)


def test_github_gets_annotations(warned: Path) -> None:
    (warned / "faqs" / "b.txt").unlink()

    result = check("--corpus", warned, "--quick", "--format", "github")

    assert result.stdout == (
        f"::warning file={warned.as_posix()}/faqs/a.yaml,line=3::"
        "'a' has no review date. Add 'reviewed: YYYY-MM-DD'\n"
    )


def test_content_is_searched_too(folder: Path, tmp_path: Path, by_hand: Tools) -> None:
    (folder / "faqs" / "a.yaml").write_text(SAME)
    (folder / "synonyms.yaml").write_text("- [bread, loaf]\n")

    result = check("--corpus", folder, "--cache", tmp_path / "cache", tools=by_hand)

    assert (result.exit_code, result.stderr) == (0, "")
    assert "faqs/a.yaml:4: warning: 'which bread keeps longest' ('a')" in result.stdout


def test_audit_that_is_not_possible_is_left_out(folder: Path) -> None:
    (folder / "faqs" / "a.yaml").write_text(SAME)

    def find_model(name: str, cache: Path) -> None:
        raise ModelMissing("There is no model.")

    done = check("--corpus", folder, tools=Tools(find_model=find_model))  # type: ignore[arg-type]

    assert done.exit_code == 0
    assert done.stderr.endswith("There is no model.\n")
    assert done.stdout == "0 errors, 0 warnings, 0 notes\n"


@pytest.mark.socket
def test_links_are_followed_on_request_alone(folder: Path) -> None:
    text = SAME.replace("answer: Rye.", "answer: See [this](http://127.0.0.1:9/).")
    (folder / "faqs" / "a.yaml").write_text(text)
    arguments = ("--corpus", folder, "--quick")

    without, with_links = check(*arguments), check(*arguments, "--links")

    assert "127.0.0.1" not in without.stdout
    assert "'http://127.0.0.1:9/'" in with_links.stdout
