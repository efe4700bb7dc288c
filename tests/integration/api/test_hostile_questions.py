"""Strings that have broken other services, through the real app and the real retriever."""

import json
import re
from urllib.parse import quote

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response
from hypothesis import given
from hypothesis import strategies as st

from index import Retriever
from service.analytics.redaction import redact
from service.api.schemas import AskRequest, AskResponse
from tests.support.hostile import EVERY, REFUSED, TAKEN
from tests.support.serving import JSON_HEADER, problem_of

ECHOABLE = re.compile(r"pwned|evil\.example|etc/passwd")


def ask(client: TestClient, body: object) -> Response:
    """Send it escaped, as a half of a surrogate pair has no bytes of its own."""
    return client.post("/v1/ask", content=json.dumps(body), headers=JSON_HEADER)


def test_there_are_more_than_three_hundred() -> None:
    assert len(set(EVERY)) > 300


@pytest.mark.parametrize("kind", TAKEN)
def test_hostile_question_gets_an_ordinary_response(kind: str, client: TestClient) -> None:
    for text in TAKEN[kind]:
        response = ask(client, {"question": text})

        assert response.status_code == 200, text
        assert set(response.json()) == set(AskResponse.model_fields)
        assert not ECHOABLE.search(response.text), "a response holds nothing of the question"


@pytest.mark.parametrize("kind", REFUSED)
def test_what_is_no_question_is_refused_without_being_repeated(
    kind: str, client: TestClient
) -> None:
    for text in REFUSED[kind]:
        response = ask(client, {"question": text})

        assert [error["field"] for error in problem_of(response)["errors"]] == ["question"], text


@pytest.mark.parametrize("kind", TAKEN)
def test_hostile_text_elsewhere_is_taken_or_refused(kind: str, client: TestClient) -> None:
    asked = ask(client, {"question": "Hello"}).json()
    for text in TAKEN[kind]:
        said = {"interaction_id": asked["interaction_id"], "helpful": False, "comment": text}

        assert client.get("/v1/suggest", params={"q": text}).status_code == 200
        assert client.post("/v1/feedback", json=said).status_code == 204
        assert ask(client, {"question": "a", "conversation_id": text}).status_code == 200
        assert problem_of(ask(client, {"question": "a", text: 1}))["status"] == 422
        assert client.get(f"/v1/answers/{quote(text, safe='')}").status_code in (200, 404, 422)


def test_hostile_turns_of_one_conversation_are_answered(client: TestClient) -> None:
    conversation = ask(client, {"question": "Hello"}).json()["conversation_id"]
    for text in (texts[0] for texts in TAKEN.values()):
        for question in (text, "And for the other one?"):
            answered = ask(client, {"question": question, "conversation_id": conversation})
            assert answered.status_code == 200
            conversation = answered.json()["conversation_id"]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[" * 30_000,
        b'{"question":' * 5000,
        b'{"question": "a", "limit": ' + b"9" * 5000 + b"}",
        b'{"question": 1e999}',
        b'{"question": "a", "question": ["b"]}',
        b"\xff\xfe{\x00}\x00",
        b'{"question": "\xed\xa0\x80"}',
        b'{"question": "\\ud800"}',
        b"null",
        b'"a"',
        b"NaN",
        b'{"question": "a"}{"question": "b"}',
    ],
)
def test_hostile_body_is_refused_in_the_one_envelope(body: bytes, client: TestClient) -> None:
    response = client.post("/v1/ask", content=body, headers=JSON_HEADER)

    assert problem_of(response)["status"] in (400, 422)


ANY_TEXT = st.text(max_size=1200)
PIECES = st.sampled_from([text[:80] for text in EVERY if text.isprintable()])
MIXED = st.lists(st.one_of(PIECES, st.text(max_size=20)), max_size=15).map(" ".join)
QUESTIONS = st.one_of(ANY_TEXT, MIXED, st.text(alphabet="ab .?'-@1\u200b\u0130", max_size=1000))


@given(question=QUESTIONS, before=MIXED)
def test_any_text_is_a_question_or_a_refusal(
    question: str, before: str, retriever: Retriever
) -> None:
    """Never an exception: what the schema lets pass is answered, refused, or asked back."""
    for text in (question, before):
        try:
            asked = AskRequest(question=text)
        except ValueError:
            continue
        outcome = retriever.answer(asked.question, limit=asked.limit)
        assert 0.0 <= outcome.confidence <= 1.0
        assert len(retriever.suggest(asked.question)) <= 8
        redacted = redact(asked.question)
        assert redact(redacted) == redacted, "what is redacted stays as it is"
