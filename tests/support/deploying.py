"""What the tests of `deploy/` share."""

import re
import subprocess
import sysconfig
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
import yaml

from service.settings import Settings, known_variables, load_settings
from tests.support.paths import ROOT

DEPLOY = ROOT / "deploy"
_TAG = r"v?\d+(\.\d+){1,2}|RELEASE\.\d{4}-\d\d-\d\dT[\d-]+Z"
PINNED = re.compile(rf"[a-z0-9./-]+:({_TAG})(-[a-z]+)?")
"""An exact version; `17` or `latest` would be another image tomorrow."""


def command(name: str, *arguments: str | Path, env: Mapping[str, str] | None = None) -> str:
    """Run a program that pip installed beside Python; its output, or a failure with its errors."""
    program = Path(sysconfig.get_path("scripts"), name)
    completed = subprocess.run(
        [program, *arguments], capture_output=True, check=False, cwd=ROOT, env=env, text=True
    )
    assert completed.returncode == 0, completed.stderr + completed.stdout
    return completed.stdout


def settings_of(variables: Mapping[str, str], monkeypatch: pytest.MonkeyPatch) -> Settings:
    """What the service makes of these variables; it refuses what it does not know or accept."""
    for name in known_variables():
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings(Path("no such file"))


def yaml_faults(folder: Path) -> str:
    return command("yamllint", "--strict", "-c", DEPLOY / ".yamllint.yaml", folder)


def version() -> str:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return str(project["version"])


def dockerfile(instruction: str) -> list[str]:
    """What follows an instruction, wherever it stands in the Dockerfile."""
    text = (ROOT / "Dockerfile").read_text("utf-8").replace("\\\n", " ")
    return [line.split(" ", 1)[1] for line in text.splitlines() if line.startswith(instruction)]


def load_all(text: str) -> list[dict[str, object]]:
    return [document for document in yaml.safe_load_all(text) if document]
