"""That the keyboard alone is enough, and that the focus is where a visitor left it."""

import pytest

from tests.browser.visiting import CANNED, Visit, Visitor

pytestmark = pytest.mark.browser


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
    visit.part("[role=option]").first.wait_for()
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
