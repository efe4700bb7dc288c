import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from typer.testing import Result

from corpus.models import EntryModel
from service.analytics.database import Database
from service.commands.options import Tools
from tests.support.asking import asked, said
from tests.support.commands import run, words


def gaps(*arguments: object, tools: Tools, **settings: str) -> Result:
    return run("gaps", *arguments, tools=tools, settings=settings)


@pytest.fixture
def url(tmp_path: Path) -> str:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url)
    disliked = asked("how old must a butcher be", "answer")
    database.write(
        [
            *(asked("How much does a cooking course cost?") for _ in range(3)),
            asked("what is the price of a cooking course"),
            asked("can I bring my dog to the kitchen"),
            asked("too long ago", days_ago=40),
            asked("a visa?", reason="boundary"),
            disliked,
        ],
        [said(disliked, False)],
    )
    database.close()
    return url


def entries(printed: str) -> list[EntryModel]:
    fields = yaml.load(printed, yaml.BaseLoader)  # noqa: S506 - builds strings alone
    return [EntryModel.model_validate(field) for field in fields]


@pytest.mark.model
def test_gaps_are_entries_to_edit_the_most_asked_first(
    url: str, real_index: Path, exported: Tools
) -> None:
    result = gaps("--database", url, "--index", real_index, tools=exported)

    assert result.exit_code == 0, result.stderr
    first, second = entries(result.stdout)
    assert first.question == "How much does a cooking course cost?"
    assert first.variants == ["what is the price of a cooking course"]
    assert second.question == "can I bring my dog to the kitchen"
    assert re.match(
        r"# Unanswered since [\d-]+: \d distinct questions in 2 groups\.\n", result.stdout
    )
    assert "# Asked 4 times, in 2 variants. Nearest content:\n#   " in result.stdout


def test_other_topics_and_periods_can_be_chosen(
    url: str, index_folder: Path, by_hand: Tools
) -> None:
    arguments = ("--database", url, "--index", index_folder)
    disliked = gaps(*arguments, "--topic", "unhelpful", tools=by_hand)
    long = gaps(*arguments, "--since", "8w", "--limit", 9, tools=by_hand)

    assert [entry.question for entry in entries(disliked.stdout)] == ["how old must a butcher be"]
    assert "too long ago" in long.stdout


def test_no_gaps_are_an_empty_list(tmp_path: Path, index_folder: Path, by_hand: Tools) -> None:
    database = f"sqlite:///{tmp_path}/new.db"
    (tmp_path / "new.db").touch()

    result = gaps("--database", database, "--index", index_folder, tools=by_hand)

    assert result.exit_code == 0
    assert yaml.safe_load(result.stdout) == []
    assert ": no questions.\n" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "expected"),
    [
        (("--since", "soon"), 2, "30d"),
        (("--index", "/nowhere"), 1, "build"),
        (("--database", "nonsense://x"), 1, "nonsense"),
        (("--database", "sqlite:////nowhere/a.db"), 1, "There is no database /nowhere/a.db."),
    ],
    ids=["since", "index", "database", "missing file"],
)
def test_mistake_is_reported(
    arguments: tuple[str, ...], code: int, expected: str, index_folder: Path, by_hand: Tools
) -> None:
    result = gaps("--index", index_folder, *arguments, tools=by_hand)

    assert result.exit_code == code
    assert expected in result.stderr


def test_gaps_of_one_site_are_its_own(tmp_path: Path, index_folder: Path, by_hand: Tools) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url, by_site=True)
    here, there = asked("can I bring my dog to the bakery"), asked("is there a car park")
    database.write([replace(here, site="bakery"), replace(there, site="kitchen")], [])
    database.close()
    file = tmp_path / "sites.yaml"
    file.write_text(
        "".join(f"{key}: {{index_dir: {index_folder}}}\n" for key in ("bakery", "kitchen"))
    )

    result = gaps("--database", url, "--site", "bakery", tools=by_hand, FAQ_SITES=str(file))
    unnamed = gaps("--database", url, tools=by_hand, FAQ_SITES=str(file))

    assert result.exit_code == 0, result.stderr
    assert [entry.question for entry in entries(result.stdout)] == [
        "can I bring my dog to the bakery"
    ]
    assert unnamed.exit_code == 2
    assert "bakery, kitchen" in unnamed.stderr


def test_site_without_the_file_of_the_sites_is_refused(by_hand: Tools) -> None:
    result = gaps("--site", "bakery", tools=by_hand)

    assert result.exit_code == 2
    assert "FAQ_SITES is not set" in words(result.stderr)
