"""What the app is with the MCP server, and that it is as before without it."""

import json
import sqlite3
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from packaging.requirements import Requirement

from index import Retriever
from index.loading import gather
from index.versions import version_store
from service.app import create_app
from service.settings import Switch
from tests.support.encoding import HandEncoder
from tests.support.paths import ROOT
from tests.support.running import environment
from tests.support.serving import problem_of, serving, settings_for

ACCEPT = {"Accept": "application/json"}
PAGE = "https://careers.example.org"
LIST_TOOLS = {"jsonrpc": "2.0", "id": 1, "method": "tools/list"}
OF_THE_EXTRA = {"cryptography", "httpx2", "jwt", "mcp", "mcp_types", "sse_starlette"}


def call(client: TestClient, method: str, **params: Any) -> dict[str, Any]:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    given: dict[str, Any] = client.post("/mcp", json=message, headers=ACCEPT).json()
    return given


@pytest.fixture
def client(tmp_path: Path, index_folder: Path) -> Iterator[TestClient]:
    settings = settings_for(
        tmp_path, index_dir=index_folder, mcp=Switch.ON, allowed_origins=(PAGE,)
    )
    with serving(settings) as client:
        yield client


def post(client: TestClient, headers: dict[str, str], body: Any = LIST_TOOLS) -> Response:
    return client.post("/mcp", json=body, headers={**ACCEPT, **headers})


def python(folder: Path, code: str, **settings: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        check=False,
    )


def test_there_is_no_such_route_unless_it_is_set_on(tmp_path: Path, index_folder: Path) -> None:
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        response = client.post("/mcp", json={}, headers=ACCEPT)

    assert response.status_code == 404


def test_nothing_of_the_extra_is_loaded_unless_it_is_set_on(tmp_path: Path) -> None:
    code = (
        "import sys; from service.commands.serve import make_app; make_app();"
        f"print({OF_THE_EXTRA | {'service.extras.mcp.server'}} & {{*sys.modules}})"
    )

    completed = python(tmp_path, code)

    assert (completed.stdout, completed.returncode) == ("set()\n", 0)


def test_description_of_the_api_is_the_same_with_it(tmp_path: Path) -> None:
    with_it = create_app(settings_for(tmp_path, mcp=Switch.ON)).openapi()

    assert with_it == create_app(settings_for(tmp_path)).openapi()


def test_set_on_without_the_extra_is_an_error_that_says_what_to_run(tmp_path: Path) -> None:
    code = "import sys; sys.modules['mcp'] = None;from service.commands.serve import app; app([])"

    completed = python(tmp_path, code, FAQ_MCP="on")

    assert (completed.returncode, completed.stdout) == (2, "")
    assert completed.stderr == (
        "FAQ_MCP is on, and what it needs is not installed. Run `pip install -c constraints.txt "
        "'.[mcp]'`, or set FAQ_MCP=off.\n"
    )


def test_serving_without_it_installs_nothing_of_it() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    needed = {Requirement(line).name for line in project["dependencies"]}
    extra = {Requirement(line).name for line in project["optional-dependencies"]["mcp"]}

    assert extra == {"mcp"}
    assert needed.isdisjoint(extra)


class Faulty(Retriever):
    """Fails in a way that nobody foresaw."""

    def answer(self, *_: Any, **__: Any) -> Any:
        raise RuntimeError("the secret text of a fault")


def open_faulty(folder: Path) -> Retriever:
    return Faulty(gather(version_store.load(folder)), HandEncoder())


def test_text_of_an_unforeseen_fault_stays_in_the_log(
    tmp_path: Path, index_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, mcp=Switch.ON)

    with serving(settings, open_faulty) as client:
        given = call(client, "tools/call", name="ask", arguments={"question": "why?"})

    assert given["error"]["message"].startswith("Something went wrong here.")
    assert "secret" not in json.dumps(given)
    assert "secret" in caplog.text


