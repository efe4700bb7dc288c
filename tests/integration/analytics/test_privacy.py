"""What a visitor may rely on, checked on the bytes that reach a disk."""

import logging
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.app import create_app
from tests.support.serving import open_small, problem_of, serving, settings_for

PAY = "Do cooks earn more than bakers?"
GPC = {"Sec-GPC": "1"}
UNKNOWN = "01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071"


def written(folder: Path) -> bytes:
    """Everything that the service wrote into its folder."""
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def test_no_address_and_no_personal_data_reaches_the_disk_or_the_log(
    tmp_path: Path, index_folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    app = create_app(settings_for(tmp_path, index_dir=index_folder), open_small)
    with TestClient(app, client=("203.0.113.77", 50_000)) as client:
        asked = client.post(
            "/v1/ask",
            json={"question": f"I am Zebedee Quux, zq@example.org. {PAY}"},
            headers={"X-Forwarded-For": "198.51.100.99", "User-Agent": "Quuxzilla/5"},
        ).json()
        said = {"interaction_id": asked["interaction_id"], "helpful": True, "comment": "Mr Quux"}
        client.post("/v1/feedback", json=said)

    stored = written(tmp_path)
    assert b"cooks" in stored
    for secret in ("203.0.113.77", "198.51.100.99", "Quux", "zq@", asked["conversation_id"]):
        assert secret.encode() not in stored
        assert secret not in caplog.text
    assert "cooks" not in caplog.text


def test_text_is_not_kept_from_a_visitor_who_sends_privacy_control(
    tmp_path: Path, index_folder: Path
) -> None:
    with serving(settings_for(tmp_path, index_dir=index_folder, log_questions="full")) as client:
        asked = client.post("/v1/ask", json={"question": PAY}, headers=GPC).json()
        said = {"interaction_id": asked["interaction_id"], "helpful": True, "comment": "so good"}
        assert client.post("/v1/feedback", json=said, headers=GPC).status_code == 204
        click = {"interaction_id": asked["interaction_id"], "kind": "contact"}
        assert client.post("/v1/clicks", json=click, headers=GPC).status_code == 204

    stored = written(tmp_path)
    assert asked["interaction_id"].encode() in stored
    with closing(sqlite3.connect(tmp_path / "interactions.db")) as database:
        assert database.execute("select count(*) from clicks").fetchone() == (0,)
    assert b"cooks" not in stored
    assert b"so good" not in stored


@pytest.mark.parametrize("value", ["0", "", "true"])
def test_another_value_is_no_privacy_control(
    value: str, tmp_path: Path, index_folder: Path
) -> None:
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        client.post("/v1/ask", json={"question": PAY}, headers={"Sec-GPC": value})

    assert b"cooks" in written(tmp_path)


def test_site_says_that_it_honours_privacy_control(tmp_path: Path, index_folder: Path) -> None:
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        response = client.get("/.well-known/gpc.json")

    assert response.json() == {"gpc": True, "lastUpdate": "2026-11-25"}
    assert response.headers["content-type"] == "application/json"


def test_whoever_holds_the_id_can_erase_the_exchange(tmp_path: Path, index_folder: Path) -> None:
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        id_ = client.post("/v1/ask", json={"question": PAY}).json()["interaction_id"]
        said = {"interaction_id": id_, "helpful": True}
        assert client.post("/v1/feedback", json=said).status_code == 204

        assert client.delete(f"/v1/interactions/{id_}").status_code == 204
        assert problem_of(client.delete(f"/v1/interactions/{id_}"))["status"] == 404
        assert problem_of(client.post("/v1/feedback", json=said))["status"] == 404
        assert problem_of(client.delete(f"/v1/interactions/{UNKNOWN}"))["status"] == 404
        assert problem_of(client.delete("/v1/interactions/1"))["status"] == 422


def test_erasing_says_when_the_database_cannot_do_it(tmp_path: Path, index_folder: Path) -> None:
    (tmp_path / "interactions.db").write_bytes(b"no database" * 100)
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        refused = client.delete(f"/v1/interactions/{UNKNOWN}")

    assert problem_of(refused)["status"] == 503
    assert refused.headers["retry-after"] == "5"


def test_browser_of_another_origin_may_erase(tmp_path: Path, index_folder: Path) -> None:
    origin = "https://careers.example.org"
    settings = settings_for(tmp_path, index_dir=index_folder, allowed_origins=[origin])
    with serving(settings) as client:
        asked = {"Origin": origin, "Access-Control-Request-Method": "DELETE"}
        response = client.options(f"/v1/interactions/{UNKNOWN}", headers=asked)

    assert response.status_code == 200
    assert "DELETE" in response.headers["access-control-allow-methods"]


def test_contact_for_vulnerabilities_is_named_where_it_is_set(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(
        tmp_path, index_dir=index_folder, security_contact="mailto:security@faq.example"
    )
    with serving(settings) as client:
        response = client.get("/.well-known/security.txt")
    with serving(settings.model_copy(update={"security_contact": None})) as client:
        without = client.get("/.well-known/security.txt")

    lines = dict(line.split(": ", 1) for line in response.text.splitlines())
    left = datetime.fromisoformat(lines["Expires"]) - datetime.now(UTC)
    assert lines["Contact"] == "mailto:security@faq.example"
    assert timedelta(days=30) < left < timedelta(days=365)
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert problem_of(without)["status"] == 404
