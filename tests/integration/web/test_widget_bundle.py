import gzip
import hashlib
import re
import subprocess
from base64 import b64encode
from pathlib import Path

import pytest
from playwright._impl._driver import compute_driver_executable

from service.web.widget_bundle import FOLDER, load_bundle, module_order

BUDGET = 15 * 1024
"""Bytes that a visitor's browser loads, compressed, before it can show anything of the widget."""
TOP_LEVEL = re.compile(r"^(?:export )?(?:async )?(?:class|const|function|let) (\w+)", re.MULTILINE)


def test_widget_keeps_to_its_budget() -> None:
    assert len(load_bundle().compressed) <= BUDGET


def test_compressed_form_holds_the_same_bytes() -> None:
    bundle = load_bundle()

    assert gzip.decompress(bundle.compressed) == bundle.content


def test_integrity_is_the_digest_of_what_is_served() -> None:
    bundle = load_bundle()

    digest = b64encode(hashlib.sha384(bundle.content).digest()).decode()
    assert bundle.integrity == f"sha384-{digest}"


def test_same_modules_give_the_same_bytes() -> None:
    assert load_bundle.__wrapped__(FOLDER) == load_bundle()


def test_every_module_is_in_it_after_what_it_imports() -> None:
    order = module_order()

    assert sorted(order) == sorted(path.stem for path in FOLDER.glob("*.js"))
    assert order[-1] == "widget"
    for name in order:
        text = (FOLDER / f"{name}.js").read_text(encoding="utf-8")
        for imported in re.findall(r"from '\./(\w+)\.js'", text):
            assert order.index(imported) < order.index(name)


def test_modules_share_no_top_level_name() -> None:
    names = [
        name
        for path in FOLDER.glob("*.js")
        for name in TOP_LEVEL.findall(path.read_text(encoding="utf-8"))
    ]

    assert sorted(names) == sorted(set(names))


def test_version_is_in_the_script_and_changes_with_it(tmp_path: Path) -> None:
    (tmp_path / "version.js").write_text("export const VERSION = 'development';\n")
    entry = "import { VERSION } from './version.js';\n\nconsole.log(VERSION);\n"
    (tmp_path / "widget.js").write_text(entry)
    one = load_bundle.__wrapped__(tmp_path)
    (tmp_path / "widget.js").write_text(entry + "console.log(1);\n")
    other = load_bundle.__wrapped__(tmp_path)

    assert one.content == f"const a='{one.version}';console.log(a);".encode()
    assert other.version != one.version


@pytest.mark.parametrize("source", ["as served", "as written"])
def test_script_has_no_fault_of_grammar(source: str, tmp_path: Path) -> None:
    served = tmp_path / "served.mjs"
    served.write_bytes(load_bundle().content)
    files = [served] if source == "as served" else sorted(FOLDER.glob("*.js"))

    for file in files:
        subprocess.run([compute_driver_executable()[0], "--check", str(file)], check=True)


def test_widget_never_touches_what_runs_text_as_code() -> None:
    served = load_bundle().content.decode()

    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "DOMParser"):
        assert sink not in served
    for store in ("localStorage", "indexedDB", "document.cookie", "caches"):
        assert store not in served
