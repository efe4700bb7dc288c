"""Several sites in one service: what each has, and what the service itself has."""

import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.extras.tenants.site_file import read_sites
from service.ops.observability import JsonFormatter
from service.settings import Settings, SettingsError
from tests.support.hosting import (
    BAKERY,
    KITCHEN,
    ONLY_THERE,
    ORIGINS,
    TOKENS,
    hosting,
    sites_file,
)
from tests.support.serving import ADMIN, TOKEN, problem_of

PAY = "Do cooks earn more than bakers?"


@pytest.fixture(scope="module")
def client(site_indexes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """Two sites that no test changes."""
    folder = tmp_path_factory.mktemp("sites")
    (folder / "indexes").symlink_to(site_indexes)
    with hosting(folder, sites_file(folder)) as client:
        yield client


def test_each_site_answers_from_its_own_content(client: TestClient) -> None:
    there = client.get(f"{KITCHEN}/v1/answers/faq-pay").json()
    here = client.get(f"{BAKERY}/v1/answers/faq-pay").json()

    assert there["text"].startswith(ONLY_THERE)
    assert here["text"].startswith("Pay is much the same")
    assert here["url"] == "/sites/bakery/faq#faq-pay"


def test_each_site_has_its_contact_and_its_words(sites_folder: Path) -> None:
    replies = {"not_covered": "No idea.", "nearest": "But:", "contact": "Ask {url}."}
    file = sites_file(sites_folder, bakery={"replies": replies})
    with hosting(sites_folder, file) as client:
        said = [
            client.post(
                f"{site}/v1/ask", json={"question": "Does a butcher thank the morning?"}
            ).json()
            for site in (BAKERY, KITCHEN)
        ]

    assert said[0]["message"] == "No idea. But: Ask jobs@bakery.example."
    assert said[1]["message"].endswith("You can ask a person at jobs@kitchen.example.")


def test_links_of_a_site_stay_within_it(client: TestClient) -> None:
    demo = client.get(f"{BAKERY}/").text
    guide = client.get(f"{BAKERY}/faq").text

    assert f'src="http://testserver{BAKERY}/widget.js"' in demo.replace("&#34;", '"')
    for page in (demo, guide):
        assert 'href="/' not in page.replace(f'href="{BAKERY}/', "")
    assert f'"url": "{BAKERY}/faq#faq-pay"' in client.get(f"{BAKERY}/faq.jsonld").text


def test_address_without_the_slash_leads_to_the_one_with_it(client: TestClient) -> None:
    response = client.get(BAKERY, follow_redirects=False)

    assert response.status_code == 308
    assert response.headers["location"] == f"{BAKERY}/"
    assert client.get(BAKERY).status_code == 200


@pytest.mark.parametrize(
    "path",
    [
        "/sites/butcher/v1/questions",
        "/sites/butcher",
        "/sites/",
        "/sites",
        "/sites/Bakery/healthz",
        "/v1/questions",
        "/",
        "/faq",
        "/admin",
        "/widget.js",
        "/openapi.json",
        f"{BAKERY}/metrics",
        f"{BAKERY}{BAKERY}/v1/questions",
        f"{BAKERY}{KITCHEN}/v1/questions",
    ],
)
def test_what_no_site_has_is_not_found(path: str, client: TestClient) -> None:
    response = client.get(path)

    assert response.status_code == 404
    problem_of(response)
    assert response.headers["x-request-id"]
    assert "kitchen" not in response.text


def test_service_itself_takes_nothing(client: TestClient) -> None:
    response = client.post("/readyz")

    assert response.status_code == 405
    assert response.headers["allow"] == "GET, HEAD"


def test_service_is_ready_when_a_site_is(sites_folder: Path) -> None:
    file = sites_file(sites_folder, kitchen={"index_dir": "nowhere"})
    with hosting(sites_folder, file) as client:
        assert client.get("/readyz").json() == {"status": "ready"}
        assert client.get(f"{BAKERY}/readyz").status_code == 200
        problem = problem_of(client.get(f"{KITCHEN}/readyz"))
        assert problem["status"] == 503

    nothing = {"index_dir": "nowhere"}
    with hosting(sites_folder, sites_file(sites_folder, kitchen=nothing, bakery=nothing)) as client:
        assert problem_of(client.get("/readyz"))["status"] == 503
        assert client.get("/healthz").json() == {"status": "ok"}


def test_metrics_are_by_site(sites_folder: Path) -> None:
    with hosting(sites_folder, sites_file(sites_folder)) as client:
        for site in (BAKERY, BAKERY, KITCHEN):
            client.post(f"{site}/v1/ask", json={"question": PAY})
        client.get("/sites/butcher/v1/questions")
        text = client.get("/metrics").text

    asked = 'faq_requests_total{method="POST",route="/v1/ask",site="%s",status="200"} %s'
    assert asked % ("bakery", "2.0") in text
    assert asked % ("kitchen", "1.0") in text
    unknown = 'faq_requests_total{method="GET",route="unmatched",site="",status="404"} 1.0'
    assert unknown in text
    assert text.count("\nfaq_index_info{") == 2
    assert "butcher" not in text
    assert 'faq_answers_due{site="bakery",state="overdue"} 0.0' in text
    assert "faq_request_seconds_count{" in text
    assert 'faq_request_seconds_count{route="/v1/ask"}' in text


def test_faults_of_the_file_stop_the_service_from_starting(tmp_path: Path) -> None:
    file = tmp_path / "sites.yaml"
    file.write_text("bakery:\n  index_dirr: x\nKitchen: {index_dir: x}\n", "utf-8")

    with pytest.raises(SettingsError) as raised, hosting(tmp_path, file):
        pass

    lines = str(raised.value).splitlines()
    assert lines[0].startswith("FAQ_SITES: ")
    assert [line.split(": ")[:2] for line in lines[1:]] == [
        [f"{file}, line 1", "bakery.index_dir"],
        [f"{file}, line 2", "bakery.index_dirr"],
        [f"{file}, line 3", "Kitchen"],
    ]


def test_log_says_which_site_it_is_about(
    sites_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.handler.setFormatter(JsonFormatter())
    with caplog.at_level(logging.INFO), hosting(sites_folder, sites_file(sites_folder)) as client:
        client.get(f"{BAKERY}/healthz")
        client.get("/healthz")

    lines = [json.loads(line) for line in caplog.text.splitlines()]
    loaded = {line.get("site") for line in lines if line["message"].startswith("index loaded")}
    served = [line.get("site") for line in lines if line["logger"] == "service.access"]
    assert loaded == {"bakery", "kitchen"}
    assert served == ["bakery", None]


def test_each_site_has_its_own_limit(sites_folder: Path) -> None:
    with hosting(sites_folder, sites_file(sites_folder), rate_limit="2/hour") as client:
        here = [client.get(f"{BAKERY}/v1/questions").status_code for _ in range(3)]
        there = [client.get(f"{KITCHEN}/v1/questions").status_code for _ in range(3)]

    assert here == there == [200, 200, 429]


def test_operator_may_administer_a_site_without_a_token(sites_folder: Path) -> None:
    file = sites_file(sites_folder, kitchen={"admin_token": None})
    with hosting(sites_folder, file, admin_token=TOKEN) as client:
        reload_, operator = "/v1/index/reload", ADMIN
        assert client.post(f"{KITCHEN}{reload_}", headers=operator).status_code == 200
        assert client.post(f"{BAKERY}{reload_}", headers=operator).status_code == 401
    with hosting(sites_folder, file) as client:
        assert client.post(f"{KITCHEN}{reload_}", headers=operator).status_code == 403


def test_page_of_a_site_may_ask_it(client: TestClient) -> None:
    asked = {"Origin": ORIGINS["bakery"], "Access-Control-Request-Method": "POST"}
    preflight = client.options(f"{BAKERY}/v1/ask", headers=asked)

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-origin"] == ORIGINS["bakery"]


def test_settings_that_each_site_has_are_refused_for_all(sites_folder: Path) -> None:
    with (
        pytest.raises(SettingsError, match="FAQ_ALLOWED_ORIGINS: with FAQ_SITES, each site has"),
        hosting(sites_folder, sites_file(sites_folder), allowed_origins=("https://a.example",)),
    ):
        pass


def test_token_of_a_site_does_not_print(sites_folder: Path) -> None:
    sites = read_sites(sites_file(sites_folder), Settings())

    assert TOKENS["bakery"] not in repr(sites)
