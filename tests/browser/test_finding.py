"""How the tests find a browser. None is started here."""

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from tests.browser.finding import ADVICE, _succeeds, browser_path

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def no_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """A Mac that runs these tests may have Chrome in its usual place."""
    monkeypatch.setattr("tests.browser.finding.PLACES", ())


def having(*names: str) -> Callable[[str], str | None]:
    return lambda name: f"/usr/bin/{name}" if name in names else None


def nothing_may_run(command: Sequence[str]) -> bool:
    pytest.fail(f"{command} was run")


def test_browser_of_the_machine_comes_first(tmp_path: Path) -> None:
    own = tmp_path / "chrome"
    own.touch()

    path = browser_path(having("google-chrome", "chromium"), str(own), nothing_may_run)

    assert path == "/usr/bin/chromium"


def test_one_that_was_downloaded_before_comes_next(tmp_path: Path) -> None:
    own = tmp_path / "chrome"
    own.touch()

    assert browser_path(having("apt-get"), str(own), nothing_may_run) == str(own)


def test_package_is_installed_by_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 0)
    installed: list[str] = []

    def run(command: Sequence[str]) -> bool:
        installed.extend(command[-1:])
        return True

    def which(name: str) -> str | None:
        return having("apt-get", *installed)(name)

    assert browser_path(which, "/nowhere", run) == "/usr/bin/chromium"
    assert installed == ["update", "chromium"]


def test_others_download_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.geteuid", lambda: 1000)
    own = tmp_path / "chrome"
    commands: list[list[str]] = []

    def run(command: Sequence[str]) -> bool:
        commands.append(list(command[1:]))
        own.touch()
        return True

    assert browser_path(having("apt-get"), str(own), run) == str(own)
    assert commands == [["-m", "playwright", "install", "chromium"]]


def test_command_that_fails_or_is_not_there_is_no_browser() -> None:
    assert _succeeds([sys.executable, "-c", ""])
    assert not _succeeds([sys.executable, "-c", "raise SystemExit(1)"])
    assert not _succeeds(["/nowhere"])


def test_without_any_the_test_fails_with_what_to_run() -> None:
    with pytest.raises(pytest.fail.Exception, match="apt-get install -y chromium") as failure:
        browser_path(having(), "/nowhere", lambda _: False)

    assert str(failure.value) == ADVICE
