"""What the owner of a page can set, call and listen to."""

import subprocess
from pathlib import Path
from urllib.request import urlopen

import pytest
from playwright._impl._driver import compute_driver_executable

from service.web.widget_bundle import MODULES
from tests.browser.visiting import GROUND, Service, Visit, Visitor

pytestmark = pytest.mark.browser

QUESTION = "Do florists earn more than gardeners?"
NAMES = ("ready", "open", "close", "ask", "answer", "noanswer", "feedback", "error")
LISTEN = f"""
<script>
  window.heard = [];
  for (const name of {list(NAMES)}) {{
    document.addEventListener(`careers-faq:${{name}}`, (event) => heard.push([name, event.detail]));
  }}
</script>"""
ELEMENT = "document.querySelector('careers-faq')"


def heard(visit: Visit) -> list[str]:
    names = visit.run("heard.map(([name]) => name)")
    assert isinstance(names, list)
    return names


def test_events_report_what_happens(visitor: Visitor) -> None:
    visit = visitor(head=LISTEN)
    visit.open()
    visit.ask(QUESTION)
    visit.ask("Do bees sleep?")
    visit.part("[aria-label=Helpful]").click()
    visit.page.route("**/v1/ask", lambda route: route.abort())
    visit.ask(QUESTION)
    visit.page.keyboard.press("Escape")

    assert heard(visit) == [
        "ready",
        "open",
        *("ask", "answer", "ask", "noanswer", "feedback"),
        *("ask", "error", "answer", "close"),
    ]
    detail = visit.run("heard[3][1]")
    assert isinstance(detail, dict)
    assert detail["question"] == QUESTION
    assert detail["result"]["answer"]["id"] == "faq-pay"
    assert visit.run("Object.keys(heard[6][1])") == ["interaction_id", "helpful"]
    assert visit.run("heard[8][1].reason") == "down"


