from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.answering.answer_cache import AnswerCache, CacheKey
from service.answering.reply import RenderedReply
from tests.support.serving import serving, settings_for

PAY = "Do bakers earn more than cooks?"
KEY = CacheKey(PAY, 5, "v1", date(2026, 11, 25))
REPLY = RenderedReply("answer", "", 0.9, "faq-pay", (), PAY, (b'{"outcome":"answer"}',))


def test_answer_used_longest_ago_makes_room() -> None:
    cache = AnswerCache(2)
    keys = [replace(KEY, question=name) for name in "abc"]
    cache.put(keys[0], REPLY)
    cache.put(keys[1], REPLY)
    cache.get(keys[0])

    cache.put(keys[2], REPLY)

    assert [cache.get(key) for key in keys] == [REPLY, None, REPLY]


@pytest.mark.parametrize(
    "other",
    [
        replace(KEY, question="why"),
        replace(KEY, limit=4),
        replace(KEY, version="v2"),
        replace(KEY, day=date(2026, 11, 26)),
        replace(KEY, site="kitchen"),
    ],
    ids=["question", "limit", "version", "day", "site"],
)
def test_answer_that_could_differ_is_not_reused(other: CacheKey) -> None:
    cache = AnswerCache(2)
    cache.put(KEY, REPLY)

    assert cache.get(other) is None
    assert cache.get(KEY) == REPLY


def counts_of(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {
        result: float(line.rsplit(" ", 1)[1])
        for line in lines
        for result in ("hit", "miss")
        if line.startswith(f'faq_remembered_total{{result="{result}"}}')
    }


def test_same_question_is_answered_from_the_cache_with_an_id_of_its_own(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    with serving(settings) as client:
        first = client.post("/v1/ask", json={"question": PAY}).json()
        second = client.post("/v1/ask", json={"question": f"  {PAY} "}).json()
        fewer = client.post("/v1/ask", json={"question": PAY, "limit": 1}).json()
        helped = {"interaction_id": second["interaction_id"], "helpful": True}
        thanked = client.post("/v1/feedback", json=helped).status_code
        counts = counts_of(client)

    own = {name: second[name] for name in ("interaction_id", "conversation_id")}
    assert first["interaction_id"] != second["interaction_id"]
    assert {**first, **own} == second
    assert len(fewer["passages"]) == 1
    assert thanked == 204
    assert counts == {"hit": 1.0, "miss": 2.0}


def test_question_in_a_conversation_is_not_answered_from_the_cache(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    with serving(settings) as client:
        first = client.post("/v1/ask", json={"question": PAY}).json()
        chat = {"conversation_id": first["conversation_id"]}
        client.post("/v1/ask", json={"question": PAY, **chat})
        counts = counts_of(client)

    assert counts == {"miss": 1.0}


def test_question_asked_in_private_is_not_cached(tmp_path: Path, index_folder: Path) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    private = {"Sec-GPC": "1"}
    with serving(settings) as client:
        for headers in (private, private, {}, private):
            client.post("/v1/ask", json={"question": PAY}, headers=headers)
        counts = counts_of(client)

    assert counts == {"miss": 3.0, "hit": 1.0}


def test_question_that_is_not_answered_in_time_is_refused(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder)
    settings = settings.model_copy(update={"deadline_seconds": 1e-9})
    with serving(settings) as client:
        refused = client.post("/v1/ask", json={"question": PAY})
        metrics = client.get("/metrics").text

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert "faq_late_total 1.0" in metrics
