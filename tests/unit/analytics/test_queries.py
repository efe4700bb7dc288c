from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from service.analytics import queries
from service.analytics.database import ClickKind, Database
from service.analytics.queries import AskedText, Count, RecordedExchange, Topic, Verdicts
from tests.support.asking import NOW, asked, clicked, said
from tests.support.hostile import TAKEN

TODAY = NOW.date()
SINCE = TODAY - timedelta(days=6)


EXCHANGES = (
    PAY := asked("Who pays more?", "answer", confidence=0.95),
    LOUD := asked("WHO pays more", "answer", confidence=0.91, version="v2"),
    BOOTCAMP := asked("bootcamp price?", confidence=0.1),
    asked("Bootcamp price", days_ago=6),
    asked("old", days_ago=7),
    WHICH := asked("which one", "clarify", confidence=0.5),
    asked("visa?", reason="boundary"),
    asked("worth it?", reason="expired"),
    asked(None, "answer", confidence=1.0),
)
CLICKS = (
    clicked(PAY, ClickKind.SOURCE),
    clicked(LOUD, ClickKind.SOURCE),
    clicked(LOUD, ClickKind.SUGGESTION),
    clicked(BOOTCAMP, ClickKind.CONTACT),
)
THUMBS = (said(PAY, True), said(LOUD, False, "no"), said(WHICH, False))


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Of an empty database; tests/slow/analytics/test_postgres_queries.py has another."""
    return f"sqlite:///{tmp_path_factory.mktemp('reports')}/x.db"


@pytest.fixture(scope="module")
def database(url: str) -> Iterator[Database]:
    database = Database(url)
    database.write(EXCHANGES, THUMBS, CLICKS)
    yield database
    database.close()


def test_counts_have_day_version_outcome_and_confidence(database: Database) -> None:
    assert queries.counts(database, SINCE) == (
        Count(SINCE, "v1", "no_answer", 2, 1),
        Count(TODAY, "v1", "answer", 9, 2),
        Count(TODAY, "v1", "clarify", 5, 1),
        Count(TODAY, "v1", "no_answer", 1, 1),
        Count(TODAY, "v1", "no_answer", 2, 2),
        Count(TODAY, "v2", "answer", 9, 1),
    )


def test_clicks_are_counted_by_answer_and_kind(database: Database) -> None:
    assert queries.clicks_by_answer(database, SINCE) == {
        ("faq-pay", "source"): 2,
        ("faq-pay", "suggestion"): 1,
        (None, "contact"): 1,
    }
    assert queries.by_answer(database, SINCE)["faq-pay"].opened == 2


def test_thumbs_are_counted_by_the_answer_that_got_them(database: Database) -> None:
    assert queries.verdicts(database, SINCE) == (
        Verdicts(TODAY, "v1", up=1, down=1),
        Verdicts(TODAY, "v2", up=0, down=1),
    )


@pytest.mark.parametrize(
    ("topic", "expected"),
    [
        (Topic.UNANSWERED, [("bootcamp price", 2), ("worth it", 1)]),
        (Topic.UNHELPFUL, [("which one", 1), ("who pays more", 1)]),
        (Topic.CLARIFIED, [("which one", 1)]),
        (Topic.REFUSED, [("visa", 1)]),
        (
            Topic.ASKED,
            [
                ("bootcamp price", 2),
                ("who pays more", 2),
                ("visa", 1),
                ("which one", 1),
                ("worth it", 1),
            ],
        ),
    ],
)
def test_texts_of_a_topic_are_counted_however_they_were_written(
    topic: Topic, expected: list[tuple[str, int]], database: Database
) -> None:
    found = queries.texts(database, SINCE, topic, 9)

    assert [(text.text.lower().rstrip("?"), text.number) for text in found] == expected
    assert queries.number_of_texts(database, SINCE, topic) == len(expected)


def test_no_more_texts_than_wished_are_listed(database: Database) -> None:
    (most,) = queries.texts(database, SINCE, Topic.UNANSWERED, 1)

    assert most in (AskedText("bootcamp price?", 2), AskedText("Bootcamp price", 2))


def test_export_goes_page_by_page_and_misses_none(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = list(queries.exchanges(database, SINCE - timedelta(days=1), Topic.ASKED))
    monkeypatch.setattr(queries, "PAGE", 2)

    assert list(queries.exchanges(database, SINCE - timedelta(days=1), Topic.ASKED)) == whole
    assert sorted(exchange.id for exchange in whole) == sorted(
        exchange.id for exchange in EXCHANGES
    )
    assert [exchange.question for exchange in whole][:2] == ["old", "Bootcamp price"]


def test_export_holds_what_was_said(database: Database) -> None:
    found = {
        exchange.id: exchange for exchange in queries.exchanges(database, SINCE, Topic.UNHELPFUL)
    }

    assert found.keys() == {LOUD.id, WHICH.id}
    assert isinstance(found[LOUD.id], RecordedExchange)
    assert (found[LOUD.id].helpful, found[LOUD.id].comment) == (False, "no")


def test_text_that_would_be_sql_is_kept_and_found_as_text(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/x.db")
    texts = TAKEN["sql"]
    exchanges = [asked(text) for text in texts]
    database.write(exchanges, [said(one, False, one.question) for one in exchanges], [])

    found = list(queries.exchanges(database, SINCE, Topic.UNHELPFUL))
    database.close()

    assert [(one.question, one.comment) for one in found] == [(text, text) for text in texts]
