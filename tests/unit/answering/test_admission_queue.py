import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import pytest

from service.answering.admission_queue import AdmissionQueue
from service.answering.errors import ClientGone, Overloaded, TooLate

LONG = 30.0


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
    threads: int = 1, max_waiting: int = 5, seconds: float = LONG
) -> Iterator[AdmissionQueue]:
    made = AdmissionQueue(threads, max_waiting, seconds)
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
