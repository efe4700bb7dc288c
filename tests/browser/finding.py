"""Which browser the tests run: the one on the machine, else one that can be had."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome", "chrome")
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
ADVICE = (
    "The browser tests need Chromium. Run one of these, then `make test` again:\n"
    "  sudo apt-get install -y chromium\n"
    "  .venv/bin/python -m playwright install --with-deps chromium"
)
INSTALL_SECONDS = 600

Which = Callable[[str], str | None]
Run = Callable[[Sequence[str]], bool]


def browser_path(which: Which, own: str, run: Run | None = None) -> str:
    """Find a browser, or get one; without any the test fails with what to run.

    `own` is where Playwright puts the browser that it downloads.
    """
    run = run or _succeeds
    for path in _candidates(which, own, run):
        return path
    pytest.fail(ADVICE, pytrace=False)


def _candidates(which: Which, own: str, run: Run) -> Iterator[str]:
    yield from filter(None, map(which, NAMES))
    yield from (place for place in (*PLACES, own) if Path(place).exists())
    if which("apt-get") and os.geteuid() == 0:
        run(["apt-get", "update"])
        run(["apt-get", "install", "-y", "--no-install-recommends", "chromium"])
        yield from filter(None, map(which, NAMES))
    run([sys.executable, "-m", "playwright", "install", "chromium"])
    if Path(own).exists():
        yield own


def _succeeds(command: Sequence[str]) -> bool:
    try:
        completed = subprocess.run(
            command, timeout=INSTALL_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return completed.returncode == 0
