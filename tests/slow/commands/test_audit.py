"""`make audit`: no answer is no health."""

import os
import subprocess
import sysconfig
from pathlib import Path

from tests.support.paths import ROOT


def test_audit_that_gets_no_answer_fails(tmp_path: Path) -> None:
    """Nobody answers at this address; silence must not pass for health."""
    pins = tmp_path / "constraints.txt"
    pins.write_text("idna==3.20\n", "utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    line = next(line for line in makefile.splitlines() if "/pip-audit " in line)
    arguments = line.split("/pip-audit ")[1].replace("constraints.txt", str(pins)).split()
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}

    completed = subprocess.run(
        [Path(sysconfig.get_path("scripts"), "pip-audit"), *arguments, "--timeout", "2"],
        cwd=tmp_path,
        env={**os.environ, **nowhere},  # noqa: TID251 - a child needs it
        capture_output=True,
        check=False,
        timeout=300,
    )

    assert completed.returncode != 0
