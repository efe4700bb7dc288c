import csv
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient

from corpus.models import EntryModel
from service.analytics.database import ClickKind, Database
from service.analytics.queries import Topic
from tests.support.asking import asked, clicked, said
from tests.support.serving import ADMIN, TOKEN, problem_of, serving, settings_for

EVIL = "<script>alert(1)</script> oven?"
FORMULAS = {
    "=HYPERLINK(1)": "'=HYPERLINK(1)",
    "pay; =A1": "pay;' =A1",
    "\uff1dA1": "'\uff1dA1",
    'x;"=A1"': 'x;"\'=A1"',
    "\u200b@SUM(1)": "'\u200b@SUM(1)",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("admin")
    database = Database(f"sqlite:///{folder}/interactions.db")
    liked, disliked = asked("Do cooks earn more?", "answer"), asked("bread?", "answer")
    others = [asked(f"oven and morning {number}", "clarify") for number in range(3)]
    database.write(
        [asked(EVIL), asked("a night oven"), *map(asked, FORMULAS), liked, disliked, *others],
        [said(liked, True), said(disliked, False)],
        [
            clicked(liked, ClickKind.SOURCE),
            *(clicked(other, ClickKind.SUGGESTION) for other in others[:2]),
        ],
    )
    database.close()
    return folder


@pytest.fixture
def client(folder: Path, index_folder: Path) -> Iterator[TestClient]:
    with serving(settings_for(folder, index_dir=index_folder)) as client:
        yield client


@pytest.fixture
def signed_in(client: TestClient) -> TestClient:
    response = client.post("/admin/login", data={"token": TOKEN})
    assert response.status_code == 200
    return client


def form_key(client: TestClient) -> str:
    field = BeautifulSoup(client.get("/admin").text, "html.parser").select_one("[name=form_key]")
    assert field
    return str(field["value"])


def test_page_asks_to_sign_in(client: TestClient) -> None:
    response = client.get("/admin")

    assert response.status_code == 401
    assert 'action="admin/login"' in response.text
    assert "What people ask" not in response.text


def test_token_buys_a_cookie_that_scripts_and_other_sites_cannot_use(client: TestClient) -> None:
    response = client.post("/admin/login", data={"token": TOKEN}, follow_redirects=False)

    assert (response.status_code, response.headers["location"]) == (303, "../admin")
    cookie = response.headers["set-cookie"]
    assert re.fullmatch(
        r"faq_admin=\S+; HttpOnly; Max-Age=86400; Path=/admin; SameSite=strict", cookie
    )
    assert TOKEN not in cookie
    assert client.get("/admin").status_code == 200


def test_cookie_stays_on_https(client: TestClient) -> None:
    client.base_url = "https://testserver"
    response = client.post("/admin/login", data={"token": TOKEN}, follow_redirects=False)

    assert "; Secure" in response.headers["set-cookie"]


def test_wrong_token_is_refused_and_too_many_tries_too(client: TestClient) -> None:
    statuses = [client.post("/admin/login", data={"token": "x"}).status_code for _ in range(11)]

    assert statuses == [401] * 10 + [429]
    assert client.post("/admin/login", data={"token": TOKEN}).status_code == 429
    assert "set-cookie" not in client.get("/admin").headers


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}, {"Origin": "null"}],
)
def test_form_from_another_site_is_refused(headers: dict[str, str], signed_in: TestClient) -> None:
    key = form_key(signed_in)
    for path in ("/admin/logout", "/admin/erase"):
        response = signed_in.post(path, data={"form_key": key}, headers=headers)
        assert problem_of(response)["status"] == 401
    login = signed_in.post("/admin/login", data={"token": TOKEN}, headers=headers)
    assert login.status_code == 403


def test_form_from_our_own_page_is_taken(signed_in: TestClient) -> None:
    headers = {"Origin": "http://testserver", "Sec-Fetch-Site": "same-origin"}
    response = signed_in.post(
        "/admin/logout", data={"form_key": form_key(signed_in)}, headers=headers
    )

    assert response.status_code == 200
    assert 'faq_admin=""' in response.headers["set-cookie"]
    assert signed_in.get("/admin").status_code == 401


