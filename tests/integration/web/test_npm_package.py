"""The npm package and the plugin for WordPress know the element as its modules do."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from scripts.build_npm_package import SOURCE, build, manifest
from service.web.widget_bundle import MODULES
from tests.support.paths import ROOT

PLUGIN = ROOT / "deploy" / "wordpress" / "careers-faq" / "careers-faq.php"
OPTIONS = (MODULES / "options.js").read_text(encoding="utf-8")
VIEWS = "".join(path.read_text(encoding="utf-8") for path in sorted(MODULES.glob("*.js")))


def attributes() -> set[str]:
    listed = re.search(r"ATTRIBUTES = \(\s*'([^']+)'", OPTIONS)
    assert listed
    return set(listed[1].split())


def parts() -> set[str]:
    return {name for value in re.findall(r"part: '([^']+)'", VIEWS) for name in value.split()}


def names(kind: str) -> set[str]:
    (module,) = manifest()["modules"]
    (element,) = module["declarations"]
    return {member["name"] for member in element[kind]}


def test_manifest_describes_the_whole_element() -> None:
    assert names("attributes") == attributes()
    assert names("cssParts") == parts()
    assert {"careers-faq:ready", "careers-faq:answer", "careers-faq:error"} <= names("events")
    assert {"--careers-faq-accent", "--careers-faq-layer"} <= names("cssProperties")
    assert {"ask", "contactUrl", "suggestions"} <= names("members")


def test_types_name_the_whole_element() -> None:
    types = (SOURCE / "index.d.ts").read_text(encoding="utf-8")
    interface = types.split("interface CareersFaqAttributes {")[1].split("}")[0]

    assert set(re.findall(r"^  '?([a-z-]+)'?\?:", interface, re.MULTILINE)) == attributes()
    assert set(re.findall(r"^  '(careers-faq:\w+)':", types, re.MULTILINE)) == names("events")
    listed = types.split("type CareersFaqPart =")[1].split(";")[0]
    assert set(re.findall(r"'(\w+)'", listed)) == parts()
    component = (SOURCE / "react.js").read_text(encoding="utf-8")
    events = re.search(r"EVENTS = '([^']+)'", component)
    assert events
    assert {f"careers-faq:{name}" for name in events[1].split()} == names("events")


def test_package_has_the_modules_and_the_version_of_the_project(tmp_path: Path) -> None:
    build(tmp_path / "package")

    card = json.loads((tmp_path / "package" / "package.json").read_text(encoding="utf-8"))
    version = (tmp_path / "package" / "version.js").read_text(encoding="utf-8")
    assert f"VERSION = '{card['version']}'" in version
    for file in (tmp_path / "package").glob("*.js"):
        for imported in re.findall(r"from '\./([^']+)'", file.read_text(encoding="utf-8")):
            assert (tmp_path / "package" / imported).is_file(), f"{file.name} imports {imported}"


def test_plugin_for_wordpress_is_php_and_knows_the_attributes() -> None:
    text = PLUGIN.read_text(encoding="utf-8")
    listed = re.search(r"CAREERS_FAQ_ATTRIBUTES = array\((.*?)\);", text, re.DOTALL)
    assert listed
    assert set(re.findall(r"'([a-z-]+)'", listed[1])) == attributes() - {"endpoint", "answers-url"}

    php = shutil.which("php")
    if php is None:
        pytest.skip("php is not installed: apt-get install php-cli")
    subprocess.run([php, "-l", str(PLUGIN)], check=True, capture_output=True)
