import asyncio
import os
import sys
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest

from service.answering.admission_queue import NICENESS, AdmissionQueue
from service.answering.errors import ClientGone, Overloaded, TooLate

LONG = 30.0
LEAST_PRIORITY = 19
"""Of Linux; whoever starts at 10 or more cannot go down by 10."""


class Work:
    """Calls that go on when they are told to."""

    def __init__(self) -> None:
        self.begun: list[str] = []
        self.may_end = threading.Event()

    def call(self, name: str) -> Callable[[], str]:
        def run() -> str:
            self.begun.append(name)
            assert self.may_end.wait(LONG)
            return name

        return run


@contextmanager
def queue(
    threads: int = 1, max_waiting: int = 5, seconds: float = LONG, kept_for_others: int = 0
) -> Iterator[AdmissionQueue]:
    made = AdmissionQueue(threads, max_waiting, seconds, kept_for_others=kept_for_others)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def work() -> Iterator[Work]:
    made = Work()
    yield made
    made.may_end.set()


async def until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(LONG):
        while not is_so():
            await asyncio.sleep(0.001)


async def stays() -> None:
    await asyncio.Event().wait()


def test_calls_are_begun_in_the_order_of_their_coming(work: Work) -> None:
    async def visit() -> list[str]:
        with queue() as admission:
            calls = [asyncio.ensure_future(admission.run(work.call(name))) for name in "abc"]
            await until(lambda: admission.waiting == 2)
            work.may_end.set()
            return await asyncio.gather(*calls)

    assert asyncio.run(visit()) == work.begun == ["a", "b", "c"]


def test_call_past_the_most_that_may_wait_is_refused(work: Work) -> None:
    async def visit() -> int:
        with queue(max_waiting=1) as admission:
            calls = [asyncio.ensure_future(admission.run(work.call(name))) for name in "ab"]
            await until(lambda: admission.waiting == 1)
            with pytest.raises(Overloaded):
                await admission.run(work.call("c"))
            work.may_end.set()
            await asyncio.gather(*calls)
            return admission.waiting

    assert asyncio.run(visit()) == 0
    assert work.begun == ["a", "b"]


@pytest.mark.parametrize("disconnected", [None, stays], ids=["not watched", "client stays"])
def test_call_whose_time_passes_while_it_waits_is_never_begun(
    work: Work, disconnected: Callable[[], Awaitable[None]] | None
) -> None:
    async def visit() -> str:
        with queue(seconds=0.05) as admission:
            first = asyncio.ensure_future(admission.run(work.call("late, too")))
            await until(lambda: work.begun == ["late, too"])
            for late in (admission.run(work.call("b"), disconnected), first):
                with pytest.raises(TooLate):
                    await late
            work.may_end.set()
            return await admission.run(work.call("c"))

    assert asyncio.run(visit()) == "c"
    assert work.begun == ["late, too", "c"]


def test_call_of_a_client_that_left_is_never_begun(work: Work) -> None:
    async def visit() -> None:
        left = asyncio.Event()

        async def disconnected() -> None:
            await left.wait()

        with queue() as admission:
            first = asyncio.ensure_future(admission.run(work.call("a"), disconnected))
            await until(lambda: work.begun == ["a"])
            second = asyncio.ensure_future(admission.run(work.call("b"), disconnected))
            await until(lambda: admission.waiting == 1)
            left.set()
            with pytest.raises(ClientGone):
                await second
            work.may_end.set()
            assert await first == "a"

    asyncio.run(visit())
    assert work.begun == ["a"]


def test_what_a_call_raises_comes_through() -> None:
    def fail() -> str:
        raise TimeoutError("of its own")

    async def visit() -> None:
        with queue() as admission:
            await admission.run(fail)

    with pytest.raises(TimeoutError, match="of its own"):
        asyncio.run(visit())


def test_clients_take_turns_however_many_calls_one_has_waiting(work: Work) -> None:
    async def visit() -> None:
        with queue(max_waiting=10) as admission:
            names = ("a1", "a2", "a3", "b1", "c1", "b2")
            calls = [
                asyncio.ensure_future(admission.run(work.call(name), client=name[0]))
                for name in names
            ]
            await until(lambda: admission.waiting == 5)
            work.may_end.set()
            await asyncio.gather(*calls)

    asyncio.run(visit())
    assert work.begun == ["a1", "a2", "b1", "c1", "a3", "b2"]


