"""What a visitor sees and touches, several things on one page."""

import json

import pytest
from playwright.sync_api import Route

from tests.browser.axe import WIDE
from tests.browser.scripted_service import CONTACT
from tests.browser.visiting import CANNED, OUTCOMES, Visitor, question

pytestmark = pytest.mark.browser

ELEMENT = "document.querySelector('careers-faq')"
SMALL = {"viewport": {"width": 320, "height": 640}}
LONG = "a question with many words " * 30
CONTRAST = """(node) => {
  const pixel = new OffscreenCanvas(1, 1).getContext('2d');
  const luminance = (colour) => {
    pixel.fillStyle = colour;
    pixel.fillRect(0, 0, 1, 1);
    const [r, g, b] = [...pixel.getImageData(0, 0, 1, 1).data].map((byte) => byte / 255)
      .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05;
  };
  let ground = node;
  while (/, 0\\)|transparent/.test(getComputedStyle(ground).backgroundColor)) {
    ground = ground.parentElement;
  }
  const [one, other] = [
    luminance(getComputedStyle(node).color),
    luminance(getComputedStyle(ground).backgroundColor),
  ];
  return Math.max(one / other, other / one);
}"""


def test_header_has_logo_subtitle_and_a_larger_size(visitor: Visitor) -> None:
    visit = visitor(
        '<careers-faq subtitle="Answers from our guide"><img slot="logo" alt="Acme" '
        'src="data:image/gif;base64,R0lGODlhAQABAAAAACw=">'
        '<a href="/faq">Questions</a></careers-faq>'
    )
    visit.open()

    assert visit.part("[part=subtitle]").text_content() == "Answers from our guide"
    assert visit.page.get_by_alt_text("Acme").evaluate("node => node.offsetWidth") > 20
    assert visit.page.get_by_text("Questions", exact=True).is_hidden()
    width = visit.box(".panel")["width"]
    visit.part("[aria-label=Larger]").click()
    assert visit.part("[aria-label=Larger]").get_attribute("aria-pressed") == "true"
    visit.run(f"{ELEMENT}.setAttribute('heading', 'Other')")
    assert visit.part("[aria-label=Larger]").get_attribute("aria-pressed") == "true"
    assert visit.box(".panel")["width"] > width * 1.5


