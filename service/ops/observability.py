"""Logs and metrics. Neither ever holds a question's text or a client's address."""

import json
import logging
import sys
import time
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import asdict
from datetime import UTC, datetime

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from index.datatypes import Manifest, Stage
from index.freshness import Freshness
from service.settings import LogFormat

METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)
"""An answer takes a few milliseconds: the default buckets would put all into one."""
STAGE_SECONDS = (0.00005, 0.0001, 0.00025, 0.0005, *SECONDS)
"""A stage of an answer takes ten microseconds or more."""
TENTHS = tuple(step / 10 for step in range(1, 11))

request_id: ContextVar[str] = ContextVar("request_id", default="-")
"""Id of the request that is being answered; `-` outside one."""
site: ContextVar[str] = ContextVar("site", default="")
"""Key of the site that is being served; empty where there is only one."""


class Metrics:
    """The metrics of one process, under the prefix ``faq_``."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        self._now = now
        self._registry = CollectorRegistry()
        self.requests = self._counter("requests", "Requests answered", "method", "route", "status")
        self.seconds = self._histogram("request_seconds", "Time to answer", SECONDS, "route")
        self.outcomes = self._counter("outcomes", "Questions by outcome", "outcome", "reason")
        self.retrieval = self._histogram("retrieval_seconds", "Time in the retriever", SECONDS)
        self.stages = self._histogram("stage_seconds", "Time by stage", STAGE_SECONDS, "stage")
        self.confidence = self._histogram("confidence", "Confidence of outcomes", TENTHS)
        self.feedback = self._counter("feedback", "Feedback given", "helpful")
        self.limited = self._counter("limited", "Requests refused by the rate limit")
        self.limits_failed = self._counter("limit_storage_failures", "Times Redis did not answer")
        self.source_failed = self._counter(
            "index_source_failures", "Times versions could not be fetched"
        )
        self.behind = self._counter("behind", "Questions of conversations that saw a newer index")
        self.queue = self._gauge("queue_depth", "Questions that wait for a thread")
        self.overloaded = self._counter("overloaded", "Questions refused: too many waiting")
        self.late = self._counter("late", "Questions refused: not answered in time")
        self.remembered = self._counter("remembered", "Questions looked up in the cache", "result")
        self.lost = self._counter("interactions_lost", "Records that could not be written")
        self.partial = self._counter("partial", "Questions answered without the vector store")
        self.reloads = self._counter("index_reloads", "Times an index was opened", "result")
        self.index = self._gauge("index_info", "The index that answers", "version", "model")
        self.age = self._gauge("index_age_seconds", "Age of the index that answers", "since")
        self.due = self._gauge("answers_due", "Answers to look at today", "state")
        self.units = self._gauge("index_units", "Units in the index that answers")

    def show_index(self, manifest: Manifest, published: float | None = None) -> None:
        """Report this index, and no other, as live since `published`, in seconds since 1970."""
        self.index.clear()
        self.index.labels(version=manifest.version, model=manifest.model.name).set(1)
        self.units.set(manifest.counts.get("units", 0))
        self.age.clear()
        self._show_age("build", _seconds_of(manifest.built_at))
        self._show_age("publication", published)

    def _show_age(self, since: str, moment: float | None) -> None:
        if moment is not None:
            # Computed when it is read, so that it grows by itself.
            self.age.labels(since=since).set_function(lambda: max(0.0, self._now() - moment))

    def time_stages(self, stages: Iterable[Stage]) -> None:
        """Observe the time of each stage of one answer; repeated stages are summed."""
        sums: dict[str, float] = {}
        for stage in stages:
            sums[stage.name] = sums.get(stage.name, 0.0) + stage.seconds
        for name, seconds in sums.items():
            self.stages.labels(stage=name).observe(seconds)

    def show_freshness(self, freshness: Freshness) -> None:
        """Report how many answers are due, as of now."""
        for state, count in asdict(freshness).items():
            self.due.labels(state=state).set(count)

    def render(self) -> bytes:
        """Everything in Prometheus' text format."""
        return generate_latest(self._registry)

    def _counter(self, name: str, sentence: str, *labels: str) -> Counter:
        return Counter(f"faq_{name}", sentence, labels, registry=self._registry)

    def _gauge(self, name: str, sentence: str, *labels: str) -> Gauge:
        return Gauge(f"faq_{name}", sentence, labels, registry=self._registry)

    def _histogram(
        self, name: str, sentence: str, buckets: tuple[float, ...], *labels: str
    ) -> Histogram:
        return Histogram(f"faq_{name}", sentence, labels, buckets=buckets, registry=self._registry)


def _seconds_of(moment: str) -> float | None:
    """Parse RFC 3339; None for anything else."""
    try:
        return datetime.fromisoformat(moment).timestamp()
    except ValueError:
        return None


class JsonFormatter(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Format time, level, logger, message, request id and the `fields` of `extra`."""
        line = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            "request_id": request_id.get(),
            **({"site": site.get()} if site.get() else {}),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["exception"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=True)


class ConsoleFormatter(logging.Formatter):
    """A line to be read by people."""

    def __init__(self) -> None:
        super().__init__("{asctime} {levelname:<7} {name}: {message}", "%H:%M:%S", "{")

    def format(self, record: logging.LogRecord) -> str:
        """Format the line, with the request id at its end inside a request."""
        line = super().format(record)
        if site.get():
            line = f"{line} ({site.get()})"
        current = request_id.get()
        return line if current == "-" else f"{line} [{current}]"


def configure_logging(form: LogFormat, level: str) -> None:
    """Log to standard error in this format. Called once, by the command."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter() if form is LogFormat.JSON else ConsoleFormatter())
    handler.setLevel(level.upper())  # bm25s sets its logger to DEBUG, past the root's level
    logging.basicConfig(handlers=[handler], level=level.upper(), force=True)
