import json
from collections.abc import Iterator, Mapping
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.api.examples import OUTCOMES
from service.api.schemas import AskResponse
from service.app import VERSION, create_app
from service.settings import Settings
from tests.support.paths import ROOT
from tests.support.publishing import built, edit
from tests.support.serving import problem_of, serving, settings_for

GOLDEN = ROOT / "docs" / "openapi.json"
PAGE = "https://careers.example.org"


@pytest.fixture
def client(tmp_path: Path, index_folder: Path) -> Iterator[TestClient]:
    settings = settings_for(tmp_path, index_dir=index_folder, allowed_origins=(PAGE,))
    with serving(settings) as client:
        yield client


@pytest.fixture(scope="module")
def schema() -> dict[str, Any]:
    return create_app(Settings()).openapi()


def operations(schema: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


def test_description_is_the_committed_one(schema: dict[str, Any]) -> None:
    assert schema == json.loads(GOLDEN.read_text("utf-8")), (
        "the API has changed: is that so for clients too? "
        "Then write it anew: python -m service --openapi > docs/openapi.json"
    )


def test_description_lists_the_routes_of_the_contract(schema: dict[str, Any]) -> None:
    assert [name for name, _ in operations(schema)] == [
        "POST /v1/ask",
        "GET /v1/suggest",
        "GET /v1/questions",
        "GET /v1/answers/{id}",
        "POST /v1/feedback",
        "POST /v1/clicks",
        "DELETE /v1/interactions/{id}",
        "GET /v1/index",
        "POST /v1/index/reload",
        "GET /healthz",
        "GET /readyz",
        "GET /metrics",
        "GET /v1/content/entries",
        "POST /v1/content/entries",
        "GET /v1/content/entries/{id}",
        "PUT /v1/content/entries/{id}",
        "DELETE /v1/content/entries/{id}",
        "POST /v1/content/publish",
        "POST /v1/content/rollback",
    ]


def test_every_response_has_an_example_and_every_refusal_the_envelope(
    schema: dict[str, Any],
) -> None:
    for name, operation in operations(schema):
        for status, response in operation["responses"].items():
            content = response.get("content", {})
            kind = "application/problem+json" if status >= "400" else next(iter(content), "")
            examples = content.get(kind, {}).keys() & {"example", "examples"}
            assert examples or status == "204", f"{name} {status}"


def test_every_response_field_is_always_present(schema: dict[str, Any]) -> None:
    for name, model in schema["components"]["schemas"].items():
        is_sent = name in ("AskRequest", "FeedbackRequest", "EntryBody", "PublishBody")
        if not is_sent and not name.endswith("Problem"):
            assert set(model.get("required", ())) == set(model.get("properties", ())), name


@pytest.mark.parametrize("name", OUTCOMES)
def test_example_of_an_outcome_is_a_response(name: str) -> None:
    example = OUTCOMES[name]

    assert AskResponse.model_validate(example).model_dump(mode="json") == example


def test_version_is_that_of_the_package() -> None:
    text = (ROOT / "pyproject.toml").read_text("utf-8")

    assert f'\nversion = "{VERSION}"\n' in text


def test_page_of_the_api_shows_every_route_with_its_fields_and_replies(
    client: TestClient, schema: dict[str, Any]
) -> None:
    page = client.get("/docs")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            assert f'id="{operation["operationId"]}"' in page.text
            assert f"{method.upper()} {path}" in page.text
            for status, response in operation["responses"].items():
                assert f"<strong>{status}</strong> {response['description']}" in page.text
    for field in ("question", "conversation_id", "interaction_id", "comment", "q"):
        assert f"<td><code>{field}</code></td>" in page.text
    assert "Needs the header <code>Authorization: Bearer</code>" in page.text


@pytest.mark.parametrize(
    "changed",
    [
        {"Origin": "https://elsewhere.example"},
        {"Access-Control-Request-Method": "PUT"},
        {"Access-Control-Request-Headers": "authorization"},
    ],
)
def test_refused_preflight_gets_the_error_envelope(
    changed: dict[str, str], client: TestClient
) -> None:
    asked = {"Origin": PAGE, "Access-Control-Request-Method": "POST", **changed}

    refused = client.options("/v1/ask", headers=asked)

    assert problem_of(refused)["status"] == 400
    assert "Origin" in refused.headers["vary"]


def test_page_on_an_allowed_origin_may_ask(client: TestClient) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "content-type",
    }

    preflight = client.options("/v1/ask", headers=asked)
    response = client.post("/v1/ask", json={"question": "Hello"}, headers={"Origin": PAGE})

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == PAGE
    assert response.headers["access-control-allow-origin"] == PAGE
    assert "access-control-allow-credentials" not in response.headers


@pytest.mark.parametrize(
    "origin",
    [
        "https://evil.example",
        "http://careers.example.org",
        f"{PAGE}.evil.example",
        f"{PAGE}:8443",
        "null",
    ],
)
def test_page_on_another_origin_may_not(origin: str, client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "Hello"}, headers={"Origin": origin})

    assert "access-control-allow-origin" not in response.headers


def test_refusals_can_be_read_by_an_allowed_page(client: TestClient) -> None:
    response = client.post("/v1/ask", json={}, headers={"Origin": PAGE})

    assert problem_of(response)["status"] == 422
    assert response.headers["access-control-allow-origin"] == PAGE


def test_every_response_says_what_a_browser_may_do_with_it(client: TestClient) -> None:
    for path in ("/v1/questions", "/healthz", "/nothing"):
        headers = client.get(path).headers
        assert headers["content-security-policy"].startswith("default-src 'none'")
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "strict-origin-when-cross-origin"
        assert headers["x-request-id"]
        assert "server" not in headers


def test_client_over_the_limit_gets_an_error(tmp_path: Path, index_folder: Path) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, rate_limit="3/hour")
    with serving(settings) as client:
        responses = [client.get("/v1/questions") for _ in range(4)]
        health = client.get("/healthz")

    assert [response.status_code for response in responses] == [200, 200, 200, 429]
    assert problem_of(responses[-1])["title"] == "Too Many Requests"
    assert 0 < int(responses[-1].headers["retry-after"]) <= 3600
    assert health.status_code == 200


def test_interaction_ids_sort_by_time(client: TestClient) -> None:
    ids = [
        client.post("/v1/ask", json={"question": "Hello"}).json()["interaction_id"]
        for _ in range(20)
    ]

    assert all(earlier < later for earlier, later in pairwise(ids))


@pytest.mark.parametrize(("contact", "warned"), [(None, 1), ("mailto:team@example.org", 0)])
def test_contact_that_smalltalk_names_and_nobody_set_is_warned_of_at_start(
    contact: str | None,
    warned: int,
    content: Path,
    runtime: Path,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    edit(content, {"You are welcome.": "Use the contact link."}, "smalltalk.yaml")
    built(content, runtime, tmp_path / "index", publish=True)
    settings = settings_for(tmp_path, index_dir=tmp_path / "index", contact_url=contact)

    with serving(settings):
        assert caplog.text.count("set FAQ_CONTACT_URL") == warned
