import signal
import subprocess
import sys
from pathlib import Path

import pytest

from index.versions import publication_history, version_store
from tests.support.paths import ROOT
from tests.support.running import run_script

SCRIPT = ROOT / "scripts" / "build_index.py"
NO_TORCH = (
    "import runpy, sys; sys.argv = sys.argv[1:]\n"
    "try:\n"
    "    runpy.run_path(sys.argv[0], run_name='__main__')\n"
    "except SystemExit as done:\n"
    "    assert not done.code, done.code\n"
    "print(sorted({'torch', 'transformers', 'sentence_transformers'} & set(sys.modules)))\n"
)


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script("build_index.py", *arguments)


@pytest.mark.model
def test_content_is_built_and_built_again_and_only_changes_are_told(
    content: Path, index_place: Path
) -> None:
    """One story in one test, since each new process that loads the model takes seconds."""
    arguments = ("--corpus", content, "--out", index_place)

    checks = content / "checks.jsonl"
    first = run(*arguments)
    version = version_store.current(index_place)
    again = subprocess.run(
        [sys.executable, "-c", NO_TORCH, SCRIPT, *arguments], capture_output=True, text=True
    )
    answers = content / "faqs" / "jobs.yaml"
    answers.write_text(answers.read_text().replace("Pay is much the same", "Pay is the same"))
    dry = run(*arguments, "--dry-run")
    live_after_the_dry_run = version_store.current(index_place)
    changed = run(*arguments, "--by", "Ann")
    answers.write_text(answers.read_text().replace("Do bakers work at night?", "Butchers?"))
    answers.write_text(answers.read_text().replace("night work in a bakery", "the butcher"))
    checks.write_text('{"question": "Do bakers work at night?", "expect": "faq-night"}\n')
    good = version_store.current(index_place)
    refused = run(*arguments)
    live_after_the_refusal = version_store.current(index_place)
    forced = run(*arguments, "--force")

    assert [done.returncode for done in (first, again, dry, changed)] == [0, 0, 0, 0]
    assert "1 documents, 8 sections, 4 entries, 2 smalltalk, 2 boundaries" in first.stdout
    assert f"Version {version} is live." in first.stdout
    assert f"Version {version} is live." in again.stdout
    assert again.stdout.endswith("[]\n")
    assert "is built, not published." in dry.stdout
    assert "Changed: faq-pay" in dry.stdout
    assert live_after_the_dry_run == version
    assert "Changed: faq-pay" in changed.stdout
    assert "No questions get another answer than before." in changed.stdout
    assert "than before" not in first.stdout + again.stdout
    assert "ways of asking get their answer, each held out" in first.stdout
    assert refused.returncode == 1
    assert 'Refused: the check "Do bakers work at night?" gets ' in refused.stdout
    assert "or publish all the same with --force" in refused.stdout
    assert "Checks that pass: 0 more, 1 fewer, of 1." in refused.stdout
    assert "answered worse:\n" in refused.stdout
    assert '  "Do bakers work at night?": faq-night -> ' in refused.stdout
    assert live_after_the_refusal == good
    assert forced.returncode == 0
    assert "In spite of: the check" in forced.stdout
    noted = publication_history.history(index_place)
    assert [one.version for one in noted][-1] == version_store.current(index_place) != good
    assert noted[1].by.startswith("Ann (")
    assert noted[-1].overruled[0].startswith('the check "Do bakers work at night?"')
    assert "Do bakers work at night?" in {change.question for change in noted[-1].worse}


def test_faulty_content_is_told_by_file_and_line_and_nothing_is_published(
    content: Path, tmp_path: Path
) -> None:
    (content / "faqs" / "jobs.yaml").write_text("- id: faq-x\n  question: Why?\n")

    done = run("--corpus", content, "--out", tmp_path / "index")

    assert done.returncode == 1
    assert "faqs/jobs.yaml:1: " in done.stdout
    assert done.stdout.endswith("nothing was published.\n")
    assert not (tmp_path / "index").exists()


def test_error_of_the_linter_keeps_content_from_being_built(content: Path, tmp_path: Path) -> None:
    path = content / "faqs" / "jobs.yaml"
    path.write_text(path.read_text().replace("Pay is much the same", "Pay [is](#nowhere) the same"))

    done = run("--corpus", content, "--out", tmp_path / "index")

    assert done.returncode == 1
    assert "error: the link to '#nowhere' in 'faq-pay' leads nowhere" in done.stdout
    assert done.stdout.endswith("The content has errors; nothing was published.\n")
    assert not (tmp_path / "index").exists()


