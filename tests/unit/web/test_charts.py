import pytest

from service.web.charts import Bar, Segment, stacked_bars
from service.web.page_templates import environment

WORDS = {"answer": "answered", "no_answer": "no answer"}


def test_bars_are_as_high_as_their_counts_and_stand_on_each_other() -> None:
    bars = [Bar("a", {"answer": 4, "no_answer": 4}), Bar("b", {"answer": 0, "no_answer": 2})]
    chart = stacked_bars("Counts", bars, WORDS)

    assert [column.segments for column in chart.columns] == [
        (Segment("answer", 92.0, 82.0), Segment("no_answer", 10.0, 82.0)),
        (Segment("no_answer", 133.0, 41.0),),
    ]
    assert [column.description for column in chart.columns] == [
        "a: answered 4, no answer 4",
        "b: no answer 2",
    ]


@pytest.mark.parametrize(
    ("most", "top"), [(0, "4"), (4, "4"), (5, "8"), (9, "20"), (3_000, "4000"), (900_000, "2000k")]
)
def test_scale_ends_at_a_round_number(most: int, top: str) -> None:
    assert stacked_bars("", [Bar("a", {"answer": most})], WORDS).ticks[-1].label == top


def test_many_bars_have_few_names() -> None:
    chart = stacked_bars("", [Bar(str(number), {"answer": 1}) for number in range(90)], WORDS)

    assert [column.label for column in chart.columns if column.label] == [
        *("0", "15", "30", "45", "60", "75")
    ]


def test_names_are_drawn_as_text() -> None:
    template = environment().from_string("{% from 'chart.html' import chart %}{{ chart(plot) }}")
    svg = template.render(plot=stacked_bars("A <title>", [Bar("<b>", {"answer": 1})], WORDS))

    assert svg.count("<rect ") == 1
    assert "A &lt;title&gt;" in svg
    assert "<b>" not in svg
