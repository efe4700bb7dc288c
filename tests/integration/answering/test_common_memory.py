"""Memory that several processes have in common."""

import mmap
import random
import sys
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import pytest

from service.answering.common_memory import WAYS, CommonTable, Layout, joined, offered
from tests.support.serving import serving, settings_for

ROOM = 16_384
LAYOUT = Layout(ROOM)
AGAIN_NS = 10**9
HASTE = 3000
"""Entries that each process of the crowd reads or writes."""
CROWD = 3

on_linux = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such memory")


def table(layout: Layout = LAYOUT) -> CommonTable:
    """A table with one group of places."""
    return CommonTable(mmap.mmap(-1, layout.needed(WAYS)), layout)


def test_what_one_process_puts_another_finds() -> None:
    memory = mmap.mmap(-1, LAYOUT.needed(1))
    first, second = CommonTable(memory, LAYOUT), CommonTable(memory, LAYOUT)

    assert first.put(b"why", b"because")

    assert second.get(b"why") == b"because"
    assert second.get(b"how") is None


def test_entry_used_least_lately_makes_room() -> None:
    entries = table()
    keys = [b"%d" % number for number in range(WAYS)]
    for key in keys:
        entries.put(key, key)
    entries.get(b"0")

    entries.put(b"new", b"new")

    assert [key for key in [*keys, b"new"] if entries.get(key)] == [b"0", *keys[2:], b"new"]


def test_entry_found_again_outlives_many_that_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10**9]
    monkeypatch.setattr("time.monotonic_ns", lambda: now[0])
    entries = table(Layout(ROOM, AGAIN_NS))
    entries.put(b"often", b"often")
    entries.get(b"often")
    for number in range(3 * WAYS):
        now[0] += 1
        entries.put(b"%d" % number, b"once")
    assert entries.get(b"often") == b"often"

    now[0] += AGAIN_NS
    for number in range(WAYS):
        now[0] += 1
        entries.put(b"later %d" % number, b"once")
    assert entries.get(b"often") is None


