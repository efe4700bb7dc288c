"""Any request to any route, forms of the administrator and the studio included, from anybody."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from service.api.middleware import MAX_BODY
from tests.integration.api.test_security import requests_to_every_route, routes_of
from tests.support.content_files import write
from tests.support.hostile import EVERY
from tests.support.serving import ADMIN, problem_of, serving, settings_for

FORM = "application/x-www-form-urlencoded"
TEXTS = st.one_of(st.sampled_from([text[:300] for text in EVERY]), st.text(max_size=60))
NAMES = st.sampled_from(
    ["question", "limit", "q", "id", "answer", "token", "form_key", "interaction", "days", "topic"]
)
VALUES = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), TEXTS),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
EXCHANGES = st.one_of(
    st.uuids().map(str), st.just("019aba5d-0000-7000-8000-000000000000"), TEXTS, VALUES
)
"""What `/v1/clicks` and `/v1/feedback` name."""
BODIES = st.one_of(
    st.fixed_dictionaries(
        {"interaction_id": EXCHANGES},
        optional={
            "kind": st.one_of(st.sampled_from(["source", "suggestion", "contact"]), VALUES),
            "helpful": st.one_of(st.booleans(), VALUES),
            "comment": VALUES,
        },
    ).map(lambda fields: ("application/json", json.dumps(fields).encode())),
    VALUES.map(lambda value: ("application/json", json.dumps(value).encode())),
    st.dictionaries(NAMES, VALUES, min_size=1, max_size=5).map(
        lambda fields: ("application/json", json.dumps(fields).encode())
    ),
    st.lists(st.tuples(NAMES, TEXTS), max_size=14).map(
        lambda pairs: (FORM, urlencode(pairs, errors="replace").encode())
    ),
    st.tuples(
        st.sampled_from(["application/json", FORM, "text/plain", "multipart/form-data", ";=,"]),
        st.one_of(st.binary(max_size=80), st.sampled_from([b"[" * 60_000, b"&" * 9000, b"\xff{"])),
    ),
)
HEADERS = st.dictionaries(
    st.sampled_from(
        [
            *("Accept-Encoding", "Authorization", "Cookie", "Content-Encoding", "If-Match"),
            *("If-None-Match", "Origin", "Range", "Sec-Fetch-Site", "Sec-GPC", "X-Forwarded-For"),
            *("X-HTTP-Method-Override", "X-Request-ID", "Mcp-Session-Id", "MCP-Protocol-Version"),
        ]
    ),
    st.one_of(
        st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=40),
        st.sampled_from(["gzip;q=0", "*;q=nan", "bearer", "null", "faq_admin=a.b.c", "W/", "1"]),
    ),
    max_size=4,
)


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, index_folder: Path) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("service")
    corpus = write(folder / "content", {"faqs/a.yaml": "- id: a\n  question: A?\n  answer: B.\n"})
    own = settings_for(folder, index_dir=index_folder, mcp="on", corpus_dir=corpus)
    with serving(own) as client:
        yield client


@settings(phases=[Phase.generate])  # a failure names its request; making it smaller takes minutes
@given(data=st.data())
def test_any_request_is_answered_or_refused(client: TestClient, data: st.DataObject) -> None:
    assert isinstance(client.app, FastAPI)
    routes = [
        (method, path)
        for method, path in requests_to_every_route(client.app)
        if not path.endswith(("/publish", "/rollback"))  # they build, and stand below
    ]
    for method, path in data.draw(st.lists(st.sampled_from(routes), min_size=4, max_size=4)):
        kind, body = data.draw(BODIES)
        pairs = data.draw(st.lists(st.tuples(NAMES, TEXTS), max_size=3))
        headers = {"Content-Type": kind, **data.draw(HEADERS)}
        if data.draw(st.booleans()):
            headers |= ADMIN

        response = client.request(
            method,
            f"{path}?{urlencode(pairs, errors='replace')}",
            content=body,
            headers=headers,
            follow_redirects=False,
        )

        assert response.status_code < 500, (method, path, headers, body)
        is_page = method == "HEAD" or path.startswith(("/admin", "/mcp"))
        if response.status_code >= 400 and not is_page:
            problem_of(response)
        assert "Traceback" not in response.text


GUARDED = ["/v1/content/entries", "/v1/content/entries/a", "/v1/content/publish"]


@pytest.mark.parametrize("path", [*GUARDED, "/v1/index/reload", "/admin/erase", "/admin/logout"])
@pytest.mark.parametrize("body", [b"{", b"[" * 60_000, b"null", b"a=b&" * 2000])
def test_nothing_is_parsed_of_somebody_unknown(path: str, body: bytes, client: TestClient) -> None:
    method = "PUT" if path.endswith("/a") else "POST"
    kind = FORM if path.startswith("/admin") else "application/json"

    response = client.request(method, path, content=body, headers={"Content-Type": kind})

    assert response.status_code == 401


def admin_requests(app: FastAPI) -> list[tuple[str, str]]:
    """Every route that is for whoever is signed in, with every place of its path filled in."""
    return [
        (method, re.sub(r"\{\w+\}", "no-such-thing", route.path))
        for route in routes_of(app)
        if route.path.startswith(("/admin", "/v1/content", "/v1/index/reload"))
        for method in sorted(route.methods or {"GET"})
        if route.path not in ("/admin/login", "/admin/enter")
    ]


@pytest.mark.parametrize("query", ["", "?days=x&topic=x&page=-1&key=" + "k" * 2000])
def test_nothing_wrong_is_named_to_somebody_unknown(query: str, client: TestClient) -> None:
    assert isinstance(client.app, FastAPI)
    walked = admin_requests(client.app)
    assert len(walked) > 30

    for method, path in walked:
        for kind, body in (("application/json", b'{"force": 7, "x": 1}'), (FORM, b"days=x&page=y")):
            response = client.request(
                method, f"{path}{query}", content=body, headers={"Content-Type": kind}
            )

            assert response.status_code in (401, 403, 415), (method, path, query)
            assert "errors" not in response.text


def test_large_form_is_read_of_somebody_known_alone(client: TestClient) -> None:
    form = {"question": "a" * (MAX_BODY + 1)}

    unknown = client.post("/admin/content/check/entry", data=form)
    forged = client.post("/admin/content/check/entry", data=form, headers={"Cookie": "faq_admin=a"})
    known = client.post("/admin/content/check/entry", data=form, headers=ADMIN)

    assert [unknown.status_code, forged.status_code] == [413, 413]
    assert known.status_code not in (401, 413)


def test_form_that_nobody_signed_in_sent_is_shown_again_a_few_times_a_minute(
    client: TestClient,
) -> None:
    stranger = TestClient(client.app, client=("203.0.113.7", 5000))
    pages = [
        stranger.post("/admin/content/preview", data={"question": "Half a text"}).text
        for _ in range(12)
    ]

    assert ["Half a text" in page for page in pages] == [True] * 10 + [False] * 2
