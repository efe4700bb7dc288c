"""The studio's pages, as a browser without script sends their forms."""

import base64
import hashlib
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import urlencode

import pytest
import yaml
from bs4 import BeautifulSoup
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, Phase, example, given, settings
from hypothesis import strategies as st
from starlette.routing import Route

from service.api.people import RECORDS, PersonRecord
from service.settings import Switch
from service.studio.pages import ask_routes, content_routes, import_routes, publish_routes
from tests.support.asking import asked, said
from tests.support.hostile import EVERY
from tests.support.publishing import built
from tests.support.serving import ADMIN, serving, settings_for
from tests.support.studio import form_of, visiting

PAGES = (
    "content/ask",
    "content/visitors",
    "content",
    "content/entry/faq-pay",
    "content/import",
    "content/new/boundary",
    "content/publish",
)
WRITING = (
    "content/entry/faq-pay",
    "content/new/entry",
    "content/check/entry",
    "content/section/art-hours",
    "content/check/section",
    "content/preview",
    "content/publish",
    "content/undo",
    "content/ask",
    "content/teach",
    "content/dismiss",
    "content/draft-entry",
    "content/import",
    "content/import/save",
    "content/import/undo",
)
PAY = "content/entry/faq-pay"
PREVIEW = "form[action$='preview']"
ASK = "http://testserver/v1/ask"
PASTED = "Is there parking?\n\nBehind the bakery.\n\nMay dogs come in?\n\nNo, never.\n"


