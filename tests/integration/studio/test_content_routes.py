from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from service.settings import SettingsError
from tests.support.content_files import write
from tests.support.serving import ADMIN, serving, settings_for

ENTRIES = "/v1/content/entries"
FILE = "faqs/jobs.yaml"
TEXT = """\
# Jobs

- id: degree
  question: Do I need a degree?
  variants: [is a degree required]
  answer: Not **always**.
  sources:
    - /faq
  related: [pay]
  owner: Careers team
  reviewed: 2026-11-01

- id: pay  # asked the most
  question: How is the pay?
  answer: Good.
"""
VISIT = {"question": "May I visit you?", "answer": "Yes.", "owner": "HR", "reviewed": "2026-11-20"}
ROUTES = [
    ("GET", ENTRIES),
    ("POST", ENTRIES),
    ("GET", f"{ENTRIES}/pay"),
    ("PUT", f"{ENTRIES}/pay"),
    ("DELETE", f"{ENTRIES}/pay"),
    ("POST", "/v1/content/publish"),
    ("POST", "/v1/content/rollback"),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write(tmp_path / "content", {FILE: TEXT})


@pytest.fixture
def client(tmp_path: Path, folder: Path) -> Iterator[TestClient]:
    with serving(settings_for(tmp_path / "index", corpus_dir=folder)) as client:
        client.headers.update(ADMIN)
        yield client


def content(folder: Path) -> str:
    return (folder / FILE).read_text("utf-8")


def test_entries_have_the_shape_of_their_file(client: TestClient) -> None:
    listed = client.get(ENTRIES).json()
    response = client.get(f"{ENTRIES}/degree")

    entry = response.json()
    assert entry == {
        "id": "degree",
        "question": "Do I need a degree?",
        "variants": ["is a degree required"],
        "answer": "Not **always**.",
        "sources": [{"title": "/faq", "url": "/faq"}],
        "related": ["pay"],
        "equivalents": [],
        "owner": "Careers team",
        "reviewed": "2026-11-01",
        "valid_until": None,
        "file": FILE,
        "etag": entry["etag"],
    }
    assert response.headers["etag"] == f'"{entry["etag"]}"'
    assert [one["id"] for one in listed["entries"]] == ["degree", "pay"]
    assert listed["entries"][0] == entry
    assert listed["findings"] == []


def test_new_entry_is_written_and_named(client: TestClient, folder: Path) -> None:
    response = client.post(ENTRIES, json={**VISIT, "variants": ["can I come: yes or no"]})

    assert response.status_code == 201
    assert response.headers["location"] == f"{ENTRIES}/may-i-visit-you"
    assert client.get(response.headers["location"]).json() == response.json()
    assert content(folder) == TEXT + (
        "\n- id: may-i-visit-you\n  question: May I visit you?\n  variants:\n"
        '    - "can I come: yes or no"\n  answer: Yes.\n  owner: HR\n  reviewed: 2026-11-20\n'
    )


def test_entry_as_it_was_read_may_be_sent_back(client: TestClient, folder: Path) -> None:
    read = client.get(f"{ENTRIES}/pay")

    response = client.put(
        f"{ENTRIES}/pay",
        json={**read.json(), "answer": "Very good."},
        headers={"If-Match": read.headers["etag"]},
    )

    assert response.status_code == 200
    assert response.headers["etag"] != read.headers["etag"]
    assert content(folder) == TEXT.replace("answer: Good.", "answer: Very good.")


def test_slower_editor_gets_the_difference(client: TestClient, folder: Path) -> None:
    read = client.get(f"{ENTRIES}/pay")
    (folder / FILE).write_text(TEXT.replace("answer: Good.", "answer: Fair."), "utf-8")
    headers = {"If-Match": read.headers["etag"]}

    response = client.put(f"{ENTRIES}/pay", json=read.json(), headers=headers)

    assert response.status_code == 412
    body = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert body["current"] == client.get(f"{ENTRIES}/pay").json()
    assert body["difference"] == [{"field": "answer", "sent": "Good.", "current": "Fair."}]
    assert client.delete(f"{ENTRIES}/pay", headers=headers).status_code == 412
    assert "answer: Fair." in content(folder)


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_edit_that_names_no_version_is_refused(
    client: TestClient, folder: Path, method: str
) -> None:
    body = client.get(f"{ENTRIES}/pay").json() if method == "PUT" else None

    response = client.request(method, f"{ENTRIES}/pay", json=body)

    assert response.status_code == 428
    assert content(folder) == TEXT


@pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', "{}", '"other", "{}"', "*"])
def test_version_may_be_named_in_any_form(client: TestClient, form: str) -> None:
    headers = {"If-Match": form.format(client.get(f"{ENTRIES}/degree").json()["etag"])}

    assert client.delete(f"{ENTRIES}/degree", headers=headers).status_code == 204


def test_route_lists_its_methods(client: TestClient) -> None:
    assert client.patch(ENTRIES).headers["allow"] == "GET, POST"
    assert client.patch(f"{ENTRIES}/pay").headers["allow"] == "GET, PUT, DELETE"


def test_deleted_entry_is_gone_from_its_file(client: TestClient, folder: Path) -> None:
    etag = client.get(f"{ENTRIES}/degree").headers["etag"]

    response = client.delete(f"{ENTRIES}/degree", headers={"If-Match": etag})

    assert (response.status_code, response.content) == (204, b"")
    assert client.get(f"{ENTRIES}/degree").status_code == 404
    assert content(folder) == "# Jobs\n\n- id: pay" + TEXT.partition("- id: pay")[2]


def test_entry_that_others_name_stays(client: TestClient, folder: Path) -> None:
    response = client.delete(f"{ENTRIES}/pay", headers={"If-Match": "*"})

    body = response.json()
    assert response.status_code == 422
    assert [
        (finding["file"], finding["line"], finding["severity"]) for finding in body["findings"]
    ] == [(FILE, 9, "error")]
    assert content(folder) == TEXT


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"related": ["nobody"]}, "related"),
        ({"reviewed": "yesterday"}, "reviewed"),
        ({"answer": "TODO"}, "answer"),
        ({"answer": "See [there](#nowhere)."}, "answer"),
        ({"id": "degree"}, "id"),
        ({"id": "not an id"}, "id"),
        ({"question": "  "}, "question"),
        ({"sources": [{"title": "T", "url": "no address"}]}, "sources"),
        ({"question": "a\x00b"}, "question"),
        ({"answr": "typo"}, "answr"),
    ],
)
def test_fault_is_named_at_its_field_and_nothing_is_written(
    client: TestClient, folder: Path, change: dict[str, Any], field: str
) -> None:
    response = client.post(ENTRIES, json={**VISIT, **change})

    assert response.status_code == 422
    assert field in {error["field"] for error in response.json()["errors"]}
    assert content(folder) == TEXT


