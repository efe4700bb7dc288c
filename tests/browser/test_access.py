"""That everybody can use it, whatever they have set: contrast, size, colours, direction, motion."""

import pytest

from tests.browser.axe import faults, violations
from tests.browser.scripted_service import CONTACT
from tests.browser.visiting import CANNED, OUTCOMES, Service, Visit, Visitor

pytestmark = pytest.mark.browser


def fill(visit: Visit) -> None:
    """Bring about everything that a panel can show: the log keeps every reply."""
    visit.part(".choice").first.wait_for()
    for question in OUTCOMES.values():
        visit.ask(question)
    visit.part("[aria-label=Helpful]").last.click()
    visit.part(".input").press_sequentially("gardener")
    visit.part("[role=option]").first.wait_for()


@pytest.mark.parametrize("direction", ["ltr", "rtl"])
def test_axe_finds_nothing_in_any_setting(direction: str, visitor: Visitor) -> None:
    visit = visitor(
        f'<careers-faq dir="{direction}" contact-url="{CONTACT}"></careers-faq>',
        context={"reduced_motion": "reduce"},
    )
    closed = faults(visit.page, "careers-faq", sizes=())
    visit.open()
    fill(visit)

    assert closed == []
    assert faults(visit.page, "careers-faq") == []


def test_axe_finds_nothing_in_failures(visitor: Visitor) -> None:
    visit = visitor(context={"reduced_motion": "reduce"})
    visit.open()
    visit.page.route("**/v1/ask", lambda route: route.fulfill(status=429, body="{}"))
    visit.ask(CANNED)
    visit.page.route("**/v1/ask", lambda route: route.abort())
    visit.ask(CANNED)
    visit.page.route("**/v1/ask", lambda route: None)
    visit.part(".input").fill(CANNED)
    visit.page.keyboard.press("Enter")
    visit.part(".thinking").wait_for()

    assert violations(visit.page, "careers-faq") == []


@pytest.mark.parametrize("path", ["/", "/faq", "/docs"])
def test_axe_finds_nothing_on_our_pages(path: str, visitor: Visitor, service: Service) -> None:
    visit = visitor(url=service.origin + path, scripted=path == "/")

    assert faults(visit.page, sizes=["320 px"]) == []


def test_answer_that_comes_to_a_closed_panel_is_there_when_it_opens(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.part(".input").fill(CANNED)
    visit.page.keyboard.press("Enter")
    visit.part("[aria-label=Close]").click()
    visit.part(".card").wait_for(state="attached")
    visit.part(".launcher").click()

    assert visit.part(".card").is_visible()


def test_nothing_moves_when_less_motion_is_wished(visitor: Visitor) -> None:
    visit = visitor(context={"reduced_motion": "reduce"})
    visit.open()
    visit.page.route("**/v1/ask", lambda route: None)
    visit.part(".input").fill(CANNED)
    visit.page.keyboard.press("Enter")
    visit.part(".thinking").wait_for()

    running = "document.querySelector('careers-faq').shadowRoot.getAnimations().length"
    assert visit.run(running) == 0
    assert visit.part(".log").evaluate("n => getComputedStyle(n).scrollBehavior") == "auto"


def test_edges_of_controls_stand_out_in_forced_colours(visitor: Visitor) -> None:
    visit = visitor(context={"forced_colors": "active"})
    border = visit.part(".launcher").evaluate(
        "n => [getComputedStyle(n).borderTopStyle, getComputedStyle(n).borderTopColor !== "
        "getComputedStyle(n).backgroundColor]"
    )
    assert border == ["solid", True]
