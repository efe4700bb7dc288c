"""Minify the widget's modules into the file that is served. Run it after every change of them.

Example: python scripts/bundle_widget.py
"""

import re
from pathlib import Path
from typing import Annotated

import minify
import typer

from service.web.widget_bundle import MODULES, STATIC

ENTRY = "widget"
SITE = "site"
_IMPORT = re.compile(r"^import [^;]*? from '\./(\w+)\.js';\n", re.MULTILINE)
_SHEET = re.compile(r"(?<=`)\n:host \{.*?(?=`)", re.DOTALL)
_EXPORT = re.compile(r"^export (?=async |class |const |function )", re.MULTILINE)


def module_order(folder: Path = MODULES) -> tuple[str, ...]:
    """Names of the modules, each after all that it imports."""
    order: dict[str, None] = {}

    def visit(name: str) -> None:
        for imported in _IMPORT.findall((folder / f"{name}.js").read_text(encoding="utf-8")):
            visit(imported)
        order.setdefault(name)

    visit(ENTRY)
    return tuple(order)


def bundle(folder: Path = MODULES) -> str:
    """Put the modules into one block, whose names the minifier may shorten.

    They share one scope: no two of them may have a top-level name in common.
    """
    texts = [(folder / f"{name}.js").read_text(encoding="utf-8") for name in module_order(folder)]
    modules = "".join(_EXPORT.sub("", _IMPORT.sub("", text)) for text in texts)
    return _minified(f"{{{modules}}}")


def site_script(folder: Path = MODULES) -> str:
    """Minify what stands before the modules in the script of a site of its own."""
    return _minified((folder / f"{SITE}.js").read_text(encoding="utf-8"))


def _minified(script: str) -> str:
    return f"{minify.string('text/javascript', _SHEET.sub(_minified_sheet, script))}\n"


def _minified_sheet(sheet: re.Match[str]) -> str:
    """Leave out the white space of a style sheet, which a minifier of scripts leaves in."""
    text = re.sub(r"\s+", " ", sheet[0])
    return re.sub(r" ?([{};,]) ?|(?<=[a-z]: )?(?<=:) ", lambda found: found[1] or "", text).strip()


def main(
    out: Annotated[Path, typer.Option(help="Folder of the two files that are served.")] = STATIC,
) -> None:
    """Minify the widget's modules into the file that is served.

    Example: python scripts/bundle_widget.py
    """
    for name, script in ((ENTRY, bundle()), (SITE, site_script())):
        (out / f"{name}.js").write_text(script, encoding="utf-8")
        typer.echo(f"{out / name}.js: {len(script.encode()):,} bytes")


if __name__ == "__main__":
    typer.run(main)