@pytest.mark.parametrize("file", ["../x.yaml", "/etc/x.yaml", "x.txt", ".x.yaml", "a//b.yaml"])
def test_file_outside_of_the_content_is_refused(client: TestClient, file: str) -> None:
    assert client.post(ENTRIES, json={**VISIT, "file": file}).status_code == 422


def test_file_may_be_named_in_three_ways(client: TestClient, folder: Path) -> None:
    named = ["corpus/faqs/new.yaml", "faqs/new.yaml", "new.yaml"]

    files = [
        client.post(ENTRIES, json={**VISIT, "id": f"visit-{number}", "file": file}).json()["file"]
        for number, file in enumerate(named)
    ]

    assert files == ["faqs/new.yaml"] * 3


def test_of_many_who_edit_the_same_version_one_saves(client: TestClient, folder: Path) -> None:
    read = client.get(f"{ENTRIES}/pay")
    headers = {"If-Match": read.headers["etag"]}

    def save(number: int) -> int:
        body = {**read.json(), "answer": f"Answer {number}."}
        return client.put(f"{ENTRIES}/pay", json=body, headers=headers).status_code

    with ThreadPoolExecutor(6) as pool:
        statuses = sorted(pool.map(save, range(6)))

    assert statuses == [200, *[412] * 5]
    answer = client.get(f"{ENTRIES}/pay").json()["answer"]
    assert content(folder) == TEXT.replace("answer: Good.", f"answer: {answer}")


def test_null_is_as_left_out(client: TestClient) -> None:
    nothing = dict.fromkeys(("id", "variants", "sources", "related", "equivalents", "file"))

    response = client.post(ENTRIES, json={**VISIT, **nothing, "valid_until": None})

    assert response.status_code == 201
    assert response.json()["variants"] == []


def test_folder_that_is_not_there_is_named_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="FAQ_CORPUS_DIR"):
        create_app(settings_for(tmp_path, corpus_dir=tmp_path / "nowhere"))


def test_without_a_folder_there_are_no_routes(tmp_path: Path) -> None:
    with serving(settings_for(tmp_path)) as client:
        for method, path in ROUTES:
            response = client.request(method, path, headers=ADMIN)
            assert response.status_code == 404, path
            assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(("method", "path"), ROUTES)
@pytest.mark.parametrize("token", [None, "Bearer wrong", "Basic wrong"])
def test_nobody_passes_without_the_token(
    client: TestClient, folder: Path, method: str, path: str, token: str | None
) -> None:
    del client.headers["authorization"]
    headers = {"If-Match": "*", **({"Authorization": token} if token else {})}

    response = client.request(method, path, headers=headers, json=VISIT)

    assert response.status_code == 401
    assert content(folder) == TEXT


def test_requests_are_counted(tmp_path: Path, folder: Path) -> None:
    settings = settings_for(tmp_path / "index", corpus_dir=folder, rate_limit="3/minute")
    with serving(settings) as client:
        statuses = [client.get(ENTRIES, headers=ADMIN).status_code for _ in range(4)]

    assert statuses == [200, 200, 200, 429]


def test_broken_file_is_named_beside_what_can_be_read(client: TestClient, folder: Path) -> None:
    write(folder, {"faqs/other.yaml": "- id: 'x\n"})

    body = client.get(ENTRIES).json()

    assert [entry["id"] for entry in body["entries"]] == ["degree", "pay"]
    assert {finding["file"] for finding in body["findings"]} == {"faqs/other.yaml"}
    assert str(folder) not in client.post(ENTRIES, json=VISIT).text


def test_file_that_is_no_text_is_named_and_left_alone(client: TestClient, folder: Path) -> None:
    path = folder / "faqs" / "other.yaml"
    path.write_bytes(b"\xff- id: x")

    response = client.post(ENTRIES, json={**VISIT, "file": "faqs/other.yaml"})

    assert response.status_code == 422
    assert response.json()["findings"][0]["file"] == "faqs/other.yaml"
    assert path.read_bytes() == b"\xff- id: x"
