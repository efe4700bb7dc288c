"""How the panel is opened otherwise, where it stands, and what is counted of a visit."""

import pytest
from playwright.sync_api import Route

from tests.browser.axe import violations
from tests.browser.host import Host
from tests.browser.scripted_service import CONTACT
from tests.browser.visiting import CANNED, Visitor

pytestmark = pytest.mark.browser

ELEMENT = "document.querySelector('careers-faq')"


@pytest.mark.parametrize("keys", ["Control+k", "Meta+k"])
def test_shortcut_opens_with_the_focus_in_the_field_and_closes(keys: str, visitor: Visitor) -> None:
    visit = visitor('<input id="own"><careers-faq shortcut="ctrl+K"></careers-faq>')
    visit.page.locator("#own").focus()

    visit.page.keyboard.press(keys)
    assert visit.part(".input").evaluate("node => node.matches(':focus')")
    visit.page.keyboard.press(keys)

    assert visit.part(".panel").is_hidden()
    assert visit.run("document.activeElement.id") == "own"


def test_other_keys_are_no_shortcut(visitor: Visitor) -> None:
    visit = visitor('<careers-faq shortcut="ctrl+k"></careers-faq>')

    for keys in ("k", "Control+j", "Control+Shift+k", "Control+Alt+k", "Alt+k"):
        visit.page.keyboard.press(keys)
    assert visit.part(".panel").is_hidden()
    visit.run(f"{ELEMENT}.shortcut = 'k'")
    visit.page.keyboard.press("k")

    assert visit.part(".panel").is_hidden(), "a key alone would get in the way of dictation"


def test_button_of_the_page_opens_and_stands_in_for_ours(visitor: Visitor, host: Host) -> None:
    host.put("/elsewhere", "<p>Elsewhere", "text/html")
    visit = visitor(
        '<a class="ask" href="/elsewhere"><b>Ask us</b></a>'
        '<careers-faq trigger=".ask"></careers-faq>'
    )
    assert visit.part(".launcher").is_hidden()

    visit.page.get_by_text("Ask us").click()
    assert visit.part(".input").evaluate("node => node.matches(':focus')")
    visit.page.keyboard.press("Escape")

    assert visit.part(".panel").is_hidden()
    assert visit.part(".launcher").is_hidden()
    assert visit.run("document.activeElement.className") == "ask"
    assert "/elsewhere" not in visit.page.url
    with visit.page.context.expect_page():
        visit.page.get_by_text("Ask us").click(modifiers=["ControlOrMeta"])
    assert visit.part(".panel").is_hidden(), "a link that is opened in a new tab is a link"


@pytest.mark.parametrize("selector", [".nowhere", "..wrong"])
def test_without_a_button_of_the_page_ours_stays(selector: str, visitor: Visitor) -> None:
    visit = visitor(f'<careers-faq trigger="{selector}"></careers-faq>')
    visit.open()

    assert bool(visit.advice()) is (selector == "..wrong")


def test_widget_in_a_modal_dialog_lies_above_it(visitor: Visitor) -> None:
    visit = visitor('<dialog id="own"><p>Apply</p><careers-faq></careers-faq></dialog>')
    visit.part(".launcher").wait_for(state="attached")
    visit.run("own.showModal()")
    visit.open()
    visit.ask(CANNED)

    assert visit.answers() == ["faq-pay"]
    visit.page.keyboard.press("Escape")
    assert visit.part(".panel").is_hidden()
    assert visit.run("own.open") is True, "one key closes one thing"


@pytest.mark.parametrize("side", ["right", "left"])
def test_drawer_is_as_high_as_the_window(side: str, visitor: Visitor) -> None:
    window = {"width": 1000, "height": 800}
    visit = visitor(
        f'<careers-faq position="drawer-{side}"></careers-faq>',
        context={"viewport": window, "reduced_motion": "reduce"},
    )
    visit.open()

    box = visit.box(".panel")
    assert (box["y"], box["height"]) == (0, 800)
    assert (box["x"] == 0) is (side == "left")
    assert (box["x"] + box["width"] == 1000) is (side == "right")
    assert violations(visit.page) == []
    visit.page.set_viewport_size({"width": 390, "height": 700})
    visit.part(".panel:modal").wait_for()
    assert visit.box(".panel") == {"x": 0, "y": 0, "width": 390, "height": 700}


def test_language_changes_at_once_when_its_texts_are_there(visitor: Visitor) -> None:
    visit = visitor('<careers-faq lang="de"></careers-faq>')
    visit.part(".launcher").wait_for()
    held: list[Route] = []
    visit.page.route("**/texts/fr.json", lambda route: held.append(route))
    with visit.page.expect_request("**/texts/fr.json"):
        visit.run(f"{ELEMENT}.lang = 'fr'")

    assert visit.part(".launcher").inner_text() == "Fragen zum Beruf"
    visit.open()
    held[0].continue_()
    visit.part("[aria-label=Fermer]").wait_for()


def test_slow_texts_show_nothing_in_english(visitor: Visitor) -> None:
    held: list[Route] = []
    visit = visitor('<careers-faq lang="en"></careers-faq>')
    visit.page.route("**/texts/ar.json", lambda route: held.append(route))
    with visit.page.expect_request("**/texts/ar.json"):
        visit.run(f"{ELEMENT}.outerHTML = '<careers-faq lang=ar></careers-faq>'")

    assert visit.part(".launcher").is_hidden()
    held[0].continue_()
    visit.part(".launcher").wait_for()
    assert "Ask" not in visit.part(".launcher").inner_text()


def test_click_is_sent_to_the_service_and_not_stored_in_the_browser(
    visitor: Visitor,
) -> None:
    visit = visitor()
    sent: list[object] = []

    def told(route: Route) -> None:
        sent.append((route.request.post_data_json or {})["kind"])
        response = route.fetch()
        assert response.status == 204
        route.fulfill(response=response)

    visit.page.route("**/v1/clicks", told)
    visit.open()
    visit.part(".greeting .choice").first.click()
    visit.part(".card").wait_for()
    for css in (".source", ".body a"):
        with visit.page.expect_popup() as source, visit.page.expect_response("**/v1/clicks"):
            visit.part(css).click()
        source.value.close()
    visit.part("[aria-label='Copy answer']").click()
    with visit.page.expect_response("**/v1/clicks"):
        visit.part(".message:last-child .choice").first.click()
    visit.ask("Do bees sleep?")
    assert visit.part(".said a").get_attribute("href") == CONTACT
    with visit.page.expect_popup() as contact, visit.page.expect_response("**/v1/clicks"):
        visit.part(".said a").click()
    contact.value.close()

    assert sent == ["source", "source", "suggestion", "contact"]
    stored = "[document.cookie, localStorage.length, sessionStorage.length]"
    assert visit.run(stored) == ["", 0, 0]


def test_saved_answers_tell_nobody(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.page.route("**/v1/ask", lambda route: route.abort())
    visit.ask(CANNED)
    visit.part(".message:last-child .choice").first.click()

    assert not [url for url in visit.requests if url.endswith("/v1/clicks")]
