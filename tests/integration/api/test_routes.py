import sqlite3
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

import pytest
from fastapi.testclient import TestClient

from service.analytics import interaction_ids
from service.analytics.database import Database, Interaction
from service.api.schemas import AskResponse
from tests.support.serving import problem_of, serving, settings_for

PAY = "Do cooks earn more than bakers?"


def test_canned_question_gets_its_answer(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": f"  {PAY}\n"})

    body = response.json()
    assert response.status_code == 200
    assert set(body) == set(AskResponse.model_fields)
    assert (body["outcome"], body["answer"]["id"]) == ("answer", "faq-pay")
    assert body["answer"]["kind"] == "faq"
    assert body["message"] == ""
    assert body["passages"][0]["id"] == "faq-pay"


def test_exchanges_have_fresh_time_ordered_ids(client: TestClient) -> None:
    first, second = (
        client.post("/v1/ask", json={"question": PAY}).json()["interaction_id"] for _ in range(2)
    )

    assert UUID(first).version == UUID(second).version == 7
    assert first < second


def test_follow_up_is_understood_by_what_the_visitor_brings_alone(client: TestClient) -> None:
    first = client.post("/v1/ask", json={"question": PAY}).json()

    answers = [
        client.post("/v1/ask", json={"question": "why?", "conversation_id": id_}).json()["answer"]
        for id_ in (first["conversation_id"], "My-chat_1", None)
    ]

    assert answers[0]["id"] == "faq-pay"
    assert answers[1] == answers[2] != answers[0]


@pytest.mark.parametrize("limit", [1, 3])
def test_no_more_passages_than_asked_for(limit: int, client: TestClient) -> None:
    body = client.post("/v1/ask", json={"question": PAY, "limit": limit}).json()

    assert len(body["passages"]) == limit


def test_limit_of_null_is_as_left_out(client: TestClient) -> None:
    first, second = (
        client.post("/v1/ask", json={"question": PAY, **limit}).json()["passages"]
        for limit in ({}, {"limit": None})
    )

    assert first == second


@pytest.mark.parametrize("question", ["x" * 1000, f"  {'x' * 1000}  ", "?", "日本語ですか", "🦊"])
def test_any_text_up_to_a_thousand_characters_is_a_question(
    question: str, client: TestClient
) -> None:
    assert client.post("/v1/ask", json={"question": question}).status_code == 200


def test_feedback_is_taken_at_once(client: TestClient) -> None:
    asked = client.post("/v1/ask", json={"question": PAY}).json()
    body = {"interaction_id": asked["interaction_id"], "helpful": False, "comment": "meh"}

    response = client.post("/v1/feedback", json=body)

    assert (response.status_code, response.content) == (204, b"")


def test_click_is_taken_at_once_and_an_unknown_exchange_or_kind_refused(client: TestClient) -> None:
    asked = client.post("/v1/ask", json={"question": PAY}).json()
    known = {"interaction_id": asked["interaction_id"], "kind": "source"}
    unknown = {**known, "interaction_id": "01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071"}

    response = client.post("/v1/clicks", json=known)

    assert (response.status_code, response.content) == (204, b"")
    assert problem_of(client.post("/v1/clicks", json=unknown))["status"] == 404
    wrong = problem_of(client.post("/v1/clicks", json={**known, "kind": "print"}))
    assert [error["field"] for error in wrong["errors"]] == ["kind"]


def test_questions_are_the_canned_ones_in_order(client: TestClient) -> None:
    assert client.get("/v1/questions").json() == {
        "questions": [
            {"id": "faq-pay", "question": "Do cooks earn more than bakers?"},
            {"id": "faq-start", "question": "How do I become a baker?"},
            {"id": "faq-switch", "question": "Can a cook work as a baker?"},
            {"id": "faq-night", "question": "Do bakers work at night?"},
        ]
    }


def test_suggestions_fit_what_was_typed(client: TestClient) -> None:
    offered = client.get("/v1/suggest", params={"q": "do cooks earn"}).json()["suggestions"]

    assert offered[0] == {"id": "faq-pay", "question": PAY}
    assert len(offered) <= 8


@pytest.mark.parametrize("typed", ["", " ", "\0", "%", "zzzz", "🦊", "x" * 1000])
def test_anything_may_be_typed(typed: str, client: TestClient) -> None:
    assert client.get("/v1/suggest", params={"q": typed}).status_code == 200


def test_answer_is_found_by_its_id(client: TestClient) -> None:
    asked = client.post("/v1/ask", json={"question": PAY}).json()["answer"]

    assert client.get("/v1/answers/faq-pay").json() == asked


def test_index_is_described(client: TestClient, index_folder: Path) -> None:
    body = client.get("/v1/index").json()

    assert body["version"] == (index_folder / "current").read_text("utf-8").strip()
    assert body["counts"]["entries"] == 4


def test_service_says_that_it_is_alive_and_ready(client: TestClient) -> None:
    assert client.get("/healthz").json() == {"status": "ok"}
    assert client.get("/readyz").json() == {"status": "ready"}


def test_metrics_count_outcomes_and_name_the_index(client: TestClient) -> None:
    client.post("/v1/ask", json={"question": PAY})

    text = client.get("/metrics").text

    assert 'faq_outcomes_total{outcome="answer",reason=""}' in text
    assert 'faq_requests_total{method="POST",route="/v1/ask",status="200"}' in text
    assert 'faq_index_info{model="' in text
    assert 'faq_index_age_seconds{since="publication"}' in text
    assert 'faq_index_age_seconds{since="build"}' in text
    assert PAY not in text


def test_question_is_in_the_database_and_not_in_the_log(
    tmp_path: Path,
    index_folder: Path,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level("DEBUG")
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        asked = client.post("/v1/ask", json={"question": f"I am Ann Marie. {PAY}"}).json()
        client.post(
            "/v1/feedback", json={"interaction_id": asked["interaction_id"], "helpful": True}
        )
        client.get("/v1/suggest", params={"q": "I am Ann"})

    connection = sqlite3.connect(tmp_path / "interactions.db")
    row = connection.execute(
        "select i.id, question, outcome, index_version, helpful"
        " from interactions i join feedback f on f.interaction = i.id"
    ).fetchone()
    connection.close()
    assert row == (
        asked["interaction_id"],
        f"I am [name]. {PAY}",
        asked["outcome"],
        asked["index_version"],
        1,
    )
    # The client's own log is not the service's.
    logged = [record.getMessage() for record in caplog.records if record.name.startswith("service")]
    assert any(line.startswith("POST /v1/ask 200") for line in logged)
    assert not any("Ann" in line for line in logged)


def test_feedback_is_taken_after_a_restart(tmp_path: Path, index_folder: Path) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder)
    with serving(settings) as client:
        asked = client.post("/v1/ask", json={"question": PAY}).json()

    with serving(settings) as client:
        body = {"interaction_id": asked["interaction_id"], "helpful": True}
        assert client.post("/v1/feedback", json=body).status_code == 204


def test_answers_flow_without_a_database(tmp_path: Path, index_folder: Path) -> None:
    (tmp_path / "interactions.db").write_bytes(b"no database" * 100)
    with serving(settings_for(tmp_path, index_dir=index_folder)) as client:
        response = client.post("/v1/ask", json={"question": PAY})
        known = {"interaction_id": response.json()["interaction_id"], "helpful": True}
        unknown = {"interaction_id": "01a0b2c3-d4e5-7f60-8a1b-2c3d4e5f6071", "helpful": True}

        assert response.status_code == 200
        assert client.post("/v1/feedback", json=known).status_code == 204
        assert problem_of(client.post("/v1/feedback", json=unknown))["status"] == 503


def test_exchange_that_another_worker_has_not_written_yet_is_waited_for(
    tmp_path: Path, index_folder: Path
) -> None:
    """It is rated and erased at once, though this worker answered nothing."""
    settings = settings_for(tmp_path, index_dir=index_folder)
    young = interaction_ids.make()
    record = Interaction(young, datetime.now(UTC), PAY, "answer", "", "faq-pay", 0.9, "v1", 1.0)
    database = Database(settings.database_url.get_secret_value())
    with serving(settings) as client, ThreadPoolExecutor(2) as visitors:
        rated = visitors.submit(
            client.post, "/v1/feedback", json={"interaction_id": young, "helpful": True}
        )
        erased = visitors.submit(client.delete, f"/v1/interactions/{interaction_ids.make()}")
        while not rated.running():
            pass
        database.write([record], [])
        statuses = (rated.result().status_code, erased.result().status_code)
        gone = client.delete(f"/v1/interactions/{young}").status_code
    database.close()

    assert statuses == (204, 404), "what nobody ever writes is not waited for long"
    assert gone == 204
