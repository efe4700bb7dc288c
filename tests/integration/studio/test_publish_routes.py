from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from index.errors import ModelMissing
from index.quality.publication import Model
from index.versions import publication_history, version_store
from service.studio.studio import Studio
from tests.support.publishing import edit, edit_manifest
from tests.support.serving import ADMIN, settings_for
from tests.support.studio import visiting

PUBLISH, ROLLBACK = "/v1/content/publish", "/v1/content/rollback"
ENTRIES = "/v1/content/entries"
SHIFTS = {
    "id": "faq-shifts",
    "question": "Which shifts are there?",
    "variants": ["what shifts do you have"],
    "answer": "Three.",
    "owner": "Kitchen team",
    "reviewed": "2026-11-01",
}


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def client(content: Path, out: Path, tmp_path: Path, runtime: Path) -> Iterator[TestClient]:
    settings = settings_for(tmp_path, corpus_dir=content, index_dir=out)
    with visiting(settings, runtime) as client:
        client.cookies.clear()
        client.headers.update(ADMIN)
        yield client


def answer_of(client: TestClient, question: str) -> str | None:
    body: dict[str, Any] = client.post("/v1/ask", json={"question": question}).json()
    return body["answer"]["id"] if body.get("answer") else None


def test_what_is_published_answers_at_once_and_is_undone(client: TestClient, out: Path) -> None:
    first = client.post(PUBLISH)
    assert first.status_code == 200
    assert client.post(ENTRIES, json=SHIFTS).status_code == 201
    assert answer_of(client, "Which shifts are there?") != "faq-shifts"

    second = client.post(PUBLISH, json={"force": False}).json()

    assert set(second) == {"version", "changed", "findings", "figures", "seconds"}
    assert second["version"] == version_store.current(out) != first.json()["version"]
    assert "faq-shifts" in {one["after"] for one in second["changed"]}
    assert answer_of(client, "Which shifts are there?") == "faq-shifts"
    assert second["figures"] == client.get("/v1/index").json()["figures"]

    undone = client.post(ROLLBACK)

    assert undone.json()["version"] == first.json()["version"] == version_store.current(out)
    assert answer_of(client, "Which shifts are there?") != "faq-shifts"
    assert [record.by.split(" ")[0] for record in publication_history.history(out)] == (
        ["administrator"] * 3
    )


def test_content_that_is_live_is_published_once(client: TestClient, out: Path) -> None:
    versions = [client.post(PUBLISH).json()["version"] for _ in range(2)]

    assert versions[0] == versions[1]
    assert len(publication_history.history(out)) == 1


def test_gate_gives_its_reasons_and_may_be_overruled(
    client: TestClient, content: Path, out: Path
) -> None:
    check = '{"question": "How do I become a baker?", "expect": "faq-start"}\n'
    (content / "checks.jsonl").write_text(check)
    live = client.post(PUBLISH).json()["version"]
    edit(content, {"How do I become a baker?": "Is there cake?", "how to get into baking": "x y z"})

    refused = client.post(PUBLISH)

    body = refused.json()
    assert refused.status_code == 409
    assert refused.headers["content-type"] == "application/problem+json"
    assert any("How do I become a baker?" in reason for reason in body["reasons"])
    assert body["report"]["version"] != live == version_store.current(out)
    assert client.post(PUBLISH, json={"force": True}).json()["version"] == body["report"]["version"]
    assert version_store.current(out) == body["report"]["version"]


def test_content_at_fault_is_not_published(client: TestClient, content: Path, out: Path) -> None:
    live = client.post(PUBLISH).json()["version"]
    edit(content, {"related: [faq-start, art-hours]": "related: [nobody]"})

    response = client.post(PUBLISH)

    assert response.status_code == 422
    assert [finding["file"] for finding in response.json()["findings"]] == ["faqs/jobs.yaml"]
    assert version_store.current(out) == live


def test_second_builder_is_asked_to_wait(client: TestClient, out: Path) -> None:
    live = client.post(PUBLISH).json()["version"]
    client.post(ENTRIES, json=SHIFTS)

    with version_store.building(out):
        response = client.post(PUBLISH)

    assert response.status_code == 409
    assert str(out) not in response.text
    assert version_store.current(out) == live
    assert client.post(PUBLISH).status_code == 200


def test_version_of_another_release_is_not_undone_to(client: TestClient, out: Path) -> None:
    first = client.post(PUBLISH).json()["version"]
    client.post(ENTRIES, json=SHIFTS)
    second = client.post(PUBLISH).json()["version"]
    edit_manifest(out, first, format=1)

    response = client.post(ROLLBACK)

    assert response.status_code == 409
    assert "another release" in response.json()["detail"]
    assert version_store.current(out) == second


def test_without_an_earlier_version_there_is_nothing_to_undo(client: TestClient) -> None:
    assert client.post(ROLLBACK).status_code == 409
    client.post(PUBLISH)

    assert client.post(ROLLBACK).status_code == 409


def test_service_without_build_parts_says_so_and_goes_on_answering(
    client: TestClient, content: Path, out: Path
) -> None:
    live = client.post(PUBLISH).json()["version"]
    state = client.app.state  # type: ignore[attr-defined]
    state.studio = Studio(state.shared.settings, state.shared.live, no_model)

    saved, refused = client.post(ENTRIES, json=SHIFTS), client.post(PUBLISH)

    assert (saved.status_code, refused.status_code) == (201, 501)
    assert "careers-faq build" in refused.json()["detail"]
    assert version_store.current(out) == live
    assert client.post("/v1/ask", json={"question": "Which shifts are there?"}).status_code == 200


def no_model(name: str, cache: Path) -> Model:
    raise ModelMissing("There is none.")
