"""That docs/embedding.md and the widget say the same."""

import json
import re
from typing import get_args

from service.web.pages import Language, snippets
from service.web.widget_bundle import MODULES, load_bundle
from tests.support.paths import ROOT

DOCS = (ROOT / "docs" / "embedding.md").read_text(encoding="utf-8")
SOURCE = "".join(path.read_text(encoding="utf-8") for path in sorted(MODULES.glob("*.js")))
MESSAGES = (MODULES / "messages.js").read_text(encoding="utf-8")
ENGLISH = dict(re.findall(r"^  (\w+): ['\"](.*)['\"],$", MESSAGES, re.MULTILINE))


def module(name: str) -> str:
    return (MODULES / f"{name}.js").read_text(encoding="utf-8")


def test_snippets_are_those_of_this_release() -> None:
    printed = snippets("https://careers.example.org/", load_bundle())

    assert printed["short"] in DOCS
    assert printed["pinned"] in DOCS, f"write into docs/embedding.md:\n{printed['pinned']}"


def test_every_attribute_is_described() -> None:
    listed = re.search(r"ATTRIBUTES = \(\s*'([^']+)'", module("options"))
    assert listed

    described = re.findall(r"^\| `([a-z-]+)` \|", DOCS, re.MULTILINE)
    assert set(described) >= set(listed[1].split())


def test_every_event_is_described() -> None:
    emitted = set(re.findall(r"emit\('(\w+)'", SOURCE)) | {"noanswer", "answer"}

    assert emitted == set(re.findall(r"`careers-faq:(\w+)`", DOCS))


def test_every_property_of_the_look_is_described() -> None:
    style = module("style")
    roles = re.search(r"ROLES = '([^']+)'", style)
    assert roles
    used = set(re.findall(r"--careers-faq-([a-z-]+),", style)) | set(roles[1].split())

    assert set(re.findall(r"`--careers-faq-([a-z-]+)`", DOCS)) == used


def test_defaults_of_the_colours_are_those_of_the_sheet() -> None:
    style = module("style")
    light, dark = re.findall(r"colours\('([^']+)'\)", style)
    roles = re.search(r"ROLES = '([^']+)'", style)
    assert roles

    for role, *values in zip(roles[1].split(), light.split(), dark.split(), strict=True):
        row = re.search(rf"^\| `--careers-faq-{role}` \|.*$", DOCS, re.MULTILINE)
        assert row
        assert [value for value in values if value[0] == "#" and value not in row[0]] == []


def test_every_part_is_described() -> None:
    parts = {name for value in re.findall(r"part: '([^']+)'", SOURCE) for name in value.split()}

    (sentence,) = re.findall(r"There are (`launcher`.*?)\.", DOCS, re.DOTALL)
    assert set(re.findall(r"`(\w+)`", sentence)) == parts


def test_every_language_has_every_message() -> None:
    files = {file.stem: file for file in (MODULES / "texts").glob("*.json")}

    served = re.search(r"SERVED = '([^']+)'", module("messages"))
    assert served
    assert sorted(files) == sorted(get_args(Language)) == sorted(served[1].split())
    for file in files.values():
        texts = json.loads(file.read_text(encoding="utf-8"))
        assert list(texts) == list(ENGLISH)
        assert all(text.strip() for text in texts.values())
        for name, text in texts.items():
            assert ("{0}" in text) is ("{0}" in ENGLISH[name]), f"{file.stem}: {name}"


def test_every_message_is_used() -> None:
    spoken = module("view") + module("widget") + module("conversation") + module("combobox")

    unused = [name for name in ENGLISH if not re.search(rf"\bt\.{name}\b|'{name}'", spoken)]
    assert unused == []


def test_pictures_are_there_and_small() -> None:
    pictures = re.findall(r"\((images/[\w-]+\.webp)\)", DOCS)

    assert pictures
    for picture in pictures:
        size = (ROOT / "docs" / picture).stat().st_size
        assert 0 < size < 90_000
