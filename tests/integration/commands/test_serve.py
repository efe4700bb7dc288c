import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.commands import run
from tests.support.paths import ROOT


@pytest.fixture(autouse=True)
def unfrozen(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """A folder for the database; what a command kept from the garbage collector is returned."""
    monkeypatch.chdir(tmp_path)
    yield
    gc.unfreeze()


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"FAQ_PORT": "1"}, "Did you mean FAQ_"),
        ({"FAQ_DATABASE_URL": "nonsense://x"}, "nonsense"),
    ],
    ids=["unknown", "unusable"],
)
def test_setting_that_cannot_be_used_exits_with_2(settings: dict[str, str], expected: str) -> None:
    result = run("serve", settings=settings)

    assert (result.exit_code, result.stdout) == (2, "")
    assert expected in result.stderr


def test_description_of_the_api_is_printed() -> None:
    result = run("serve", "--openapi")

    assert result.stdout == (ROOT / "docs" / "openapi.json").read_text("utf-8")