def test_page_can_keep_a_question_to_itself(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.run("document.addEventListener('careers-faq:ask', (event) => event.preventDefault())")
    before = len(visit.requests)

    visit.part(".input").fill(QUESTION)
    visit.page.keyboard.press("Enter")
    emptied = "node => node.value === ''"
    visit.page.wait_for_function(emptied, arg=visit.part(".input").element_handle())

    assert [url for url in visit.requests[before:] if "ask" in url] == []
    assert visit.part(".you").count() == 0


def test_methods_open_ask_clear_and_close(visitor: Visitor) -> None:
    visit = visitor()

    visit.run(f"{ELEMENT}.open()")
    assert visit.part(".panel").is_visible()
    visit.run(f"{ELEMENT}.ask('{QUESTION}')")
    assert visit.part(".card").get_attribute("data-id") == "faq-pay"
    visit.run(f"{ELEMENT}.clear()")
    assert visit.part(".you").count() == 0
    visit.run(f"{ELEMENT}.close()")
    assert visit.part(".panel").is_hidden()
    assert visit.widget.get_attribute("open") is None


def test_attributes_show(visitor: Visitor) -> None:
    visit = visitor(
        '<careers-faq open heading="Ask us" greeting="Welcome." suggestions=\'["One?", "Two?"]\' '
        'position="bottom-left" scheme="dark" contact-url="mailto:jobs@example.org"></careers-faq>'
    )
    visit.ask("Do bees sleep?")

    assert visit.part("h2").text_content() == "Ask us"
    assert visit.part(".greeting > p").text_content() == "Welcome."
    assert visit.part(".greeting .choice").all_text_contents() == ["One?", "Two?"]
    person = visit.part("[part=contact]").get_attribute("href")
    asked = "Do%20bees%20sleep%3F"
    assert person == f"mailto:jobs@example.org?subject={asked}&body={asked}"
    left = visit.part(".panel").evaluate("node => node.getBoundingClientRect().left")
    assert left == 20
    colour = visit.part(".panel").evaluate("node => getComputedStyle(node).backgroundColor")
    assert colour == "rgb(19, 26, 37)"
    assert visit.console == []


def test_properties_set_before_the_definition_are_taken_over(
    visitor: Visitor, service: Service
) -> None:
    visit = visitor(scripted=False)
    visit.run(f"{ELEMENT}.heading = 'Early'; {ELEMENT}.suggestions = ['First?']; null")
    visit.page.add_script_tag(type="module", url=f"{service.origin}/widget.js")
    visit.open()

    assert visit.part("h2").text_content() == "Early"
    assert visit.part(".greeting .choice").all_text_contents() == ["First?"]
    assert visit.run(f"{ELEMENT}.getAttribute('heading')") == "Early"


def test_change_of_an_attribute_keeps_the_conversation(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    visit.ask(QUESTION)

    visit.run(f"{ELEMENT}.setAttribute('heading', 'Changed')")

    assert visit.part("h2").text_content() == "Changed"
    assert visit.part(".card").get_attribute("data-id") == "faq-pay"
    assert visit.part(".panel").is_visible()


def test_inline_widget_stands_in_the_page_and_is_always_open(visitor: Visitor) -> None:
    visit = visitor('<careers-faq position="inline"></careers-faq><p>After</p>')

    assert visit.part(".launcher").is_hidden()
    assert visit.part(".panel").get_attribute("role") == "region"
    bottom = visit.part(".panel").evaluate("node => node.getBoundingClientRect().bottom")
    after = visit.page.get_by_text("After").evaluate("node => node.getBoundingClientRect().top")
    assert after >= bottom


@pytest.mark.parametrize(
    ("attribute", "advice"),
    [
        ('contacturl="/c"', 'unknown attribute "contacturl"; did you mean "contact-url"?'),
        ('theme="dark"', 'unknown attribute "theme"; did you mean "scheme"?'),
        ('position="botom-left"', 'position="botom-left" cannot be; did you mean "bottom-left"?'),
        ('scheme="night"', 'scheme="night" cannot be; did you mean "'),
        (
            'endpoint="javascript:alert(1)"',
            'endpoint="javascript:alert(1)" cannot be; write an address such as "https://',
        ),
        ("suggestions='[One]'", "suggestions='[One]' cannot be; write a JSON list of questions"),
    ],
)
def test_mistake_in_an_attribute_is_explained(
    attribute: str, advice: str, visitor: Visitor
) -> None:
    visit = visitor(f"<careers-faq {attribute}></careers-faq>")
    visit.part(".launcher").wait_for()

    assert visit.advice()
    assert all(line.startswith(advice) for line in visit.advice())


def test_attributes_of_every_element_and_of_frameworks_are_no_mistake(visitor: Visitor) -> None:
    visit = visitor(
        '<careers-faq id="a" class="b" style="color: red" title="c" dir="ltr" hidden data-x="d" '
        'aria-label="e" slot="f" part="g" _ngcontent-abc x-data="{}" v-cloak @click="h" '
        ':open="i" tabindex="-1" role="none" nonce="j"></careers-faq>'
    )
    visit.part(".launcher").wait_for(state="attached")

    assert visit.console == []


@pytest.mark.parametrize(
    ("lang", "heading"),
    [
        ("de", "Fragen zum Beruf"),
        ("es-MX", "Preguntas sobre la profesión"),
        ("fr", "Questions sur le métier"),
        ("hi", "करियर के बारे में पूछें"),
        ("zh-Hans-CN", "职业问答"),
        ("ar", "اسأل عن المهن"),
        ("he-IL", "שאלות על מקצועות"),
        ("sv", "Ask about careers"),
    ],
)
def test_language_is_chosen_by_lang(lang: str, heading: str, visitor: Visitor) -> None:
    visit = visitor(f'<careers-faq lang="{lang}"></careers-faq>')
    visit.open()
    visit.ask(QUESTION)

    visit.page.get_by_role("heading", name=heading).wait_for()
    assert visit.part(".card").get_attribute("lang") == "en"
    assert visit.console == []


def test_language_comes_from_the_page_and_a_page_can_add_one(visitor: Visitor) -> None:
    visit = visitor('<div lang="sv"><careers-faq></careers-faq></div>')

    visit.run("customElements.get('careers-faq').messages.sv = { heading: 'Fråga oss' }")
    visit.run(f"{ELEMENT}.clear()")

    assert visit.part(".launcher").text_content() == "Fråga oss"
    assert visit.part("[aria-label=Close]").count() == 1


def test_theme_and_parts_can_be_set_from_the_page(visitor: Visitor) -> None:
    style = (
        "careers-faq { --careers-faq-accent: rgb(1, 2, 3); --careers-faq-radius: 3px }"
        "careers-faq::part(send) { text-transform: uppercase }"
    )
    visit = visitor(head=f"<style>{style}</style>")
    visit.open()
    visit.ask(QUESTION)

    send = visit.part(".send")
    parts = visit.run(
        f"[...{ELEMENT}.shadowRoot.querySelectorAll('[part]')].flatMap((node) => [...node.part])"
    )
    assert send.evaluate(GROUND) == "#010203"
    assert send.evaluate("node => getComputedStyle(node).textTransform") == "uppercase"
    assert isinstance(parts, list)
    assert set(parts) >= {
        *("launcher", "panel", "header", "log", "message", "answer", "citation", "suggestion"),
        *("input", "send", "feedback"),
    }


def test_importing_it_on_a_server_is_safe(service: Service, tmp_path: Path) -> None:
    served = tmp_path / "served.mjs"
    with urlopen(f"{service.origin}/widget.js") as response:  # noqa: S310 - our own
        served.write_bytes(response.read())
    node = compute_driver_executable()[0]

    for module in (served, MODULES / "widget.js"):
        script = f"import({str(module.as_uri())!r}).then(() => console.log('imported'))"
        completed = subprocess.run([node, "-e", script], capture_output=True, text=True, check=True)
        assert completed.stdout == "imported\n"
