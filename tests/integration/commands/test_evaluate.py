import json
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import Result

from service.commands.options import Tools
from tests.support.commands import run
from tests.support.paths import ROOT
from tests.unit.evaluation.test_labelled_bot import TEST, TRAIN

QUESTIONS = (
    {"id": "a", "question": "how to become a baker", "answerable": True, "gold": ["training"]},
    {"id": "b", "question": "do bakers work at night", "answerable": True, "gold": ["faq-night"]},
    {"id": "c", "question": "what is the capital of France", "answerable": False},
    {
        "id": "d",
        "question": "Wie werde ich Bäcker und was verdient man dabei?",
        "answerable": True,
        "gold": ["faq-start"],
        "lang": "de",
    },
)


def evaluate(*arguments: object, tools: Tools | None = None) -> Result:
    return run("evaluate", *arguments, tools=tools)


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    path = tmp_path / "questions.jsonl"
    path.write_text("\n".join(map(json.dumps, QUESTIONS)))
    return path


@pytest.mark.model
def test_index_is_measured_beside_the_baselines_and_another_index(
    real_index: Path, questions: Path, tmp_path: Path, exported: Tools
) -> None:
    reports = tmp_path / "new" / "reports"
    arguments = (questions, "--index", real_index, "--against", real_index, "--report", reports)

    result = evaluate(*arguments, tools=exported)

    assert result.exit_code == 0, result.stderr
    document = json.loads((reports / "evaluation.json").read_text())
    systems = ["this index", "plain ≥ 0.65", "plain ≥ 0.60", "the other index"]
    assert list(document["figures"]) == systems
    assert list(document["differences"]) == systems[1:]
    assert document["cross_fitted"] is True
    assert "Cross-fitted: " in result.stdout
    assert document["figures"]["this index"]["false-answer rate, out-of-domain"]["value"] == 0
    assert document["figures"]["this index"]["answer accuracy"]["count"] == 2
    assert {
        (gap["value"], gap["low"], gap["high"])
        for gap in document["differences"]["the other index"].values()
    } == {(0, 0, 0)}
    assert [answer["id"] for answer in document["answers"]] == ["a", "b", "c", "d"]
    assert list(document["kinds"]) == ["in-domain", "out-of-domain", "in-domain (de)"]
    assert (reports / "evaluation.html").read_text().startswith("<!doctype html>")


def test_shipped_coefficients_are_used_when_asked_for(
    index_folder: Path, questions: Path, tmp_path: Path, by_hand: Tools
) -> None:
    figures = tmp_path / "a.json"
    arguments = (questions, "--as-shipped", "--index", index_folder, "--json", figures)

    result = evaluate(*arguments, tools=by_hand)

    assert result.exit_code == 0
    assert json.loads((tmp_path / "a.json").read_text())["cross_fitted"] is False


def test_help_desk_is_rebuilt_and_measured(by_hand: Tools, tmp_path: Path) -> None:
    for name, messages in (("train", TRAIN), ("test", TEST)):
        lines = [f'"{message.sentence}","{message.label}"' for message in messages]
        (tmp_path / f"{name}.csv").write_text("\n".join(["sentence,label", *lines]))

    result = evaluate(
        *("--help-desk", tmp_path / "train.csv", tmp_path / "test.csv"),
        *("--index", tmp_path / "index", "--json", tmp_path / "new" / "figures.json"),
        tools=by_hand,
    )

    assert result.exit_code == 0, result.stderr
    document = json.loads((tmp_path / "new" / "figures.json").read_text())
    ours, neighbour = document["help_desk"].values()
    assert ours["answer accuracy"]["count"] == neighbour["answer accuracy"]["count"] == 3
    assert "test.csv: 5 messages to a bot of 2 answers." in result.stdout
    for name in ("Matthews correlation", "shipped settings", "nearest neighbour ≥"):
        assert name in result.stdout


def test_index_is_asked_what_it_is_built_without(
    index_folder: Path, tmp_path: Path, by_hand: Tools
) -> None:
    figures = tmp_path / "a.json"

    result = evaluate("--leave-out", "--index", index_folder, "--json", figures, tools=by_hand)

    assert result.exit_code == 0, result.stderr
    counted = json.loads(figures.read_text())["left_out"]
    alone, with_answer = (
        [counts for name, counts in counted.items() if name.startswith(part)]
        for part in ("the variant itself", "its answer")
    )
    assert all(counts["questions"] for counts in (*alone, *with_answer))
    assert with_answer[0]["right"] == 0 < alone[0]["right"]


def test_faq_is_imported_without_variants_and_measured(by_hand: Tools, tmp_path: Path) -> None:
    entries = [
        {"question": f"{who} {does}", "answers": [f"{who} {does}"], "rephrasings": [does]}
        for who, does in (("bakers", "bread"), ("cooks", "pay"), ("night", "work"))
    ]
    (tmp_path / "faq.json").write_text(json.dumps(entries))

    result = evaluate(
        *("--faq", tmp_path / "faq.json", "--index", tmp_path / "index"),
        *("--json", tmp_path / "figures.json"),
        tools=by_hand,
    )

    assert result.exit_code == 0, result.stderr
    ours, _ = json.loads((tmp_path / "figures.json").read_text())["faq"].values()
    assert ours["right or offered"]["count"] == 2
    assert ours["asked back, not covered"]["count"] == 1


@pytest.mark.parametrize(
    "arguments",
    [("nowhere.jsonl",), ("--help-desk", "nowhere.csv", "nowhere.csv")],
    ids=["questions", "help desk"],
)
def test_missing_file_is_reported(arguments: tuple[str, ...]) -> None:
    result = evaluate(*arguments)

    assert result.exit_code == 1
    assert "nowhere" in result.stderr


def test_missing_index_is_reported_with_the_command_to_run(questions: Path, tmp_path: Path) -> None:
    result = evaluate(questions, "--index", tmp_path / "nowhere")

    assert result.exit_code == 1
    assert "build" in result.stderr


def test_make_eval_says_which_file_is_missing() -> None:
    make = shutil.which("make")
    if make is None:
        pytest.skip("make is not installed")

    completed = subprocess.run(
        [make, "-C", str(ROOT), "-o", "environment", "eval", "QUESTIONS=nowhere.jsonl"],
        capture_output=True,
        text=True,
    )

    assert completed.returncode != 0
    assert "nowhere.jsonl is not there." in completed.stderr
