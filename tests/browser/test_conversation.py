"""What a visitor sees for each outcome, and can do with it."""

import json

import pytest
from playwright.sync_api import Route

from tests.browser.scripted_service import CONTACT
from tests.browser.visiting import Service, Visit, Visitor

pytestmark = pytest.mark.browser

CANNED = "Do florists earn more than gardeners?"
PASSAGE = "What does a gardener do?"
COMPARISON = "Which trade is more in demand?"
CLARIFY = "Which one?"
UNKNOWN = "Do bees sleep?"
BOUNDARY = "Will it rain tomorrow?"
SMALLTALK = "thanks"
HOSTILE = "<img src=x onerror=\"window.ran='question'\"><script>window.ran=1</script>{{7*7}}"


@pytest.fixture
def visit(visitor: Visitor) -> Visit:
    visit = visitor(f'<careers-faq contact-url="{CONTACT}"></careers-faq>')
    visit.open()
    return visit


def test_greeting_offers_questions_to_start_with(visit: Visit) -> None:
    visit.part(".choice").first.wait_for()
    visit.part(".choice").nth(1).click()
    visit.part(".card").wait_for()

    assert visit.part(".choice").nth(0).text_content() == CANNED
    assert visit.part(".card").get_attribute("data-id") == "faq-hours"


def test_canned_answer_keeps_its_markup(visit: Visit, service: Service) -> None:
    visit.ask(CANNED)

    assert visit.part(".card").get_attribute("data-id") == "faq-pay"
    assert visit.part(".body p").first.inner_text() == "They earn about the same. It depends on:"
    assert visit.part(".body strong").all_text_contents() == ["about the same"]
    assert visit.part(".body li").all_text_contents() == [
        "the place",
        "the season, see the calendar",
    ]
    link = visit.part(".body a")
    assert link.get_attribute("href") == "https://example.org/calendar"
    assert link.get_attribute("rel") == "noopener"
    links = visit.part("[part=citation]")
    assert [link.get_attribute("href") for link in links.all()] == [
        f"{service.origin}/faq#faq-pay:~:text=It%20depends%20on%3A",
        "https://example.org/wages",
    ]
    assert "Reviewed January 3, 2026" in visit.part(".meta").inner_text()
    assert visit.part(".message:last-child .choice").all_text_contents() == [
        "When does a gardener start work?",
        "How long does it take to become a florist?",
    ]


def test_best_sentence_of_a_passage_is_marked(visit: Visit) -> None:
    visit.ask(PASSAGE)

    marked = "".join(visit.part("mark").all_text_contents())
    assert marked == "The work follows the seasons and is done in the open."


def test_source_opens_the_page_at_the_sentence_and_highlights_it(
    visit: Visit, service: Service
) -> None:
    visit.ask(PASSAGE)

    with visit.page.context.expect_page() as opened:
        visit.part(".source").click()

    page = opened.value
    page.wait_for_load_state()
    assert page.url.split(":~:")[0] == f"{service.origin}/faq#art-gardener"
    # the browser has found the text: its paragraph is the target now, not the whole section
    assert "The work follows the seasons" in page.locator("#art-gardener p:target").inner_text()
    href = visit.part(".source").get_attribute("href") or ""
    assert href.endswith(":~:text=The%20work%20follows%20the%20seasons,done%20in%20the%20open.")


def test_comparison_stands_side_by_side(visit: Visit) -> None:
    visit.ask(COMPARISON)

    assert visit.part(".side h4").all_text_contents() == ["Gardener", "Florist"]
    assert [text.strip() for text in visit.part(".side h4 ~ *").all_inner_texts()] == [
        "Gardeners: wanted in spring and summer.",
        "Florists: wanted before holidays.",
    ]
    tops = "all => new Set(all.map(node => node.getBoundingClientRect().top)).size"
    assert visit.part(".side").evaluate_all(tops) == 2, "one below the other where it is narrow"
    visit.part("[aria-label=Larger]").click()
    assert visit.part(".side").evaluate_all(tops) == 1


def test_clarifying_question_is_answered_by_picking(visit: Visit) -> None:
    visit.ask(CLARIFY)
    assert visit.part(".card").count() == 0
    assert "Which of these do you mean?" in visit.part(".message").last.inner_text()

    visit.part(".message:last-child .choice").first.click()
    visit.part(".card").wait_for()

    assert visit.part(".card").get_attribute("data-id") == "faq-pay"


@pytest.mark.parametrize(
    ("question", "reply"),
    [
        (UNKNOWN, "I don't have an answer to that."),
        (BOUNDARY, "This site knows nothing about the weather. A forecast does."),
    ],
)
def test_refusal_is_honest_and_leads_on(
    question: str, reply: str, visit: Visit, service: Service
) -> None:
    visit.ask(question)

    last = visit.part(".message").last
    assert reply in last.inner_text()
    assert last.locator(".choice").count() == 3
    links = [link.get_attribute("href") for link in last.locator("a").all()]
    assert links == [CONTACT, f"{service.origin}/faq"], "a person is offered once"


def test_thanks_are_met_with_a_sentence(visit: Visit) -> None:
    visit.ask(SMALLTALK)

    assert "You are welcome." in visit.part(".message").last.inner_text()
    assert visit.part(".card").count() == 0


@pytest.mark.parametrize("question", [HOSTILE, "Show me hostile text"])
def test_nothing_in_question_or_content_runs(question: str, visit: Visit) -> None:
    visit.ask(question)
    visit.run("new Promise(done => setTimeout(done))")

    assert visit.run("window.ran") is None
    assert visit.part("script, img, [onclick], [onerror]").count() == 0
    assert visit.part("a[href^=javascript]").count() == 0


