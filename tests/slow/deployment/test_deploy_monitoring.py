"""The dashboard, the alerts and their runbook, compared with the metrics that exist."""

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client.parser import text_string_to_metric_families

from index.freshness import Freshness
from service.ops.observability import Metrics
from tests.support.paths import ROOT

RULES = ROOT / "deploy" / "prometheus" / "careers-faq.rules.yml"
DASHBOARD = ROOT / "deploy" / "grafana" / "careers-faq.json"
OPERATIONS = ROOT / "docs" / "operations.md"
OTHERS = {"up": {"job", "instance"}}
"""What Prometheus makes by itself."""
BY_PROMETHEUS = {"job", "instance", "le"}
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_SELECTOR = re.compile(r"([a-zA-Z_:][\w:]*)\s*(?:\{([^}]*)\})?")
_GROUPING = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan"}


@dataclass(frozen=True, slots=True)
class Selected:
    name: str
    labels: frozenset[str]


def selected(expression: str) -> list[Selected]:
    """Every series that an expression reads, with the labels that it compares."""
    text = _QUOTED.sub('""', expression)
    text = _GROUPING.sub(" ", text)
    text = re.sub(r"\[[^\]]*\]", "", text)
    text = re.sub(r"\boffset\s+\w+", "", text)
    found = []
    for match in _SELECTOR.finditer(text):
        name, inside = match.groups()
        if name in _WORDS or text[match.end(1) :].lstrip().startswith("("):
            continue
        labels = re.findall(r"(\w+)\s*(?:=~|!~|!=|=)", inside or "")
        found.append(Selected(name, frozenset(labels)))
    return found


def grouped(expression: str) -> set[str]:
    lists = _GROUPING.findall(_QUOTED.sub('""', expression))
    return {label.strip() for names in lists for label in names.split(",") if label.strip()}


def known() -> dict[str, set[str]]:
    """Every series that the service can have, with its labels."""
    metrics = Metrics()
    for metric in vars(metrics).values():
        names = getattr(metric, "_labelnames", None)
        if names:
            metric.labels(**dict.fromkeys(names, "x"))
    metrics.show_freshness(Freshness(0, 0, 0))
    series: dict[str, set[str]] = {}
    for family in text_string_to_metric_families(metrics.render().decode()):
        for sample in family.samples:
            series.setdefault(sample.name, set()).update(sample.labels)
    return series


def expressions() -> Iterator[tuple[str, str]]:
    for rule in alerts():
        yield rule["alert"], rule["expr"]
    dashboard = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    for panel in dashboard["panels"]:
        for target in panel["targets"]:
            yield panel["title"], target["expr"]
    for note in dashboard["annotations"]["list"]:
        yield note["name"], note["expr"]
    for variable in dashboard["templating"]["list"]:
        query = variable["query"]
        if isinstance(query, dict):
            yield variable["name"], query["query"].removeprefix("label_values(").split(",")[0]


