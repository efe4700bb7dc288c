"""What most visitors do, before every commit; the other tests of the browser take longer."""

import asyncio

import pytest

from tests.browser.axe import violations
from tests.browser.visiting import CANNED, OUTCOMES, Service, Visitor

pytestmark = [pytest.mark.browser]


def test_visitor_asks_by_keyboard_and_is_answered_compared_and_refused(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor()
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.part(".panel[open]").wait_for()

    visit.page.keyboard.type(CANNED)
    visit.page.keyboard.press("Enter")
    visit.part(".card").wait_for()
    visit.ask(OUTCOMES["comparison"])
    visit.ask(OUTCOMES["refusal"])

    assert visit.part(".card").first.get_attribute("data-id") == "faq-pay"
    source = visit.part(".source").first.get_attribute("href") or ""
    assert source.startswith(f"{service.origin}/faq#faq-pay")
    assert visit.part(".side h4").all_text_contents() == ["Gardener", "Florist"]
    refusal = visit.part(".message").last
    assert refusal.locator(".card").count() == 0
    assert refusal.locator(".choice").count() == 3
    assert visit.part(".you").count() == 3
    assert violations(visit.page, "careers-faq") == []
    assert visit.console == []

    visit.page.keyboard.press("Escape")
    assert visit.part(".panel").is_hidden()


def test_pages_of_the_service_are_accessible(visitor: Visitor, service: Service) -> None:
    for path in ("/", "/faq"):
        visit = visitor(url=service.origin + path, scripted=path == "/")
        assert violations(visit.page, "html") == [], path


def test_browser_leaves_other_tests_their_event_loop() -> None:
    async def answer() -> int:
        return 42

    assert asyncio.run(answer()) == 42