def test_one_client_may_fill_half_of_the_queue_and_others_the_rest(work: Work) -> None:
    async def visit() -> list[int]:
        with queue(max_waiting=4) as admission:
            calls = [asyncio.ensure_future(admission.run(work.call("a"))) for _ in range(3)]
            await until(lambda: admission.waiting == 2)
            with pytest.raises(Overloaded):
                await admission.run(work.call("a"))
            calls += [
                asyncio.ensure_future(admission.run(work.call("b"), client="b")) for _ in range(2)
            ]
            await until(lambda: admission.waiting == 4)
            with pytest.raises(Overloaded):
                await admission.run(work.call("c"), client="c")
            work.may_end.set()
            await asyncio.gather(*calls)
            return [admission.waiting]

    assert asyncio.run(visit()) == [0]
    assert sorted(work.begun) == ["a", "a", "a", "b", "b"]


def test_client_that_was_refused_may_ask_again_once_others_are_done(work: Work) -> None:
    async def visit() -> str:
        with queue(max_waiting=2, seconds=0.2) as admission:
            first = asyncio.ensure_future(admission.run(work.call("slow")))
            await until(lambda: work.begun == ["slow"])
            for _ in range(3):  # each waits past its time and gives its place back
                with pytest.raises(TooLate):
                    await admission.run(work.call("late"))
            with pytest.raises(TooLate):
                await first
            work.may_end.set()
            await until(lambda: admission.waiting == 0)
            return await admission.run(work.call("again"))

    assert asyncio.run(visit()) == "again"
    assert work.begun == ["slow", "again"]


def test_what_waits_is_let_go_when_the_queue_closes(work: Work) -> None:
    async def visit() -> None:
        with queue() as admission:
            first = asyncio.ensure_future(admission.run(work.call("a")))
            await until(lambda: work.begun == ["a"])
            second = asyncio.ensure_future(admission.run(work.call("b")))
            await until(lambda: admission.waiting == 1)
            admission.close()
            with pytest.raises(asyncio.CancelledError):
                await second
            work.may_end.set()
            await first

    asyncio.run(visit())
    assert work.begun == ["a"]


def test_thread_that_is_kept_for_others_is_free_when_they_come(work: Work) -> None:
    async def visit() -> list[str]:
        with queue(threads=2, kept_for_others=1) as admission:
            flood = [asyncio.ensure_future(admission.run(work.call("a"))) for _ in range(3)]
            await until(lambda: work.begun == ["a"])
            other = asyncio.ensure_future(admission.run(work.call("b"), client="b"))
            await until(lambda: len(work.begun) == 2)
            at_once = [*work.begun]
            work.may_end.set()
            await asyncio.gather(*flood, other)
            return at_once

    assert asyncio.run(visit()) == ["a", "b"]
    assert sorted(work.begun) == ["a", "a", "a", "b"]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux has a priority for each thread")
@pytest.mark.parametrize(("kept_for_others", "niceness"), [(1, NICENESS), (0, 0)])
def test_what_a_client_asks_besides_its_first_question_lets_others_go_first(
    work: Work, kept_for_others: int, niceness: int
) -> None:
    def measured() -> int:
        return os.getpriority(os.PRIO_PROCESS, 0) - usual

    async def visit() -> list[int]:
        with queue(threads=3, kept_for_others=kept_for_others) as admission:
            first = asyncio.ensure_future(admission.run(work.call("first"), client="a"))
            await until(lambda: work.begun == ["first"])
            further = await admission.run(measured, client="a")
            other = await admission.run(measured, client="b")
            work.may_end.set()
            await first
            return [further, other, await admission.run(measured, client="a")]

    usual = os.getpriority(os.PRIO_PROCESS, 0)
    lowered = min(niceness, LEAST_PRIORITY - usual)
    assert NICENESS > 0
    assert asyncio.run(visit()) == [lowered, 0, 0]


def test_one_thread_is_for_everybody(work: Work) -> None:
    async def visit() -> str:
        with queue(threads=1, kept_for_others=1) as admission:
            work.may_end.set()
            return await admission.run(work.call("a"))

    assert asyncio.run(visit()) == "a"
