import gzip
import hashlib
import re
import subprocess
from base64 import b64encode
from pathlib import Path

import brotli
import pytest
from playwright._impl._driver import compute_driver_executable

from service.web.widget_bundle import MODULES, STATIC, load_bundle, site_bundle

GZIP_BUDGET, BROTLI_BUDGET = 16_000, 14_000
"""Bytes that a visitor's browser loads, compressed, before it can show anything of the widget."""
TOP_LEVEL = re.compile(r"^(?:export )?(?:async )?(?:class|const|function|let) (\w+)", re.MULTILINE)


def test_widget_keeps_to_its_budget() -> None:
    content = load_bundle().content

    assert len(gzip.compress(content, mtime=0)) <= GZIP_BUDGET
    assert len(brotli.compress(content)) <= BROTLI_BUDGET


def test_what_is_served_is_made_from_the_modules() -> None:
    pytest.importorskip("minify", reason="tdewolff-minify has no wheel for this machine")
    from scripts.bundle_widget import bundle, site_script

    served = {name: (STATIC / f"{name}.js").read_text("utf-8") for name in ("widget", "site")}
    assert served == {"widget": bundle(), "site": site_script()}, "run scripts/bundle_widget.py"


def test_integrity_is_the_digest_of_what_is_served() -> None:
    bundle = load_bundle()

    digest = b64encode(hashlib.sha384(bundle.content).digest()).decode()
    assert bundle.integrity == f"sha384-{digest}"


def test_version_stands_in_the_script_and_changes_with_it() -> None:
    usual, own = load_bundle(), site_bundle('{"contact":"/contact"}')

    assert usual.version != own.version
    for bundle in (usual, own):
        assert bundle.content.decode().count(f'"{bundle.version}"') == 1
    assert b'={"contact":"/contact"},' in own.content


def test_every_module_is_in_it_after_what_it_imports() -> None:
    pytest.importorskip("minify", reason="tdewolff-minify has no wheel for this machine")
    from scripts.bundle_widget import module_order

    order = module_order()
    assert sorted([*order, "site"]) == sorted(path.stem for path in MODULES.glob("*.js"))
    for name in order:
        text = (MODULES / f"{name}.js").read_text(encoding="utf-8")
        for imported in re.findall(r"from '\./(\w+)\.js'", text):
            assert order.index(imported) < order.index(name)


def test_modules_share_no_top_level_name() -> None:
    names = [
        name
        for path in MODULES.glob("*.js")
        for name in TOP_LEVEL.findall(path.read_text(encoding="utf-8"))
    ]

    assert sorted(names) == sorted(set(names))


@pytest.mark.parametrize("folder", [STATIC, MODULES], ids=["as served", "as written"])
def test_script_has_no_fault_of_grammar(folder: Path, tmp_path: Path) -> None:
    for source in sorted(folder.glob("*.js")):
        file = tmp_path / f"{source.stem}.mjs"
        file.write_bytes(source.read_bytes())
        subprocess.run([compute_driver_executable()[0], "--check", str(file)], check=True)


def test_widget_never_touches_what_runs_text_as_code() -> None:
    served = load_bundle().content.decode()

    for sink in ("innerHTML", "outerHTML", "insertAdjacentHTML", "eval(", "Function(", "DOMParser"):
        assert sink not in served
    for store in ("localStorage", "indexedDB", "document.cookie", "caches"):
        assert store not in served
