"""Tries to cross from one site to another, by every route, with whatever the first one gave."""

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient
from starlette.routing import Route

from service.api import routes
from service.app import create_app
from service.settings import Settings, Switch
from service.web import admin_pages, api_reference, pages
from tests.support.hosting import (
    BAKERY,
    KITCHEN,
    ONLY_THERE,
    ORIGINS,
    OWN_ID,
    TOKENS,
    build_sites,
    hosting,
    sites_file,
)
from tests.support.paths import CONTENT
from tests.support.serving import problem_of

PAY = "Do cooks earn more than bakers?"
NIGHT = "Do bakers work at night?"
UNHEARD_OF = "Do cooks of the bakery earn a secret?"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
MCP = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def folder(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crossing")
    build_sites(CONTENT, runtime, folder)
    return folder


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[TestClient]:
    """Two sites with everything on: agents, answers that are remembered, administrators."""
    given: dict[str, Any] = {"mcp": Switch.ON, "remembered_answers": 100}
    with hosting(folder, sites_file(folder), **given) as client:
        client.base_url = "https://testserver"
        yield client


def ask(client: TestClient, site: str, question: str, **given: str) -> dict[str, Any]:
    response = client.post(f"{site}/v1/ask", json={"question": question, **given})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def bearer(key: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {TOKENS[key]}"}


def exported(client: TestClient, key: str) -> list[dict[str, str]]:
    page = client.get(f"/sites/{key}/admin/exchanges.csv", headers=bearer(key))
    assert page.status_code == 200
    return list(csv.DictReader(io.StringIO(page.text)))


def wait_for_export(client: TestClient, key: str, id_: str) -> None:
    until = time.monotonic() + 30
    while id_ not in [row["id"] for row in exported(client, key)]:
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.05)


def test_conversation_of_another_site_is_a_new_one(client: TestClient) -> None:
    talk = ask(client, BAKERY, PAY)["conversation_id"]

    here, there = (
        ask(client, site, "and why?", conversation_id=talk)["outcome"] for site in (BAKERY, KITCHEN)
    )

    assert (here, there) == ("answer", "smalltalk")


def test_cached_answer_of_one_site_is_not_returned_by_another(client: TestClient) -> None:
    texts = [ask(client, site, PAY)["answer"]["text"] for site in (BAKERY, KITCHEN, BAKERY)]

    assert [ONLY_THERE in text for text in texts] == [False, True, False]


def test_feedback_on_an_exchange_of_another_site_is_refused(client: TestClient) -> None:
    id_ = ask(client, BAKERY, PAY)["interaction_id"]
    given = {"interaction_id": id_, "helpful": False}

    assert problem_of(client.post(f"{KITCHEN}/v1/feedback", json=given))["status"] == 404
    wait_for_export(client, "bakery", id_)  # it is in the database now
    assert problem_of(client.post(f"{KITCHEN}/v1/feedback", json=given))["status"] == 404
    assert client.post(f"{BAKERY}/v1/feedback", json=given).status_code == 204

    click = {"interaction_id": id_, "kind": "source"}
    assert problem_of(client.post(f"{KITCHEN}/v1/clicks", json=click))["status"] == 404
    assert client.post(f"{BAKERY}/v1/clicks", json=click).status_code == 204


def test_exchange_of_another_site_cannot_be_erased(client: TestClient) -> None:
    id_ = ask(client, BAKERY, PAY)["interaction_id"]

    assert client.delete(f"{KITCHEN}/v1/interactions/{id_}").status_code == 404
    assert client.delete(f"{BAKERY}/v1/interactions/{id_}").status_code == 204


@pytest.mark.parametrize(
    "path",
    [
        "/v1/questions",
        "/v1/suggest?q=do+bakers",
        "/v1/suggest?q=do+cooks",
        f"/v1/answers/{OWN_ID}",
        "/v1/answers/faq-pay",
        "/v1/index",
        "/faq",
        "/faq.jsonld",
        "/widget/any/answers.json",
        "/widget/any/texts/ar.json",
        "/widget.js",
        "/widget/any/widget.js",
        "/",
        "/docs",
        "/openapi.json",
        "/.well-known/gpc.json",
        "/healthz",
        "/readyz",
    ],
)
def test_nothing_of_another_site_can_be_read(path: str, client: TestClient) -> None:
    theirs = client.get(f"{KITCHEN}{path}")
    own = client.get(f"{BAKERY}{path}")

    assert theirs.status_code == 200
    assert own.status_code == (404 if OWN_ID in path else 200)
    for told in (OWN_ID, ONLY_THERE, "kitchen.example", KITCHEN):
        assert told not in own.text
    version = client.get(f"{KITCHEN}/v1/index").json()["version"]
    assert version not in own.text


def test_figures_of_all_sites_are_no_sites_own(client: TestClient) -> None:
    assert problem_of(client.get(f"{BAKERY}/metrics"))["status"] == 404


def test_token_of_another_site_opens_nothing(client: TestClient) -> None:
    for path in ("/admin", "/admin/exchanges.csv"):
        assert client.get(f"{KITCHEN}{path}", headers=bearer("bakery")).status_code == 401
        assert client.get(f"{KITCHEN}{path}", headers=bearer("kitchen")).status_code == 200
    reload_ = f"{KITCHEN}/v1/index/reload"
    assert problem_of(client.post(reload_, headers=bearer("bakery")))["status"] == 401
    assert client.post(reload_, headers=bearer("kitchen")).status_code == 200
    given = f"token={TOKENS['bakery']}"
    login = client.post(f"{KITCHEN}/admin/login", content=given, headers=FORM)
    assert login.status_code == 401


def signed_in(client: TestClient, key: str) -> str:
    """Sign in, and return the cookie."""
    response = client.post(
        f"/sites/{key}/admin/login",
        content=f"token={TOKENS[key]}",
        headers=FORM,
        follow_redirects=False,
    )
    assert response.status_code == 303
    assert f"Path=/sites/{key}/admin;" in response.headers["set-cookie"]
    client.cookies.clear()
    return response.headers["set-cookie"].split(";")[0]


def test_session_of_another_site_opens_nothing(client: TestClient) -> None:
    cookie = {"Cookie": signed_in(client, "bakery")}

    assert client.get(f"{BAKERY}/admin", headers=cookie).status_code == 200
    assert client.get(f"{KITCHEN}/admin", headers=cookie).status_code == 401
    for action in ("logout", "erase"):
        response = client.post(f"{KITCHEN}/admin/{action}", content="", headers=cookie | FORM)
        assert response.status_code == 401


def test_session_holds_for_one_site_also_where_the_token_is_the_operators(folder: Path) -> None:
    nobody = {"admin_token": None}
    file = sites_file(folder, bakery=nobody, kitchen=nobody)
    with hosting(folder, file, admin_token=TOKENS["bakery"]) as client:
        client.base_url = "https://testserver"
        cookie = {"Cookie": signed_in(client, "bakery")}
        assert client.get(f"{BAKERY}/admin", headers=cookie).status_code == 200
        assert client.get(f"{KITCHEN}/admin", headers=cookie).status_code == 401
    sites_file(folder)


def test_administrator_sees_and_erases_nothing_of_another_site(client: TestClient) -> None:
    id_ = ask(client, BAKERY, UNHEARD_OF)["interaction_id"]
    other = ask(client, KITCHEN, NIGHT)["interaction_id"]
    wait_for_export(client, "bakery", id_)
    wait_for_export(client, "kitchen", other)

    cookie = {"Cookie": signed_in(client, "kitchen")}
    page = client.get(f"{KITCHEN}/admin?topic=asked", headers=cookie).text
    form_key = page.split('name="form_key" value="')[1].split('"')[0]
    given = f"interaction={id_}&form_key={form_key}"
    erased = client.post(f"{KITCHEN}/admin/erase", content=given, headers=cookie | FORM)

    assert "secret" not in page
    assert all("secret" not in row["question"] for row in exported(client, "kitchen"))
    assert erased.status_code == 404
    assert id_ in [row["id"] for row in exported(client, "bakery")]
    assert "secret" in client.get(f"{BAKERY}/admin?topic=asked", headers=bearer("bakery")).text


@pytest.mark.parametrize("path", ["/v1/ask", "/v1/questions", "/v1/feedback", "/admin", "/healthz"])
def test_page_of_another_site_may_read_nothing(path: str, client: TestClient) -> None:
    foreign = {"Origin": ORIGINS["bakery"], "Access-Control-Request-Method": "POST"}

    preflight = client.options(f"{KITCHEN}{path}", headers=foreign)
    got = client.get(f"{KITCHEN}{path}", headers=foreign)

    assert preflight.status_code == 400
    assert "access-control-allow-origin" not in preflight.headers
    assert "access-control-allow-origin" not in got.headers


def test_agents_page_of_another_site_is_refused(client: TestClient) -> None:
    call = {"jsonrpc": "2.0", "id": 1, "method": "tools/call"}
    asked = {**call, "params": {"name": "ask", "arguments": {"question": PAY}}}
    headers = {
        site: MCP | {"Origin": ORIGINS[site], "MCP-Protocol-Version": "2025-06-18"}
        for site in ("bakery", "kitchen")
    }

    foreign = client.post(f"{KITCHEN}/mcp", json=asked, headers=headers["bakery"])
    own = client.post(f"{KITCHEN}/mcp", json=asked, headers=headers["kitchen"])
    here = client.post(f"{BAKERY}/mcp", json=asked, headers=headers["bakery"])

    assert problem_of(foreign)["status"] == 403
    assert ONLY_THERE in own.text
    assert f"https://testserver{KITCHEN}/faq#faq-pay" in own.text
    assert ONLY_THERE not in here.text


TRIED = {
    "/v1/ask", "/v1/suggest", "/v1/questions", "/v1/answers/{id}", "/v1/feedback", "/v1/clicks",
    "/v1/interactions/{id}", "/v1/index", "/v1/index/reload", "/healthz", "/readyz", "/metrics",
    "/docs", "/openapi.json", "/", "/faq", "/faq.jsonld", "/.well-known/gpc.json", "/widget.js",
    "/widget/{version}/widget.js", "/widget/{version}/answers.json", "/admin", "/admin/login",
    "/admin/logout", "/admin/enter", "/admin/erase", "/admin/exchanges.csv", "/mcp",
    "/.well-known/security.txt", "/widget/{version}/texts/{language}.json",
}  # fmt: skip
"""Routes that a test above tries to cross by."""


def test_every_route_is_tried() -> None:
    app = create_app(Settings(mcp=Switch.ON))
    routers = [routes.asking, routes.router, api_reference.router, pages.router, admin_pages.router]
    every = [*app.routes, *(route for router in routers for route in router.routes)]

    assert {route.path for route in every if isinstance(route, Route | APIRoute)} == TRIED


def test_sites_of_the_same_index_do_not_share_cached_answers(folder: Path) -> None:
    same = {"index_dir": "indexes/bakery", "contact_url": "mailto:jobs@same.example"}
    file = sites_file(folder, bakery=same, kitchen=same)
    with hosting(folder, file, remembered_answers=100) as client:
        answers = [ask(client, site, PAY)["answer"] for site in (BAKERY, KITCHEN, BAKERY)]

    assert [answer["url"] for answer in answers] == [
        f"{site}/faq#faq-pay" for site in (BAKERY, KITCHEN, BAKERY)
    ]
