"""The builder of snippets on the demo page, and what `/faq` and `/docs` do in a browser."""

import pytest
from playwright.sync_api import Page

from tests.browser.axe import violations
from tests.browser.visiting import GROUND, Service, Visit, Visitor

pytestmark = pytest.mark.browser

PHONE = {"viewport": {"width": 320, "height": 640}}


def choose(page: Page, name: str, value: str) -> None:
    page.locator(f"#look [name={name}][value={value}], [form=look][value={value}]").check(
        force=True
    )


def snippet(visit: Visit) -> str:
    return visit.page.locator("#snippet").inner_text()


def test_snippet_follows_every_choice_in_every_format(visitor: Visitor, service: Service) -> None:
    visit = visitor(url=f"{service.origin}/")
    page = visit.page
    assert snippet(visit) == (
        f'<script type="module" src="{service.origin}/widget.js"></script>\n'
        "<careers-faq></careers-faq>"
    )

    choose(page, "colour", "green")
    page.get_by_label("Plum").click()
    assert page.locator("[name=colour][value=plum]").is_checked()
    page.locator("[name=own]").fill("#ffd400")
    page.locator("[name=heading]").fill('Ask "us"')
    page.locator("[name=contact-url]").fill("mailto:jobs@example.org")
    page.locator("#own-logo").fill("/logo.svg")
    choose(page, "corners", "round")

    assert visit.part(".launcher").text_content() == 'Ask "us"'
    assert visit.part(".launcher").evaluate(GROUND) == "#ffd400"
    assert page.locator("#contrast").inner_text() == (
        "Black text on it: 14.7 to 1 (4.5 is needed); links are darkened until they can be read."
    )
    assert snippet(visit).split("\n", 1)[1] == (
        '<careers-faq heading="Ask &quot;us&quot;" accent="#ffd400" '
        'contact-url="mailto:jobs@example.org"><img slot="logo" src="/logo.svg" alt="">'
        "</careers-faq>\n\n/* in your style sheet */\n"
        "careers-faq {\n  --careers-faq-radius: 22px;\n}"
    )
    choose(page, "corners", "soft")
    choose(page, "format", "react")
    assert f'endpoint="{service.origin}"' in snippet(visit)
    assert 'heading={"Ask \\"us\\""}' in snippet(visit)
    assert 'contactUrl="mailto:jobs@example.org"' in snippet(visit)
    choose(page, "format", "vue")
    assert snippet(visit).startswith("import 'careers-faq';")
    choose(page, "format", "wordpress")
    assert snippet(visit) == (
        '[careers_faq heading="Ask &quot;us&quot;" accent="#ffd400" '
        'contact_url="mailto:jobs@example.org"]'
    )
    assert violations(page) == []
    assert visit.console == []


def test_faq_page_is_searched_linked_and_shows_the_current_place(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor(
        url=f"{service.origin}/faq",
        scripted=False,
        context={"permissions": ["clipboard-read", "clipboard-write"]},
    )
    page = visit.page
    page.locator("#_filter").fill("florist EARN")
    visible = "all => all.filter(one => one.checkVisibility()).map(one => one.id)"

    assert page.locator("main section[id]").evaluate_all(visible) == ["faq-pay"]
    assert page.locator("#_found").inner_text().startswith("1 of ")
    page.locator("#faq-pay .anchor").click()
    assert page.evaluate("navigator.clipboard.readText()") == f"{service.origin}/faq#faq-pay"
    page.evaluate("location.hash = 'faq-hours'")
    page.locator("#faq-hours").wait_for()
    assert page.locator("#_filter").input_value() == ""
    page.locator(".toc [aria-current=location]").wait_for()
    assert violations(page) == []
    assert "Version" not in page.locator("footer").inner_text()
    assert visit.console == []


def test_api_reference_is_tried_out_and_fits_a_phone(visitor: Visitor, service: Service) -> None:
    visit = visitor(url=f"{service.origin}/docs", scripted=False, context=PHONE)
    page = visit.page
    wide = "document.documentElement.scrollWidth > innerWidth"
    assert page.evaluate(wide) is False
    command = page.get_by_label("Command for POST /v1/ask").inner_text()
    assert command == (
        f"curl '{service.origin}/v1/ask' \\\n  -H 'Content-Type: application/json' \\\n"
        """  -d '{"question": "Do I need a degree?"}'"""
    )

    ask = page.locator("form[data-path='/v1/ask']")
    ask.locator("button").click()
    ask.locator("pre").wait_for()

    assert ask.locator("pre").inner_text().startswith("200\n{")
    assert '"outcome"' in ask.locator("pre").inner_text()
    assert page.evaluate(wide) is False
    cells = page.locator(".scroll").evaluate_all(
        "all => all.filter(one => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cells == 0, "tables are read without sideways scrolling"
    assert violations(page) == []
    assert visit.console == []
