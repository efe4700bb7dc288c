"""What no response may ever do: every route is walked, every setting holds a secret."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from fastapi import APIRouter, FastAPI
from fastapi.testclient import TestClient
from starlette.routing import Route

from corpus import load
from index.building.builder import build, recipe
from service.settings import SettingsError, known_variables, load_settings
from tests.support.encoding import HandEncoder
from tests.support.hostile import TAKEN
from tests.support.serving import ADMIN, TOKEN, serving, settings_for

MARKER = "marker-7c1f9e-secret"
NAMES = {"id": "faq-pay", "language": "ar", "ending": "csv"}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, index_folder: Path) -> Iterator[TestClient]:
    folder = tmp_path_factory.mktemp("service")
    with serving(settings_for(folder, index_dir=index_folder, mcp="on")) as client:
        yield client


def routes_of(router: FastAPI | APIRouter) -> Iterator[Route]:
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes_of(inner)
            continue
        assert isinstance(route, Route), f"{route} needs a walk of its own"
        yield route


def requests_to_every_route(app: FastAPI) -> Iterator[tuple[str, str]]:
    for route in routes_of(app):
        path = re.sub(r"\{(\w+)\}", lambda match: NAMES.get(match[1], "x"), route.path)
        for method in sorted(route.methods or {"GET", "POST"}):
            yield method, path


def test_every_route_is_strict(client: TestClient) -> None:
    app = client.app
    assert isinstance(app, FastAPI)
    walked = [*requests_to_every_route(app), ("GET", "/nowhere"), ("PUT", "/v1/ask")]
    assert {"/", "/admin", "/docs", "/faq", "/mcp", "/v1/ask"} <= {path for _, path in walked}

    for method, path in walked:
        for given in ({}, ADMIN):
            response = client.request(method, path, headers=given, follow_redirects=False)
            headers = response.headers
            policy = dict(
                part.split(" ", 1) for part in headers["content-security-policy"].split("; ")
            )

            assert policy["default-src"] == "'none'", path
            assert policy["frame-ancestors"] == policy["base-uri"] == "'none'", path
            assert policy["form-action"] in ("'none'", "'self'"), path
            assert "unsafe" not in str(policy), path
            assert not re.search(r"https?:|\*", str(policy)), f"{path} lets another server in"
            assert headers["x-content-type-options"] == "nosniff", path
            assert headers["referrer-policy"].removeprefix("strict-origin-when-cross-") in (
                "origin",
                "same-origin",
            ), path
            assert headers["cross-origin-opener-policy"] == "same-origin", path
            assert headers["cross-origin-resource-policy"] in ("same-origin", "cross-origin"), path
            assert "server" not in headers
            assert headers["x-request-id"], path
            assert TOKEN not in response.text
            assert "Traceback" not in response.text
            assert response.status_code != 500, path


@pytest.mark.parametrize("path", ["/", "/faq", "/docs", "/admin", "/nowhere"])
def test_page_takes_nothing_from_elsewhere_and_holds_no_inline_handler(
    path: str, client: TestClient
) -> None:
    response = client.get(path, headers=ADMIN)

    page = BeautifulSoup(response.text, "html.parser")
    loaded = [
        str(tag.get("src") or tag.get("href"))
        for tag in page.find_all(["script", "link", "img", "iframe"])
        if tag.get("src") or (tag.name == "link" and tag.get("rel") != ["canonical"])
    ]
    assert [address for address in loaded if address.startswith(("http", "//"))] == []
    named = [name for tag in page.find_all(True) for name in tag.attrs]
    assert [name for name in named if name.startswith("on") or name == "style"] == []


def test_hostile_content_comes_out_without_its_teeth(content: Path, runtime: Path) -> None:
    """An editor pastes it; what visitors' browsers get is text, or a few harmless tags."""
    attacks = [*TAKEN["html and script"], *TAKEN["markdown"], *TAKEN["templates"]]
    rows = [
        {
            "id": f"faq-hostile-{number}",
            "question": f"What is attack number {number}?",
            "answer": f"Here it is: {text}",
            "owner": "Editor",
            "reviewed": "2026-11-23",
        }
        for number, text in enumerate(attacks)
    ]
    (content / "faqs" / "hostile.yaml").write_text(yaml.safe_dump(rows), "utf-8")
    folder = content.parent
    build(load(content), folder / "index", HandEncoder(), recipe(runtime), cache=folder / "cache")

    with serving(settings_for(folder, index_dir=folder / "index")) as client:
        answers = [client.get(f"/v1/answers/{row['id']}").json()["html"] for row in rows]
        page = client.get("/faq").text
        saved = client.get("/widget/x/answers.json").json()

    assert len(answers) == len(attacks)
    texts = [*answers, *re.findall(r'"html": ?"((?:[^"\\]|\\.)*)"', json.dumps(saved))]
    assert [text for text in texts if teeth(text)] == []
    body = BeautifulSoup(page, "html.parser").find("main") or BeautifulSoup(page, "html.parser")
    assert teeth(str(body)) == []


HARMLESS = {
    *("p", "a", "strong", "em", "code", "pre", "ul", "ol", "li", "blockquote", "h1", "h2", "h3"),
    *("h4", "h5", "h6", "br", "hr", "table", "thead", "tbody", "tr", "th", "td", "s", "del"),
    *(
        "main",
        "header",
        "section",
        "article",
        "div",
        "span",
        "time",
        "nav",
        "small",
        "dl",
        "dt",
        "dd",
    ),
}


def teeth(html: str) -> list[str]:
    """Tags and attributes that can run, load or cover something."""
    tags = BeautifulSoup(html, "html.parser").find_all(True)
    bad_tags = [tag.name for tag in tags if tag.name not in HARMLESS]
    bad_names = [
        f"{tag.name} {name}"
        for tag in tags
        for name in tag.attrs
        if name.startswith("on") or name in {"style", "src", "srcdoc", "formaction", "srcset"}
    ]
    links = [str(tag["href"]) for tag in tags if tag.get("href")]
    bad_links = [link for link in links if re.match(r"\s*(javascript|data|vbscript):", link, re.I)]
    return bad_tags + bad_names + bad_links


@pytest.mark.parametrize("variable", known_variables())
def test_value_that_cannot_be_used_is_not_repeated(
    variable: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in known_variables():
        monkeypatch.delenv(name, raising=False)
    values = (MARKER, f"redis+{MARKER}://x", f"sqlite:///{MARKER}", f"{MARKER},{MARKER}")
    said = [message for value in values if (message := refusal(variable, value, monkeypatch))]

    assert [message for message in said if MARKER in message] == []
    assert [message for message in said if variable not in message] == []


def refusal(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """What is said about a value; empty when it can be used."""
    monkeypatch.setenv(variable, value)
    try:
        load_settings(Path("there is no such file"))
    except SettingsError as error:
        return str(error)
    return ""
