"""Answers in memory that several processes share."""

import mmap
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from datetime import date
from multiprocessing import get_context
from pathlib import Path

import pytest

from service.remembered import Key, Moment
from service.shared_answers import AGAIN_NS, ROOM, WAYS, SharedAnswers, joined, needed, offered
from tests.serving import serving, settings_for

NOW = Moment("v1", date(2026, 11, 26))
HASTE = 3000
"""Answers that each process of the crowd reads or writes."""
CROWD = 3

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such memory")


def key(question: str) -> Key:
    return Key(question, 5)


def table(size: int = WAYS) -> SharedAnswers:
    return SharedAnswers(mmap.mmap(-1, needed(size)))


def test_what_one_process_puts_another_finds() -> None:
    memory = mmap.mmap(-1, needed(1))
    first, second = SharedAnswers(memory), SharedAnswers(memory)

    first.put(NOW, key("why"), b"because")

    assert second.get(NOW, key("why")) == b"because"
    assert second.get(NOW, key("how")) is None


@pytest.mark.parametrize(
    ("moment", "other"),
    [
        (Moment("v2", NOW.day), key("why")),
        (Moment("v1", date(2026, 11, 27)), key("why")),
        (NOW, Key("why", 4)),
        (NOW, Key("why", 5, "a site")),
        (NOW, key("why\0")),
    ],
    ids=["version", "day", "limit", "site", "question"],
)
def test_another_question_is_not_answered(moment: Moment, other: Key) -> None:
    answers = table()
    answers.put(NOW, key("why"), b"because")
    assert answers.get(moment, other) is None


def test_half_a_character_is_a_question_as_any_other() -> None:
    answers = table()
    answers.put(NOW, key("why \ud83d"), b"because")
    assert answers.get(NOW, key("why \ud83d")) == b"because"


def test_answer_used_least_lately_makes_room() -> None:
    answers = table()
    questions = [str(number) for number in range(WAYS)]
    for question in questions:
        answers.put(NOW, key(question), question.encode())
    answers.get(NOW, key("0"))

    answers.put(NOW, key("new"), b"new")

    known = [one for one in [*questions, "new"] if answers.get(NOW, key(one))]
    assert known == ["0", *questions[2:], "new"]


def test_answer_asked_for_again_outlives_many_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10**9]
    monkeypatch.setattr("time.monotonic_ns", lambda: now[0])
    answers = table()
    answers.put(NOW, key("often"), b"often")
    answers.get(NOW, key("often"))
    for number in range(3 * WAYS):
        now[0] += 1
        answers.put(NOW, key(str(number)), b"once")
    assert answers.get(NOW, key("often")) == b"often"

    now[0] += AGAIN_NS
    for number in range(WAYS):
        now[0] += 1
        answers.put(NOW, key(f"later {number}"), b"once")
    assert answers.get(NOW, key("often")) is None


def test_later_answer_to_the_same_takes_the_place_of_the_earlier() -> None:
    answers = table()
    for number in range(2 * WAYS):
        answers.put(NOW, key("why"), b"because " * number)
    answers.put(NOW, key("how"), b"thus")

    assert answers.get(NOW, key("why")) == b"because " * (2 * WAYS - 1)
    assert answers.get(NOW, key("how")) == b"thus"


def test_answer_longer_than_its_room_is_not_kept_and_spoils_no_other() -> None:
    answers = table()
    for number in range(WAYS - 1):
        answers.put(NOW, key(str(number)), bytes([number]) * ROOM)

    answers.put(NOW, key("long"), b"x" * (ROOM + 1))

    assert answers.get(NOW, key("long")) is None
    kept = [answers.get(NOW, key(str(number))) for number in range(WAYS - 1)]
    assert kept == [bytes([number]) * ROOM for number in range(WAYS - 1)]


def test_answer_that_does_not_fit_its_digest_is_forgotten() -> None:
    memory = mmap.mmap(-1, needed(1))
    answers = SharedAnswers(memory)
    answers.put(NOW, key("why"), b"because")
    at = memory.find(b"because")

    memory[at : at + 2] = b"BE"
    assert answers.get(NOW, key("why")) is None

    answers.put(NOW, key("why"), b"because")
    assert answers.get(NOW, key("why")) == b"because"


def test_head_that_is_nonsense_is_forgotten() -> None:
    memory = mmap.mmap(-1, needed(1))
    answers = SharedAnswers(memory)
    answers.put(NOW, key("why"), b"because")
    for place in range(WAYS):  # a length beyond the memory
        memory[place * 64 + 40 : place * 64 + 44] = b"\xff" * 4

    assert answers.get(NOW, key("why")) is None


def crowd(seed: int) -> tuple[int, int]:
    """Read and write at random in the table that is offered; how many were right, and wrong."""
    answers = joined()
    assert answers is not None
    chance = random.Random(seed)  # noqa: S311 - for an order, not for secrets
    right = wrong = 0
    for _ in range(HASTE):
        number = chance.randrange(3 * WAYS)
        expected = bytes([number]) * (4000 + 500 * number)
        found = answers.get(NOW, key(str(number)))
        if found is None:
            answers.put(NOW, key(str(number)), expected)
        right += found == expected
        wrong += found not in (None, expected)
    return right, wrong


@on_linux
def test_processes_in_a_crowd_find_what_was_put_or_nothing() -> None:
    with offered(1), ProcessPoolExecutor(CROWD, get_context("spawn")) as processes:
        counts = list(processes.map(crowd, range(CROWD)))
    assert sum(wrong for _, wrong in counts) == 0
    assert sum(right for right, _ in counts) > HASTE / 10


@on_linux
def test_table_is_offered_while_it_is_open_and_for_answers_alone() -> None:
    assert joined() is None
    with offered(0):
        assert joined() is None
    with offered(1):
        inside = joined()
        assert inside is not None
    assert joined() is None
    inside.put(NOW, key("why"), b"because")
    assert inside.get(NOW, key("why")) == b"because"


@on_linux
def test_service_starts_where_such_memory_is_refused(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(name: str) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("os.memfd_create", refuse)
    with offered(1):
        assert joined() is None
    assert "answers are remembered by each worker for itself" in caplog.text


@on_linux
def test_worker_that_cannot_open_the_table_remembers_for_itself(
    tmp_path: Path,
    index_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setenv("CAREERS_FAQ_SHARED_ANSWERS", str(tmp_path / "gone"))
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    with serving(settings) as client:
        for _ in range(2):
            client.post("/v1/ask", json={"question": "Do bakers earn more than cooks?"})
        metrics = client.get("/metrics").text
    assert 'faq_remembered_total{result="hit"} 1.0' in metrics
    assert "answers are remembered by each worker for itself" in caplog.text