def test_whoever_dies_while_writing_leaves_the_entry_before(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    entries = table()
    entries.put(b"why", b"because")

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("service.answering.common_memory._check", die)
        with pytest.raises(KeyboardInterrupt):
            entries.put(b"why", b"otherwise")
    assert entries.get(b"why") == b"because"

    entries.put(b"why", b"thus")
    assert entries.get(b"why") == b"thus"


def test_of_two_entries_of_a_key_the_later_is_found() -> None:
    entries = table()
    entries.put(b"why", b"because")
    with pytest.MonkeyPatch.context() as dying:  # after the later one is whole, before the end
        dying.setattr(CommonTable, "_empty", lambda *_: None)
        entries.put(b"why", b"thus")
    assert entries.get(b"why") == b"thus"


def test_nothing_of_a_longer_entry_is_left_behind() -> None:
    memory = mmap.mmap(-1, LAYOUT.needed(1))
    entries = CommonTable(memory, LAYOUT)
    for length in (300, 3):
        entries.put(b"why", b"x" * length)
    assert bytes(memory).count(b"x") <= 3 + 40  # digests may hold one, too

    entries.clear()
    assert entries.get(b"why") is None
    assert not bytes(memory).strip(b"\0")


def test_what_is_not_used_for_long_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [10**9]
    monkeypatch.setattr("time.monotonic_ns", lambda: now[0])
    entries = table()
    for key in (b"old", b"used"):
        entries.put(key, key)
    now[0] += 10 * 10**9
    entries.get(b"used")
    entries.put(b"new", b"new")

    entries.forget_unused(5)

    assert [entries.get(key) for key in (b"old", b"used", b"new")] == [None, b"used", b"new"]


def test_later_entry_of_a_key_takes_the_place_of_the_earlier() -> None:
    entries = table()
    for number in range(2 * WAYS):
        entries.put(b"why", b"because " * number)
    entries.put(b"how", b"thus")

    assert entries.get(b"why") == b"because " * (2 * WAYS - 1)
    assert entries.get(b"how") == b"thus"


def test_entry_longer_than_its_room_is_not_kept_and_spoils_no_other() -> None:
    entries = table()
    for number in range(WAYS - 1):
        entries.put(b"%d" % number, bytes([number]) * ROOM)

    assert not entries.put(b"long", b"x" * (ROOM + 1))

    assert entries.get(b"long") is None
    kept = [entries.get(b"%d" % number) for number in range(WAYS - 1)]
    assert kept == [bytes([number]) * ROOM for number in range(WAYS - 1)]


def test_entry_that_does_not_fit_its_digest_is_forgotten() -> None:
    memory = mmap.mmap(-1, LAYOUT.needed(1))
    entries = CommonTable(memory, LAYOUT)
    entries.put(b"why", b"because")
    at = memory.find(b"because")

    memory[at : at + 2] = b"BE"
    assert entries.get(b"why") is None

    entries.put(b"why", b"because")
    assert entries.get(b"why") == b"because"


def test_head_that_is_nonsense_is_forgotten() -> None:
    memory = mmap.mmap(-1, LAYOUT.needed(1))
    entries = CommonTable(memory, LAYOUT)
    entries.put(b"why", b"because")
    for place in range(WAYS):  # a length beyond the memory
        memory[place * 64 + 40 : place * 64 + 44] = b"\xff" * 4

    assert entries.get(b"why") is None


def test_large_table_keeps_nearly_as_many_as_it_is_made_for() -> None:
    layout = Layout(64)
    entries = CommonTable(mmap.mmap(-1, layout.needed(2000)), layout)
    for number in range(1000):
        entries.put(b"%d" % number, b"%d" % number)

    kept = [number for number in range(1000) if entries.get(b"%d" % number) == b"%d" % number]
    assert len(kept) > 950


def crowd(seed: int) -> tuple[int, int]:
    """Read and write at random in the table that is offered; how many were right, and wrong."""
    entries = joined("entries", LAYOUT)
    assert entries is not None
    chance = random.Random(seed)  # noqa: S311 - for an order, not for secrets
    right = wrong = 0
    for _ in range(HASTE):
        number = chance.randrange(12)
        expected = bytes([number]) * (ROOM - number)
        found = entries.get(b"%d" % number)
        if found is None:
            entries.put(b"%d" % number, expected)
        right += found == expected
        wrong += found not in (None, expected)
    return right, wrong


@on_linux
def test_processes_in_a_crowd_find_what_was_put_or_nothing() -> None:
    tables = {"entries": LAYOUT.needed(1)}
    with offered(tables), ProcessPoolExecutor(CROWD, get_context("spawn")) as processes:
        counts = list(processes.map(crowd, range(CROWD)))
    assert sum(wrong for _, wrong in counts) == 0
    assert sum(right for right, _ in counts) > HASTE / 10


@on_linux
def test_tables_are_offered_by_name_while_they_are_open() -> None:
    with offered({"some": LAYOUT.needed(1), "none": LAYOUT.needed(0)}):
        inside, other = joined("some", LAYOUT), joined("none", LAYOUT)
    assert other is None
    assert joined("some", LAYOUT) is None

    assert inside is not None
    inside.put(b"why", b"because")
    assert inside.get(b"why") == b"because"


@on_linux
@pytest.mark.parametrize("call", ["memfd_create", "truncate"])
def test_service_starts_where_such_memory_is_refused(
    call: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object) -> int:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(f"os.{call}", refuse)
    with offered({"answers": LAYOUT.needed(1)}):
        assert joined("answers", LAYOUT) is None
    assert "answers: each worker remembers for itself" in caplog.text


@on_linux
def test_worker_that_cannot_open_the_tables_remembers_for_itself(
    tmp_path: Path,
    index_folder: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    for name in ("answers", "conversations"):
        monkeypatch.setenv(f"CAREERS_FAQ_COMMON_{name}", str(tmp_path / "gone"))
    settings = settings_for(tmp_path, index_dir=index_folder, remembered_answers=10)
    with serving(settings) as client:
        for _ in range(2):
            client.post("/v1/ask", json={"question": "Do bakers earn more than cooks?"})
        metrics = client.get("/metrics").text
    assert 'faq_remembered_total{result="hit"} 1.0' in metrics
    for name in ("answers", "conversations"):
        assert f"{name}: each worker remembers for itself" in caplog.text
        assert f'faq_in_common{{what="{name}"}} 0.0' in metrics
