import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from service.api.security_headers import SECURITY_HEADERS
from tests.support.serving import ADMIN, JSON_HEADER, problem_of, serving, settings_for

NO_SUCH_EXCHANGE = "01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071"
ASK, FEEDBACK = "/v1/ask", "/v1/feedback"


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, index_folder: Path) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("service")
    settings = settings_for(folder, index_dir=index_folder)
    with serving(settings) as client:
        yield client


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        (ASK, "", ""),
        (ASK, "{", ""),
        (ASK, "what?", ""),
        (ASK, "[]", ""),
        (ASK, "null", ""),
        (ASK, '"a question"', ""),
        (ASK, "{}", "question"),
        (ASK, '{"question": null}', "question"),
        (ASK, '{"question": 1}', "question"),
        (ASK, '{"question": ["a"]}', "question"),
        (ASK, '{"question": ""}', "question"),
        (ASK, '{"question": " \\t\\r\\n\\u00a0\\u3000 "}', "question"),
        (ASK, '{"question": "\\u200b \\ufeff\\u200d"}', "question"),
        (ASK, '{"question": "a\\u0000b"}', "question"),
        (ASK, '{"question": "\\u001b[31m"}', "question"),
        (ASK, '{"question": "\\ud800"}', "question"),
        (ASK, '{"question": "\\udc00 what"}', "question"),
        (ASK, f'{{"question": "{"x" * 1001}"}}', "question"),
        (ASK, '{"question": "a", "answer": "b"}', "answer"),
        (ASK, '{"question": "a", "\\ud800": "b"}', ""),
        (ASK, '{"question": "a", "limit": 0}', "limit"),
        (ASK, '{"question": "a", "limit": 21}', "limit"),
        (ASK, '{"question": "a", "limit": "5"}', "limit"),
        (ASK, '{"question": "a", "limit": 1.5}', "limit"),
        (ASK, '{"question": "a", "limit": true}', "limit"),
        (ASK, '{"question": "a", "limit": NaN}', "limit"),
        (ASK, '{"question": "a", "limit": 1e999}', "limit"),
        (ASK, '{"question": "a", "conversation_id": 7}', "conversation_id"),
        (FEEDBACK, "{}", "interaction_id"),
        (FEEDBACK, '{"interaction_id": "x", "helpful": true}', "interaction_id"),
        (FEEDBACK, f'{{"interaction_id": "{NO_SUCH_EXCHANGE}"}}', "helpful"),
        (FEEDBACK, f'{{"interaction_id": "{NO_SUCH_EXCHANGE}", "helpful": "yes"}}', "helpful"),
        (FEEDBACK, f'{{"interaction_id": "{NO_SUCH_EXCHANGE}", "helpful": 1}}', "helpful"),
        (
            FEEDBACK,
            f'{{"interaction_id": "{NO_SUCH_EXCHANGE}", "helpful": true, "comment": "\\ud800"}}',
            "comment",
        ),
        (
            FEEDBACK,
            json.dumps(
                {"interaction_id": NO_SUCH_EXCHANGE, "helpful": True, "comment": "x" * 1001}
            ),
            "comment",
        ),
    ],
)
def test_body_that_does_not_fit_names_the_field(
    path: str, body: str, field: str, client: TestClient
) -> None:
    response = client.post(path, content=body, headers=JSON_HEADER)

    assert response.status_code == 422
    assert field in [error["field"] for error in problem_of(response)["errors"]]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/v1/ask", 405),
        ("PUT", "/v1/ask", 405),
        ("POST", "/v1/ask/", 404),
        ("GET", "/v1/feedback", 405),
        ("POST", "/v1/suggest", 405),
        ("GET", "/v1/suggest", 422),
        ("GET", f"/v1/suggest?q={'x' * 1001}", 422),
        ("POST", "/v1/questions", 405),
        ("GET", "/v1/answers/no-such-answer", 404),
        ("GET", "/v1/answers/%00", 404),
        ("GET", "/v1/answers/%ff%fe", 404),
        ("GET", f"/v1/answers/{'x' * 201}", 422),
        ("GET", "/v1/answers/", 404),
        ("DELETE", "/v1/answers/faq-pay", 405),
        ("POST", "/v1/index", 405),
        ("GET", "/v1/index/reload", 405),
        ("POST", "/v1/index/reload", 401),
        ("POST", "/healthz", 405),
        ("POST", "/readyz", 405),
        ("POST", "/metrics", 405),
        ("GET", "/nothing", 404),
        ("GET", "/v1/../../etc/passwd", 404),
        ("BREW", "/v1/ask", 405),
    ],
)
def test_wrong_request_gets_the_one_envelope(
    method: str, path: str, status: int, client: TestClient
) -> None:
    response = client.request(method, path)

    assert problem_of(response)["status"] == status


