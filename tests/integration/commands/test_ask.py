import subprocess
from pathlib import Path

import pytest

from tests.support.running import run_script


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script("ask.py", *arguments)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How do I become a baker?", ["Apply for an apprenticeship", "faq-start", "Confidence"]),
        ("Who gets up earlier, bakers or cooks?", ["art-hours", "comparison"]),
        ("hello", ["Hello! Ask me about the jobs", "Questions to start with"]),
        ("how do I bake sourdough bread", ["does not answer", "has no recipes", "nearest"]),
        ("asdf qwer 1234 §§§", ["The nearest questions"]),
    ],
    ids=["canned answer", "comparison", "smalltalk", "boundary", "noise"],
)
def test_outcome_is_shown_with_its_passages(
    real_index: Path, question: str, said: list[str]
) -> None:
    done = run(question, "--index", real_index)

    assert done.returncode == 0
    assert [text for text in (*said, "Closest passages") if text not in done.stdout] == []
    assert "evidence" not in done.stdout


@pytest.mark.model
def test_why_shows_what_the_answer_rests_on(real_index: Path) -> None:
    done = run("  How do I become a baker? ", "--why", "--index", real_index)

    assert "Understood as: How do I become a baker?" in done.stdout
    for name in ("cosine", "head", "candidate", "faq-start"):
        assert name in done.stdout


@pytest.mark.model
def test_as_many_passages_are_shown_as_asked_for(real_index: Path) -> None:
    passages = [
        run("pay of bakers", "--index", real_index, "--limit", limit).stdout.split("Closest")[1]
        for limit in (1, 5)
    ]

    assert len(passages[0].splitlines()) < len(passages[1].splitlines())


def test_missing_index_is_told_with_the_line_to_run(tmp_path: Path) -> None:
    done = run("why?", "--index", tmp_path / "nowhere")

    assert done.returncode == 1
    assert "Run: python scripts/build_index.py" in done.stderr
    assert done.stdout == ""


@pytest.mark.parametrize(
    "arguments",
    [(), ("  ",), ("x" * 1001,), ("why?", "--limit", "0"), ("why?", "--nope")],
    ids=["no question", "blank", "too long", "no passages", "unknown option"],
)
def test_wrong_usage_is_told(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)

    assert done.returncode == 2
    assert "Usage: " in done.stderr


def test_help_has_an_example() -> None:
    assert 'python scripts/ask.py "do ML engineers' in " ".join(run("--help").stdout.split())
