"""Writes constraints.txt: the newest versions of everything needed, as pip resolves them.

python scripts/lock.py
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

HEADER = """\
# Every package that the project and its extras `build` and `dev` bring in, at the version tested.
# Written by `make lock`. torch has no local part (+cpu), so that either build of it fits.
"""


def resolve(project: Path) -> list[str]:
    """Return the lines of constraints.txt, sorted by name, without the project itself."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        command = [
            sys.executable,
            "-m",
            "pip",
            "install",
            "--quiet",
            "--dry-run",
            "--ignore-installed",
        ]
        subprocess.run(  # noqa: S603 - the arguments are our own
            [*command, "--report", str(report), f"{project}[build,dev]"], check=True
        )
        found = [item["metadata"] for item in json.loads(report.read_text())["install"]]
    pins = [f"{item['name']}=={item['version'].partition('+')[0]}" for item in found]
    return sorted((pin for pin in pins if not pin.startswith("careers-faq==")), key=str.lower)


def main(
    out: Annotated[Path, typer.Option(help="The file to write.")] = Path("constraints.txt"),
) -> None:
    """Pin the newest versions that fit together, for example: lock.py --out constraints.txt."""
    out.write_text(
        HEADER + "".join(f"{pin}\n" for pin in resolve(Path().resolve())), encoding="utf-8"
    )


if __name__ == "__main__":
    typer.run(main)
