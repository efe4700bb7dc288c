"""What one site has for itself of parts that all of them share."""

import asyncio
from collections.abc import Callable, Coroutine
from functools import wraps
from pathlib import Path
from typing import Any, TypeVar, cast

import pytest

from index import Retriever
from index.versions.publication_history import PublishedVersion
from service.answering.admission_queue import AdmissionQueue
from service.answering.errors import Overloaded
from service.api.rate_limits import MemoryLimiter
from service.extras.tenants.site_state import (
    MetricsBySite,
    SiteIndex,
    SiteLimiter,
    SiteQueue,
)
from service.live.errors import Behind
from tests.support.serving import open_small

Test = TypeVar("Test", bound=Callable[..., Coroutine[Any, Any, None]])


def awaited(test: Test) -> Test:
    """Run a test on an event loop of its own."""

    @wraps(test)
    def run(*args: Any, **given: Any) -> None:
        asyncio.run(test(*args, **given))

    return cast(Test, run)


@awaited
async def test_requests_to_two_sites_are_counted_apart() -> None:
    shared = MemoryLimiter("1/hour")
    first, second = SiteLimiter(shared, "a"), SiteLimiter(shared, "b")

    assert await first.seconds_to_wait("1.2.3.4", "ask") == 0
    assert await first.seconds_to_wait("1.2.3.4", "ask") > 0
    assert await second.seconds_to_wait("1.2.3.4", "ask") == 0
    await first.close()


@awaited
async def test_one_site_does_not_take_every_place() -> None:
    queue = AdmissionQueue(1, 4, 30.0)
    greedy, other = SiteQueue(queue, 4), SiteQueue(queue, 4)
    gate = asyncio.Event()
    loop = asyncio.get_running_loop()

    def wait() -> bool:
        return asyncio.run_coroutine_threadsafe(gate.wait(), loop).result(30)

    running = [asyncio.create_task(greedy.run(wait)) for _ in range(2)]
    await asyncio.sleep(0)
    assert greedy.waiting == other.waiting == 1

    with pytest.raises(Overloaded):
        await greedy.run(lambda: True)
    asked = asyncio.create_task(other.run(lambda: "answered"))
    await asyncio.sleep(0)
    gate.set()

    assert await asked == "answered"
    assert await asyncio.gather(*running) == [True, True]
    assert await greedy.run(lambda: "again") == "again"
    greedy.close()
    queue.close()


def test_figures_of_a_site_bear_its_key() -> None:
    metrics = MetricsBySite()
    first, second = metrics.of("a"), metrics.of("b")
    first.outcomes.labels(outcome="answer", reason="").inc()
    second.limited.inc(2)
    metrics.limited.inc()
    first.units.set(7)
    second.lost.inc()
    first.confidence.observe(0.5)

    text = metrics.render().decode()
    for line in (
        'faq_outcomes_total{outcome="answer",reason="",site="a"} 1.0',
        'faq_limited_total{site="b"} 2.0',
        'faq_limited_total{site=""} 1.0',
        'faq_index_units{site="a"} 7.0',
        "faq_interactions_lost_total 1.0",
        "faq_confidence_count 1.0",
    ):
        assert f"\n{line}\n" in text
    assert first.render() == metrics.render()


def test_index_of_one_site_leaves_those_of_others_shown(index_folder: Path) -> None:
    manifest = open_small(index_folder).manifest
    metrics = MetricsBySite()
    first, second = metrics.of("a"), metrics.of("b")
    second.show_index(manifest)
    first.show_index(manifest)
    first.show_index(manifest)

    text = metrics.render().decode()
    assert text.count("\nfaq_index_info{") == 2
    assert text.count('faq_index_age_seconds{since="build",site="b"}') == 1


@awaited
async def test_index_that_is_behind_is_looked_at_at_once(index_folder: Path) -> None:
    opened: list[Path] = []

    def open_noted(folder: Path) -> Retriever:
        opened.append(folder)
        return open_small(folder)

    live = SiteIndex(index_folder, open_noted, MetricsBySite().of("a"))
    version = open_small(index_folder).manifest.version
    await live.catch_up(PublishedVersion("2026-11-25T12:00:00Z", version))

    assert opened == [index_folder]
    assert live.retriever is not None


@awaited
async def test_index_that_stays_behind_says_so(index_folder: Path) -> None:
    live = SiteIndex(index_folder, open_small, MetricsBySite().of("a"))

    with pytest.raises(Behind):
        await live.catch_up(PublishedVersion("2026-11-25T12:00:00Z", "0" * 12))
