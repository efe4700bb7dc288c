"""Who may do what, on every route of the content."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import cast

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from index.errors import ModelMissing
from index.quality.publication import Model
from service.api.people import RECORDS, PersonRecord
from service.studio.studio import Studio
from tests.integration.studio.test_content_routes import ENTRIES, FILE, TEXT, VISIT
from tests.support.content_files import write
from tests.support.serving import ADMIN, serving, settings_for

ROLES = ("viewer", "editor", "publisher", "administrator")
PROXY = "10.1.2.3"
PUBLISH, ROLLBACK = "/v1/content/publish", "/v1/content/rollback"
LEAST = {
    ("GET", ENTRIES, None): "viewer",
    ("GET", f"{ENTRIES}/pay", None): "viewer",
    ("POST", ENTRIES, "entry"): "editor",
    ("PUT", f"{ENTRIES}/pay", "entry"): "editor",
    ("DELETE", f"{ENTRIES}/degree", None): "editor",
    ("POST", PUBLISH, None): "publisher",
    ("POST", PUBLISH, "force"): "administrator",
    ("POST", ROLLBACK, None): "publisher",
    ("POST", "/v1/index/reload", None): "administrator",
}
BODIES = {"entry": VISIT, "force": {"force": True}, None: None}


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TestClient]:
    write(tmp_path / "content", {FILE: TEXT})
    people = [
        PersonRecord(name=role, role=role, token_sha256=sha256(role.encode()).hexdigest())
        for role in ROLES
    ]
    proxied = PersonRecord(name="Eve", role="editor", token_sha256=None)
    path = tmp_path / "people.json"
    path.write_bytes(RECORDS.dump_json([*people, proxied]))
    settings = settings_for(
        tmp_path / "index",
        corpus_dir=tmp_path / "content",
        people_file=path,
        trusted_proxies=("10.1.0.0/16",),
    )
    with serving(settings) as client:
        state = cast(FastAPI, client.app).state
        state.studio = Studio(settings, state.shared.live, no_model)
        yield client


def no_model(name: str, cache: Path) -> Model:
    raise ModelMissing(f"{name} is not installed")


def test_every_route_of_the_content_is_here(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    known = {
        (method, path.replace("/pay", "/{id}").replace("/degree", "/{id}"))
        for method, path, _ in LEAST
        if path.startswith("/v1/content")
    }

    assert known == {
        (method.upper(), path)
        for path, methods in paths.items()
        if path.startswith("/v1/content")
        for method in methods
    }


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize(("method", "path", "body"), LEAST)
def test_role_may_do_what_it_says_and_nothing_more(
    client: TestClient, tmp_path: Path, role: str, method: str, path: str, body: str | None
) -> None:
    headers = {"Authorization": f"Bearer {role}", "If-Match": "*"}

    status = client.request(method, path, headers=headers, json=BODIES[body]).status_code

    may = ROLES.index(role) >= ROLES.index(LEAST[method, path, body])
    # There is nothing to build with, to undo or to reload.
    assert status in ({200, 201, 204, 409, 501, 503} if may else {403})
    if not may:
        assert (tmp_path / "content" / FILE).read_text("utf-8") == TEXT


@pytest.mark.parametrize(
    ("peer", "names", "status"),
    [
        (PROXY, ["Eve"], 201),
        (PROXY, ["eve"], 401),
        (PROXY, ["Eve", "Eve"], 401),
        (PROXY, ["editor"], 401),  # has a token, and is known by nothing else
        (PROXY, [], 401),
        ("10.2.0.1", ["Eve"], 401),
        ("testclient", ["Eve"], 401),
    ],
)
def test_proxy_is_believed_where_it_is_trusted_and_the_person_known(
    client: TestClient, peer: str, names: list[str], status: int
) -> None:
    visitor = TestClient(client.app, client=(peer, 1))
    headers = [("X-Forwarded-User", name) for name in names]

    assert visitor.post(ENTRIES, json=VISIT, headers=headers).status_code == status


def test_person_signs_in_with_their_token(client: TestClient) -> None:
    sent = client.post("/admin/login", data={"token": "viewer"}, follow_redirects=False)

    assert sent.status_code == 303
    assert client.get("/admin").status_code in (200, 503)  # 503: there is no index
    assert client.post("/admin/login", data={"token": "nobody"}).status_code == 401


def test_administrator_is_who_has_the_token_of_the_settings(client: TestClient) -> None:
    assert client.post(ENTRIES, json=VISIT, headers=ADMIN).status_code == 201
