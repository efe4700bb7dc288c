"""The studio, publishing with the hand-written encoder."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bs4 import BeautifulSoup
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index import open_index
from index.quality.publication import Model
from service.app import create_app
from service.settings import Settings
from service.studio.draft import Draft
from service.studio.studio import Studio
from tests.support.encoding import HandEncoder
from tests.support.serving import TOKEN, open_small


def small_studio(app: FastAPI, runtime: Path) -> None:
    """Let the studio of a started service publish with the hand-written encoder."""
    encoder = HandEncoder()
    shared = app.state.shared
    studio = Studio(
        shared.settings, shared.live, lambda name, cache: Model(encoder, runtime, encoder)
    )
    studio.draft = Draft(
        shared.settings,
        studio.store.files,
        studio.publisher,
        shared.live,
        lambda out, version: open_index(out, encoder, version),
    )
    app.state.studio = studio


@contextmanager
def visiting(settings: Settings, runtime: Path, token: str = TOKEN) -> Iterator[TestClient]:
    """A client that is signed in."""
    app = create_app(settings, open_small)
    with TestClient(app, raise_server_exceptions=False) as client:
        small_studio(app, runtime)
        client.post("/admin/login", data={"token": token})
        yield client
    gc.unfreeze()  # what an open index keeps for good is of no use to the next test


def form_of(client: TestClient, path: str, selector: str = "form.item") -> dict[str, list[str]]:
    """Return the fields of a form on a page, as a browser would send them."""
    page = BeautifulSoup(client.get(path).text, "html.parser")
    form = page.select_one(selector)
    assert form, path
    fields: dict[str, list[str]] = {}
    for field in form.select("input[name], textarea[name]"):
        text = field.get("value", "") if field.name == "input" else field.text.removeprefix("\n")
        fields.setdefault(str(field["name"]), []).append(str(text))
    return fields
