"""The reports of a real PostgreSQL."""

from collections.abc import Iterator

import pytest
from sqlalchemy import create_engine, text

from tests.unit.analytics.test_queries import (  # noqa: F401 - run with this `url`
    database,
    test_clicks_are_counted_by_answer_and_kind,
    test_counts_have_day_version_outcome_and_confidence,
    test_export_goes_page_by_page_and_misses_none,
    test_export_holds_what_was_said,
    test_no_more_texts_than_wished_are_listed,
    test_texts_of_a_topic_are_counted_however_they_were_written,
    test_thumbs_are_counted_by_the_answer_that_got_them,
)


@pytest.fixture(scope="module")
def url(postgres: str) -> Iterator[str]:
    """Of the empty database."""
    yield postgres
    engine = create_engine(postgres)
    with engine.begin() as connection:
        connection.execute(text("drop table if exists interactions, feedback, clicks"))
    engine.dispose()
