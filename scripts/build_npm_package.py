"""Put the npm package of the widget together, from the widget's own modules.

Example: python scripts/build_npm_package.py --out var/npm && npm pack ./var/npm
"""

import json
import re
import shutil
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from service.web.widget_bundle import MODULES

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "deploy" / "npm"
DOCS = ROOT / "docs" / "embedding.md"
ENTRY = "widget.js"
_ROW = re.compile(r"^\| (`[^|]+?) \| ?(.*?) ?\|", re.MULTILINE)
_NAME = re.compile(r"`([^`]+)`")
METHODS = ("open", "close", "ask", "clear")


def build(out: Path) -> None:
    """Write the package into `out`, which is emptied before."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    card = json.loads((SOURCE / "package.json").read_text(encoding="utf-8"))
    card["version"] = project["version"]
    _write(out / "package.json", card)
    _write(out / "custom-elements.json", manifest())
    for file in (*SOURCE.glob("*.d.ts"), SOURCE / "react.js", SOURCE / "README.md"):
        shutil.copy(file, out)
    shutil.copy(ROOT / "LICENSE", out)
    for module in MODULES.glob("*.js"):
        text = module.read_text(encoding="utf-8").replace("'development'", f"'{card['version']}'")
        if module.stem != "site":  # it belongs to the script that a site serves
            (out / _name(module.name)).write_text(text, encoding="utf-8")


def _name(module: str) -> str:
    return "index.js" if module == ENTRY else module


def manifest() -> dict[str, Any]:
    """Describe the element for editors, as docs/embedding.md does (Custom Elements Manifest)."""
    sections = dict(
        part.split("\n", 1) for part in DOCS.read_text(encoding="utf-8").split("\n## ")[1:]
    )
    attributes = dict(_rows(sections["Attributes"]))
    (parts,) = re.findall(r"There are (`launcher`.*?)\.", sections["Look"], re.DOTALL)
    fields = [
        {"kind": "field", "name": _property(name), "attribute": name, "description": text}
        for name, text in attributes.items()
        if name != "open"
    ]
    element = {
        "kind": "class",
        "name": "CareersFaq",
        "tagName": "careers-faq",
        "customElement": True,
        "superclass": {"name": "HTMLElement"},
        "attributes": [{"name": name, "description": text} for name, text in attributes.items()],
        "members": [*fields, *({"kind": "method", "name": name} for name in METHODS)],
        "events": [
            {"name": name, "type": {"text": "CustomEvent"}, "description": text}
            for name, text in _rows(sections["Events"])
        ],
        "slots": [{"name": "logo"}],
        "cssProperties": [
            {"name": name, "description": text} for name, text in _rows(sections["Look"])
        ],
        "cssParts": [{"name": name} for name in _NAME.findall(parts)],
    }
    exports = [
        {
            "kind": kind,
            "name": name,
            "declaration": {"name": "CareersFaq", "module": "index.js"},
        }
        for kind, name in (("js", "CareersFaq"), ("custom-element-definition", "careers-faq"))
    ]
    module = {"kind": "javascript-module", "path": "index.js", "declarations": [element]}
    return {"schemaVersion": "1.0.0", "modules": [{**module, "exports": exports}]}


def _rows(section: str) -> Iterator[tuple[str, str]]:
    """Return the names in the first column of a table, each with the text of the second."""
    for names, text in _ROW.findall(section):
        for name in _NAME.findall(names):
            if re.fullmatch(r"[a-z][a-z:-]+|--[a-z-]+", name):
                yield name, text.strip()


def _property(attribute: str) -> str:
    first, *others = attribute.split("-")
    return first + "".join(map(str.capitalize, others))


def _write(path: Path, value: object) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")


def main(
    out: Annotated[Path, typer.Option(help="Folder of the package; emptied before.")] = Path(
        "var/npm"
    ),
) -> None:
    """Put the npm package of the widget together, from the widget's own modules.

    Example: python scripts/build_npm_package.py --out var/npm && npm pack ./var/npm
    """
    build(out)
    typer.echo(f"{out}: {len(list(out.iterdir()))} files. Pack it with: npm pack {out}")


if __name__ == "__main__":
    typer.run(main)