def test_signing_out_ends_the_session_in_every_worker_and_for_every_copy(
    signed_in: TestClient, folder: Path, index_folder: Path
) -> None:
    copy = dict(signed_in.cookies)
    signed_in.post("/admin/logout", data={"form_key": form_key(signed_in)})

    with serving(settings_for(folder, index_dir=index_folder)) as another:
        for client in (signed_in, another):
            client.cookies.update(copy)
            for path in ("/admin", "/admin/exchanges.csv"):
                assert client.get(path).status_code == 401


@pytest.mark.parametrize("path", ["/admin/login", "/admin/logout", "/admin/erase"])
def test_form_of_too_many_fields_is_refused(path: str, signed_in: TestClient) -> None:
    fields = {f"field{number}": "x" for number in range(100)}

    assert signed_in.post(path, data=fields).status_code == 401


@pytest.mark.parametrize("key", ["", "x", "é"])
def test_form_without_its_key_is_refused(key: str, signed_in: TestClient) -> None:
    assert signed_in.post("/admin/erase", data={"form_key": key}).status_code == 401


def test_program_may_send_the_token_itself(client: TestClient) -> None:
    assert client.get("/admin", headers=ADMIN).status_code == 200
    assert client.get("/admin", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/admin/exchanges.csv", headers=ADMIN).status_code == 200


def test_page_is_off_without_a_token(folder: Path, index_folder: Path) -> None:
    with serving(settings_for(folder, index_dir=index_folder, admin_token=None)) as client:
        pages = [
            client.get("/admin", headers=ADMIN),
            client.post("/admin/login", data={"token": TOKEN}),
        ]
        refused = [client.get("/admin/exchanges.csv"), client.post("/admin/logout")]

    for page in pages:
        assert page.status_code == 403
        assert "Set FAQ_ADMIN_TOKEN" in page.text
    assert [problem_of(response)["status"] for response in refused] == [401, 401]


def test_page_needs_no_script_and_no_style_that_its_policy_forbids(signed_in: TestClient) -> None:
    response = signed_in.get("/admin")
    page = BeautifulSoup(response.text, "html.parser")
    policy = response.headers["content-security-policy"]

    assert "script-src" not in policy
    assert "unsafe" not in policy
    assert "form-action 'self'" in policy
    assert page.find_all("script") == []
    assert page.select("[style], [onclick]") == []
    assert response.headers["cache-control"] == "no-store"


def test_what_visitors_wrote_is_shown_as_text(signed_in: TestClient) -> None:
    text = signed_in.get("/admin").text

    assert "&lt;script&gt;alert(1)&lt;/script&gt; oven?" in text
    assert "<script>" not in text


def test_gap_can_be_pasted_as_an_entry_with_the_nearest_beside_it(signed_in: TestClient) -> None:
    page = BeautifulSoup(signed_in.get("/admin").text, "html.parser")
    gaps = page.select(".gap")
    assert len(gaps) == 3

    for gap in gaps:
        yaml_text = gap.select("pre")[0].get_text()
        (fields,) = yaml.load(yaml_text, yaml.BaseLoader)  # noqa: S506 - builds strings alone
        EntryModel.model_validate(fields)
        assert gap.select(".side li a")


def test_figures_say_what_happened(signed_in: TestClient) -> None:
    page = BeautifulSoup(signed_in.get("/admin").text, "html.parser")

    figures = {
        box.dt.get_text(): " ".join(box.dd.get_text().split())
        for box in page.select(".figures div")
        if box.dt and box.dd
    }
    assert figures == {
        "Questions": "12",
        "Answered": "2 17 %",
        "Asked back": "3 25 %",
        "No answer": "7 58 %",
        "Thumbs up": "1 50 %",
        "Thumbs down": "1 50 %",
        "Sources opened": "1 8 %",
        "Suggestions taken": "2 17 %",
        "People contacted": "0 0 %",
    }
    assert len(page.select("svg.chart")) == 2
    assert "live" in page.select("table")[-1].get_text()


def test_answers_and_ratings_are_listed_and_a_record_is_erased_where_it_stands(
    tmp_path: Path, index_folder: Path
) -> None:
    database = Database(f"sqlite:///{tmp_path}/interactions.db")
    old, liked, disliked = (
        asked("long ago", days_ago=10),
        asked("Do cooks earn more?", "answer"),
        asked("bread?"),
    )
    ratings = [said(liked, True), said(disliked, False, "Stale.")]
    database.write([old, liked, disliked], ratings, [clicked(liked, ClickKind.SOURCE)])
    database.close()

    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        client.post("/admin/login", data={"token": TOKEN})
        page = BeautifulSoup(client.get("/admin?days=7").text, "html.parser")
        erase = page.select_one("[aria-label=Ratings] form:has([value='" + disliked.id + "'])")
        assert erase
        form = {str(field["name"]): str(field["value"]) for field in erase.select("input")}
        erased = client.post(f"/{erase['action']}", data=form)

    def rows(region: str) -> list[list[str]]:
        found = page.select(f"[aria-label={region}] tbody tr")
        return [[cell.get_text(strip=True) for cell in row.select("td")] for row in found]

    title = "Do cooks earn more than bakers?"
    assert rows("Answers") == [[title, "1", "1", "0", "1"]]
    assert sorted(rows("Ratings")) == [
        ["Do cooks earn more?", title, "up", "none", "Erase"],
        ["bread?", "none", "down", "Stale.", "Erase"],
    ]
    assert "+100 % on the period before" in page.select(".figures dd")[0].get_text()
    assert erased.status_code == 200


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        (Topic.CLARIFIED, "oven and morning"),
        (Topic.UNHELPFUL, "bread?"),
        (Topic.REFUSED, "Nothing"),
    ],
)
def test_topics_are_shown_apart(topic: Topic, expected: str, signed_in: TestClient) -> None:
    text = signed_in.get("/admin", params={"topic": topic.value, "days": 7}).text

    assert expected in text
    assert "night oven" not in text


