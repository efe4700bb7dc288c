"""The list of what serving consists of, and that no audit passes without an answer."""

import json
import os
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from tests.support.paths import ROOT


@pytest.mark.socket
def test_document_holds_what_is_served_and_nothing_else(tmp_path: Path) -> None:
    out = tmp_path / "sbom.json"

    done = subprocess.run(
        [sys.executable, "scripts/sbom.py", "--out", str(out)],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
        timeout=500,
    )

    assert done.returncode == 0, done.stderr
    text = out.read_text("utf-8")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    document = json.loads(text)
    names = {one["name"].lower() for one in document["components"]}
    assert {"fastapi", "h11", "nh3", "numpy", "onnxruntime", "pydantic-core"} <= {
        name.replace("_", "-") for name in names
    }
    assert names.isdisjoint({"torch", "pytest", "schemathesis", "onnx", "redis", "psycopg", "mcp"})
    assert all(one["version"] and one["purl"] for one in document["components"])
    known = {one["bom-ref"] for one in document["components"]}
    assert {need for one in document["dependencies"] for need in one["dependsOn"]} == known


def test_audit_that_gets_no_answer_fails(tmp_path: Path) -> None:
    """Nobody answers at this address; silence must not pass for health."""
    pins = tmp_path / "constraints.txt"
    pins.write_text("idna==3.20\n", "utf-8")
    makefile = (ROOT / "Makefile").read_text("utf-8")
    line = next(line for line in makefile.splitlines() if "/pip-audit " in line)
    arguments = line.split("/pip-audit ")[1].replace("constraints.txt", str(pins)).split()
    nowhere = {"HTTPS_PROXY": "http://127.0.0.1:9", "HTTP_PROXY": "http://127.0.0.1:9"}

    done = subprocess.run(
        [Path(sysconfig.get_path("scripts"), "pip-audit"), *arguments, "--timeout", "2"],
        cwd=tmp_path,
        env={**os.environ, **nowhere},  # noqa: TID251 - a child needs it
        capture_output=True,
        check=False,
        timeout=300,
    )

    assert done.returncode != 0
