"""What a visitor sees when things fail, and how it gets well again."""

from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.browser.host import Host
from tests.browser.scripted_service import scripted_app
from tests.browser.visiting import Service, Visitor
from tests.support.paths import ROOT

pytestmark = pytest.mark.browser

QUESTION = "When does a gardener start work?"
OTHER = "How long does it take to become a florist?"
PATIENCE_MS = 4000
"""How long the widget waits for an answer."""
FALLBACK = ROOT / "service/web/widget/fallback.js"
FIRST_LOOK_MS = 2000
"""How long after a failure the widget looks whether the service is back."""


def cut_off(page: Page, path: str = "/v1/ask") -> None:
    page.route(f"**{path}", lambda route: route.abort())


def test_slow_service_is_stood_in_for_by_saved_answers(visitor: Visitor) -> None:
    visit = visitor(clock=True)
    visit.open()
    visit.page.route("**/v1/ask", lambda route: None)
    cut_off(visit.page, "/readyz")

    visit.send("when do gardeners start working")
    visit.page.clock.fast_forward(PATIENCE_MS)
    visit.part(".thinking").wait_for(state="detached")

    names = [url.split("/")[-1] for url in visit.requests]
    assert names.count("answers.json") == 1, "fetched once, when idle or when needed"
    assert visit.part(".card").get_attribute("data-id") == "faq-hours"
    assert visit.part("[part=feedback]").count() == 0
    assert visit.part(".notice").text_content() == (
        "I can't reach our server, so I'm answering from a saved copy."
    )
    assert visit.said().startswith(QUESTION)


def test_saved_answers_refuse_what_they_do_not_know(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    cut_off(visit.page)

    visit.ask("do bees sleep in the winter")
    visit.ask("will it rain tomorrow")

    assert visit.part(".card").count() == 0
    assert "My saved copy doesn't answer that." in visit.part(".message").nth(2).inner_text()
    assert "knows nothing about the weather" in visit.part(".message").last.inner_text()


def test_question_is_asked_again_when_the_service_is_back(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor(clock=True)
    cut_off(visit.page, "/answers.json")
    visit.open()
    visit.ask(OTHER)
    held: list[Route] = []
    cut_off(visit.page, "")
    visit.page.route("**/v1/ask", lambda route: held.append(route), times=1)
    visit.send(QUESTION)
    visit.part(".thinking").wait_for()

    held[0].abort("connectionreset")
    visit.part(".thinking").wait_for(state="detached")
    shown = visit.part(".message").last.inner_text().split("\n\n")
    visit.page.unroute_all()
    visit.page.clock.fast_forward(FIRST_LOOK_MS)
    visit.part(".card").nth(1).wait_for()

    assert shown == ["I can't reach our server. I'll ask again once it's back.", "Try again"]
    assert visit.answers() == ["faq-learn", "faq-hours"]
    assert visit.part(".notice").is_hidden()


def test_own_copy_of_the_answers_serves_when_the_service_is_gone(
    visitor: Visitor, service: Service, host: Host
) -> None:
    visit = visitor('<careers-faq answers-url="/answers.json"></careers-faq>')
    text = visit.page.request.get(f"{service.origin}/widget/any/answers.json").text()
    host.put("/answers.json", text, "application/json")
    visit.open()
    visit.page.route(f"{service.origin}/**", lambda route: route.abort())

    visit.ask(QUESTION)

    assert visit.part(".card").get_attribute("data-id") == "faq-hours"


def test_recovery_is_announced(visitor: Visitor) -> None:
    visit = visitor(clock=True)
    visit.open()
    cut_off(visit.page)
    visit.ask(QUESTION)

    visit.page.unroute_all()
    visit.page.clock.fast_forward(FIRST_LOOK_MS)
    visit.part(".notice").wait_for(state="hidden")

    assert visit.said() == "We're back online."


def test_too_many_questions_are_met_kindly(visitor: Visitor, host: Host, tmp_path: Path) -> None:
    with Service(scripted_app(tmp_path, host.origin, rate="1/hour")) as limited:
        visit = visitor(of=limited)
        visit.open()
        visit.ask(OTHER)
        visit.ask(QUESTION)

    text = visit.part(".message").last.inner_text()
    assert text.startswith("That's a lot of questions! Please wait ")
    assert 60 < int(text.split("wait ")[1].split(" ")[0]) <= 3600
    assert visit.part(".message:last-child .action").text_content() == "Try again"


def test_refused_request_can_be_repeated(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.page.route("**/v1/ask", lambda route: route.fulfill(status=400, body="{}"))
    visit.ask(QUESTION)
    failed = visit.part(".message").last.inner_text().split("\n\n")

    visit.page.unroute_all()
    visit.part(".message:last-child .action").click()
    visit.part(".card").wait_for()

    assert failed == ["That didn't work.", "Try again"]
    assert visit.part(".you").count() == 1


def test_question_under_way_can_be_cancelled(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.page.route("**/v1/ask", lambda route: None)
    visit.send(QUESTION)

    with visit.page.expect_event("requestfailed"):
        visit.part(".thinking .action").click()

    assert visit.part(".message").last.inner_text().split("\n\n") == [
        "OK, I've stopped.",
        "Try again",
    ]
    assert visit.run("document.querySelector('careers-faq').shadowRoot.activeElement.id") == "input"


def test_new_question_takes_the_place_of_the_one_under_way(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.page.route("**/v1/ask", lambda route: None, times=1)
    visit.send(QUESTION)
    visit.part(".thinking").wait_for()

    visit.send(OTHER)
    visit.part(".card").wait_for()

    assert visit.answers() == ["faq-learn"]
    assert visit.part(".thinking").count() == 0


def test_feedback_that_did_not_arrive_is_said(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.ask(QUESTION)
    visit.page.route("**/v1/feedback", lambda route: route.fulfill(status=500, body="{}"))
    visit.said()

    visit.part("[aria-label=Helpful]").click()
    visit.page.wait_for_function(
        'node => node.textContent === "That didn\'t work."',
        arg=visit.part("[role=status]").element_handle(),
    )


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("do ML people out-earn software people", "pay"),
        ("do pilots out-earn software people", ""),
    ],
)
def test_saved_boundary_gives_way_only_where_its_subject_is_not_asked_about(
    browser: Browser, question: str, expected: str
) -> None:
    """Both share all they have with the boundary, but one of them does not name its subject."""
    answers = {
        "pay": ("faq", ["do ML people out-earn ordinary software people"]),
        "other": ("boundary", ["do pilots out-earn software people", "do ML pilots earn"]),
        "more": ("faq", ["which software do people learn"]),
    }
    saved = {
        "version": "v",
        "answers": [
            {"id": id_, "kind": kind, "title": id_, "text": id_, "questions": questions}
            for id_, (kind, questions) in answers.items()
        ],
    }
    source = FALLBACK.read_text("utf-8").replace("export function", "function")

    page = browser.new_page()
    said = page.evaluate(
        f"([saved, question]) => {{ {source}\nreturn lexicalAnswers(saved)(question, '') }}",
        [saved, question],
    )
    page.close()

    assert (said["answer"] or {"id": ""})["id"] == expected
    assert said["outcome"] == ("answer" if expected else "no_answer")
