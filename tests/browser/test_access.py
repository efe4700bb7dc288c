"""That everybody can use it: axe-core, the keyboard alone, what a screen reader is told."""

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

import pytest

from tests.browser.scripted_service import CONTACT
from tests.browser.visiting import Service, Visit, Visitor

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
CANNED = "Do florists earn more than gardeners?"
OUTCOMES = {
    "canned": CANNED,
    "passage": "What does a gardener do?",
    "comparison": "Which trade is more in demand?",
    "clarify": "Which one?",
    "refusal": "Do bees sleep?",
    "smalltalk": "thanks",
}
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


def focused(visit: Visit) -> str:
    """Name what has the focus, inside the widget or outside."""
    name = visit.run(
        """() => {
          let node = document.activeElement;
          while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
          return node.getAttribute('aria-label') ?? node.textContent;
        }"""
    )
    return str(name).strip()


def press(visit: Visit, *keys: str) -> str:
    for key in keys:
        visit.page.keyboard.press(key)
    return focused(visit)


def test_keyboard_alone_from_launcher_to_feedback_and_back(visitor: Visitor) -> None:
    visit = visitor('<button>Before</button><careers-faq suggestions="One?"></careers-faq>')
    assert press(visit, "Tab") == "Before"
    assert press(visit, "Tab") == "Ask about careers"
    assert press(visit, "Enter") == "Your question"

    visit.page.keyboard.type(CANNED)
    visit.page.wait_for_timeout(400)
    assert press(visit, "Escape") == "Your question"
    assert visit.part(".panel").is_visible(), "the first Escape closes the suggestions alone"
    assert press(visit, "Enter") == "Your question"
    visit.part(".card").wait_for()
    assert focused(visit) == "Your question", "an answer takes no focus"

    backwards = [press(visit, "Shift+Tab") for _ in range(4)]
    assert backwards[-1] == "Helpful"
    assert backwards[:3] == [
        "How long does it take to become a florist?",
        "When does a gardener start work?",
        "Not helpful",
    ]
    press(visit, "Enter")
    assert press(visit, "Tab", "Tab") == ""
    visit.page.keyboard.type("Good.")
    assert press(visit, "Tab") == "Send"
    assert press(visit, "Enter") == "Helpful"

    assert press(visit, "Escape") == "Ask about careers"
    assert visit.part(".panel").is_hidden()
    assert press(visit, "Shift+Tab") == "Before"


def test_everything_in_the_panel_is_reached_in_the_order_it_is_shown(visitor: Visitor) -> None:
    visit = visitor('<careers-faq suggestions="One?|Two?"></careers-faq>')
    visit.open()
    press(visit, "Tab")

    backwards = [press(visit, "Shift+Tab") for _ in range(6)]
    assert backwards[:5] == ["Your question", "Two?", "One?", backwards[3], "Close"]
    assert press(visit, "Shift+Tab") != "Close"


def test_focus_returns_to_what_opened_the_panel(visitor: Visitor) -> None:
    body = """<button onclick="document.querySelector('careers-faq').open()">Help</button>"""
    visit = visitor(f"{body}<careers-faq></careers-faq>")
    visit.page.get_by_text("Help").click()
    assert focused(visit) == "Your question"

    assert press(visit, "Escape") == "Help"


def test_escape_on_the_page_uncovers_it_and_leaves_the_focus(visitor: Visitor) -> None:
    visit = visitor("<button>Under it</button><careers-faq></careers-faq>")
    visit.open()
    visit.page.get_by_text("Under it").focus()

    assert press(visit, "Escape") == "Under it"
    assert visit.part(".panel").is_hidden()


def test_open_attribute_takes_no_focus(visitor: Visitor) -> None:
    visit = visitor("<button autofocus>Mine</button><careers-faq open></careers-faq>")
    visit.part(".panel").wait_for()

    assert focused(visit) == "Mine"


def test_panel_that_covers_a_phone_is_modal_and_the_page_behind_it_is_not_reached(
    visitor: Visitor,
) -> None:
    context = {"viewport": {"width": 360, "height": 700}}
    visit = visitor("<button>Page</button><careers-faq></careers-faq>", context=context)
    visit.open()
    names = {press(visit, "Tab") for _ in range(12)}

    assert visit.part(".panel:modal").count() == 1
    assert "Page" not in names
    assert press(visit, "Escape") == "Ask about careers"


def test_open_attribute_does_not_cover_a_phone(visitor: Visitor) -> None:
    visit = visitor(
        "<careers-faq open></careers-faq>", context={"viewport": {"width": 360, "height": 700}}
    )

    assert visit.part(".launcher").is_visible()
    assert visit.part(".panel").is_hidden()


def test_panel_follows_the_window_from_large_to_small_and_back(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    assert visit.part(".panel:modal").count() == 0

    visit.page.set_viewport_size({"width": 360, "height": 700})
    visit.part(".panel:modal").wait_for()
    assert focused(visit) == "Your question"

    visit.page.set_viewport_size({"width": 1200, "height": 700})
    visit.part(".panel:not(:modal)").wait_for()
    assert focused(visit) == "Your question"


def announced(visit: Visit) -> list[str]:
    """Everything the live region has said since `listen`."""
    said = visit.run("window.said")
    assert isinstance(said, list)
    return said


def listen(visit: Visit) -> None:
    visit.part("[role=status]").evaluate(
        """node => {
          window.said = [];
          const note = () => node.textContent && said.push(node.textContent);
          new MutationObserver(note).observe(node, { childList: true });
        }"""
    )


THREE = f"{CANNED} When does a gardener start work? How long does it take to become a florist?"
SAID = [
    (
        f"Here is what we have on that. {CANNED} They earn about the same. It depends on:\n"
        "- the place\n- the season, see the calendar."
    ),
    (
        "Here is what we have on that. What a gardener does. A gardener plants, waters and prunes. "
        "The work follows the seasons and is done in the open. Patience helps more than strength, "
        "and a calendar helps most."
    ),
    (
        "Here are the two careers side by side. Demand. Gardener: Gardeners: wanted in spring and "
        "summer. Florist: Florists: wanted before holidays."
    ),
    f"Which of these do you mean? You could ask: {CANNED} When does a gardener start work?",
    (
        "This site has no answer to that. The questions below come closest. "
        f"You can ask a person at {CONTACT}. You could ask: {THREE}"
    ),
    f"You are welcome. You could ask: {THREE}",
]


def test_answers_are_announced_once_each_from_a_region_of_their_own(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    listen(visit)

    for question in OUTCOMES.values():
        visit.ask(question)
        visit.page.wait_for_timeout(150)

    assert announced(visit) == SAID
    assert visit.part("[role=log]").get_attribute("aria-live") == "off"


def test_the_same_words_twice_are_said_twice(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    listen(visit)

    for _ in range(2):
        visit.ask("thanks")
        visit.page.wait_for_timeout(150)

    said = announced(visit)
    assert len(said) == 2
    assert said[0] == said[1]


def test_number_of_suggestions_is_announced(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    listen(visit)
    visit.part(".input").press_sequentially("florist")
    visit.part("[role=option]").first.wait_for()
    visit.page.wait_for_timeout(150)

    assert announced(visit) == ["2 suggestions. Choose with the arrow keys."]


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
