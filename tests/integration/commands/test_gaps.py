import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from corpus.models import EntryModel
from service.analytics.database import Database
from tests.support.asking import asked, said
from tests.support.paths import ROOT

pytestmark = pytest.mark.model


def run(*arguments: object, **settings: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "scripts/gaps.py", *map(str, arguments)]
    given = {**os.environ, **settings}  # noqa: TID251 - a child needs it
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT, env=given)


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
    return [EntryModel.model_validate(one) for one in fields]


def test_gaps_are_entries_to_edit_the_most_asked_first(url: str, real_index: Path) -> None:
    done = run("--database", url, "--index", real_index)

    assert done.returncode == 0, done.stderr
    first, second = entries(done.stdout)
    assert first.question == "How much does a cooking course cost?"
    assert first.variants == ["what is the price of a cooking course"]
    assert second.question == "can I bring my dog to the kitchen"
    assert "# Asked 4 times, in 2 ways. What comes nearest:\n#   " in done.stdout


def test_other_topics_and_periods_can_be_wished(url: str, real_index: Path) -> None:
    disliked = run("--database", url, "--index", real_index, "--topic", "unhelpful")
    long = run("--database", url, "--index", real_index, "--since", "8w", "--limit", 9)

    assert [one.question for one in entries(disliked.stdout)] == ["how old must a butcher be"]
    assert "too long ago" in [one.question for one in entries(long.stdout)]


def test_no_gaps_are_an_empty_list(tmp_path: Path, real_index: Path) -> None:
    done = run("--database", f"sqlite:///{tmp_path}/new.db", "--index", real_index)

    assert done.returncode == 0
    assert yaml.safe_load(done.stdout) == []


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--since", "soon"), 2, "30d"),
        (("--limit", "0"), 2, "limit"),
        (("--index", "/nowhere"), 1, "build_index.py"),
        (("--database", "nonsense://x"), 1, "nonsense"),
    ],
    ids=lambda value: str(value[0]) if isinstance(value, tuple) else "",
)
def test_mistake_is_told_without_a_traceback(
    arguments: tuple[str, ...], code: int, words: str, real_index: Path
) -> None:
    given = arguments if "--index" in arguments else (*arguments, "--index", str(real_index))
    done = run(*given)

    assert done.returncode == code
    assert words in done.stderr
    assert "Traceback" not in done.stderr


def test_gaps_of_one_site_are_its_own(tmp_path: Path, real_index: Path) -> None:
    url = f"sqlite:///{tmp_path}/interactions.db"
    database = Database(url, by_site=True)
    here, there = asked("can I bring my dog to the bakery"), asked("is there a car park")
    database.write([replace(here, site="bakery"), replace(there, site="kitchen")], [])
    database.close()
    file = tmp_path / "sites.yaml"
    file.write_text(
        "".join(f"{key}: {{index_dir: {real_index}}}\n" for key in ("bakery", "kitchen"))
    )

    done = run("--database", url, "--site", "bakery", FAQ_SITES=str(file))
    unnamed = run("--database", url, FAQ_SITES=str(file))

    assert done.returncode == 0, done.stderr
    assert [one.question for one in entries(done.stdout)] == ["can I bring my dog to the bakery"]
    assert unnamed.returncode == 2
    assert "bakery, kitchen" in unnamed.stderr


def test_site_without_the_file_of_the_sites_is_refused() -> None:
    done = run("--site", "bakery")

    assert done.returncode == 2
    assert "FAQ_SITES is not set" in " ".join(done.stderr.replace("│", " ").split())
