from collections.abc import Sequence
from html.parser import HTMLParser

import pytest

from index.evaluation.labelled_questions import Judged
from index.evaluation.report import (
    by_kind,
    counts,
    operating_point,
    page,
    point,
    reliability,
    risk_curve,
)
from tests.support.judging import answered, clarified, labelled, refused

VOID = {"meta", "circle", "path", "rect"}
ROWS = (
    answered(labelled("a", "pay"), "pay", 0.9),
    answered(labelled("b", "bread"), "dough", 0.8),
    clarified(labelled("c <b>&", "pay"), "bread", "pay", confidence=0.4),
    answered(labelled("d"), "pay", 0.7),
    refused(labelled("e"), confidence=0.1),
    refused(labelled("f", "pay", language="de"), candidate=None),
)


class Reader(HTMLParser):
    """Keeps what a page holds, and fails on tags that do not match."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.text: list[str] = []
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [value or "" for name, value in attrs if name in ("src", "href")]
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_kinds_are_grouped_with_other_languages_last() -> None:
    groups = by_kind(ROWS)

    assert {kind: counts(rows) for kind, rows in groups.items()} == {
        "in-domain": {"right": 1, "wrong": 1, "clarify": 1, "no answer": 0},
        "near": {"right": 0, "wrong": 1, "clarify": 0, "no answer": 1},
        "in-domain (de)": {"right": 0, "wrong": 0, "clarify": 0, "no answer": 1},
    }


def test_risk_is_the_share_of_wrong_ones_among_the_most_certain() -> None:
    assert risk_curve(ROWS[:5]) == (
        point(1 / 5, 0),
        point(2 / 5, 1 / 2),
        point(3 / 5, 2 / 3),
        point(4 / 5, 3 / 4),
        point(5 / 5, 4 / 5),
    )


def test_equal_confidences_are_one_point() -> None:
    rows = [answered(labelled(id_, "pay"), given, 0.9) for id_, given in ("ap", "bx")]

    assert risk_curve([*rows, refused(labelled("c", "pay"), None)]) == (point(2 / 3, 1.0),)


def test_system_stands_where_its_threshold_puts_it() -> None:
    assert operating_point(ROWS[:5]) == (point(3 / 5, 2 / 3),)
    assert operating_point(ROWS[4:]) == ()


def test_reliability_has_the_mean_confidence_and_the_share_right() -> None:
    rows = [answered(labelled(str(n), "pay"), "pay" if n % 2 else "x", n / 20) for n in range(20)]

    points = reliability(rows)

    assert [point.x for point in points] == pytest.approx([(4 * n + 1) / 40 for n in range(10)])
    assert [point.y for point in points] == [0.5] * 10
    assert all(0 < point.low < 0.5 < point.high < 1 for point in points)


def test_page_stands_alone_and_is_well_formed() -> None:
    reader = Reader(page("A title", "How.", {"ours": ROWS, "plain": ROWS}))

    assert reader.addresses == []
    assert "script" not in reader.tags
    assert reader.tags.count("svg") == 3


def test_page_lists_every_wrong_answer_with_the_reason() -> None:
    said = " ".join("".join(Reader(page("A title", "How.", {"ours": ROWS})).text).split())

    for heading in ("Wrong answers (1)", "False answers (1)", "the answer is there (2)"):
        assert heading in said
    assert "Given: dough, confidence 0.80. Right: bread" in said
    assert "c <b>&" in said
    assert "Given: clarify, best candidate bread, confidence 0.40. Right: pay" in said
    assert "Understood as: understood" in said
    assert "cosine0.500" in said


def test_page_without_faults_says_so() -> None:
    assert page("A title", "How.", {"ours": ROWS[:1]}).count("<p>None.</p>") == 3


@pytest.mark.parametrize("rows", [(), ROWS[5:]], ids=["no rows", "another language alone"])
def test_page_of_nothing_to_measure_is_still_a_page(rows: Sequence[Judged]) -> None:
    Reader(page("A title", "How.", {"ours": rows, "plain": rows}))


def test_points_stand_where_their_numbers_say() -> None:
    html = page("A title", "How.", {"ours": ROWS[:5]})

    assert 'd="M131.2 296.0L210.4 154.0L289.6 106.7L368.8 83.0L448.0 68.8"' in html
    assert 'cx="289.6" cy="106.7"' in html


def test_bars_are_cut_into_shares() -> None:
    html = page("A title", "How.", {"ours": ROWS[:3]})

    assert "in-domain (3)" in html
    assert '<rect class="part-0" x="150.0" y="0" width="203.3" height="22"/>' in html
    assert '<rect class="part-1" x="353.3" y="0" width="203.3" height="22"/>' in html
    assert 'class="part-3" x' not in html