def test_hostile_text_is_shown_as_it_was_written(visit: Visit) -> None:
    visit.ask(HOSTILE)
    visit.ask("Show me hostile text")

    assert visit.part(".you").first.inner_text().endswith(HOSTILE)
    assert "& an ampersand" in visit.part(".body").inner_text()
    assert '<b onclick="window.ran=1">code</b>' in visit.part(".body code").inner_text()


def test_even_an_answer_that_was_not_sanitised_cannot_run(visit: Visit) -> None:
    attack = (
        '<p onclick="window.ran=1">a<script>window.ran=2</script><img src=x onerror=window.ran=3>'
        '<a href="javascript:window.ran=4">b</a><a href=" JaVa&#x0A;script:window.ran=5">c</a>'
        '<svg onload="window.ran=6"><style>*{display:none}</style><iframe srcdoc="x"></iframe></p>'
        '<a href="https://example.org" style="position:fixed" onmouseover="window.ran=7">d</a>'
    )

    def poison(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        body["answer"] |= {"html": attack, "url": "javascript:window.ran=8", "title": attack}
        body |= {"message": attack, "message_html": attack}
        body["suggestions"] = [{"id": attack, "question": attack}]
        body["answer"]["sources"] = [{"title": "e", "url": "data:text/html,<script>"}]
        route.fulfill(response=response, body=json.dumps(body))

    visit.page.route("**/v1/ask", poison)
    visit.ask(CANNED)
    schemes = visit.part("a").evaluate_all("all => [...new Set(all.map(a => a.protocol))].sort()")
    assert schemes == ["http:", "https:"]
    visit.run("new Promise(done => setTimeout(done))")

    assert visit.run("window.ran") is None
    assert visit.part(".source").count() == 0
    assert visit.part(".message .choice").last.text_content() == attack
    assert visit.part(".log").evaluate(
        "log => [...new Set([...log.querySelectorAll('.body *, .said *')]"
        ".map(node => node.localName))].sort()"
    ) == ["a", "p", "span"]
    assert visit.part(".card").evaluate(
        "card => [...new Set([...card.querySelectorAll('.body *')]"
        ".flatMap(node => node.getAttributeNames()))].sort()"
    ) == ["href", "rel", "target"]


def test_suggestions_follow_the_typing_and_answer_by_keyboard(visit: Visit) -> None:
    visit.part(".input").press_sequentially("gardener")
    visit.part("[role=option]").first.wait_for()
    assert visit.part("[role=option]").all_text_contents() == [
        CANNED,
        "When does a gardener start work?",
    ]

    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowDown")
    active = visit.part(".input").get_attribute("aria-activedescendant")
    visit.page.keyboard.press("Enter")
    visit.part(".card").wait_for()

    assert active == "option-1"
    assert visit.part(".card").get_attribute("data-id") == "faq-hours"
    assert visit.part(".input").input_value() == ""
    assert visit.part("[role=listbox]").is_hidden()


def test_suggestion_is_taken_by_pointer(visit: Visit) -> None:
    visit.part(".input").press_sequentially("florist")
    visit.part("[role=option]").last.click()
    visit.part(".card").wait_for()

    assert visit.part(".card").get_attribute("data-id") == "faq-learn"


def test_feedback_and_comment_arrive(visit: Visit) -> None:
    bodies: list[object] = []
    visit.page.on(
        "request",
        lambda request: (
            bodies.append(request.post_data_json) if "feedback" in request.url else None
        ),
    )
    visit.ask(CANNED)

    with visit.page.expect_response("**/v1/feedback") as first:
        visit.part("[aria-label='Not helpful']").click()
    visit.part("#comment").fill("The season of what?")
    with visit.page.expect_response("**/v1/feedback") as second:
        visit.part(".comment .action").click()

    assert [first.value.status, second.value.status] == [204, 204]
    assert [set(body) for body in bodies if isinstance(body, dict) and "helpful" in body] == [
        {"interaction_id", "helpful"},
        {"interaction_id", "helpful", "comment"},
    ]
    assert visit.part("[aria-label='Not helpful']").get_attribute("aria-pressed") == "true"
    assert visit.part(".comment").count() == 0
    assert "Thanks, that helps us." in visit.part(".message").last.inner_text()


def test_answer_and_its_address_can_be_copied(visitor: Visitor, service: Service) -> None:
    visit = visitor(context={"permissions": ["clipboard-read", "clipboard-write"]})
    visit.open()
    visit.ask(CANNED)

    address = f"{service.origin}/faq#faq-pay"
    visit.part("[aria-label='Copy answer']").click()
    copied = "start => navigator.clipboard.readText().then(text => text.startsWith(start) && text)"
    text = visit.page.wait_for_function(copied, arg=CANNED).json_value()
    visit.part("[aria-label='Copy link']").click()
    link = visit.page.wait_for_function(copied, arg=service.origin).json_value()

    assert text.split("\n\n")[0] == CANNED
    assert text.endswith(f"\n\n{address}")
    assert link == address


def test_start_over_forgets(visit: Visit) -> None:
    visit.ask(CANNED)

    visit.part("[aria-label='Start over']").click()

    assert visit.part(".you").count() == 0
    assert visit.part(".message").count() == 1


def test_conversation_id_is_sent_along_until_start_over(visit: Visit) -> None:
    sent: list[object] = []
    visit.page.on(
        "request",
        lambda request: sent.append(request.post_data_json) if "ask" in request.url else None,
    )
    visit.ask(CANNED)
    visit.ask(PASSAGE)
    visit.part("[aria-label='Start over']").click()
    visit.ask(CANNED)

    has_id = ["conversation_id" in body for body in sent if isinstance(body, dict)]
    assert has_id == [False, True, False]
