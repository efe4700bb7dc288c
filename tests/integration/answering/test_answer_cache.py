import mmap
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from service.answering.answer_cache import (
    LAYOUT,
    NAME,
    CommonAnswers,
    Key,
    Moment,
    Remembered,
)
from service.answering.cached_answer import unpack
from service.answering.common_memory import CommonTable, offered
from service.answering.messages import USUAL, Sentences, voice
from tests.support.opening import STRANGE, Open
from tests.support.serving import serving, settings_for

TODAY = Moment("v1", date(2026, 11, 25))
TOMORROW = Moment("v1", date(2026, 11, 26))
NEXT = Moment("v2", date(2026, 11, 25))
PAY = "Do bakers earn more than cooks?"


def key(question: str) -> Key:
    return Key(question, 5)


def test_answer_used_least_lately_is_forgotten_first() -> None:
    remembered = Remembered(2)
    for question in ("a", "b"):
        remembered.put(TODAY, key(question), question.encode())
    remembered.get(TODAY, key("a"))

    remembered.put(TODAY, key("c"), b"c")

    assert [remembered.get(TODAY, key(name)) for name in "abc"] == [b"a", None, b"c"]
    assert len(remembered) == 2


@pytest.mark.parametrize("later", [TOMORROW, NEXT], ids=["next day", "next version"])
def test_answers_of_another_moment_are_forgotten(later: Moment) -> None:
    remembered = Remembered(2)
    remembered.get(TODAY, key("a"))
    remembered.put(TODAY, key("a"), b"A")

    assert remembered.get(later, key("b")) is None
    assert len(remembered) == 0


def test_answer_that_was_overtaken_by_another_version_is_not_given() -> None:
    remembered = Remembered(2)
    remembered.get(NEXT, key("a"))
    remembered.put(TODAY, key("a"), b"A")

    assert remembered.get(NEXT, key("a")) is None


def test_sites_of_other_versions_do_not_disturb_each_other() -> None:
    remembered = Remembered(10)
    ours, theirs = Key("a", 5, "ours"), Key("a", 5, "theirs")
    for _ in range(2):
        for moment, one in ((TODAY, ours), (NEXT, theirs)):
            found = remembered.get(moment, one)
            remembered.put(moment, one, one.voice.encode())
    assert found == b"theirs"
    assert remembered.get(TODAY, ours) == b"ours"


@pytest.mark.parametrize(
    "other",
    [
        voice("https://example.org/help", USUAL),
        voice(None, replace(USUAL, answer="See here.")),
        voice(None, USUAL, "kitchen"),
    ],
    ids=["contact", "sentences", "site"],
)
def test_who_answers_in_other_words_has_another_voice(other: str) -> None:
    assert other != voice(None, USUAL) == voice(None, Sentences())


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"[]\n",
        b'["answer", "", 0.5, null, "why", 1]\nx',
        b'["answer", "", 0.5, null, "why"]\nx',
    ],
    ids=["empty", "fewer facts", "more facts", "no response"],
)
def test_what_another_release_wrote_is_not_read(packed: bytes) -> None:
    assert unpack(packed) is None


@pytest.mark.parametrize("later", [TOMORROW, NEXT], ids=["next day", "next version"])
def test_first_worker_of_another_moment_forgets_all_and_the_next_nothing(later: Moment) -> None:
    memory = CommonTable(mmap.mmap(-1, LAYOUT.needed(8)), LAYOUT)
    first, second = CommonAnswers(memory), CommonAnswers(memory)
    for worker in (first, second):
        worker.get(TODAY, key("a"))
    first.put(TODAY, key("a"), b"A")

    first.get(later, key("a"))
    assert second.get(TODAY, key("a")) is None  # before it takes the version, or looks at the day
    first.put(later, key("a"), b"new")

    assert second.get(later, key("a")) == b"new"


@pytest.fixture
def common() -> CommonAnswers:
    return CommonAnswers(CommonTable(mmap.mmap(-1, LAYOUT.needed(8)), LAYOUT))