def test_refused_method_names_those_that_are_taken(client: TestClient) -> None:
    assert client.get("/v1/ask").headers["allow"] == "POST"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"question=what", "application/x-www-form-urlencoded", 415),
        (b'{"question": "what"}', "text/plain", 415),
        (b" " * 65_537, "application/json", 413),
        (b'{"question": "' + b"x" * 1_000_000 + b'"}', "application/json", 413),
        (b"[" * 60_000, "application/json", 400),
        (b'{"question": "a", "limit": ' + b"1" * 5000 + b"}", "application/json", 400),
        (b"\xff\xfe{}", "application/json", 400),
        (b'{"question": "\xff"}', "application/json", 400),
    ],
    ids=["form", "text", "blank", "megabyte", "deep", "long-number", "utf-16-mark", "not-utf-8"],
)
def test_body_that_cannot_be_read_gets_the_one_envelope(
    content: bytes, kind: str, status: int, client: TestClient
) -> None:
    response = client.post(ASK, content=content, headers={"Content-Type": kind})

    assert problem_of(response)["status"] == status


def test_refusal_does_not_echo_what_was_sent(client: TestClient) -> None:
    body = {"question": {"pass": "swordfish"}, "limit": "swordfish", "conversation_id": 7}

    response = client.post(ASK, json=body)

    assert problem_of(response)["status"] == 422
    assert "sword" not in response.text


def test_endless_field_name_is_cut(client: TestClient) -> None:
    response = client.post(ASK, json={"question": "a", "n" * 5000: 1})

    assert problem_of(response)["errors"] == [
        {"field": "n" * 80, "message": "There is no such field"}
    ]


def test_no_more_than_twenty_faults_are_listed(client: TestClient) -> None:
    response = client.post(ASK, json={"question": "a", **{f"n{n}": n for n in range(500)}})

    assert len(problem_of(response)["errors"]) == 20


def test_feedback_on_an_unknown_exchange_is_refused(client: TestClient) -> None:
    body = {"interaction_id": NO_SUCH_EXCHANGE, "helpful": True}

    assert problem_of(client.post(FEEDBACK, json=body))["status"] == 404


@pytest.mark.parametrize(
    "header",
    ["", "Bearer", "Bearer wrong", "Basic c2VzYW1l", "sesame-sesame-sesame", "Bearer \xe9"],
)
def test_wrong_token_is_refused(header: str, client: TestClient) -> None:
    given = [(b"Authorization", header.encode("latin-1"))]

    response = client.post("/v1/index/reload", headers=given)

    assert problem_of(response)["status"] == 401
    assert response.headers["www-authenticate"] == "Bearer"


def test_without_a_token_the_administrators_routes_are_off(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, admin_token=None)

    with serving(settings) as client:
        response = client.post("/v1/index/reload", headers=ADMIN)

    assert problem_of(response)["status"] == 403


def test_fault_shows_neither_its_text_nor_a_traceback(client: TestClient) -> None:
    async def fail() -> None:
        raise LookupError("swordfish")

    app = client.app
    assert isinstance(app, FastAPI)
    app.add_api_route("/fail", fail)

    response = client.get("/fail", headers={"X-Request-ID": "abc"})

    assert problem_of(response)["status"] == 500
    assert "swordfish" not in response.text
    assert response.headers["x-request-id"] == "abc"
    assert {name: response.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
