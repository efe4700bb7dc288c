"""Compares the version of the package with the newest one in the changelog.

The package bears the version of the next release while its changes stand under Unreleased; so its
version is that of the newest release in the changelog, or later.

    python scripts/check_version.py
"""

import re
import sys
import tomllib
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Version: TypeAlias = tuple[int, ...]

HEADING = re.compile(
    r"^## (?:\[)?(?P<name>Unreleased|\d+\.\d+\.\d+)(?:\])?(?P<date> - \d{4}-\d\d-\d\d)?$"
)


def find_faults(pyproject: str, changelog: str) -> list[str]:
    """Say what is wrong with the versions; empty when nothing is."""
    packaged = tomllib.loads(pyproject)["project"]["version"]
    headings = [line for line in changelog.splitlines() if line.startswith("## ")]
    matches = [HEADING.match(heading) for heading in headings]
    faults = [
        f"CHANGELOG.md: cannot read {heading!r}; write '## 1.2.3 - 2030-01-31' or '## Unreleased'"
        for heading, match in zip(headings, matches, strict=True)
        if match is None
    ]
    names = [match["name"] for match in matches if match]
    if names[:1] != ["Unreleased"]:
        faults.append("CHANGELOG.md: the first section is not '## Unreleased'; add it")
    released = [name for name in names if name != "Unreleased"]
    return faults + order_faults(released) + package_faults(packaged, released)


def order_faults(released: Sequence[str]) -> list[str]:
    """Find releases that are not newest first, or stand twice."""
    return [
        f"CHANGELOG.md: {older} stands below {newer}; put the newest release first"
        for newer, older in pairwise(released)
        if parse(older) >= parse(newer)
    ]


def package_faults(packaged: str, released: Sequence[str]) -> list[str]:
    """Find a package older than the newest release."""
    if not released or parse(packaged) >= parse(released[0]):
        return []
    return [
        f"pyproject.toml: {packaged} is older than {released[0]} in CHANGELOG.md; raise it to that"
    ]


def parse(version: str) -> Version:
    """`0.10.2` as numbers, so that it sorts after `0.9.0`."""
    return tuple(int(part) for part in version.split("."))


def main(
    folder: Annotated[
        Path, typer.Option(help="Where pyproject.toml and CHANGELOG.md are.")
    ] = Path(),
) -> None:
    """Compare the version of the package with the changelog."""
    texts = [
        (folder / name).read_text(encoding="utf-8") for name in ("pyproject.toml", "CHANGELOG.md")
    ]
    faults = find_faults(*texts)
    for fault in faults:
        sys.stderr.write(f"{fault}\n")
    raise typer.Exit(code=1 if faults else 0)


if __name__ == "__main__":
    typer.run(main)
