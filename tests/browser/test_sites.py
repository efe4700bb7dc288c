"""Several sites of one service, on one page or on several."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator

from tests.browser.host import Host
from tests.browser.scripted_sites import scripted_sites_app
from tests.browser.visiting import CANNED, GROUND, Service, Visit, Visitor

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sites(host: Host, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with Service(scripted_sites_app(tmp_path_factory.mktemp("sites"), host.origin)) as sites:
        yield sites


def script(sites: Service, key: str) -> str:
    return f'<script type="module" src="{sites.origin}/sites/{key}/widget.js"></script>'


def shown(visitor: Visitor, sites: Service, key: str, body: str) -> Visit:
    visit = visitor(body, scripted=False, head=script(sites, key))
    visit.page.wait_for_function("Boolean(customElements.get('careers-faq'))")
    return visit


def ground(node: Locator) -> str:
    colour: str = node.evaluate(GROUND)
    return colour


def test_widget_of_a_site_has_its_words_colours_and_contact(
    visitor: Visitor, sites: Service
) -> None:
    visit = shown(visitor, sites, "bakery", "<careers-faq open></careers-faq>")
    visit.ask("Do bees sleep?")

    assert visit.part("h2").text_content() == "Ask the bakery"
    assert visit.part(".greeting > p").text_content() == "Good morning from the oven."
    assert ground(visit.part(".send")) == "#0b6b4f"
    assert str(visit.part(".said a").get_attribute("href")).startswith(
        "mailto:jobs@bakery.example?subject="
    )
    assert visit.console == []


def test_widget_asks_its_site_and_links_stay_there(visitor: Visitor, sites: Service) -> None:
    visit = shown(visitor, sites, "bakery", "<careers-faq open></careers-faq>")
    visit.ask(CANNED)

    assert "bakery says:" in (visit.part(".card").text_content() or "")
    source = visit.part(".meta a").first.get_attribute("href")
    assert (source or "").startswith(f"{sites.origin}/sites/bakery/faq#faq-pay")
    paths = {url.removeprefix(sites.origin) for url in visit.requests if sites.origin in url}
    assert all(path.startswith("/sites/bakery/") for path in paths)
    assert "/sites/bakery/v1/ask" in paths


def test_site_speaks_the_language_of_the_page(visitor: Visitor, sites: Service) -> None:
    body = '<careers-faq open lang="de"></careers-faq>'
    visit = shown(visitor, sites, "bakery", body)

    assert visit.part("h2").text_content() == "Fragen an die Bäckerei"
    assert (visit.part(".greeting > p").text_content() or "").startswith("Hallo!")
    assert visit.part(".send").get_attribute("aria-label") == "Senden"


def test_words_and_colours_of_the_page_go_before_those_of_the_site(
    visitor: Visitor, sites: Service
) -> None:
    style = "<style>careers-faq { --careers-faq-accent: #334155 }</style>"
    body = f'{style}<careers-faq open heading="Ask us" contact-url="/contact"></careers-faq>'
    visit = shown(visitor, sites, "bakery", body)
    visit.ask("Do bees sleep?")

    assert visit.part("h2").text_content() == "Ask us"
    assert ground(visit.part(".send")) == "#334155"
    contact = visit.part(".meta a").first.get_attribute("href") or ""
    assert contact.endswith("/contact")


def test_two_sites_on_one_page_stay_apart(visitor: Visitor, sites: Service) -> None:
    elements = "".join(
        f'<careers-faq id="{key}" position="inline" endpoint="{sites.origin}/sites/{key}">'
        "</careers-faq>"
        for key in ("bakery", "kitchen", "plain")
    )
    scripts = script(sites, "bakery") + script(sites, "kitchen")
    visit = visitor(elements, scripted=False, head=scripts)
    visit.page.wait_for_function("Object.keys(globalThis.careersFaqSites ?? {}).length === 2")

    parts = {key: visit.page.locator(f"#{key}") for key in ("bakery", "kitchen", "plain")}
    for part in parts.values():
        part.locator(".input").fill(CANNED)
        part.locator(".input").press("Enter")
        part.locator(".card").wait_for()

    headings = [part.locator("h2").text_content() for part in parts.values()]
    assert headings == ["Ask the bakery", "Ask the kitchen", "Ask about careers"]
    grounds = [ground(part.locator(".send")) for part in parts.values()]
    assert grounds == ["#0b6b4f", "#7a2f7d", "#1d4ed8"]
    for key, part in parts.items():
        assert f"{key} says:" in (part.locator(".card").text_content() or "")
    assert visit.console == []


def test_page_of_a_site_works_under_its_address(visitor: Visitor, sites: Service) -> None:
    visit = visitor(url=f"{sites.origin}/sites/bakery", scripted=False)
    visit.page.wait_for_function("Boolean(customElements.get('careers-faq'))")
    visit.open()
    visit.ask(CANNED)
    visit.page.get_by_role("link", name="Read the whole guide").click()

    assert visit.page.url == f"{sites.origin}/sites/bakery/faq"
    assert visit.page.locator("#faq-pay").is_visible()
    assert visit.console == []


def test_site_that_is_away_is_answered_for_from_its_own_saved_copy(
    visitor: Visitor, sites: Service
) -> None:
    visit = shown(visitor, sites, "kitchen", "<careers-faq open></careers-faq>")
    visit.page.route("**/v1/ask", lambda route: route.abort())
    visit.ask(CANNED)

    assert "kitchen says:" in (visit.part(".card").text_content() or "")
    saved = [url for url in visit.requests if url.endswith("answers.json")]
    assert len(saved) == 1
    assert saved[0].startswith(f"{sites.origin}/sites/kitchen/widget/")
