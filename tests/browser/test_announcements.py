"""What a screen reader is told."""

import pytest

from tests.browser.scripted_service import CONTACT
from tests.browser.visiting import CANNED, OUTCOMES, Visit, Visitor

pytestmark = pytest.mark.browser


def heard(visit: Visit, number: int) -> list[str]:
    """Everything the live region has said since `listen`, once it has spoken so often."""
    visit.page.wait_for_function("number => said.length >= number", arg=number)
    said = visit.run("window.said")
    assert isinstance(said, list)
    return said


def listen(visit: Visit) -> None:
    visit.part("[role=status]").evaluate(
        """node => {
          window.said = [];
          const note = () => node.textContent && said.push(node.textContent);
          new MutationObserver(note).observe(node, { childList: true });
        }"""
    )


THREE = f"{CANNED} When does a gardener start work? How long does it take to become a florist?"
SAID = [
    ("They earn about the same. It depends on:\n- the place\n- the season, see the calendar."),
    (
        "What a gardener does. A gardener plants, waters and prunes. "
        "The work follows the seasons and is done in the open. Patience helps more than strength, "
        "and a calendar helps most."
    ),
    (
        "Demand. Gardener: Gardeners: wanted in spring and "
        "summer. Florist: Florists: wanted before holidays."
    ),
    f"Which of these do you mean? You could ask: {CANNED} When does a gardener start work?",
    (
        "I don't have an answer to that. These come closest. "
        f"You can ask a person at {CONTACT}. You could ask: {THREE}"
    ),
    f"You are welcome. You could ask: {THREE}",
]


def test_answers_are_announced_once_each_from_a_region_of_their_own(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    listen(visit)

    for number, question in enumerate(OUTCOMES.values(), 1):
        visit.ask(question)
        heard(visit, number)

    assert heard(visit, len(SAID)) == SAID
    assert visit.part("[role=log]").get_attribute("aria-live") == "off"


def test_the_same_words_twice_are_said_twice(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    listen(visit)

    for number in (1, 2):
        visit.ask("thanks")
        heard(visit, number)

    said = heard(visit, 2)
    assert said[0] == said[1]


def test_number_of_suggestions_is_announced(visitor: Visitor) -> None:
    visit = visitor()
    visit.open()
    listen(visit)
    visit.part(".input").press_sequentially("florist")
    visit.part("[role=option]").first.wait_for()

    assert heard(visit, 1) == ["2 suggestions. Choose with the arrow keys."]
