import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import Result

from index.quality.publication import Model, find_model
from index.versions import publication_history, version_store
from service.commands.options import Tools
from tests.support import commands
from tests.support.commands import run
from tests.support.paths import CONTENT

Build = Callable[..., Result]


@pytest.fixture
def index_at(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def build(content: Path, index_at: Path, by_hand: Tools) -> Build:
    def build(*arguments: object, tools: Tools = by_hand) -> Result:
        return run("build", "--corpus", content, "--out", index_at, *arguments, tools=tools)

    return build


@pytest.fixture(scope="module")
def built(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published index of the tiny corpus, with its cache beside it; not to be changed."""
    folder = tmp_path_factory.mktemp("built")
    run("build", "--corpus", CONTENT, "--out", folder / "index", tools=commands.by_hand(runtime))
    return folder


@pytest.fixture
def live(built: Path, tmp_path: Path) -> str:
    """The version that is live already where the command builds."""
    shutil.copytree(built, tmp_path, dirs_exist_ok=True)
    return version_store.current(tmp_path / "index")


def write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8")


def edit(content: Path, before: str, after: str) -> None:
    path = content / "faqs" / "jobs.yaml"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_content_is_built_and_published_with_its_counts_and_figures(
    build: Build, index_at: Path
) -> None:
    result = build()

    version = version_store.current(index_at)
    assert result.exit_code == 0
    assert "1 document, 8 sections, 4 entries, 2 smalltalk, 2 boundaries" in result.stdout
    assert result.stdout.endswith(f"Version {version} is live.\n")
    assert version_store.load(index_at).manifest.figures["held_out_questions"] > 0


def test_unchanged_content_is_the_same_version_and_no_publication(
    build: Build, index_at: Path, live: str
) -> None:
    result = build()

    assert result.exit_code == 0
    assert result.stdout.endswith(f"Version {live} is live.\n")
    assert [record.version for record in publication_history.history(index_at)] == [live]


def test_change_is_reported_and_published_under_the_name_of_the_editor(
    build: Build, content: Path, index_at: Path, live: str
) -> None:
    edit(content, "Pay is much the same", "Pay is the same")

    result = build("--by", "Ann")

    assert result.exit_code == 0
    assert "Changed: faq-pay" in result.stdout
    first, second = publication_history.history(index_at)
    assert first.version == live
    assert second.version == version_store.current(index_at) != live
    assert second.by.startswith("Ann (")
    assert second.texts.changed == ("faq-pay",)


def test_dry_run_publishes_nothing(build: Build, content: Path, index_at: Path, live: str) -> None:
    edit(content, "Pay is much the same", "Pay is the same")

    result = build("--dry-run")

    assert result.exit_code == 0
    assert "Changed: faq-pay" in result.stdout
    assert "is built; I haven't published it." in result.stdout
    assert version_store.current(index_at) == live
    assert len(version_store.version_names(index_at)) == 2


def test_version_that_fails_a_check_is_refused_until_it_is_forced(
    build: Build, content: Path, index_at: Path
) -> None:
    question = "Do bakers work at night?"
    (content / "checks.jsonl").write_text(f'{{"question": "{question}", "expect": "faq-night"}}\n')
    build()
    live = version_store.current(index_at)
    edit(content, question, "Butchers?")
    edit(content, "night work in a bakery", "the butcher")

    refused = build()
    live_after_refusal = version_store.current(index_at)
    forced = build("--force")

    assert (refused.exit_code, forced.exit_code) == (1, 0)
    assert f'Refused: the check "{question}" gets ' in refused.stdout
    assert "--force" in refused.stdout
    assert live_after_refusal == live
    assert f'Overridden: the check "{question}"' in forced.stdout
    record = publication_history.history(index_at)[-1]
    assert record.version == version_store.current(index_at) != live
    assert record.failed == (question,)
    assert record.overruled[0].startswith(f'the check "{question}"')


def test_live_version_that_cannot_be_read_is_replaced(
    build: Build, content: Path, index_at: Path, live: str
) -> None:
    (index_at / "versions" / live / "units.json").write_text("[]")
    edit(content, "Pay is much the same", "Pay is the same")

    result = build()

    assert result.exit_code == 0
    assert "I couldn't compare it with the live version: " in result.stdout
    assert version_store.current(index_at) != live


def test_faulty_content_is_reported_by_file_and_line_and_nothing_is_built(
    build: Build, content: Path, index_at: Path
) -> None:
    (content / "faqs" / "jobs.yaml").write_text("- id: faq-x\n  question: Why?\n")

    result = build()

    assert result.exit_code == 1
    assert "faqs/jobs.yaml:1: " in result.stdout
    assert result.stdout.endswith("so I published nothing.\n")
    assert not index_at.exists()


def test_error_of_the_linter_keeps_content_from_being_built(
    build: Build, content: Path, index_at: Path
) -> None:
    edit(content, "Pay is much the same", "Pay [is](#nowhere) the same")

    result = build()

    assert result.exit_code == 1
    assert "'#nowhere'" in result.stdout
    assert not index_at.exists()


def test_missing_model_is_reported_with_the_command_to_run(build: Build) -> None:
    result = build("--model", "no-such-model", tools=Tools())

    assert result.exit_code == 1
    assert "Run: hf download sentence-transformers/no-such-model" in result.stdout


def test_place_that_is_not_a_folder_is_reported(build: Build, index_at: Path) -> None:
    index_at.write_text("a file")

    result = build()

    assert result.exit_code == 1
    assert str(index_at) in result.stdout


def test_index_that_another_process_builds_is_reported(build: Build, index_at: Path) -> None:
    with version_store.building(index_at):
        result = build()

    assert result.exit_code == 1
    assert "--wait" in result.stdout


class Edits:
    """Stands for the pauses between two looks at the content: an edit each, then Ctrl-C."""

    def __init__(self, edits: Iterable[Callable[[], None]]) -> None:
        self._edits: Iterator[Callable[[], None]] = iter(edits)

    def __call__(self, seconds: float) -> None:
        edit = next(self._edits, None)
        if edit is None:
            raise KeyboardInterrupt
        edit()


def test_watching_publishes_a_valid_edit_and_survives_a_fault(
    build: Build, content: Path, index_at: Path, by_hand: Tools, live: str
) -> None:
    path = content / "faqs" / "jobs.yaml"
    text = path.read_text(encoding="utf-8")
    edits = Edits(
        [
            lambda: None,
            lambda: write(path, "- id: faq-y\n  wrong: 1\n"),
            lambda: write(path, text.replace("Pay is much", "Pay is")),
        ]
    )

    done = build("--watch", tools=replace(by_hand, sleep=edits))

    assert done.exit_code == 0
    assert done.stdout.count("Watching") == 3
    assert "'wrong'" in done.stdout
    published = [record.version for record in publication_history.history(index_at)]
    assert published == [live, version_store.current(index_at)]
    assert len(set(published)) == 2


def test_watching_without_publishing_keeps_three_tries(
    build: Build, content: Path, index_at: Path, by_hand: Tools, live: str
) -> None:
    path = content / "faqs" / "jobs.yaml"
    text = path.read_text(encoding="utf-8")

    def edit_of(year: int) -> Callable[[], None]:
        changed = text.replace("Pay is much the same", f"Pay is the same since {year}")
        return lambda: write(path, changed)

    edits = Edits(edit_of(year) for year in range(2001, 2005))
    done = build("--watch", "--dry-run", tools=replace(by_hand, sleep=edits))

    tried = [line.split()[1] for line in done.stdout.splitlines() if "is built; I" in line]
    assert len(tried) == 4
    assert set(version_store.version_names(index_at)) == {live, *tried[-3:]}


@pytest.mark.model
def test_real_model_is_found_with_its_exported_encoder(encoders: Path) -> None:
    model = find_model("all-MiniLM-L6-v2", encoders.parent)

    assert isinstance(model, Model)
    assert model.runtime.parent == encoders
    assert model.encoder is not None
    assert model.encoder.encode(["bread"]).tolist() == model.embedder.encode(["bread"]).tolist()


def test_build_names_files_that_it_does_not_read(build: Build, content: Path) -> None:
    write(content / "boundarys.yaml", "[]\n")

    result = build()

    assert result.exit_code == 0
    assert "boundarys.yaml: warning: the file is not read" in result.stdout