@pytest.fixture(scope="module")
def published(runtime: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with content, and an index of it; to be copied."""
    from tests.support.paths import CONTENT

    folder = tmp_path_factory.mktemp("published")
    shutil.copytree(CONTENT, folder / "content")
    built(folder / "content", runtime, folder / "index", publish=True)
    return folder


@pytest.fixture
def folder(published: Path, tmp_path: Path) -> Path:
    return shutil.copytree(published, tmp_path / "site")


@pytest.fixture
def client(folder: Path, runtime: Path) -> Iterator[TestClient]:
    settings = settings_for(folder / "index", corpus_dir=folder / "content")
    with visiting(settings, runtime) as client:
        client.base_url = client.base_url.join("/admin/")
        yield client


def entries(folder: Path) -> dict[str, dict[str, object]]:
    texts = (folder / "content/faqs").glob("*.yaml")
    return {one["id"]: one for path in texts for one in yaml.safe_load(path.read_text("utf-8"))}


def test_list_is_searched_and_filtered(client: TestClient) -> None:
    everything = client.get("content").text
    found = client.get("content?q=become+BAKER&kind=entry").text

    assert "Do cooks earn more than bakers?" in everything
    assert "entry/faq-start" in found
    assert "entry/faq-pay" not in found
    assert "I found nothing like that" in client.get("content?q=unicorn").text
    assert "<b>x" not in client.get("content?q=<b>x").text


def test_changed_answer_is_written_and_not_live_yet(client: TestClient, folder: Path) -> None:
    form = form_of(client, PAY) | {"answer": ["Much **more**.\r\n\r\nReally."], "action": ["save"]}
    page = client.post(PAY, data=form)

    assert page.status_code == 200
    assert entries(folder)["faq-pay"]["answer"] == "Much **more**.\n\nReally."
    assert "Saved." in page.text
    assert "not live yet" in page.text
    assert "entry/faq-pay" in client.get("content?state=unpublished").text


def test_reviewed_today_is_one_click(client: TestClient, folder: Path) -> None:
    client.post(PAY, data=form_of(client, PAY) | {"action": ["reviewed"]})

    assert str(entries(folder)["faq-pay"]["reviewed"]) > "2026-11-01"


def test_findings_stand_at_their_fields_and_nothing_is_lost(
    client: TestClient, folder: Path
) -> None:
    before = entries(folder)
    sent = {"related": ["no-such-id"], "answer": ["Half a text <b>"], "reviewed": ["soon"]}
    page = client.post(PAY, data=form_of(client, PAY) | sent)

    assert page.status_code == 422
    assert "Half a text &lt;b&gt;" in page.text
    assert re.search(r'id="say-reviewed"[^§]*?To correct', page.text)
    assert entries(folder) == before


def test_second_editor_sees_the_difference_and_may_keep_theirs(
    client: TestClient, folder: Path
) -> None:
    first, second = form_of(client, PAY), form_of(client, PAY)
    client.post(PAY, data=first | {"answer": ["The first."]})
    page = client.post(PAY, data=second | {"answer": ["The second."]})

    assert page.status_code == 412
    assert "The first." in page.text
    assert "The second." in page.text
    assert entries(folder)["faq-pay"]["answer"] == "The first."
    etag = re.search(r'name="etag" value="(\w+)"', page.text)
    assert etag
    client.post(PAY, data=second | {"answer": ["The second."], "etag": [etag[1]]})
    assert entries(folder)["faq-pay"]["answer"] == "The second."


def test_deleting_says_what_would_break(client: TestClient, folder: Path) -> None:
    new = {"question": ["Is it warm?"], "answer": ["Very."], "id": ["warm"]}
    client.post("content/new/entry", data=form_of(client, "content/new/entry") | new)
    client.post(PAY, data=form_of(client, PAY) | {"related": ["warm Is it warm?"]})
    form = form_of(client, "content/entry/warm") | {"action": ["delete"]}

    refused = client.post("content/entry/warm", data=form)
    assert refused.status_code == 422
    assert "faqs/jobs.yaml" in refused.text
    client.post(PAY, data=form_of(client, PAY) | {"related": [""]})
    client.post("content/entry/warm", data=form)
    assert "warm" not in entries(folder)


def test_file_that_cannot_be_read_is_named_and_the_text_kept(
    client: TestClient, folder: Path
) -> None:
    form = form_of(client, PAY)
    (folder / "content/faqs/broken.yaml").write_text("- id: [", "utf-8")

    assert "faqs/broken.yaml" in client.get("content").text
    page = client.post(PAY, data=form | {"answer": ["My own words."]})
    assert page.status_code == 422
    assert "My own words." in page.text
    assert (
        "faqs/broken.yaml"
        in client.post("content/preview", data=form_of(client, "content/publish", PREVIEW)).text
    )


def test_publish_shows_what_changes_goes_live_and_is_undone(client: TestClient) -> None:
    new = {"question": ["May I bake at night?"], "answer": ["At night only."]}
    client.post("content/new/entry", data=form_of(client, "content/new/entry") | new)
    key = form_of(client, "content/publish", PREVIEW)

    preview = client.post("content/preview", data=key)
    assert "May I bake at night?" in preview.text
    done = client.post("content/publish", data=key)
    assert (done.status_code, "live. That took" in done.text) == (200, True)
    asked = client.post(ASK, json={"question": "May I bake at night?"}).json()
    assert asked["answer"]["text"] == "At night only."
    undone = client.post("content/undo", data=key)
    assert undone.status_code == 200
    asked = client.post(ASK, json={"question": "May I bake at night?"}).json()
    assert (asked["answer"] or {}).get("text") != "At night only."


def test_preview_is_sanitised(client: TestClient) -> None:
    form = form_of(client, PAY) | {"answer": ["**b** <script>x()</script>"], "part": ["preview"]}
    form["source_url"] = ["javascript:x()"]
    page = client.post("content/check/entry", data=form)

    assert "<script>x" not in page.text
    assert 'href="javascript' not in page.text
    assert "<strong>b</strong>" in page.text


@pytest.mark.parametrize("path", WRITING)
def test_form_of_another_session_is_kept_and_not_carried_out(
    client: TestClient, folder: Path, path: str
) -> None:
    before = entries(folder)
    page = client.post(path, data={"form_key": "forged", "question": "Mine?", "answer": "Mine."})

    assert page.status_code == 403
    assert "Mine." in page.text
    assert entries(folder) == before


@pytest.mark.parametrize("path", WRITING)
def test_other_sites_send_no_form(client: TestClient, path: str) -> None:
    key = form_of(client, "content/publish", PREVIEW)
    headers = {"Origin": "https://evil.example"}

    assert client.post(path, data=key, headers=headers).status_code == 401


def test_text_outlives_the_session(client: TestClient) -> None:
    form = form_of(client, PAY) | {"answer": ["Hours of work."]}
    client.cookies.clear()
    page = client.post(PAY, data=form)

    assert page.status_code == 401
    assert "Hours of work." in page.text
    assert "careers team" not in page.text.lower()


@pytest.mark.parametrize("path", PAGES)
def test_pages_ask_to_sign_in_and_lead_back(client: TestClient, path: str) -> None:
    client.cookies.clear()
    page = client.get(path)

    assert page.status_code == 401
    assert f'name="to" value="{path}"' in page.text


def test_pages_say_that_no_folder_is_set(tmp_path: Path, index_folder: Path) -> None:
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        page = client.get("/admin/content", headers=ADMIN)

    assert page.status_code == 404
    assert "FAQ_CORPUS_DIR" in page.text


@pytest.mark.parametrize("path", PAGES)
def test_policy_allows_what_the_page_holds_and_no_more(client: TestClient, path: str) -> None:
    policy = client.get(path).headers["content-security-policy"]

    assert "unsafe" not in policy
    assert "default-src 'none'" in policy


def test_section_and_its_questions_are_changed_in_the_article(
    client: TestClient, folder: Path
) -> None:
    place = "content/section/art-hours"
    form = form_of(client, place)
    sent = {
        "text": [form["text"][0].replace("morning.", "morning. Early.")],
        "questions": ["when do bakers get up"],
    }
    page = client.post(place, data=form | sent)

    assert "Saved." in page.text
    assert "not live yet" in page.text
    articles = folder / "content/articles"
    assert "morning. Early. {#art-hours--baker}" in (articles / "baker-vs-cook.md").read_text(
        "utf-8"
    )
    questions = yaml.safe_load((articles / "baker-vs-cook.questions.yaml").read_text("utf-8"))
    assert questions["art-hours"] == ["when do bakers get up"]
    refused = client.post(place, data=form | {"text": ["Mine."]})
    assert refused.status_code == 412
    assert "Mine." in refused.text


def test_draft_and_live_are_asked_side_by_side(client: TestClient) -> None:
    new = {"question": ["May I bake at night?"], "answer": ["At night only."]}
    client.post("content/new/entry", data=form_of(client, "content/new/entry") | new)
    key = form_of(client, "content/publish", PREVIEW)

    page = BeautifulSoup(
        client.post("content/ask", data=key | {"q": ["may i bake at night"]}).text, "html.parser"
    )
    draft, live = page.select("section.plot")
    assert "At night only." in draft.text
    assert "“May I bake at night?” (100% alike)" in draft.text
    assert "At night only." not in live.text


def test_wrong_answer_becomes_a_variant_and_is_undone(client: TestClient, folder: Path) -> None:
    key = form_of(client, "content/publish", PREVIEW)
    lesson = key | {"question": ["who gets the most dough"], "to": ["faq-pay Do cooks …"]}
    before = (folder / "content/faqs/jobs.yaml").read_text("utf-8")

    page = client.post("content/teach", data=lesson)
    assert "who gets the most dough" in entries(folder)["faq-pay"]["variants"]  # type: ignore[operator]
    undo = BeautifulSoup(page.text, "html.parser").select_one(".say form")
    assert undo
    fields = {str(one["name"]): str(one["value"]) for one in undo.select("input")}
    client.post("content/teach", data=fields)
    assert (folder / "content/faqs/jobs.yaml").read_text("utf-8") == before


def test_wrong_answer_becomes_a_check_or_an_example_of_a_boundary(
    client: TestClient, folder: Path
) -> None:
    key = form_of(client, "content/publish", PREVIEW)
    boundary = yaml.safe_load((folder / "content/boundaries.yaml").read_text("utf-8"))[0]["id"]
    client.post("content/teach", data=key | {"question": ["a b?"], "action": ["none"]})
    client.post(
        "content/teach",
        data=key | {"question": ["c d?"], "boundary": [boundary], "action": ["boundary"]},
    )

    checks = (folder / "content/checks.jsonl").read_text("utf-8")
    assert '{"question": "a b?", "expect": null}' in checks
    saved = yaml.safe_load((folder / "content/boundaries.yaml").read_text("utf-8"))
    assert "c d?" in saved[0]["examples"]
    assert "choose what should answer it" in client.post("content/teach", data=key).text


def test_what_visitors_asked_in_vain_is_taught_or_dismissed(client: TestClient) -> None:
    database = client.app.state.page_state.dashboard.database  # type: ignore[attr-defined]
    database.write([asked("Where is my unicorn?", "clarify")], [])
    place = "content/visitors?topic=clarified"
    form = form_of(client, place, ".gap form")

    assert "unicorn" in form["question"][0]
    drafted = client.post("content/draft-entry", data=form).text
    assert 'value="Where is my unicorn?"' in drafted
    assert "unicorn" not in client.post("content/dismiss", data=form).text
    assert "unicorn" not in client.get(place).text


ROLES = ("viewer", "editor", "publisher", "administrator")
PUBLISHING = ("content/publish", "content/undo")
NEEDS = {path: "publisher" if path in PUBLISHING else "editor" for path in WRITING}


def test_every_form_of_the_studio_is_here() -> None:
    modules = (publish_routes, ask_routes, import_routes, content_routes)
    routes = [
        route for module in modules for route in module.router.routes if isinstance(route, Route)
    ]
    forms = [route for route in routes if "POST" in (route.methods or ())]
    first = [
        next((form.path for form in forms if form.path_regex.match(f"/admin/{path}")), path)
        for path in WRITING
    ]

    assert sorted(first) == sorted(form.path for form in forms)


@pytest.mark.parametrize("role", ROLES)
def test_role_decides_over_every_form(folder: Path, runtime: Path, role: str) -> None:
    token = f"the token of the {role}"
    digest = hashlib.sha256(token.encode()).hexdigest()
    people = [PersonRecord(name="Ann", role=role, token_sha256=digest)]
    path = folder / "people.json"
    path.write_bytes(RECORDS.dump_json(people))
    settings = settings_for(folder / "index", corpus_dir=folder / "content", people_file=path)
    with visiting(settings, runtime, token) as client:
        client.base_url = client.base_url.join("/admin/")
        page = BeautifulSoup(client.get("content").text, "html.parser")
        key = page.select_one("[name=form_key]")
        assert key
        assert "Signed in as Ann" in page.text
        for place, needed in NEEDS.items():
            fields = {"form_key": key["value"], "part": "preview", "question": "What?"}
            status = client.post(place, data=fields).status_code
            assert (status == 403) == (ROLES.index(role) < ROLES.index(needed)), place


def test_pasted_text_is_shown_chosen_from_and_saved(client: TestClient, folder: Path) -> None:
    asked_for = form_of(client, "content/import", "form.narrow") | {"text": [PASTED]}
    page = client.post("content/import", data=asked_for)
    assert "Is there parking?" in page.text
    assert "Is there parking?" not in str(entries(folder))

    form = BeautifulSoup(page.text, "html.parser").select_one("form[action$='import/save']")
    assert form
    fields = {str(one["name"]): str(one.get("value", "")) for one in form.select("input")}
    saved = client.post("content/import/save", data=fields | {"take": "0", "article": ""})
    assert "Saved in faqs/more-questions.yaml" in saved.text
    questions = {entry["question"] for entry in entries(folder).values()}
    assert "Is there parking?" in questions
    assert "May dogs come in?" not in questions


def test_one_field_is_taken_as_somebody_else_saved_it(client: TestClient, folder: Path) -> None:
    mine = form_of(client, PAY) | {"question": ["Who earns more?"], "answer": ["Mine."]}
    client.post(PAY, data=form_of(client, PAY) | {"answer": ["Theirs."], "owner": ["They"]})
    assert client.post(PAY, data=mine | {"action": ["save"]}).status_code == 412

    page = BeautifulSoup(
        client.post(PAY, data=mine | {"action": "take-answer"}).text, "html.parser"
    )

    offered = {str(one["value"]) for one in page.select("[value^=take-]")}
    assert offered == {"take-question", "take-owner"}
    form = page.select_one("form.item")
    assert form
    shown = {one["name"]: one.get("value") or one.text.strip() for one in form.select("[name]")}
    assert (shown["question"], shown["answer"]) == ("Who earns more?", "Theirs.")
    assert entries(folder)["faq-pay"]["answer"] == "Theirs."

    saved = client.post(PAY, data=mine | {"answer": ["Theirs."], "etag": [str(shown["etag"])]})

    assert saved.status_code == 200
    assert entries(folder)["faq-pay"]["question"] == "Who earns more?"


def imported(client: TestClient, text: str) -> BeautifulSoup:
    """Import the first question of a text; return the page that says so."""
    asked_for = form_of(client, "content/import", "form.narrow") | {"text": [text]}
    page = BeautifulSoup(client.post("content/import", data=asked_for).text, "html.parser")
    fields = fields_of(page, "form[action$='import/save']")
    saved = client.post("content/import/save", data=fields | {"take": "0", "article": ""})
    return BeautifulSoup(saved.text, "html.parser")


def fields_of(page: BeautifulSoup, selector: str) -> dict[str, str]:
    form = page.select_one(selector)
    assert form, selector
    return {str(one["name"]): str(one.get("value", "")) for one in form.select("input")}


def files_in(folder: Path) -> dict[str, bytes]:
    content = folder / "content"
    return {
        path.relative_to(content).as_posix(): path.read_bytes()
        for path in content.rglob("*")
        if path.is_file() and path.name != ".lock"
    }


def test_import_is_undone_as_one(client: TestClient, folder: Path) -> None:
    before = files_in(folder)
    page = imported(client, PASTED)
    assert files_in(folder) != before

    undone = client.post("content/import/undo", data=fields_of(page, "form[action$='import/undo']"))

    assert "undone the import: " in undone.text
    assert files_in(folder) == before


def test_import_that_was_edited_since_is_not_undone(client: TestClient, folder: Path) -> None:
    page = imported(client, PASTED)
    path = folder / "content" / "faqs" / "more-questions.yaml"
    path.write_text(path.read_text().replace("Behind", "Before"))
    edited = files_in(folder)

    refused = client.post(
        "content/import/undo", data=fields_of(page, "form[action$='import/undo']")
    )

    assert "since the import, so I undid nothing" in refused.text
    assert files_in(folder) == edited


@pytest.mark.parametrize(
    "undo",
    [
        "",
        "{}{",
        '{"../secret.yaml": {"before": "x", "after": ""}}',
        '{"checks.jsonl": {}}',
        '{"checks.jsonl": {"before": null, "after": "0"}}',
    ],
)
def test_what_no_import_wrote_is_not_undone(client: TestClient, folder: Path, undo: str) -> None:
    before = files_in(folder)
    key = form_of(client, "content/import", "form.narrow")["form_key"]

    answer = client.post("content/import/undo", data={"form_key": key, "undo": undo})

    assert answer.status_code >= 400
    assert files_in(folder) == before


@pytest.mark.socket
@pytest.mark.parametrize(
    "address", ["http://127.0.0.1:8000/faq", "http://localhost/", "http://[::1]/", "ftp://x/", "x"]
)
def test_address_of_this_machine_is_not_fetched(client: TestClient, address: str) -> None:
    fields = form_of(client, "content/import", "form.narrow") | {"from": [address]}

    page = client.post("content/import", data=fields)

    assert page.status_code >= 400
    assert "private network" in page.text or "from https:// on" in page.text
    assert f'value="{address}"' in page.text


@pytest.mark.socket
def test_page_of_an_intranet_is_imported_where_that_is_allowed(folder: Path, runtime: Path) -> None:
    page = b"<h2>Is there parking?</h2><p>Behind the bakery.</p>"
    settings = settings_for(
        folder / "index", corpus_dir=folder / "content", import_private=Switch.ON
    )
    with serving_page(page) as address, visiting(settings, runtime) as client:
        client.base_url = client.base_url.join("/admin/")
        fields = form_of(client, "content/import", "form.narrow") | {"from": [address]}
        shown = BeautifulSoup(client.post("content/import", data=fields).text, "html.parser")
        fields_shown = fields_of(shown, "form[action$='import/save']")
        saved = client.post("content/import/save", data=fields_shown | {"take": "0"})

    assert fields_shown["address"] == address
    assert "Saved in faqs/parking-faq.yaml" in saved.text
    assert "Is there parking?" in {entry["question"] for entry in entries(folder).values()}


@contextmanager
def serving_page(page: bytes) -> Iterator[str]:
    """Serve one page on this machine; returns its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.end_headers()
            self.wfile.write(page)

        def log_message(self, format: str, *args: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}/parking-faq.html"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_exported_table_imports_to_the_same(client: TestClient) -> None:
    table = client.get("content/export.csv")
    fields = form_of(client, "content/import", "form.narrow")
    fields["file_base64"] = [base64.b64encode(table.content).decode()]
    fields["file_name"] = ["answers.csv"]
    page = client.post("content/import", data=fields)

    assert "attachment" in table.headers["content-disposition"]
    assert "Do cooks earn more than bakers?" in page.text


def test_unreadable_source_is_reported_and_the_text_kept(client: TestClient) -> None:
    fields = form_of(client, "content/import", "form.narrow") | {"text": ["my text"]}
    fields |= {"file_base64": [base64.b64encode(b"x").decode()], "file_name": ["a.exe"]}
    page = client.post("content/import", data=fields)

    assert page.status_code == 409
    assert "read a file that ends in .exe" in page.text
    assert "my text" in page.text


def test_list_marks_what_visitors_rate_down(client: TestClient) -> None:
    database = client.app.state.page_state.dashboard.database  # type: ignore[attr-defined]
    exchanges = [asked(f"pay {number}?", "answer") for number in range(3)]
    database.write(exchanges, [said(exchange, False) for exchange in exchanges])

    listed = BeautifulSoup(client.get("content?state=ratings").text, "html.parser")
    assert [link["href"] for link in listed.select(".what > a")] == [
        "../admin/content/entry/faq-pay"
    ]
    assert "asked 3 times" in listed.text
    assert "faq-pay" in client.get("content?sort=asked").text.split("faq-start")[0]


@pytest.mark.parametrize("path", ["entry/none", "section/none", "new/entry?copy=none"])
def test_missing_item_gets_a_page_that_says_so(client: TestClient, path: str) -> None:
    page = client.get(f"content/{path}")

    assert page.status_code == 404
    assert "find that content; it may be gone." in page.text


FIELDS = st.sampled_from(
    [
        *("address", "text", "file_base64", "file_name", "encoding", "owner", "from", "take"),
        *("article", "undo", "question", "to", "action", "key", "topic"),
    ]
)
HARD = st.sampled_from(
    [
        *("http://127.0.0.1/", "http://[::1", "http://a b/", "file:///etc/passwd", "//x", "http:"),
        *(
            "[[]]",
            '{"a": 1}',
            "null",
            "-1",
            "٣",
            "check",
            "none",
            "undo",
            "a.xlsx",
            "UEsDBA==",
            "=",
        ),
        *([text[:300] for text in EVERY]),
    ]
)


@settings(
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
    deadline=None,
    max_examples=60,
)
@given(
    path=st.sampled_from(["import", "import/undo", "teach", "import/save"]),
    pairs=st.lists(st.tuples(FIELDS, HARD), max_size=8),
)
@example(path="import", pairs=[("file_base64", "\u2764")])
def test_any_form_of_somebody_signed_in_is_answered_or_refused(
    client: TestClient, path: str, pairs: list[tuple[str, str]]
) -> None:
    key = form_of(client, "content/import", "form.narrow")["form_key"][0]

    answer = client.post(
        f"content/{path}", content=urlencode([("form_key", key), *pairs], errors="replace"),
        headers={"Content-Type": "application/x-www-form-urlencoded"},
    )  # fmt: skip

    assert answer.status_code < 500, (path, pairs)
    assert "Traceback" not in answer.text


def test_blank_content_says_what_to_do_first(tmp_path: Path) -> None:
    (content := tmp_path / "content").mkdir()
    with serving(settings_for(tmp_path, corpus_dir=content)) as client:
        shown = client.get("/admin/content", headers=ADMIN)
        publish = client.get("/admin/content/publish", headers=ADMIN)
        dashboard = client.get("/admin", headers=ADMIN)
    (content / "faqs").mkdir()
    (content / "faqs" / "a.yaml").write_text("- id: [")
    with serving(settings_for(tmp_path, corpus_dir=content)) as client:
        broken = client.get("/admin/content", headers=ADMIN)

    assert "There's nothing here yet." in shown.text
    assert "articles/NAME.md" not in shown.text
    assert "There's nothing to publish yet." in publish.text
    assert dashboard.status_code == 503
    assert "Nothing is published yet." in dashboard.text
    assert "admin/content" in dashboard.text
    assert "I can't read some of the content" in broken.text
