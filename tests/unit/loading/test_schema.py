import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from corpus.models import schemas
from tests.support.paths import CONTENT, ROOT, SHIPPED

COMMITTED = ROOT / "corpus" / "schemas"
FOLDERS = [CONTENT, SHIPPED]


def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schemas()[f"{name}.schema.json"]))


def data(path: Path) -> Any:
    """What an editor checks: dates are texts there."""
    return yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 - texts only


def test_committed_schemas_are_those_of_the_models() -> None:
    committed = {path.name: path.read_text("utf-8") for path in COMMITTED.iterdir()}

    assert committed == schemas(), "run python scripts/write_schemas.py"


@pytest.mark.parametrize("folder", FOLDERS, ids=["tiny", "shipped"])
def test_content_follows_its_schemas(folder: Path) -> None:
    files = {
        "entries": [*(folder / "faqs").glob("*.yaml"), folder / "smalltalk.yaml"],
        "boundaries": [folder / "boundaries.yaml"],
        "synonyms": [folder / "synonyms.yaml"],
        "questions": [*(folder / "articles").glob("*.questions.yaml")],
    }

    for name, paths in files.items():
        for path in paths:
            errors = [error.message for error in validator(name).iter_errors(data(path))]
            assert (path.name, errors) == (path.name, [])


def test_schema_finds_what_the_loader_finds() -> None:
    wrong = [{"id": "a b", "question": "Q?", "varaints": []}]

    errors = sorted(error.message for error in validator("entries").iter_errors(wrong))

    assert errors == [
        "'a b' does not match '^[A-Za-z0-9][A-Za-z0-9._-]*$'",
        "'answer' is a required property",
        "Additional properties are not allowed ('varaints' was unexpected)",
    ]


def test_schema_takes_a_bare_address_as_a_source() -> None:
    entry = {"id": "a", "question": "Q?", "answer": "A.", "sources": ["https://e.org"]}

    assert list(validator("entries").iter_errors([entry])) == []


def test_checks_that_ship_follow_their_schema() -> None:
    lines = (SHIPPED / "checks.jsonl").read_text("utf-8").splitlines()

    assert len(lines) > 20
    for line in lines:
        validator("checks").validate(json.loads(line))