@pytest.mark.parametrize(
    ("moment", "other"),
    [
        (NEXT, key("why")),
        (TOMORROW, key("why")),
        (TODAY, Key("why", 4)),
        (TODAY, Key("why", 5, "a site's")),
        (TODAY, key("why\0")),
    ],
    ids=["version", "day", "limit", "voice", "question"],
)
def test_workers_do_not_answer_another_question(
    common: CommonAnswers, moment: Moment, other: Key
) -> None:
    common.put(TODAY, key("why"), b"because")
    assert common.get(moment, other) is None


def test_half_a_character_is_a_question_as_any_other(common: CommonAnswers) -> None:
    common.put(TODAY, key("why \ud83d"), b"because")
    assert common.get(TODAY, key("why \ud83d")) == b"because"


def test_answer_that_is_too_long_for_workers_is_worked_out_again(common: CommonAnswers) -> None:
    common.put(TODAY, key("why"), b"x" * (LAYOUT.room + 1))
    assert common.get(TODAY, key("why")) is None


def told(client: TestClient) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    return {
        result: float(line.rsplit(" ", 1)[1])
        for line in lines
        for result in ("hit", "miss")
        if line.startswith(f'faq_remembered_total{{result="{result}"}}')
    }


def test_same_question_is_answered_from_memory_with_ids_of_its_own(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    with serving(settings) as client:
        first = client.post("/v1/ask", json={"question": PAY}).json()
        second = client.post("/v1/ask", json={"question": f"  {PAY} "}).json()
        fewer = client.post("/v1/ask", json={"question": PAY, "limit": 1}).json()
        helped = {"interaction_id": second["interaction_id"], "helpful": True}
        thanked = client.post("/v1/feedback", json=helped).status_code
        counts = told(client)

    own = {"interaction_id", "conversation_id"}
    assert all(first[name] != second[name] for name in own)
    assert {**first, **{name: second[name] for name in own}} == second
    assert len(fewer["passages"]) == 1
    assert thanked == 204
    assert counts == {"hit": 1.0, "miss": 2.0}


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such memory")
def test_worker_that_takes_over_says_what_its_settings_say(
    tmp_path: Path, index_folder: Path, opened: Open
) -> None:
    """The answer of the one before, to the same question of the same version, says otherwise."""
    messages = []
    with offered({NAME: LAYOUT.needed(10)}):
        for place in ("old", "new"):
            url = f"https://{place}.example/help"
            settings = settings_for(
                tmp_path, index_dir=index_folder, remembered_answers=10, contact_url=url
            )
            with serving(settings, lambda _: opened(STRANGE)) as client:
                given = client.post("/v1/ask", json={"question": PAY}).json()
            messages.append((given["outcome"], url in given["message"]))

    assert messages == [("no_answer", True)] * 2


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such memory")
def test_metrics_tell_what_workers_know_together(tmp_path: Path, index_folder: Path) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    with offered({NAME: LAYOUT.needed(10)}), serving(settings) as client:
        lines = client.get("/metrics").text.splitlines()

    assert 'faq_in_common{what="answers"} 1.0' in lines
    assert 'faq_in_common{what="conversations"} 0.0' in lines


def test_question_in_a_conversation_is_not_answered_from_memory(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    with serving(settings) as client:
        first = client.post("/v1/ask", json={"question": PAY}).json()
        chat = {"conversation_id": first["conversation_id"]}
        client.post("/v1/ask", json={"question": PAY, **chat})
        counts = told(client)

    assert counts == {"miss": 1.0}


def test_question_asked_in_private_is_not_remembered(tmp_path: Path, index_folder: Path) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    private = {"Sec-GPC": "1"}
    with serving(settings) as client:
        for headers in (private, private, {}, private):
            client.post("/v1/ask", json={"question": PAY}, headers=headers)
        counts = told(client)

    assert counts == {"miss": 3.0, "hit": 1.0}


def test_question_that_is_not_answered_in_time_is_refused(
    tmp_path: Path, index_folder: Path
) -> None:
    settings = settings_for(tmp_path, index_dir=index_folder, deadline_seconds=1e-9)
    with serving(settings) as client:
        refused = client.post("/v1/ask", json={"question": PAY})
        metrics = client.get("/metrics").text

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "1"
    assert refused.json()["detail"].startswith("The question could not be answered in time.")
    assert "faq_late_total 1.0" in metrics
