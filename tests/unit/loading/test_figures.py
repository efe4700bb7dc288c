from decimal import Decimal

import pytest

from corpus.figures import figures_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("It takes 3 years and 1 month, or 50 percent.", {"year": 1, "month": 1, "%": 1}),
        ("$5 to $1,000, and € 7", {"$": 2, "€": 1}),
        ("10 % of 20%", {"%": 2}),
        ("In 2026, 3 people", {}),
        ("In 2020. Days went by; 10 percentage points, the 10 percentile", {}),
        ("5 m high, 3 monthly visits", {}),
        ("between 5 $6", {"$": 1}),
        ("in 2026 500 hours", {"hour": 1}),
    ],
)
def test_figures_are_read_by_what_they_measure(text: str, expected: dict[str, int]) -> None:
    assert {name: len(values) for name, values in figures_of(text).items()} == expected


@pytest.mark.parametrize(
    ("measure", "value", "texts"),
    [
        ("%", "10", ["10%", "10 %", "10 percent", "10 per cent", "10 Percent", "10.0 pct"]),
        ("%", "2.5", ["2.5%", "2,5 %"]),
        (
            "$",
            "80000",
            [
                *("$80,000", "$80000", "$ 80,000.00", "US$80,000", "USD 80,000", "80,000 USD"),
                *("80,000 dollars", "80000 US dollars", "$80k", "80 thousand dollars", "80000$"),
                *("$80 000", "$80\u202f000", "$80'000"),
            ],
        ),
        ("$", "1500000", ["$1.5 million", "$1,500,000", "1.5m dollars", "$1.500.000"]),
        ("€", "1234.5", ["€1,234.50", "1.234,50 €", "1234.5 euros", "EUR 1 234,50"]),
        ("£", "7", ["£7", "7 pounds", "1 GBP; 7 GBP"]),
        ("hour", "1200", ["1,200 hours", "1200 Hours"]),
        ("year", "1", ["1 year", "1 years"]),
    ],
)
def test_figure_is_the_same_however_it_is_written(
    measure: str, value: str, texts: list[str]
) -> None:
    for text in texts:
        assert Decimal(value) in figures_of(f"It is {text}. Bye.")[measure], text


def test_figures_that_only_look_alike_differ() -> None:
    assert figures_of("$80k") != figures_of("$80")
    assert figures_of("$80,000").keys() != figures_of("€80,000").keys()
    assert not figures_of("1,5 %")["%"].keys() & figures_of("15 %")["%"].keys()


def test_figure_is_quoted_as_it_is_written() -> None:
    assert figures_of("About USD\u00a080,000 a year") == {"$": {Decimal(80000): "USD 80,000"}}


def test_long_run_of_digits_takes_no_long_time() -> None:
    assert figures_of("1," * 50_000) == {}
