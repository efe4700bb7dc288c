"""That everybody can use it: axe-core, the keyboard alone, what a screen reader is told."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from tests.browser.scripted_service import CONTACT
from tests.browser.visiting import CANNED, OUTCOMES, Service, Visit, Visitor

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SETTINGS: Mapping[str, Mapping[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced colours": {"forced_colors": "active"},
    "more contrast": {"contrast": "more"},
    "320 px": {"viewport": {"width": 320, "height": 640}},
    "200 %": {"viewport": {"width": 640, "height": 360}, "device_scale_factor": 2},
}
RTL = f'<careers-faq dir="rtl" contact-url="{CONTACT}"></careers-faq>'
LTR = f'<careers-faq contact-url="{CONTACT}"></careers-faq>'


def violations(visit: Visit, within: str = "careers-faq") -> list[str]:
    """What axe-core has against it, as rule and place; every rule that it has."""
    if not visit.run("Boolean(window.axe)"):
        visit.run(f"void (() => {{ {AXE} }})()")
    found = visit.page.evaluate(
        "within => axe.run({ include: [[within]] }, { resultTypes: ['violations'] })", within
    )
    return [
        f"{one['id']}: {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def overflow(visit: Visit) -> object:
    return visit.run("document.documentElement.scrollWidth - innerWidth")


@pytest.mark.parametrize(
    ("setting", "body"),
    [*((setting, LTR) for setting in SETTINGS), ("light", RTL), ("320 px", RTL)],
    ids=[*SETTINGS, "right to left", "right to left, 320 px"],
)
def test_axe_finds_nothing(setting: str, body: str, visitor: Visitor) -> None:
    visit = visitor(body, context={"reduced_motion": "reduce", **SETTINGS[setting]})
    assert violations(visit) == [], "closed"
    visit.open()
    visit.part(".choice").first.wait_for()
    assert violations(visit) == [], "opened"

    for outcome, question in OUTCOMES.items():
        visit.ask(question)
        assert violations(visit) == [], outcome

    visit.part("[aria-label=Helpful]").last.click()
    visit.part(".input").press_sequentially("gardener")
    visit.part("[role=option]").first.wait_for()
    assert violations(visit) == [], "comment and suggestions"
    assert isinstance(width := overflow(visit), int)
    assert width <= 0


def test_axe_finds_nothing_in_failures(visitor: Visitor) -> None:
    visit = visitor(context={"reduced_motion": "reduce"})
    visit.open()
    visit.page.route("**/v1/ask", lambda route: None)
    visit.part(".input").fill(CANNED)
    visit.page.keyboard.press("Enter")
    visit.part(".thinking").wait_for()
    assert violations(visit) == [], "under way"

    visit.page.unroute("**/v1/ask")
    visit.page.route("**/v1/ask", lambda route: route.fulfill(status=429, body="{}"))
    visit.ask(CANNED)
    assert violations(visit) == [], "limit"

    visit.page.route("**/v1/ask", lambda route: route.abort())
    visit.ask(CANNED)
    assert violations(visit) == [], "saved answers"


@pytest.mark.parametrize("path", ["/", "/faq"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing_on_our_pages(
    path: str, scheme: str, width: int, visitor: Visitor, service: Service
) -> None:
    context = {"color_scheme": scheme, "viewport": {"width": width, "height": 800}}
    visit = visitor(url=service.origin + path, scripted=path == "/", context=context)

    assert violations(visit, "html") == []
    assert isinstance(extra := overflow(visit), int)
    assert extra <= 0


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


def test_everything_to_press_is_large_enough(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    for question in OUTCOMES.values():
        visit.ask(question)

    small = visit.part(".panel").evaluate(
        """panel => [...panel.querySelectorAll('button, input, textarea')]
          .map(n => [n.ariaLabel ?? n.textContent, n.getBoundingClientRect()])
          .filter(([, box]) => box.width < 24 || box.height < 24)
          .map(([name]) => name)"""
    )
    assert small == []


def test_edges_of_controls_stand_out_in_forced_colours(visitor: Visitor) -> None:
    visit = visitor(context={"forced_colors": "active"})
    border = visit.part(".launcher").evaluate(
        "n => [getComputedStyle(n).borderTopStyle, getComputedStyle(n).borderTopColor !== "
        "getComputedStyle(n).backgroundColor]"
    )
    assert border == ["solid", True]
