"""Write what serving consists of as a CycloneDX document: every package, its version and licence.

Example: python scripts/sbom.py --out var/sbom.json
"""

import json
import re
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Mapping
from importlib.metadata import requires
from pathlib import Path
from typing import Annotated, Any

import typer
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]


def main(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("var/sbom.json"),
) -> None:
    """List the packages that `pip install .` brings, as they are installed here.

    Exit code 0: written and valid; 1: the document does not fit its schema.

    Example: python scripts/sbom.py --out var/sbom.json
    """
    document = served_only(installed(), served(ROOT / "pyproject.toml"))
    text = f"{json.dumps(document, indent=2)}\n"
    fault = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if fault is not None:
        typer.echo(f"The document does not fit CycloneDX 1.6: {fault}", err=True)
        raise typer.Exit(1)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    typer.echo(f"{out}: {len(document['components'])} packages")


def installed() -> dict[str, Any]:
    """Describe everything in this environment; more than what is served."""
    program = str(Path(sysconfig.get_path("scripts"), "cyclonedx-py"))
    arguments = ["environment", "--pyproject", f"{ROOT}/pyproject.toml", "--sv", "1.6"]
    done = subprocess.run(  # noqa: S603 - the arguments are our own
        [
            program,
            *arguments,
            "--no-validate",
            "--output-reproducible",
            "--of",
            "JSON",
            sys.executable,
        ],
        check=True,
        stdout=subprocess.PIPE,
    )
    described: dict[str, Any] = json.loads(done.stdout)
    return described


def served(pyproject: Path) -> dict[str, set[str]]:
    """Name every package that serving needs, and what each of them needs in its turn."""
    lines = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]["dependencies"]
    waiting = [Requirement(line) for line in lines]
    found: dict[str, set[str]] = {}
    while waiting:
        one = waiting.pop()
        if _applies(one, {""}) and _plain(one.name) not in found:
            needs = [need for need in _needs(one.name) if _applies(need, {"", *one.extras})]
            found[_plain(one.name)] = {_plain(need.name) for need in needs}
            waiting += [Requirement(f"{need.name}{_extras(need)}") for need in needs]
    return found


def _needs(name: str) -> list[Requirement]:
    return [Requirement(line) for line in requires(name) or []]


def _extras(need: Requirement) -> str:
    return f"[{','.join(sorted(need.extras))}]" if need.extras else ""


def _applies(one: Requirement, extras: set[str]) -> bool:
    return one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras)


def served_only(described: Mapping[str, Any], needs: Mapping[str, set[str]]) -> dict[str, Any]:
    """Leave out of a document what is installed but not needed to serve."""
    kept = [one for one in described["components"] if _plain(one["name"]) in needs]
    by_name = {_plain(one["name"]): one["bom-ref"] for one in kept}
    root = described["metadata"]["component"]["bom-ref"]
    edges = [{"ref": root, "dependsOn": sorted(by_name.values())}]
    edges += [
        {"ref": ref, "dependsOn": sorted(by_name[need] for need in needs[name] if need in by_name)}
        for name, ref in by_name.items()
    ]
    return {**described, "components": kept, "dependencies": edges}


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    typer.run(main)
