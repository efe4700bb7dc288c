import xml.etree.ElementTree as ET

import pytest

from service.web.charts import Bar, bars

WORDS = {"answer": "answered", "no_answer": "no answer"}
SVG = "{http://www.w3.org/2000/svg}"


def drawn(*shown: Bar) -> ET.Element:
    text = bars("A <title>", shown, WORDS).replace(
        "<svg ", '<svg xmlns="http://www.w3.org/2000/svg" '
    )
    return ET.fromstring(text)  # noqa: S314 - our own


def test_bars_are_as_high_as_their_counts_and_stand_on_each_other() -> None:
    svg = drawn(Bar("a", {"answer": 4, "no_answer": 4}), Bar("b", {"answer": 0, "no_answer": 2}))

    boxes = [(one.get("class"), one.get("y"), one.get("height")) for one in svg.iter(f"{SVG}rect")]
    assert boxes == [
        ("answer", "92.0", "82.0"),
        ("no_answer", "10.0", "82.0"),
        ("no_answer", "133.0", "41.0"),
    ]
    assert [one.text for one in svg.iter(f"{SVG}title")] == [
        "a: answered 4, no answer 4",
        "b: no answer 2",
    ]
    assert svg.get("aria-label") == "A <title>"


@pytest.mark.parametrize(
    ("most", "top"), [(0, "4"), (4, "4"), (5, "8"), (9, "20"), (3_000, "4000"), (900_000, "2000k")]
)
def test_scale_ends_at_a_round_number(most: int, top: str) -> None:
    svg = drawn(Bar("a", {"answer": most}))

    texts = [one.text for one in svg.iter(f"{SVG}text")]
    assert texts[4] == top


def test_many_bars_have_few_names() -> None:
    svg = drawn(*(Bar(str(number), {"answer": 1}) for number in range(90)))

    names = [one for one in svg.iter(f"{SVG}text") if one.get("text-anchor") == "middle"]
    assert len(names) == 6


def test_no_bars_draw_a_scale_alone() -> None:
    assert len(list(drawn().iter(f"{SVG}path"))) == 5