def alerts() -> list[dict[str, Any]]:
    groups = yaml.safe_load(RULES.read_text(encoding="utf-8"))["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_names_are_found_in_an_expression() -> None:
    expression = (
        'sum by (le) (rate(faq_a_bucket{x="sum(faq_no)", y=~"b"}[5m])) / on (job) faq_c > 2 '
        "and up unless faq_d offset 1m"
    )

    assert selected(expression) == [
        Selected("faq_a_bucket", frozenset({"x", "y"})),
        Selected("faq_c", frozenset()),
        Selected("up", frozenset()),
        Selected("faq_d", frozenset()),
    ]
    assert grouped(expression) == {"le", "job"}


@pytest.mark.parametrize(("name", "expression"), list(expressions()))
def test_expression_reads_metrics_and_labels_that_exist(name: str, expression: str) -> None:
    series = {**known(), **OTHERS}
    read = selected(expression)

    assert read, name
    assert [selection.name for selection in read if selection.name not in series] == []
    for selection in read:
        assert selection.labels <= series[selection.name] | BY_PROMETHEUS
    assert grouped(expression) <= BY_PROMETHEUS.union(
        *(series[selection.name] for selection in read)
    )


def test_every_alert_has_a_line_in_the_runbook_and_every_line_an_alert() -> None:
    lines = re.findall(r"^\| (`Faq[^|]+) \| [^|]", OPERATIONS.read_text("utf-8"), re.MULTILINE)

    named = [name for line in lines for name in re.findall(r"`(\w+)`", line)]
    assert named == [rule["alert"] for rule in alerts()]


def test_every_metric_is_documented_and_no_other() -> None:
    text = OPERATIONS.read_text(encoding="utf-8")
    table = text[text.index("| metric | counts |") :].split("\n\n")[0]
    series = [name for name in known() if not name.endswith("_created")]
    families = {re.sub(r"_(bucket|sum|count)$", "", name) for name in series}

    assert set(re.findall(r"`(faq_\w+)", table)) == families


@pytest.fixture(scope="module")
def promtool() -> str:
    path = shutil.which("promtool")
    if path is None:
        pytest.skip("deploy: needs promtool (apt-get install prometheus)")
    return path


def test_prometheus_takes_the_rules(promtool: str) -> None:
    completed = subprocess.run(
        [promtool, "check", "rules", RULES], capture_output=True, check=False
    )

    assert completed.returncode == 0, completed.stdout + completed.stderr


SERIES = {
    "FaqDown": ['up{job="careers-faq",instance="a"}|0x60'],
    "FaqWithoutIndex": ['up{job="careers-faq",instance="a"}|1x60'],
    "FaqFaults": [
        'faq_requests_total{status="500"}|0+2x60',
        'faq_requests_total{status="200"}|0+60x60',
    ],
    "FaqOverloaded": ["faq_overloaded_total|0+60x60"],
    "FaqSlow": [
        'faq_request_seconds_bucket{route="/v1/ask",le="0.5"}|0+90x60',
        'faq_request_seconds_bucket{route="/v1/ask",le="1.0"}|0+100x60',
        'faq_request_seconds_bucket{route="/v1/ask",le="+Inf"}|0+100x60',
    ],
    "FaqVersionRefused": ['faq_index_reloads_total{result="refused",instance="a"}|0x50 1x9'],
    "FaqVersionsDiffer": [
        'faq_index_info{version="a",instance="1"}|1x60',
        'faq_index_info{version="b",instance="2"}|1x60',
    ],
    "FaqRecordsLost": ["faq_interactions_lost_total|0+1x60"],
    "FaqLimitsApart": ["faq_limit_storage_failures_total|0+1x60"],
    "FaqManyLimited": ["faq_limited_total|0+120x60"],
    "FaqAnswersExpired": ['faq_answers_due{state="expired"}|1x90'],
    "FaqContentOld": ['faq_index_age_seconds{since="build"}|16000000x90'],
    "FaqManyUnanswered": [
        'faq_outcomes_total{outcome="no_answer",reason="not_covered"}|0+5x90',
        'faq_outcomes_total{outcome="answer",reason=""}|0+5x90',
    ],
    "FaqManyThumbsDown": [
        'faq_feedback_total{helpful="false"}|0+2x90',
        'faq_feedback_total{helpful="true"}|0+1x90',
    ],
}
"""For each alert, series (a value a minute) under which it, and no other, must fire."""


@pytest.mark.parametrize("name", [rule["alert"] for rule in alerts()])
def test_alert_fires_when_it_should_and_no_other_does(
    name: str, promtool: str, tmp_path: Path
) -> None:
    series = [dict(zip(("series", "values"), one.split("|"), strict=True)) for one in SERIES[name]]
    (fired,) = (rule for rule in alerts() if rule["alert"] == name)
    expected = [
        {
            "eval_time": "75m" if name in LATE else "58m",
            "alertname": rule["alert"],
            "exp_alerts": [] if rule["alert"] != name else ANY,
        }
        for rule in alerts()
    ]
    # What a firing alert says is not compared: that it fires is told by the failure of "none".
    silent = {**_test(series, [alert for alert in expected if alert["exp_alerts"] == []])}
    loud = _test(series, [{**alert, "exp_alerts": []} for alert in expected if alert["exp_alerts"]])

    assert _run(promtool, tmp_path, silent) == "", "another alert fires"
    assert f"alertname: {name}" in _run(promtool, tmp_path, loud).replace('"', ""), fired["expr"]


ANY: list[object] = [{}]
LATE = {"FaqAnswersExpired", "FaqContentOld", "FaqManyUnanswered", "FaqManyThumbsDown"}


def _test(series: list[dict[str, str]], expected: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "rule_files": [str(RULES)],
        "evaluation_interval": "1m",
        "tests": [{"interval": "1m", "input_series": series, "alert_rule_test": expected}],
    }


def _run(promtool: str, folder: Path, test: dict[str, Any]) -> str:
    """What promtool has against it; empty when all is as expected."""
    file = folder / "test.yml"
    file.write_text(yaml.safe_dump(test), encoding="utf-8")
    completed = subprocess.run(
        [promtool, "test", "rules", file], capture_output=True, text=True, check=False
    )
    return "" if completed.returncode == 0 else completed.stdout + completed.stderr