def test_page_past_the_last_says_so(signed_in: TestClient) -> None:
    assert "on this page" in signed_in.get("/admin", params={"page": 9}).text


@pytest.mark.parametrize("query", ["days=0", "days=x", "topic=nonsense", "page=0"])
def test_nonsense_is_refused(query: str, signed_in: TestClient) -> None:
    assert problem_of(signed_in.get(f"/admin?{query}"))["status"] == 422


def test_export_holds_everything_and_no_formula(signed_in: TestClient) -> None:
    response = signed_in.get("/admin/exchanges.csv", params={"topic": "asked"})
    rows = list(csv.DictReader(response.text.splitlines()))

    assert len(rows) == 7 + len(FORMULAS)
    assert response.headers["content-disposition"].startswith('attachment; filename="asked-')
    assert set(FORMULAS.values()) <= {row["question"] for row in rows}
    assert EVIL in {row["question"] for row in rows}
    assert {row["helpful"] for row in rows} == {"True", "False", ""}


def test_exchange_is_erased_by_a_form(tmp_path: Path, index_folder: Path) -> None:
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        id_ = client.post("/v1/ask", json={"question": "bread"}).json()["interaction_id"]
        client.post("/admin/login", data={"token": TOKEN})
        form = {"form_key": form_key(client), "interaction": f" {id_} "}
        first, second = (client.post("/admin/erase", data=form) for _ in range(2))

    assert (first.status_code, second.status_code) == (200, 404)


def test_missing_database_is_reported(tmp_path: Path, index_folder: Path) -> None:
    (tmp_path / "interactions.db").write_bytes(b"no database" * 100)
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        pages = [client.get(path, headers=ADMIN) for path in ("/admin", "/admin/exchanges.csv")]

    assert [page.status_code for page in pages] == [503, 503]
    assert all("read the database just now" in page.text for page in pages)
