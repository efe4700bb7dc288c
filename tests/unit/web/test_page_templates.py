from datetime import date

import pytest

from service.web.page_templates import count_of, day


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (date(2026, 11, 3), "November 3, 2026"),
        ("2026-11-03", "November 3, 2026"),
        ("2026-11-03T10:05:59Z", "November 3, 2026, 10:05"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_dates_have_one_form(value: date | str, text: str) -> None:
    assert day(value) == text


def test_number_has_its_noun() -> None:
    assert [count_of(number, "group") for number in (0, 1, 2500)] == [
        "0 groups",
        "1 group",
        "2,500 groups",
    ]
