import json
import logging
import re
import sys
from collections.abc import Iterator

import pytest

from index.datatypes import Manifest, ModelCard, Stage, VectorIndexCard, VectorIndexKind
from index.freshness import Freshness
from service.ops.observability import (
    ConsoleFormatter,
    JsonFormatter,
    Metrics,
    configure_logging,
    request_id,
)
from service.settings import LogFormat


@pytest.fixture
def in_request() -> Iterator[None]:
    token = request_id.set("abc")
    yield
    request_id.reset(token)


def record(**extra: object) -> logging.LogRecord:
    made = logging.LogRecord("service.x", logging.WARNING, "f", 1, "%d lost", (3,), None)
    made.created = 1795435200.25
    made.__dict__.update(extra)
    return made


@pytest.mark.usefixtures("in_request")
def test_json_line_holds_the_request_id_and_the_fields() -> None:
    line = JsonFormatter().format(record(fields={"status": 200}))

    assert json.loads(line) == {
        "time": "2026-11-23T12:00:00.250+00:00",
        "level": "warning",
        "logger": "service.x",
        "message": "3 lost",
        "request_id": "abc",
        "status": 200,
    }


def test_json_line_is_one_line_whatever_it_says() -> None:
    try:
        raise LookupError("two\nlines")
    except LookupError:
        faulty = record(msg="a\nb \ud800", args=(), exc_info=sys.exc_info())

    line = JsonFormatter().format(faulty)

    assert "\n" not in line
    assert json.loads(line)["exception"].endswith("LookupError: two\nlines")


def test_console_line_is_short_outside_a_request() -> None:
    assert ConsoleFormatter().format(record()).endswith(" WARNING service.x: 3 lost")


@pytest.mark.usefixtures("in_request")
def test_console_line_ends_with_the_request_id() -> None:
    assert ConsoleFormatter().format(record()).endswith(": 3 lost [abc]")


@pytest.mark.parametrize(
    ("form", "expected"), [(LogFormat.JSON, JsonFormatter), (LogFormat.CONSOLE, ConsoleFormatter)]
)
def test_everything_is_logged_in_the_form_that_was_set(
    form: LogFormat, expected: type[logging.Formatter]
) -> None:
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    try:
        root.handlers = []
        configure_logging(form, "warning")
        formatters = [type(handler.formatter) for handler in root.handlers]

        assert (formatters, root.level) == ([expected], logging.WARNING)
    finally:
        root.handlers = before
        root.setLevel(level)


def test_library_with_a_level_of_its_own_keeps_to_the_level_that_was_set(
    capsys: pytest.CaptureFixture[str],
) -> None:
    root, library = logging.getLogger(), logging.getLogger("library")
    before, level = root.handlers[:], root.level
    try:
        root.handlers = []
        configure_logging(LogFormat.CONSOLE, "info")
        library.setLevel(logging.DEBUG)
        library.debug("a detail")
        library.info("a fact")
    finally:
        root.handlers = before
        root.setLevel(level)

    lines = capsys.readouterr().err.splitlines()
    assert [line.split(": ")[1] for line in lines] == ["a fact"]


def test_only_the_index_that_answers_is_shown() -> None:
    metrics = Metrics()
    for version in ("old", "new"):
        model = ModelCard("mini", "ab", 8, "by-hand")
        dense = VectorIndexCard(VectorIndexKind.FLAT, 0, 0, 0, 1.0)
        metrics.show_index(Manifest(1, version, "", model, "", {"units": 7}, {}, dense, {}))

    lines = metrics.render().decode().splitlines()

    shown = ("faq_index_info", "faq_index_units")
    assert [line for line in lines if line.startswith(shown)] == [
        'faq_index_info{model="mini",version="new"} 1.0',
        "faq_index_units 7.0",
    ]


def test_stage_that_came_twice_counts_as_one() -> None:
    metrics = Metrics()

    metrics.time_stages([Stage("encode", 0, 0.5), Stage("rank", 0.5, 0.1), Stage("encode", 1, 0.5)])

    text = metrics.render().decode()
    assert 'faq_stage_seconds_sum{stage="encode"} 1.0\n' in text
    assert 'faq_stage_seconds_count{stage="encode"} 1.0\n' in text
    assert 'faq_stage_seconds_count{stage="rank"} 1.0\n' in text


def test_answers_that_are_due_are_shown_as_of_now() -> None:
    metrics = Metrics()

    for due in (Freshness(1, 2, 3), Freshness(4, 0, 5)):
        metrics.show_freshness(due)

    lines = metrics.render().decode().splitlines()
    assert [line for line in lines if line.startswith("faq_answers_due")] == [
        'faq_answers_due{state="overdue"} 4.0',
        'faq_answers_due{state="expiring"} 0.0',
        'faq_answers_due{state="expired"} 5.0',
    ]


def test_age_of_the_index_grows_by_itself() -> None:
    now = 1795435200.0
    metrics = Metrics(now=lambda: now)
    model = ModelCard("mini", "ab", 8, "by-hand")
    built = "2026-11-23T11:59:00Z"
    metrics.show_index(
        Manifest(
            1,
            "v",
            built,
            model,
            "",
            {},
            {},
            VectorIndexCard(VectorIndexKind.FLAT, 0, 0, 0, 1.0),
            {},
        ),
        published=now - 5,
    )
    now += 60

    assert _ages(metrics) == {"build": 120.0, "publication": 65.0}


def test_age_that_is_not_known_is_not_shown() -> None:
    metrics = Metrics()
    model = ModelCard("mini", "ab", 8, "by-hand")
    metrics.show_index(
        Manifest(
            1,
            "v",
            "once",
            model,
            "",
            {},
            {},
            VectorIndexCard(VectorIndexKind.FLAT, 0, 0, 0, 1.0),
            {},
        )
    )

    assert _ages(metrics) == {}


def _ages(metrics: Metrics) -> dict[str, float]:
    pattern = r'faq_index_age_seconds\{since="(\w+)"\} (\S+)'
    return {since: float(age) for since, age in re.findall(pattern, metrics.render().decode())}
