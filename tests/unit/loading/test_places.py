import pytest

from corpus import load
from corpus.places import Places
from tests.support.paths import CONTENT


@pytest.fixture
def places() -> Places:
    return Places(load(CONTENT))


@pytest.mark.parametrize(
    ("unit", "question", "expected"),
    [
        ("faq-pay", "are cooks better paid", ("faqs/jobs.yaml", 5)),
        ("faq-night", "night work in a bakery", ("faqs/jobs.yaml", 40)),
        ("out-recipes", "recipe for onion soup", ("boundaries.yaml", 5)),
        ("art-baker", "what is a baker's job", ("articles/baker-vs-cook.questions.yaml", 3)),
    ],
)
def test_question_is_found_where_it_stands(
    places: Places, unit: str, question: str, expected: tuple[str, int]
) -> None:
    assert places.question(unit, question) == expected


def test_question_that_is_written_on_several_lines_has_the_place_of_its_unit(
    places: Places,
) -> None:
    span = places.unit("faq-pay")

    assert places.question("faq-pay", "never written so") == (span.file, span.line)