@pytest.mark.parametrize(("headers", "kept"), [({}, ["why?"]), ({"Sec-GPC": "1"}, [None])])
def test_text_of_a_question_is_not_kept_for_an_agent_that_asks_for_privacy(
    tmp_path: Path, index_folder: Path, headers: dict[str, str], kept: list[str | None]
) -> None:
    asked = {"name": "ask", "arguments": {"question": "why?"}}

    with serving(settings_for(tmp_path, index_dir=index_folder, mcp=Switch.ON)) as client:
        post(client, headers, {**LIST_TOOLS, "method": "tools/call", "params": asked})

    with closing(sqlite3.connect(tmp_path / "interactions.db")) as database:
        rows = database.execute("select question from interactions").fetchall()
    assert [row[0] for row in rows] == kept


def test_address_of_another_scheme_names_no_answer(client: TestClient) -> None:
    listed = call(client, "resources/list")
    read = call(client, "resources/read", uri="https://elsewhere.example/faq-pay")

    assert len(listed["result"]["resources"]) > 2
    assert read["error"]["message"] == "No answer has this address."


def test_page_of_a_foreign_origin_is_turned_away(client: TestClient) -> None:
    rebound = {"Host": "evil.example", "Origin": "http://evil.example"}

    refused = [post(client, {"Origin": "https://other.example"}), post(client, rebound)]

    assert [problem_of(response)["status"] for response in refused] == [403, 403]
    assert "FAQ_ALLOWED_ORIGINS" in refused[0].json()["detail"]


@pytest.mark.parametrize("origin", [{}, {"Origin": PAGE}], ids=["a program", "a page"])
def test_program_and_page_of_an_allowed_origin_are_let_in(
    client: TestClient, origin: dict[str, str]
) -> None:
    assert len(post(client, origin).json()["result"]["tools"]) == 2


def test_any_page_is_let_in_when_any_origin_is_allowed(tmp_path: Path) -> None:
    settings = settings_for(tmp_path, mcp=Switch.ON, allowed_origins=("*",))

    with serving(settings) as client:
        response = post(client, {"Origin": "https://other.example"})

    assert response.status_code == 200


@pytest.mark.parametrize(("switch", "status"), [(Switch.ON, 200), (Switch.OFF, 400)])
def test_agent_in_a_page_may_send_its_headers_only_where_agents_are_answered(
    tmp_path: Path, switch: Switch, status: int
) -> None:
    asked = {
        "Origin": PAGE,
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "mcp-protocol-version,mcp-method,mcp-name",
    }

    with serving(settings_for(tmp_path, mcp=switch, allowed_origins=(PAGE,))) as client:
        response = client.options("/mcp", headers=asked)

    assert response.status_code == status


def test_responses_are_json_with_the_headers_of_every_other_route(client: TestClient) -> None:
    response = post(client, {})

    assert response.headers["content-type"] == "application/json"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["x-request-id"]
    assert "mcp-session-id" not in response.headers


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_is_no_stream_to_hold_open_and_no_session_to_end(
    client: TestClient, method: str
) -> None:
    response = client.request(method, "/mcp", headers=ACCEPT)

    assert (problem_of(response)["status"], response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, {**LIST_TOOLS, "params": {"x": "x" * 65_536}}, 413),
        ({"Content-Type": "text/plain"}, LIST_TOOLS, 415),
    ],
    ids=["too large", "of another type"],
)
def test_body_has_the_limits_of_every_other_route(
    client: TestClient, headers: dict[str, str], body: Any, status: int
) -> None:
    assert problem_of(post(client, headers, body))["status"] == status


def test_requests_are_limited_apart_from_those_to_other_routes(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path, mcp=Switch.ON, rate_limit="2/hour")) as client:
        responses = [post(client, {}) for _ in range(3)]
        other = client.get("/v1/questions")

    assert [response.status_code for response in responses] == [200, 200, 429]
    assert int(responses[2].headers["retry-after"]) > 0
    assert other.status_code == 503
