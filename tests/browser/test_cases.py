"""Inputs on which an earlier widget did the wrong thing, several of a kind on one page."""

import json

import pytest
from playwright.sync_api import Locator, Route

from tests.browser.visiting import CANNED, Service, Visit, Visitor, question

pytestmark = pytest.mark.browser

ELEMENT = "document.querySelector('careers-faq')"


def answer_with(visit: Visit, **changes: object) -> None:
    """Let the service's next answers have other fields; those of `answer` one by one."""

    def change(route: Route) -> None:
        body = route.fetch().json()
        body["answer"] |= changes.pop("answer", {})
        route.fulfill(body=json.dumps(body | changes), content_type="application/json")

    visit.page.route("**/v1/ask", change)


def last(visit: Visit, css: str) -> Locator:
    return visit.part(f".message:last-child {css}")


def test_answer_keeps_phone_links_and_numbers_of_its_lists(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    html = (
        '<p>Call <a href="tel:+4930123456">+49 30</a>, <a href="sms:1">or not</a></p>'
        '<ol><li>one</li><li>two</li></ol><p>then</p><ol start="3"><li>three</li></ol>'
    )
    answer_with(visit, answer={"html": html})
    visit.ask(CANNED)

    phone = visit.part(".body a")
    assert phone.count() == 1
    assert phone.get_attribute("href") == "tel:+4930123456"
    assert phone.get_attribute("target") is None, "no new tab is opened for a call"
    assert visit.part(".body ol").evaluate_all("all => all.map(one => one.start)") == [1, 3]


def test_inline_widget_loads_starters_and_saved_answers_when_it_gets_the_focus(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor('<careers-faq position="inline"></careers-faq>')
    assert visit.part(".choice").count() == 0
    assert visit.requests[1:] == [f"{service.origin}/widget.js"]

    with visit.page.expect_response("**/answers.json"):
        visit.part(".input").focus()
    visit.part(".choice").first.wait_for()

    assert visit.part(".choice").first.text_content() == CANNED


def test_changes_of_attributes_lose_nothing(visitor: Visitor) -> None:
    """Neither a draft, nor the focus, nor a comment, nor what is under way."""
    visit = visitor()
    visit.open()
    visit.ask(CANNED)
    visit.part("[aria-label='Not helpful']").click()
    visit.part("#comment").fill("The season of")
    visit.part(".input").press_sequentially("first line")
    visit.page.keyboard.press("Shift+Enter")
    visit.page.keyboard.type("second")
    visit.page.keyboard.press("ArrowLeft")

    for name, value in {"heading": "A", "greeting": "B", "subtitle": "C", "lang": "de"}.items():
        visit.run(f"{ELEMENT}.setAttribute('{name}', '{value}')")
    visit.part("[aria-label=Schließen]").wait_for()
    visit.page.keyboard.type("X")

    assert visit.part(".input").input_value() == "first line\nseconXd"
    assert visit.part("#comment").input_value() == "The season of"
    assert visit.part(".no").get_attribute("aria-pressed") == "true"

    visit.page.route("**/v1/ask", lambda route: None)
    visit.part(".input").fill("Which one?")
    visit.page.keyboard.press("Enter")
    visit.part(".thinking").wait_for()
    visit.run(f"{ELEMENT}.setAttribute('lang', 'en')")

    assert last(visit, ".thinking").inner_text().startswith("Looking that up")


def test_keys_of_a_composition_neither_close_nor_send(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.part(".input").focus()
    session = visit.page.context.new_cdp_session(visit.page)
    session.send(
        "Input.imeSetComposition", {"text": "にほん", "selectionStart": 3, "selectionEnd": 3}
    )
    press = """(node, key) => node.dispatchEvent(new KeyboardEvent('keydown',
      { key, isComposing: true, keyCode: 229, bubbles: true, composed: true, cancelable: true }))"""
    for key in ("Enter", "Escape", "ArrowDown"):
        visit.part(".input").evaluate(press, key)

    assert visit.part(".panel").is_visible()
    assert visit.part(".you").count() == 0
    assert visit.part(".input").input_value() == "にほん"


def test_language_is_found_from_inside_shadow_roots(visitor: Visitor) -> None:
    visit = visitor('<div lang="de"><p id="outer"></p></div>')
    visit.run(
        """{
          const open = (host) => host.attachShadow({ mode: 'open' });
          const inner = open(outer).appendChild(document.createElement('div'));
          open(inner).innerHTML = '<careers-faq></careers-faq>';
        }"""
    )

    visit.page.get_by_role("button", name="Fragen zum Beruf").click()
    assert visit.page.locator(".panel").is_visible()


@pytest.mark.parametrize("tag", ["de-AT", "de_DE", "DE"])
def test_language_is_found_however_its_tag_is_written(tag: str, visitor: Visitor) -> None:
    visit = visitor(f'<careers-faq lang="{tag}"></careers-faq>')

    visit.page.get_by_role("button", name="Fragen zum Beruf").wait_for()


@pytest.mark.parametrize("emoji", ["😀", "👩‍👩‍👧", "🇩🇪", "e\u0301"])
def test_question_is_never_cut_inside_a_character(emoji: str, visitor: Visitor) -> None:
    visit = visitor()
    with visit.page.expect_request("**/v1/ask") as asked:
        visit.run(f"void {ELEMENT}.ask('a'.repeat(999) + '{emoji} rank')")

    assert question(asked.value) == "a" * 999
    assert asked.value.response().status == 200  # type: ignore[union-attr]


def test_what_fits_is_not_cut(visitor: Visitor) -> None:
    visit = visitor()
    with visit.page.expect_request("**/v1/ask") as asked:
        visit.run(f"void {ELEMENT}.ask('a'.repeat(998) + '😀')")

    assert question(asked.value) == "a" * 998 + "😀"


def test_one_escape_closes_one_thing(visitor: Visitor) -> None:
    visit = visitor(
        '<dialog id="own"><button>Fine</button></dialog><div id="pop" popover>Menu</div>'
        '<careers-faq open></careers-faq><careers-faq open position="bottom-left"></careers-faq>'
    )
    is_open = "[...document.querySelectorAll('careers-faq')].map(one => one.hasAttribute('open'))"
    assert visit.run(is_open) == [True, True]

    visit.run("own.showModal()")
    visit.page.keyboard.press("Escape")
    assert visit.run("own.open") is False
    visit.run("pop.showPopover()")
    visit.page.keyboard.press("Escape")
    assert visit.run("pop.matches(':popover-open')") is False
    assert visit.run(is_open) == [True, True]
    visit.part(".input").nth(1).focus()
    visit.page.keyboard.press("Escape")
    assert visit.run(is_open) == [True, False]
    visit.page.keyboard.press("Escape")
    assert visit.run(is_open) == [False, False]


def test_two_persisting_widgets_keep_apart(visitor: Visitor) -> None:
    visit = visitor(
        '<careers-faq persist></careers-faq><careers-faq persist position="inline"></careers-faq>'
    )
    visit.part(".input").nth(1).fill(CANNED)
    visit.page.keyboard.press("Enter")
    visit.part(".card").wait_for()

    visit.page.reload()
    visit.part(".card").wait_for()

    shown = "all => all.map(one => one.shadowRoot.querySelectorAll('.you').length)"
    assert visit.widget.evaluate_all(shown) == [0, 1]
