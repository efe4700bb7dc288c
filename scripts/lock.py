"""Writes constraints.txt: the newest versions of everything needed, as pip resolves them.

python scripts/lock.py
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

HEADER = """\
# Every package that the project and all its extras bring in, at the version tested.
# Written by `make lock`. torch has no local part (+cpu), so that either build of it fits.
"""
PROJECT = "careers-faq"
PIP = ("-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-")


def resolve() -> dict[str, Any]:  # pragma: no cover - asks the package index
    """Return pip's report of what it would install for this folder."""
    done = subprocess.run(  # noqa: S603 - the arguments are our own
        [sys.executable, *PIP, ".[build,dev,import,postgres,tracing]"],
        check=True,
        stdout=subprocess.PIPE,
    )
    report: dict[str, Any] = json.loads(done.stdout)
    return report


def write_pins(report: dict[str, Any]) -> str:
    """Return the text of constraints.txt, sorted by name, without the project itself."""
    found = [item["metadata"] for item in report["install"]]
    pins = [
        f"{package['name']}=={package['version'].partition('+')[0]}\n"
        for package in found
        if package["name"] != PROJECT
    ]
    return HEADER + "".join(sorted(pins, key=str.lower))


def main(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("constraints.txt"),
) -> None:
    """Pin the newest versions that fit together, for example: lock.py --out constraints.txt."""
    out.write_text(write_pins(resolve()), encoding="utf-8")  # pragma: no cover - see resolve


if __name__ == "__main__":  # pragma: no cover - see resolve
    typer.run(main)
