"""Commits of edits, where the content stands in a git checkout and FAQ_CONTENT_COMMITS is on."""

import logging
import subprocess
from collections.abc import Sequence
from pathlib import Path
from shutil import which

MAIL = "studio@localhost"
"""Of everybody: the service knows names alone."""
SECONDS = 30.0
_SHOWN = 3

log = logging.getLogger(__name__)


class GitCommits:
    """Commits files in the name of who changed them. What fails is logged: the edit is saved."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._git = which("git")
        if self._git is None:
            log.warning("FAQ_CONTENT_COMMITS is on, and git is not installed")

    def commit(self, names: Sequence[str], by: str) -> None:
        """Commit these files, whatever else is staged, and nothing besides."""
        if self._git is None:
            return
        more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
        message = f"Edit {', '.join(names[:_SHOWN])}{more}"
        who = ["-c", f"user.name={by}", "-c", f"user.email={MAIL}", "-c", "commit.gpgsign=false"]
        try:
            self._run("add", "--all", "--", *names)
            self._run(*who, "commit", "--quiet", "--only", "--message", message, "--", *names)
        except (OSError, subprocess.SubprocessError) as error:
            said = getattr(error, "stderr", None) or error
            log.warning("the edit is saved and not committed: %s", said)

    def _run(self, *arguments: str) -> None:
        command = [str(self._git), "-C", str(self._folder), *arguments]
        subprocess.run(  # noqa: S603 - git, with names of files that we wrote
            command, check=True, capture_output=True, text=True, timeout=SECONDS
        )
