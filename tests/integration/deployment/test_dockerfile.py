"""The Dockerfile, checked without a container engine: its form, what it copies, what it starts."""

import re
import subprocess
import sys
import sysconfig
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.deploying import command
from tests.support.paths import ROOT

HEAVY = ("onnx", "sentence_transformers", "torch", "transformers")


@pytest.fixture(scope="module")
def stages() -> list[list[str]]:
    """Each stage as its instructions, a continued line joined."""
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    text = re.sub(r"^#.*\n", "", text, flags=re.MULTILINE).replace("\\\n", " ")
    lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
    starts = [number for number, line in enumerate(lines) if line.startswith("FROM ")]
    return [lines[a:b] for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]


def copied(stage: list[str]) -> list[str]:
    """What a stage takes from this folder."""
    copies = [line.split()[1:-1] for line in stage if line.startswith("COPY ")]
    return [name for names in copies if not names[0].startswith("--from") for name in names]


def test_dockerfile_is_without_lint() -> None:
    hadolint = Path(sysconfig.get_path("scripts"), "hadolint")

    completed = subprocess.run(
        [hadolint, ROOT / "Dockerfile"], capture_output=True, check=False, text=True
    )

    assert (completed.stdout, completed.returncode) == ("", 0)


def test_there_are_two_stages_on_one_pinned_image(stages: list[list[str]]) -> None:
    assert [stage[0] for stage in stages] == [
        "FROM python:3.11.15-slim-bookworm AS build",
        "FROM python:3.11.15-slim-bookworm AS serve",
    ]


def test_everything_copied_exists_and_is_sent_to_the_builder(stages: list[list[str]]) -> None:
    rules = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    sent = [rule[1:] for rule in rules if rule.startswith("!")]
    names = [name.rstrip("/") for stage in stages for name in copied(stage)]

    assert [name for name in names if not (ROOT / name).exists()] == []
    assert [name for name in names if not any(fnmatch(name, rule) for rule in sent)] == []


def test_served_stage_installs_nothing(stages: list[list[str]]) -> None:
    runs = [line for line in stages[1] if line.startswith("RUN ")]

    assert [line for line in runs if re.search(r"\b(pip|apt-get|curl|wget)\b", line)] == []


@pytest.mark.parametrize(("extras", "installed"), [("", "."), ("mcp,postgres", ".[mcp,postgres]")])
def test_served_environment_is_installed_with_the_extras_asked_for_and_no_others(
    stages: list[list[str]], extras: str, installed: str
) -> None:
    [install] = [line for line in stages[0] if "/opt/serve/bin/pip install" in line]
    word = install.split()[-1]

    completed = subprocess.run(
        ["/bin/sh", "-euc", f"echo {word}"],
        env={"EXTRAS": extras},
        capture_output=True,
        check=True,
        text=True,
    )

    assert "ARG EXTRAS=" in stages[0]
    assert completed.stdout.strip() == installed


def test_service_runs_as_a_numbered_user_who_is_not_root(stages: list[list[str]]) -> None:
    users = [line.split()[1] for line in stages[1] if line.startswith("USER ")]

    assert len(users) == 1
    assert int(users[0]) > 0


def test_health_is_readiness_on_the_port_that_is_served(stages: list[list[str]]) -> None:
    check = next(line for line in stages[1] if line.startswith("HEALTHCHECK "))

    assert "http://127.0.0.1:8000/readyz" in check
    assert stages[1][-1] == (
        'CMD ["python", "-m", "service", "--host", "0.0.0.0", "--port", "8000"]'
    )


def test_commands_of_the_image_have_the_options_it_uses() -> None:
    build = command("careers-faq", "build", "--help")
    serve = command("careers-faq", "serve", "--help")

    assert [word for word in ("--corpus", "--out") if word not in build] == []
    assert [word for word in ("--host", "--port") if word not in serve] == []


def test_service_loads_nothing_that_its_image_lacks() -> None:
    code = f"import sys, service.app; print([name for name in {HEAVY} if name in sys.modules])"

    completed = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, check=True, cwd=ROOT, text=True
    )

    assert completed.stdout == "[]\n"


def test_served_packages_are_those_of_the_constraints_each_with_digests() -> None:
    text = (ROOT / "serving.txt").read_text("utf-8").replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.startswith("#")]
    pins = {canonicalize_name(line.split("==")[0]): line.split()[0] for line in lines}
    known = {
        canonicalize_name(line.split("==")[0]): line.split("==")[1]
        for line in (ROOT / "constraints.txt").read_text("utf-8").splitlines()
        if "==" in line
    }
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {
        canonicalize_name(Requirement(dependency).name) for dependency in project["dependencies"]
    }

    assert needed <= set(pins)
    assert [line for line in lines if not re.search(r"--hash=sha256:[0-9a-f]{64}", line)] == []
    others = {name: pin for name, pin in pins.items() if name in known}
    assert {name: pin.split("==")[1] for name, pin in others.items()} == {
        name: known[name] for name in others
    }
    elsewhere = {"colorama", "httpx2-jsfetch", "tzdata"}
    assert {name for name in pins if name not in known} <= elsewhere, "not of this system"