def test_field_grows_to_four_lines_and_long_questions_are_clamped(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    field = visit.part(".input")
    single = visit.box(".input")["height"]
    field.fill("a\nb\nc")
    three = visit.box(".input")["height"]
    field.fill(LONG)
    most = visit.box(".input")["height"]
    line = field.evaluate("node => parseFloat(getComputedStyle(node).lineHeight)")

    assert single < 50
    assert three == pytest.approx(single + 2 * line, abs=4)
    assert most == pytest.approx(single + 3 * line, abs=4)

    visit.ask(LONG.strip())
    assert visit.box(".input")["height"] == single, "and is small again once the question is sent"
    clamped = visit.box(".you")["height"]
    visit.part(".you").click()
    assert clamped < 6 * line < visit.box(".you")["height"]


def test_choices_collapse_to_the_one_taken(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.part(".choice").nth(1).click()
    visit.part(".card").wait_for()
    visit.ask("Which one?")
    visible = "all => all.filter(one => one.checkVisibility()).map(one => one.textContent)"

    assert visit.part(".greeting .choice").evaluate_all(visible) == [
        "When does a gardener start work?"
    ]
    offered = visit.part(".message:last-child .choice")
    assert offered.all_text_contents()[-1] == "None of these"
    assert visit.part(".message:last-child .label").count() == 0, "the question back is the label"
    with visit.page.expect_request("**/v1/ask") as asked:
        offered.last.click()
    assert question(asked.value) == "None of these"
    visit.part(".thinking").wait_for(state="detached")
    again = visit.part(".message:has(+ .you + :last-child) .choice")
    assert again.evaluate_all(visible) == ["None of these"]


def test_side_that_was_asked_for_comes_first_and_the_other_behind_a_tap(visitor: Visitor) -> None:
    visit = visitor(context=SMALL)
    visit.open()

    def rename(route: Route) -> None:
        body = route.fetch().json()
        sides = body["answer"]["sides"]
        sides[1]["asked"] = True
        body["answer"]["sides"] = sides[::-1]
        route.fulfill(body=json.dumps(body), content_type="application/json")

    visit.page.route("**/v1/ask", rename)
    visit.ask("Which trade is more in demand?")

    assert visit.part(".side h4").all_text_contents() == ["Florist", "Gardener"]
    assert visit.part(".side h4").nth(1).is_hidden()
    visit.part(".side button").click()
    assert visit.part(".side h4").nth(1).is_visible()
    assert visit.part(".side button").is_hidden()


def test_person_is_offered_and_a_mail_begins_with_the_question(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.ask("Do bees sleep?")
    assert visit.part(".said a").get_attribute("href") == CONTACT
    assert visit.part("[part=contact]").count() == 0, "the message names the person already"

    visit.run(f"{ELEMENT}.contactUrl = 'mailto:jobs@example.org'")
    visit.ask(CANNED)
    assert visit.part(".message:last-child [part=contact]").count() == 0
    visit.part("[aria-label='Not helpful']").click()
    assert visit.part(".message:last-child [part=contact]").get_attribute("href") == (
        "mailto:jobs@example.org?subject=Do%20florists%20earn%20more%20than%20gardeners%3F"
        "&body=Do%20florists%20earn%20more%20than%20gardeners%3F"
    )


def test_message_keeps_its_links(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()

    def linked(route: Route) -> None:
        html = '<p>See <a href="faq#faq-pay">pay</a>.</p>'
        body = route.fetch().json() | {"message": "See pay.", "message_html": html}
        route.fulfill(body=json.dumps(body), content_type="application/json")

    visit.page.route("**/v1/ask", linked)
    visit.ask("Do bees sleep?")

    link = visit.part(".said a")
    assert str(link.get_attribute("href")).endswith("/faq#faq-pay")
    assert "See pay." in visit.said()


def test_feedback_does_not_move_under_the_pointer(visitor: Visitor) -> None:
    visit = visitor(context={"viewport": {"width": 1000, "height": 480}})
    visit.open()
    visit.ask(CANNED)
    thumb = visit.part("[aria-label='Not helpful']")
    thumb.scroll_into_view_if_needed()
    visit.page.wait_for_timeout(400)  # the log scrolls smoothly
    before = visit.box("[aria-label='Not helpful']")
    visit.page.mouse.click(before["x"] + 20, before["y"] + 20)
    visit.part("#comment").wait_for(state="attached")

    assert thumb.bounding_box() == before


def test_everything_to_press_is_44_pixels_high_and_wide(visitor: Visitor) -> None:
    visit = visitor(context={"viewport": {"width": 390, "height": 800}})
    visit.open()
    for each in OUTCOMES.values():
        visit.ask(each)
    visit.part("[aria-label='Not helpful']").last.click()

    small = visit.part(".panel").evaluate(
        """panel => [...panel.querySelectorAll('button, textarea, .meta a, .action')]
          .filter(node => node.checkVisibility())
          .map(node => [node.ariaLabel ?? node.textContent, node.getBoundingClientRect()])
          .filter(([, box]) => box.width < 44 || box.height < 44)
          .map(([name, box]) => [name, box.width, box.height])"""
    )
    assert small == []


def test_nothing_on_the_page_clips_or_covers_it(visitor: Visitor) -> None:
    visit = visitor(
        '<div style="position: fixed; inset: 0; z-index: 2147483647; background: red"></div>'
        '<div style="transform: scale(.5); overflow: hidden; width: 99px; height: 9px; z-index: 1">'
        "<careers-faq></careers-faq></div>",
        context={"reduced_motion": "reduce", "viewport": WIDE},
    )
    visit.open()
    box = visit.box(".panel")

    assert box["x"] + box["width"] == WIDE["width"] - 20
    assert box["y"] + box["height"] == WIDE["height"] - 20
    visit.run(f"document.body.append({ELEMENT})")
    visit.part(".header").click()
    visit.page.keyboard.press("Escape")
    visit.part(".launcher").click()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    "accent", ["#ffd400", "#001a66", "#7a7a7a", "#ff0000", "#0000ff", "#ff00ff", "#00c853"]
)
def test_one_colour_stays_readable(accent: str, scheme: str, visitor: Visitor) -> None:
    visit = visitor(f'<careers-faq accent="{accent}" scheme="{scheme}"></careers-faq>')
    launcher = visit.part(".launcher").evaluate(CONTRAST)
    visit.open()
    visit.ask(CANNED)

    found = {
        css: visit.part(css).first.evaluate(CONTRAST)
        for css in (".you", ".send", "h2", ".source", ".choice", ".body a", ".body p", ".meta span")
    } | {"launcher": launcher}
    assert {css: contrast for css, contrast in found.items() if contrast < 4.5} == {}
    assert visit.advice() == []


def test_colours_that_cannot_be_read_are_named_on_the_console(visitor: Visitor) -> None:
    style = "careers-faq { --careers-faq-text: #bbb; --careers-faq-on-accent: #1d4ed8 }"
    visit = visitor('<careers-faq accent="bleu"></careers-faq>', head=f"<style>{style}</style>")
    visit.open()

    advice = visit.advice()
    assert advice[0].startswith('accent="bleu" cannot be; write a colour such as')
    assert [line.split(" ")[0] for line in advice[1:]] == [
        "on-accent/accent",
        "text/surface",
        "text/raised",
    ]


@pytest.mark.parametrize("lang", ["ar", "he"])
def test_arabic_and_hebrew_run_from_right_to_left_on_any_page(lang: str, visitor: Visitor) -> None:
    visit = visitor(f'<careers-faq lang="{lang}"></careers-faq>')
    visit.open()
    visit.ask(CANNED)

    direction = "node => getComputedStyle(node).direction"
    assert visit.part(".header").evaluate(direction) == "rtl"
    assert visit.part(".card").evaluate(direction) == "ltr", "the content is English"
    assert visit.part(".meta").evaluate(direction) == "rtl"
    close, title = visit.box(".close"), visit.box("h2")
    assert close["x"] < title["x"]


def test_english_texts_on_a_page_from_right_to_left_keep_their_order(visitor: Visitor) -> None:
    visit = visitor("<div lang=fa dir=rtl><careers-faq></careers-faq></div>")
    visit.open()
    visit.ask(CANNED)

    assert visit.part(".tools").evaluate("node => getComputedStyle(node).direction") == "ltr"


def test_texts_of_a_language_that_do_not_come_are_english(visitor: Visitor) -> None:
    visit = visitor("", scripted=True)
    visit.page.route("**/texts/de.json", lambda route: route.abort())
    visit.run("document.body.innerHTML = '<careers-faq lang=de></careers-faq>'")

    visit.page.get_by_role("button", name="Ask about careers").click()


@pytest.mark.parametrize("saves_data", [False, True])
def test_saved_answers_come_when_idle_unless_the_visitor_saves_data(
    saves_data: bool, visitor: Visitor
) -> None:
    visit = visitor()
    visit.run(
        "Object.defineProperty(navigator, 'connection', "
        f"{{ value: {{ saveData: {str(saves_data).lower()} }} }})"
    )
    visit.open()
    visit.part(".choice").first.wait_for()
    visit.run("new Promise(requestIdleCallback)")
    visit.ask(CANNED)

    fetched = [url for url in visit.requests if url.endswith("answers.json")]
    assert len(fetched) == (0 if saves_data else 1)


def test_thread_is_read_turn_by_turn_and_adds_no_banner(visitor: Visitor) -> None:
    visit = visitor('<careers-faq position="inline"></careers-faq>')
    visit.part(".input").fill(CANNED)
    visit.page.keyboard.press("Enter")
    visit.part(".card").wait_for()

    assert visit.page.get_by_role("banner").count() == 0
    assert visit.page.get_by_role("heading", level=3).all_inner_texts() == [
        f"Your question:\n{CANNED}"
    ]
    width = visit.part(".panel").evaluate(
        "node => node.offsetWidth / parseFloat(getComputedStyle(node).fontSize)"
    )
    assert width <= 46


def test_first_words_of_an_answer_are_in_the_upper_third_of_a_phone(visitor: Visitor) -> None:
    visit = visitor(context=SMALL | {"reduced_motion": "reduce"})
    visit.open()
    for each in (CANNED, OUTCOMES["passage"], OUTCOMES["comparison"]):
        visit.ask(each)
        top = visit.box(".message:last-child .card")["y"]
        assert top < 640 / 3


def test_zoom_of_400_percent_leaves_room_for_the_conversation(visitor: Visitor) -> None:
    visit = visitor(
        '<careers-faq subtitle="Below"></careers-faq>',
        context={"viewport": {"width": 320, "height": 256}},
    )
    visit.open()
    visit.ask(CANNED)

    assert visit.box(".log")["height"] > 256 * 0.5
    assert visit.run("document.documentElement.scrollWidth") == 320
