"""What the widget does to a page that is not ours: nothing that was not asked for."""

from pathlib import Path

import pytest

from tests.browser.host import Host
from tests.browser.scripted_service import scripted_app
from tests.browser.visiting import Service, Visitor

pytestmark = pytest.mark.browser

STRICT = (
    "default-src 'none'; script-src 'self' {service}; connect-src {service}; style-src 'none'; "
    "require-trusted-types-for 'script'; trusted-types 'none'"
)
QUESTION = "Do florists earn more than gardeners?"


def test_one_request_and_nothing_stored_before_the_first_click(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor("<careers-faq persist></careers-faq>")
    visit.page.wait_for_load_state("networkidle")

    assert visit.requests[1:] == [f"{service.origin}/widget.js"]
    assert visit.page.context.cookies() == []
    assert visit.run("[localStorage.length, sessionStorage.length]") == [0, 0]
    assert visit.console == []


def test_nothing_stored_after_a_question_unless_the_owner_says_so(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()

    visit.ask(QUESTION)

    assert visit.page.context.cookies() == []
    assert visit.run("[localStorage.length, sessionStorage.length]") == [0, 0]


def test_conversation_is_kept_for_the_session_on_request(visitor: Visitor) -> None:
    visit = visitor("<careers-faq persist></careers-faq>")
    visit.open()
    visit.ask(QUESTION)
    assert visit.run("[localStorage.length, sessionStorage.length]") == [0, 1]

    visit.page.reload()
    visit.open()
    kept = visit.part(".you").all_text_contents()
    visit.part("[aria-label='Start over']").click()

    assert kept == [f"Your question: {QUESTION}"]
    assert visit.run("sessionStorage.length") == 0
    assert visit.part(".you").count() == 0


def test_requests_go_to_the_service_alone_and_carry_no_cookies(
    visitor: Visitor, service: Service, host: Host
) -> None:
    visit = visitor()
    visit.page.context.add_cookies([{"name": "session", "value": "secret", "url": service.origin}])
    sent: list[str | None] = []
    visit.page.on("request", lambda request: sent.append(request.all_headers().get("cookie")))
    visit.open()
    visit.ask(QUESTION)

    origins = {"/".join(url.split("/")[:3]) for url in visit.requests}
    assert origins == {service.origin, host.origin}
    assert set(sent) == {None}


def test_strict_policy_with_trusted_types_is_no_hindrance(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor(policy=STRICT.format(service=service.origin))
    visit.run("void (onsecuritypolicyviolation = (event) => console.log(event.violatedDirective))")
    visit.open()
    visit.part(".input").press_sequentially("florist")
    visit.part("[role=option]").first.wait_for()
    visit.ask(QUESTION)
    visit.ask("Which trade is more in demand?")
    visit.ask("Show me hostile text")
    visit.part("[part=feedback]").first.click()

    assert visit.part(".card").count() == 3
    assert visit.console == []
    assert visit.part(".panel").evaluate("node => getComputedStyle(node).position") == "fixed"


def test_missing_connect_src_is_explained_with_the_words_to_add(
    visitor: Visitor, service: Service
) -> None:
    policy = STRICT.format(service=service.origin).replace(f"connect-src {service.origin}; ", "")
    visit = visitor(policy=policy)
    with visit.page.expect_console_message(lambda message: "careers-faq: " in message.text):
        visit.open()
        visit.ask(QUESTION)

    block = f"this page's Content-Security-Policy blocks {service.origin}. "
    assert visit.advice() == [f"{block}Add: connect-src {service.origin}"]


def test_origin_that_is_not_allowed_is_explained_with_the_setting(
    visitor: Visitor, host: Host, tmp_path: Path
) -> None:
    with Service(scripted_app(tmp_path, "https://elsewhere.example")) as closed:
        visit = visitor(of=closed)
        with visit.page.expect_console_message(lambda message: "careers-faq: " in message.text):
            visit.open()
            visit.ask(QUESTION)

    refusal = f"{closed.origin} does not accept questions from {host.origin}. "
    assert visit.advice() == [f"{refusal}Start the service with: FAQ_ALLOWED_ORIGINS={host.origin}"]


@pytest.mark.parametrize("body", ["<!doctype html><title>Home</title>", '{"outcome": '])
def test_answer_that_is_not_json_is_not_called_a_missing_permission(
    visitor: Visitor, service: Service, body: str
) -> None:
    visit = visitor()
    visit.open()
    visit.page.route("**/v1/ask", lambda route: route.fulfill(status=200, body=body))
    with visit.page.expect_console_message(lambda message: "careers-faq: " in message.text):
        visit.ask(QUESTION)

    answers = f"{service.origin}/v1/ask answers, but not with JSON. "
    assert visit.advice() == [f"{answers}Is this the service's address?"]


def test_page_style_does_not_reach_in(visitor: Visitor) -> None:
    style = "* { color: red !important; font: 40px serif } html { font-size: 62.5% }"
    visit = visitor(head=f"<style>{style}</style>")
    visit.open()
    visit.ask(QUESTION)

    look = visit.part(".body").evaluate(
        "node => { const s = getComputedStyle(node); return [s.color, s.fontSize]; }"
    )
    assert look == ["rgb(23, 33, 47)", "16px"]


def test_integrity_on_the_demo_page_holds(visitor: Visitor, service: Service) -> None:
    visit = visitor(url=f"{service.origin}/")
    visit.open()
    visit.ask(QUESTION)

    assert visit.part(".card").get_attribute("data-id") == "faq-pay"
    assert visit.console == []


def test_without_script_there_is_a_link(visitor: Visitor, service: Service) -> None:
    body = f'<careers-faq><a href="{service.origin}/faq">Questions and answers</a></careers-faq>'
    visit = visitor(body, scripted=False, context={"java_script_enabled": False})

    visit.page.get_by_role("link", name="Questions and answers").click()

    assert visit.page.url == f"{service.origin}/faq"
    assert visit.page.locator("#faq-pay").is_visible()


def test_removed_in_mid_question_it_leaves_nothing_behind(visitor: Visitor) -> None:
    visit = visitor(
        body="""<careers-faq></careers-faq>
        <script>
          const live = new Set();
          for (const target of [window, document, MediaQueryList.prototype]) {
            const { addEventListener, removeEventListener } = target;
            target.addEventListener = function (type, listener, options) {
              const key = [this, type, listener];
              live.add(key);
              options?.signal?.addEventListener('abort', () => live.delete(key));
              return addEventListener.call(this, type, listener, options);
            };
            target.removeEventListener = function (type, listener, options) {
              for (const key of live) if (key[1] === type && key[2] === listener) live.delete(key);
              return removeEventListener.call(this, type, listener, options);
            };
          }
          window.live = live;
        </script>"""
    )
    visit.page.route("**/v1/ask", lambda route: None)
    visit.run("document.querySelector('careers-faq').remove()")
    visit.run("live.clear()")
    visit.run("document.querySelector('main').append(document.createElement('careers-faq'))")
    visit.run("void document.querySelector('careers-faq').ask('Will this be heard?')")
    visit.part(".thinking").wait_for()
    during = visit.run("live.size")
    with visit.page.expect_event("requestfailed") as failed:
        visit.run("window.gone = document.querySelector('careers-faq'); gone.remove()")

    assert failed.value.url.endswith("/v1/ask")
    assert isinstance(during, int)
    assert during >= 3
    assert visit.run("live.size") == 0
    visit.run("document.querySelector('main').append(gone)")
    assert visit.part(".you").count() == 1
    assert visit.console == []


def test_two_elements_keep_apart(visitor: Visitor) -> None:
    element = "<careers-faq id={} position=inline></careers-faq>"
    body = element.format("one") + element.format("two")
    visit = visitor(body)

    visit.page.locator("#one .input").fill(QUESTION)
    visit.page.keyboard.press("Enter")
    visit.page.locator("#one .card").wait_for()

    assert visit.page.locator("#two .you").count() == 0
    assert visit.console == []


def test_defining_it_twice_is_harmless(visitor: Visitor, service: Service) -> None:
    visit = visitor()
    visit.run(f"import('{service.origin}/widget.js?again').then(() => null)")
    visit.open()

    assert visit.console == []


def test_page_that_takes_no_clicks_leaves_the_widget_usable(visitor: Visitor) -> None:
    visit = visitor(head="<style>* { pointer-events: none; user-select: none }</style>")
    visit.open()
    visit.ask(QUESTION)

    assert visit.part(".card").count() == 1
