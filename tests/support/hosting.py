"""Several sites in one service, for the tests of what each has of its own."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml
from fastapi.testclient import TestClient

from corpus import load
from index.building.builder import build, recipe
from index.sharing import Sharing
from service.app import create_app
from tests.support.encoding import HandEncoder
from tests.support.publishing import edit
from tests.support.serving import settings_for

BAKERY, KITCHEN = "/sites/bakery", "/sites/kitchen"
TOKENS = {"bakery": "the-token-of-the-bakery", "kitchen": "the-token-of-the-kitchen"}
ORIGINS = {"bakery": "https://bakery.example", "kitchen": "https://kitchen.example"}
ONLY_THERE = "Only the kitchen says this: cooks earn more."
OWN_ID = "faq-kitchen-night"


def build_sites(content: Path, runtime: Path, folder: Path) -> None:
    """Build the tiny corpus for one site, and what differs in one sentence for the other."""
    other = shutil.copytree(content, folder / "other")
    changes = {
        "answer: Pay is much the same in both jobs.": f'answer: "{ONLY_THERE}" #',
        "- id: faq-night": f"- id: {OWN_ID}",
    }
    edit(other, changes)
    for key, source in (("bakery", content), ("kitchen", other)):
        out = folder / "indexes" / key
        build(load(source), out, HandEncoder(), recipe(runtime), cache=folder / "cache")


def sites_file(folder: Path, **changes: Mapping[str, Any]) -> Path:
    """Write the file of the two sites, and what else a test has them say."""
    sites = {
        key: {
            "index_dir": f"indexes/{key}",
            "allowed_origins": [ORIGINS[key]],
            "contact_url": f"mailto:jobs@{key}.example",
            "admin_token": TOKENS[key],
            **changes.get(key, {}),
        }
        for key in ("bakery", "kitchen")
    }
    path = folder / "sites.yaml"
    path.write_text(yaml.safe_dump(sites, sort_keys=False), "utf-8")
    return path


@contextmanager
def hosting(folder: Path, file: Path, **given: Any) -> Iterator[TestClient]:
    """A client of the started app with the sites of a file."""
    usual: dict[str, Any] = {"sites": file, "admin_token": None}
    settings = settings_for(folder, **{**usual, **given})
    sharing = Sharing(open_encoder=lambda _: HandEncoder())
    with TestClient(create_app(settings, sharing=sharing), raise_server_exceptions=False) as client:
        yield client
