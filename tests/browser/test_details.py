"""Details of the widget that a screenshot shows, or a finger feels."""

import pytest

from tests.browser.visiting import CANNED, Visitor

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 360, "height": 700}}


def test_launcher_is_round_on_a_phone(visitor: Visitor) -> None:
    visit = visitor(context=PHONE)

    width, height, radius = visit.part(".launcher").evaluate(
        "node => [node.offsetWidth, node.offsetHeight, getComputedStyle(node).borderRadius]"
    )
    assert width == height
    assert radius == "50%"


@pytest.mark.parametrize(("position", "is_printed"), [("bottom-right", False), ("inline", True)])
def test_only_an_inline_widget_is_printed(
    position: str, is_printed: bool, visitor: Visitor
) -> None:
    visit = visitor(f'<careers-faq position="{position}"></careers-faq>')
    visit.page.emulate_media(media="print")

    shown = visit.widget.evaluate("node => getComputedStyle(node).display !== 'none'")
    assert shown is is_printed


def test_whole_conversation_is_printed(visitor: Visitor) -> None:
    visit = visitor(
        '<careers-faq position="inline" style="--careers-faq-height: 20em"></careers-faq>'
    )
    visit.ask(CANNED)
    visit.ask("What does a gardener do?")
    visit.page.emulate_media(media="print")

    whole, shown = visit.part(".log").evaluate("node => [node.scrollHeight, node.clientHeight]")
    assert whole == shown
    assert visit.box(".card")["y"] > visit.box(".header")["y"]
    assert visit.part(".bar").is_hidden()


def test_escape_that_ends_a_composition_leaves_the_panel_open(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    press = """(node, isComposing) => node.dispatchEvent(new KeyboardEvent('keydown',
      { key: 'Escape', isComposing, bubbles: true, composed: true, cancelable: true }))"""

    visit.part(".input").evaluate(press, True)
    assert visit.part(".panel").is_visible()
    visit.part(".input").evaluate(press, False)
    assert visit.part(".panel").is_hidden()


def test_field_for_a_comment_is_large_enough_that_a_phone_does_not_zoom(visitor: Visitor) -> None:
    visit = visitor(head="<style>careers-faq { --careers-faq-font-size: 13px }</style>")
    visit.open()
    visit.ask(CANNED)
    visit.part("[aria-label=Helpful]").click()

    size = visit.part("#comment").evaluate("node => getComputedStyle(node).fontSize")
    assert size == "16px"
