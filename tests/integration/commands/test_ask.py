from pathlib import Path

import pytest
from typer.testing import Result

from service.commands.options import Tools
from tests.support.commands import run
from tests.support.publishing import built


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("How do I become a baker?", ["faq-start", "Confidence"]),
        ("Who gets up earlier, bakers or cooks?", ["art-hours", "comparison"]),
        ("hello", ["Hello! Ask me about the jobs"]),
        ("how do I bake sourdough bread", ["has no recipes"]),
        ("asdf qwer 1234 §§§", ["The nearest questions"]),
    ],
    ids=["canned answer", "comparison", "smalltalk", "boundary", "noise"],
)
def test_outcome_is_shown_with_its_passages(
    real_index: Path, exported: Tools, question: str, expected: list[str]
) -> None:
    result = run("ask", question, "--index", real_index, tools=exported)

    assert result.exit_code == 0
    assert [text for text in (*expected, "Closest passages") if text not in result.stdout] == []
    assert "evidence" not in result.stdout


@pytest.fixture
def asked(index_folder: Path, by_hand: Tools) -> Result:
    """The tiny index asked for its reasons, by the hand-written encoder."""
    question = "  How do I become a baker? "
    return run("ask", question, "--why", "--index", index_folder, tools=by_hand)


def test_why_shows_what_the_answer_rests_on(asked: Result) -> None:
    assert "Rewritten query: How do I become a baker" in asked.stdout
    for name in ("cosine", "candidate", "faq-start"):
        assert name in asked.stdout


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bakers " + "working nightly " * 20, "nightlyworking…"),
        ("Bakers " + "餅" * 200, "餅餅…"),
        ("Bakers bake.", "Bakersbake."),
    ],
    ids=["long", "without spaces", "short"],
)
def test_passage_is_cut_between_words(
    text: str, shown: str, tmp_path: Path, runtime: Path, by_hand: Tools
) -> None:
    content = tmp_path / "content" / "faqs"
    content.mkdir(parents=True)
    entry = f"- id: one\n  question: Do bakers bake?\n  answer: {text}\n"
    (content / "one.yaml").write_text(entry, encoding="utf-8")
    built(content.parent, runtime, tmp_path / "index", publish=True)

    result = run("ask", "bakers", "--index", tmp_path / "index", tools=by_hand)

    assert result.exit_code == 0
    assert shown in "".join(result.stdout.split())  # wherever lines are broken


def test_as_many_passages_are_shown_as_asked_for(index_folder: Path, by_hand: Tools) -> None:
    few, many = (
        run("ask", "pay of bakers", "--index", index_folder, "--limit", limit, tools=by_hand)
        for limit in (1, 5)
    )

    assert len(few.stdout.splitlines()) < len(many.stdout.splitlines())
