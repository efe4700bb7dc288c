"""What holds for every subcommand of `careers-faq`."""

from pathlib import Path

import pytest

from index.versions.version_store import FORMAT
from service.commands.cli import SUMMARIES, subcommand
from tests.support.commands import run, words


def test_help_lists_the_subcommands_in_order() -> None:
    result = run("--help")

    assert result.exit_code == 0
    positions = [result.stdout.index(f"│ {name} ") for name in SUMMARIES]
    assert positions == sorted(positions)


def test_version_names_the_package_the_index_format_and_the_model() -> None:
    result = run("--version")

    assert result.stdout == f"careers-faq 0.1.0, index format {FORMAT}, model all-MiniLM-L6-v2\n"


@pytest.mark.parametrize("name", SUMMARIES)
def test_help_has_the_summary_and_an_example(name: str) -> None:
    result = run(name, "--help")

    assert result.exit_code == 0
    assert subcommand(name).help.startswith(SUMMARIES[name])
    assert f"careers-faq {name}" in words(result.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("serv",),
        ("serve", "--port", "65536"),
        ("serve", "--workers", "0"),
        ("build", "--nope"),
        ("build", "extra"),
        ("build", "--limit", "2"),
        ("check", "--format", "xml"),
        ("import",),
        ("export",),
        ("export", "answers.ods"),
        ("ask",),
        ("ask", "  "),
        ("ask", "x" * 1001),
        ("ask", "why?", "--limit", "0"),
        ("evaluate",),
        ("evaluate", "--nope"),
        ("evaluate", "--help-desk", "one.csv"),
        ("versions",),
        ("versions", "nope"),
        ("versions", "prune", "--keep", "0"),
        ("versions", "verify", "a", "b"),
        ("gaps", "--limit", "0"),
        ("erase",),
    ],
    ids=" ".join,
)
def test_wrong_usage_exits_with_2(arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 2


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask", "why?", "--index"),
        ("versions", "list", "--out"),
        ("versions", "verify", "--out"),
        ("versions", "rollback", "--out"),
        ("versions", "prune", "--out"),
    ],
    ids=" ".join,
)
def test_missing_index_is_reported_with_the_command_to_run(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    result = run(*arguments, tmp_path / "nothing")

    assert (result.exit_code, result.stdout) == (1, "")
    assert "build" in result.stderr
    assert not (tmp_path / "nothing").exists()


def test_misspelt_subcommand_gets_a_suggestion() -> None:
    assert "Did you mean 'serve'?" in run("serv").stderr
