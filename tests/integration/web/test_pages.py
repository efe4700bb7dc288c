import base64
import gzip
import hashlib
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import cast

import brotli
import pytest
from fastapi.testclient import TestClient

from index import Retriever
from index.datatypes import Kind
from index.errors import IndexMissing
from service.web.widget_bundle import load_bundle
from tests.browser.scripted_service import ScriptedRetriever
from tests.support.serving import problem_of, serving, settings_for

MADE = ("/faq", "/faq.jsonld", "/widget/x/answers.json")
"""Paths of what is made from the index."""
SCRIPTS = re.compile(r"<script type=\"module\">(.*?)</script>", re.DOTALL)
STYLES = re.compile(r"<style>(.*?)</style>", re.DOTALL)


@pytest.fixture(scope="module")
def retriever() -> ScriptedRetriever:
    return ScriptedRetriever()


@pytest.fixture(scope="module")
def client(
    tmp_path_factory: pytest.TempPathFactory, retriever: ScriptedRetriever
) -> Iterator[TestClient]:
    settings = settings_for(tmp_path_factory.mktemp("pages"))
    with serving(settings, lambda _: cast(Retriever, retriever)) as client:
        yield client


class Ids(HTMLParser):
    """Collects the ids of a page, and where its links inside lead to."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.targets: set[str] = set()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.append(str(given["id"]))
        if (given.get("href") or "").startswith("#"):
            self.targets.add(str(given["href"])[1:])


def test_name_of_the_only_file_is_no_heading(client: TestClient) -> None:
    page = client.get("/faq").text

    assert ">Jobs<" not in page
    assert 'href="#_questions"' in page


def test_every_unit_has_its_anchor_on_the_page(
    client: TestClient, retriever: ScriptedRetriever
) -> None:
    page = Ids(client.get("/faq").text)

    shown = [
        unit
        for unit in retriever.units.values()
        if unit.kind in (Kind.FAQ, Kind.PASSAGE, Kind.COMPARISON)
    ]
    expected = {unit.id for unit in shown} | {side.id for unit in shown for side in unit.sides}
    assert set(page.ids) >= expected
    assert len(page.ids) == len(set(page.ids))
    assert page.targets <= set(page.ids)


@pytest.mark.parametrize("path", ["/faq", "/docs"])
def test_page_is_whole_without_its_one_script(path: str, client: TestClient) -> None:
    text = client.get(path).text

    found = re.findall(r"<script[^>]*>", text)
    assert [one for one in found if "ld+json" not in one] == ['<script type="module">']
    assert text.index('<script type="module">') > text.index("</main>")
    hidden = re.findall(r"<(\w+)[^>]* hidden>", text)
    assert set(hidden) <= {"form", "pre"}, "what needs the script is shown by it"


def test_json_ld_is_the_same_on_the_page_and_alone(
    client: TestClient, retriever: ScriptedRetriever
) -> None:
    text = client.get("/faq").text
    alone = client.get("/faq.jsonld")

    inside = text.split('<script type="application/ld+json">')[1].split("</script>")[0]
    assert json.loads(inside) == alone.json()
    assert alone.headers["content-type"] == "application/ld+json"
    assert [one["name"] for one in alone.json()["mainEntity"]] == [
        unit.title for unit in retriever.units.values() if unit.kind is Kind.FAQ
    ]


@pytest.mark.parametrize("path", ["/", "/faq", "/docs"])
def test_policy_lets_in_the_inline_parts_of_the_page_by_hash(path: str, client: TestClient) -> None:
    response = client.get(path)

    policy = response.headers["content-security-policy"]
    for part in (*SCRIPTS.findall(response.text), *STYLES.findall(response.text)):
        digest = base64.b64encode(hashlib.sha256(part.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "unsafe" not in policy
    assert "require-trusted-types-for 'script'" in policy


def test_demo_page_prints_the_integrity_of_what_is_served(client: TestClient) -> None:
    text = client.get("/").text

    bundle = load_bundle()
    assert f'integrity="{bundle.integrity}"' in text
    served = client.get(f"/widget/{bundle.version}/widget.js").content
    digest = base64.b64encode(hashlib.sha384(served).digest()).decode()
    assert bundle.integrity == f"sha384-{digest}"


def test_address_of_the_request_is_no_way_into_the_page(client: TestClient) -> None:
    text = client.get("/", headers={"Host": 'x"><script>alert(1)</script>'}).text

    assert "<script>alert(1)" not in text


def test_versioned_widget_may_be_kept_for_ever_and_the_other_for_minutes(
    client: TestClient,
) -> None:
    pinned = client.get(f"/widget/{load_bundle().version}/widget.js")
    latest = client.get("/widget.js")

    assert pinned.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert latest.headers["cache-control"] == "public, max-age=300"
    assert pinned.content == latest.content
    for response in (pinned, latest):
        assert response.headers["content-type"] == "text/javascript; charset=utf-8"
        assert response.headers["access-control-allow-origin"] == "*"
        assert response.headers["cross-origin-resource-policy"] == "cross-origin"


def test_address_of_another_version_leads_to_the_current_one(client: TestClient) -> None:
    response = client.get("/widget/0123456789ab/widget.js", follow_redirects=False)

    assert response.status_code == 307
    assert response.headers["location"].endswith("/widget.js")
    assert response.headers["cache-control"] == "no-cache"


@pytest.mark.parametrize(
    "path", ["/", "/faq", "/faq.jsonld", "/widget.js", "/widget/x/answers.json"]
)
def test_what_is_known_already_is_not_sent_again(path: str, client: TestClient) -> None:
    first = client.get(path)
    again = client.get(path, headers={"If-None-Match": first.headers["etag"]})

    assert (first.status_code, again.status_code) == (200, 304)
    assert again.content == b""
    assert again.headers["etag"] == first.headers["etag"]


@pytest.mark.parametrize("path", ["/", "/faq", "/widget.js", "/widget/x/answers.json"])
def test_client_gets_the_compression_that_it_accepts(path: str, client: TestClient) -> None:
    plain = client.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    assert "content-encoding" not in plain.headers
    for coding, unpack in (("br", brotli.decompress), ("gzip", gzip.decompress)):
        with client.stream("GET", path, headers={"Accept-Encoding": coding}) as packed:
            raw = b"".join(packed.iter_raw())
        assert packed.headers["content-encoding"] == coding
        assert "Accept-Encoding" in packed.headers["vary"]
        assert unpack(raw) == plain.content


@pytest.mark.parametrize("path", ["/", "/faq", "/widget.js"])
def test_head_is_answered_without_a_body(path: str, client: TestClient) -> None:
    response = client.head(path)

    assert response.status_code == 200
    assert response.content == b""


@pytest.mark.parametrize("path", MADE)
def test_pages_made_from_the_index_say_so_while_there_is_none(
    path: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    def missing(_: object) -> Retriever:
        raise IndexMissing("there is none")

    with serving(settings_for(tmp_path_factory.mktemp("none")), missing) as client:
        assert problem_of(client.get(path))["status"] == 503
        assert client.get("/").status_code == 200


def test_answer_past_its_date_is_shown_nowhere(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    retriever = ScriptedRetriever()
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    retriever.units["faq-hours"] = replace(retriever.units["faq-hours"], valid_until=yesterday)
    settings = settings_for(tmp_path_factory.mktemp("expired"))
    with serving(settings, lambda _: cast(Retriever, retriever)) as client:
        texts = [
            client.get(path).text for path in ("/faq", "/faq.jsonld", "/widget/x/answers.json")
        ]

    assert ["Early, before it is hot" in text for text in texts] == [False, False, False]