def test_missing_folder_is_told(tmp_path: Path) -> None:
    done = run("--corpus", tmp_path / "nowhere", "--out", tmp_path / "index")

    assert done.returncode == 1
    assert "1 fault; nothing was published." in done.stdout


def test_missing_model_is_told_with_the_line_to_run(content: Path, tmp_path: Path) -> None:
    done = run("--corpus", content, "--out", tmp_path / "index", "--model", "no-such-model")

    assert done.returncode == 1
    assert "Run: hf download sentence-transformers/no-such-model" in done.stdout


@pytest.mark.model
def test_place_that_is_no_folder_is_told(content: Path, index_place: Path) -> None:
    index_place.write_text("a file")

    done = run("--corpus", content, "--out", index_place)

    assert done.returncode == 1
    assert str(index_place) in done.stdout


@pytest.mark.parametrize("arguments", [("--nope",), ("extra",), ("--corpus",)], ids=str)
def test_wrong_usage_is_told(arguments: tuple[str, ...]) -> None:
    assert run(*arguments).returncode == 2


def test_help_has_an_example() -> None:
    assert "python scripts/build_index.py --corpus corpus" in run("--help").stdout


def test_watching_checks_again_after_every_change_until_interrupted(
    content: Path, tmp_path: Path
) -> None:
    path = content / "faqs" / "jobs.yaml"
    path.write_text("- id: faq-x\n")

    with _watching(content, tmp_path / "index") as watching:
        first = _until(watching, "Watching")
        path.write_text("- id: faq-y\n  question: Why?\n  answer: 7 was a number\n  wrong: 1\n")
        second = _until(watching, "Watching")
        last = _interrupted(watching)

    assert "faqs/jobs.yaml" in first
    assert "wrong" in second
    assert last.endswith("Ended.\n")
    assert watching.returncode == 0


@pytest.mark.model
def test_watching_publishes_every_valid_edit_and_keeps_few_tries(
    content: Path, index_place: Path
) -> None:
    """One story in one test, since each new process that loads the model takes seconds."""
    path = content / "faqs" / "jobs.yaml"
    text = path.read_text(encoding="utf-8")

    def edited(words: str, watching: subprocess.Popen[str]) -> str:
        path.write_text(text.replace("Pay is much the same", words), encoding="utf-8")
        return _until(watching, "Watching")

    with _watching(content, index_place) as watching:
        _until(watching, "Watching")
        first = version_store.current(index_place)
        told = edited("Pay is the same", watching)
        second = version_store.current(index_place)
        last = _interrupted(watching)
    published = [one.version for one in publication_history.history(index_place)]
    with _watching(content, index_place, "--dry-run") as trying:
        _until(trying, "Watching")
        tries = [edited(f"Pay is the same since {year}", trying) for year in range(2001, 2006)]
        _interrupted(trying)

    assert first != second
    assert "Changed: faq-pay" in told
    assert f"Version {second} is live." in told
    assert last.endswith("Ended.\n")
    assert (watching.returncode, trying.returncode) == (0, 0)
    assert published == [first, second]
    built = [one.split("Version ")[1].split()[0] for one in tries]
    assert version_store.current(index_place) == second
    assert set(version_store.version_names(index_place)) == {first, second, *built[-3:]}


def _watching(content: Path, index_place: Path, *more: str) -> subprocess.Popen[str]:
    arguments = ("--watch", "--corpus", str(content), "--out", str(index_place), *more)
    command = [sys.executable, str(SCRIPT), *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


def _interrupted(process: subprocess.Popen[str]) -> str:
    """End it as Ctrl-C does, and return what it still says."""
    assert process.stdout is not None
    process.send_signal(signal.SIGINT)
    return process.stdout.read()


def _until(process: subprocess.Popen[str], text: str) -> str:
    """Read lines up to the one that holds a text; the end of the output counts, too."""
    assert process.stdout is not None
    lines = []
    for line in process.stdout:
        lines.append(line)
        if text in line:
            break
    return "".join(lines)
