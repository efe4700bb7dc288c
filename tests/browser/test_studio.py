"""The studio in a real browser, from signing in to an answer in the widget and its undoing."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from service.analytics.database import Database
from service.app import create_app
from service.settings import Switch
from tests.browser.axe import faults, violations
from tests.browser.conftest import WAIT_MS
from tests.browser.host import Host
from tests.browser.visiting import Service, Visit
from tests.support.asking import asked
from tests.support.paths import CONTENT
from tests.support.publishing import built
from tests.support.serving import TOKEN, open_small, settings_for
from tests.support.studio import small_studio

pytestmark = pytest.mark.browser
expect.set_options(timeout=60_000)  # far more than it takes, for a machine that is busy
QUESTION = "May I bake at night?"
VIEWS = (
    *("", "/entry/faq-pay", "/section/art-hours", "/new/boundary", "/publish", "/import"),
    *("/ask?q=do+cooks+earn+more", "/visitors?topic=clarified"),
)


@pytest.fixture
def studio(runtime: Path, tmp_path: Path) -> Iterator[Service]:
    content = shutil.copytree(CONTENT, tmp_path / "content")
    built(content, runtime, tmp_path / "index", publish=True)
    settings = settings_for(tmp_path / "index", corpus_dir=content, import_private=Switch.ON)
    database = Database(settings.database_url.get_secret_value())
    database.write([asked("bread or cake?", "clarify")], [])
    database.close()
    app = create_app(settings, open_small)
    with Service(app) as service:
        small_studio(app, runtime)
        yield service


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    with browser.new_context() as context:
        context.set_default_timeout(WAIT_MS)
        yield context


def sign_in(context: BrowserContext, studio: Service, to: str = "content") -> Page:
    page = context.new_page()
    page.goto(f"{studio.origin}/admin/{to}")
    page.get_by_label("Token").fill(TOKEN)
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"**/admin/{to}")
    return page


def answer_in_widget(page: Page, studio: Service) -> str:
    page.goto(studio.origin)
    page.wait_for_function("Boolean(customElements.get('careers-faq'))")
    visit = Visit(page, [], [])
    visit.open()
    visit.ask(QUESTION)
    return visit.part(".message").last.inner_text()


def test_new_answer_goes_live_in_the_widget_and_is_undone(
    studio: Service, context: BrowserContext
) -> None:
    refused: list[str] = []
    page = sign_in(context, studio)
    page.on("console", lambda message: refused.append(message.text))
    page.get_by_role("link", name="New answer").click()
    page.get_by_label("Question", exact=True).fill(QUESTION)
    page.get_by_label("Answer", exact=True).fill("**At night** only. TODO")
    expect(page.locator("#say-answer")).to_contain_text("TODO")
    expect(page.locator("[data-part=preview] strong").last).to_have_text("At night")

    page.get_by_label("Answer", exact=True).fill("**At night** only.")
    expect(page.locator("#say-answer")).to_be_empty()
    page.get_by_role("button", name="Save", exact=True).click()
    page.wait_for_url("**said=created")
    page.get_by_label("Any question").fill(QUESTION)
    page.get_by_role("button", name="Ask", exact=True).click()
    expect(page.get_by_label("Draft: what's saved")).to_contain_text("At night only.")
    expect(page.get_by_label("Live: what visitors get")).not_to_contain_text("At night only.")
    page.get_by_role("button", name="Save, then publish").click()
    expect(page.locator(".changes")).to_contain_text(QUESTION)
    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.locator("main > .say")).to_contain_text("It's live.")
    assert violations(page) == []

    assert "At night only." in answer_in_widget(page, studio)

    page.goto(f"{studio.origin}/admin/content/publish")
    page.get_by_role("button", name="Undo this").click()
    expect(page.locator("main > .say")).to_contain_text("Undone")
    assert "At night only." not in answer_in_widget(page, studio)
    assert [message for message in refused if "Content Security Policy" in message] == []


def test_refusal_is_shown_and_may_be_overruled(
    studio: Service, context: BrowserContext, tmp_path: Path
) -> None:
    check = '{"question": "How do I become a baker?", "expect": "faq-start"}\n'
    (tmp_path / "content/checks.jsonl").write_text(check, "utf-8")
    page = sign_in(context, studio, "content/publish")
    page.get_by_role("button", name="Publish", exact=True).click()
    page.get_by_text("It's live.").wait_for(timeout=60_000)
    page.goto(f"{studio.origin}/admin/content/entry/faq-start")
    page.get_by_label("Question", exact=True).fill("Is there cake?")
    page.get_by_label("Other ways people ask it").fill("x y z")
    page.get_by_role("button", name="Save, then publish").click()
    expect(page.get_by_text("refuse to publish this")).to_be_visible()

    page.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name="I didn't publish this")).to_be_visible()
    expect(page.locator("main .say.bad")).to_contain_text("How do I become a baker?")
    assert violations(page) == []
    page.get_by_role("button", name="Publish anyway").click()
    page.get_by_text("It's live.").wait_for(timeout=60_000)
    expect(page.get_by_text("Published despite").first).to_be_visible()


def test_first_build_that_takes_long_is_explained(studio: Service, context: BrowserContext) -> None:
    page = sign_in(context, studio)
    page.clock.install()
    held: list[Route] = []
    page.route("**/admin/content/ask", lambda route: held.append(route))  # where the draft is asked
    page.goto(f"{studio.origin}/admin/content/ask?q=do+cooks+earn+more")
    status = page.locator("form[data-auto] [data-wait]")

    expect(status).to_contain_text("Building the draft")
    expect(status).not_to_contain_text("encodes every text")
    page.clock.fast_forward(11_000)
    expect(status).to_contain_text("encodes every text")
    held[0].fulfill(status=504, content_type="text/html", body="<h1>Gateway Time-out</h1>")
    expect(status).to_contain_text("the service goes on")


def test_everybody_can_use_every_view(studio: Service, context: BrowserContext) -> None:
    page = sign_in(context, studio)
    for view in VIEWS:
        page.goto(f"{studio.origin}/admin/content{view}")
        expect(page.locator("form[data-auto]")).to_have_count(0)
        assert violations(page) == [], view
        for details in page.locator("summary").all():
            details.click()
        assert faults(page, sizes=["320 px"]) == [], view


def test_keyboard_alone_changes_an_answer(studio: Service, context: BrowserContext) -> None:
    page = sign_in(context, studio, "content/entry/faq-pay")
    page.get_by_label("Answer", exact=True).focus()
    page.keyboard.press("Control+End")
    page.keyboard.type(" Ask us.")
    page.keyboard.press("Control+s")
    page.wait_for_url("**said=saved")
    expect(page.get_by_label("Answer", exact=True)).to_have_value(
        "Pay is much the same in both jobs. It depends on the place and on your years of work. "
        "Ask us."
    )


def test_two_editors_lose_nothing(studio: Service, context: BrowserContext) -> None:
    first = sign_in(context, studio, "content/entry/faq-pay")
    second = context.new_page()
    second.goto(first.url)
    for page, text in ((first, "The first."), (second, "The second.")):
        page.get_by_label("Answer", exact=True).fill(text)
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_load_state()
    theirs = second.get_by_role("region", name="Answer: theirs")
    expect(theirs).to_have_text("The first.")
    expect(second.get_by_label("Answer", exact=True)).to_have_value("The second.")
    assert violations(second) == []

    second.get_by_role("button", name="Save", exact=True).click()
    second.wait_for_url("**said=saved")


def test_one_field_is_taken_from_the_other_editor_and_another_kept(
    studio: Service, context: BrowserContext
) -> None:
    first = sign_in(context, studio, "content/entry/faq-pay")
    second = context.new_page()
    second.goto(first.url)
    for page, name in ((first, "first"), (second, "second")):
        page.get_by_label("Answer", exact=True).fill(f"The {name}.")
        page.get_by_label("Owner", exact=True).fill(f"The {name} editor")
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_load_state()

    second.get_by_role("button", name="Take theirs: Answer").click()
    expect(second.get_by_label("Answer", exact=True)).to_have_value("The first.")
    expect(second.get_by_label("Owner", exact=True)).to_have_value("The second editor")
    expect(second.get_by_role("region", name="Answer: theirs")).to_have_count(0)
    expect(second.get_by_role("region", name="Owner: theirs")).to_have_text("The first editor")
    assert violations(second) == []
    second.get_by_role("button", name="Save", exact=True).click()
    second.wait_for_url("**said=saved")

    first.reload()
    expect(first.get_by_label("Answer", exact=True)).to_have_value("The first.")
    expect(first.get_by_label("Owner", exact=True)).to_have_value("The second editor")


def test_studio_works_on_a_phone_without_script(studio: Service, browser: Browser) -> None:
    phone = {"width": 390, "height": 844}
    with browser.new_context(java_script_enabled=False, viewport=phone) as context:  # type: ignore[arg-type]
        page = sign_in(context, studio)
        page.get_by_label("Search").fill("earn more")
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="Do cooks earn more than bakers?").click()
        page.get_by_role("button", name="Reviewed today").click()
        expect(page.get_by_text("Saved as reviewed today.")).to_be_visible()
        page.get_by_role("link", name="Publish", exact=True).last.click()
        page.get_by_role("button", name="See what would change").click()
        expect(page.get_by_role("button", name="Publish", exact=True)).to_be_visible()


def test_suggestion_is_accepted_and_undone(studio: Service, context: BrowserContext) -> None:
    page = sign_in(context, studio)
    page.get_by_role("link", name="Visitors").click()
    page.get_by_role("link", name="Asked back").click()
    page.locator(".offer").first.click()
    expect(page.locator("main > .say")).to_contain_text("Added to")
    assert violations(page) == []
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("main > .say")).to_contain_text("Taken away")


def test_file_is_imported_on_a_phone(studio: Service, browser: Browser, tmp_path: Path) -> None:
    table = tmp_path / "more.csv"
    table.write_text("question,answer\nIs there parking?,Behind the bakery.\n", "utf-8")
    with browser.new_context(viewport={"width": 390, "height": 844}) as context:
        page = sign_in(context, studio)
        page.get_by_role("link", name="Import").click()
        page.get_by_label("A file").set_input_files(table)
        expect(page.get_by_label("Is there parking?")).to_be_checked()
        assert violations(page) == []
        page.get_by_role("button", name="Save what's ticked").click()
        page.get_by_role("link", name="See it").click()
        expect(page.get_by_role("link", name="Is there parking?")).to_be_visible()


def test_page_of_a_pasted_address_is_imported_and_undone(
    studio: Service, context: BrowserContext, host: Host
) -> None:
    address = host.show("<h2>Is there parking?</h2><p>Behind the bakery.</p>")
    page = sign_in(context, studio, "content/import")
    page.get_by_label("Or the address of a page").fill(address)
    page.get_by_role("button", name="See what's in it").click()

    expect(page.get_by_label("Is there parking?")).to_be_checked()
    expect(page.locator("main")).to_contain_text(address)
    assert violations(page) == []
    page.get_by_role("button", name="Save what's ticked").click()
    expect(page.locator("main > .say")).to_contain_text("Saved in ")
    assert violations(page) == []
    page.get_by_role("button", name="Undo this import").click()

    expect(page.locator("main > .say")).to_contain_text("I've undone the import")
    page.goto(f"{studio.origin}/admin/content?q=parking")
    expect(page.locator("main")).to_contain_text("I found nothing like that.")


def test_import_that_was_edited_since_is_not_undone(
    studio: Service, context: BrowserContext, tmp_path: Path
) -> None:
    table = tmp_path / "more.csv"
    table.write_text("question,answer\nIs there parking?,Behind the bakery.\n", "utf-8")
    page = sign_in(context, studio, "content/import")
    page.get_by_label("A file").set_input_files(table)
    page.get_by_role("button", name="Save what's ticked").click()
    other = context.new_page()
    other.goto(f"{studio.origin}/admin/content?q=parking")
    other.get_by_role("link", name="Is there parking?").click()
    other.get_by_label("Answer", exact=True).fill("Beside the bakery.")
    other.get_by_role("button", name="Save", exact=True).click()
    other.wait_for_url("**said=saved")

    page.get_by_role("button", name="Undo this import").click()

    expect(page.locator("main .say.bad")).to_contain_text("more.yaml")
    other.reload()
    expect(other.get_by_label("Answer", exact=True)).to_have_value("Beside the bakery.")
