"""Statistics of `/admin`: computed at most once a minute, off the event loop, one at a time."""

import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path

from anyio import CapacityLimiter, to_thread

from index import Retriever, Unit
from index.errors import RetrievalError
from index.freshness import STALE_AFTER, is_expired
from index.versions import publication_history, version_store
from index.versions.publication_history import Publication
from service.analytics import queries, unanswered
from service.analytics.database import ClickKind, Database
from service.analytics.queries import AnswerCount, Count, RecordedExchange, Topic
from service.analytics.unanswered import Gap, Grouping, Overview, QuestionGroups
from service.web.charts import Bar, Chart, stacked_bars

PERIODS = (7, 30, 90)
PER_PAGE = 12
CACHE_SECONDS = 60.0
CACHE_PAGES = 32
"""Cached pages, some 100 kB each."""
MOST_VERSIONS = 8
MOST_ROWS = 10
"""Of answers, ratings and content due."""
WORDS: Mapping[str, str] = {
    "answer": "answered",
    "clarify": "asked back",
    "no_answer": "no answer",
    "smalltalk": "smalltalk",
}
CLICKS: Mapping[ClickKind, str] = {
    ClickKind.SOURCE: "Sources opened",
    ClickKind.SUGGESTION: "Suggestions taken",
    ClickKind.CONTACT: "People contacted",
}
TOPICS: Mapping[Topic, str] = {
    Topic.UNANSWERED: "Not covered",
    Topic.UNHELPFUL: "Thumbs down",
    Topic.CLARIFIED: "Asked back",
    Topic.REFUSED: "Refused on purpose",
    Topic.ASKED: "Everything",
}


@dataclass(frozen=True, slots=True)
class View:
    """The period, topic and page that are shown."""

    days: int
    topic: Topic
    page: int


@dataclass(frozen=True, slots=True)
class DashboardFigure:
    """A number and its caption."""

    name: str
    value: str
    share: str = ""


@dataclass(frozen=True, slots=True)
class VersionRow:
    """Statistics of one version of the index."""

    version: str
    is_live: bool
    built_at: str
    """Empty when the version is no longer in the folder."""
    published: str
    """When it last went live; empty when unknown."""
    by: str
    asked: int
    shares: Mapping[str, str]
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer, how often it was given, rated, and followed to its source."""

    title: str
    url: str
    """Empty when it is no longer in the content."""
    count: AnswerCount


@dataclass(frozen=True, slots=True)
class Rating:
    """An exchange that somebody rated."""

    exchange: RecordedExchange
    answer: str
    """Title of what was answered; empty where nothing was."""


@dataclass(frozen=True, slots=True)
class Shown:
    """Everything on the page."""

    view: View
    figures: tuple[DashboardFigure, ...]
    days_chart: Chart
    confidence_chart: Chart
    days: tuple[Bar, ...]
    tenths: tuple[Bar, ...]
    versions: tuple[VersionRow, ...]
    answers: tuple[GivenAnswer, ...]
    ratings: tuple[Rating, ...]
    due: tuple[Unit, ...]
    """Answers past their date, or reviewed more than a year ago, the oldest first."""
    groups: QuestionGroups
    gaps: tuple[Gap, ...]
    pages: int
    made_at: datetime


class Dashboard:
    """Computes the statistics and caches them for a minute."""

    def __init__(
        self, database: Database, folder: Path, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.database = database
        self._folder = folder
        self._clock = clock
        self._thread = CapacityLimiter(1)
        self._grouping = Grouping()
        self._cache: OrderedDict[tuple[View, str], tuple[float, Shown]] = OrderedDict()

    async def show(self, retriever: Retriever, view: View) -> Shown:
        """Return statistics that are at most a minute old. Raises DatabaseError."""
        return await to_thread.run_sync(partial(self._show, retriever, view), limiter=self._thread)

    def _show(self, retriever: Retriever, view: View) -> Shown:
        key = (view, retriever.manifest.version)
        cached = self._cache.get(key)
        if cached is not None and cached[0] > self._clock():
            return cached[1]
        shown = self._compute(retriever, view)
        self._cache[key] = (self._clock() + CACHE_SECONDS, shown)
        self._cache.move_to_end(key)
        if len(self._cache) > CACHE_PAGES:
            self._cache.popitem(last=False)
        return shown

    def _compute(self, retriever: Retriever, view: View) -> Shown:
        now = datetime.now(UTC)
        since = unanswered.first_day(view.days, now)
        overview = unanswered.overview(self.database, since, now.date())
        before = queries.counts(self.database, since - timedelta(days=view.days))
        earlier = sum(one.number for one in before if one.day < since)
        groups = self._grouping.groups(self.database, retriever, since, view.topic)
        first = (view.page - 1) * PER_PAGE
        shown = groups.groups[first : first + PER_PAGE]
        days, tenths = _days(overview), _tenths(overview)
        clicked = queries.clicks_by_answer(self.database, since)
        return Shown(
            view=view,
            figures=_figures(overview, earlier, clicked),
            days_chart=stacked_bars("Questions a day, by outcome", days, WORDS),
            confidence_chart=stacked_bars("Questions by confidence and outcome", tenths, WORDS),
            days=days,
            tenths=tenths,
            versions=_versions(overview, self._folder),
            answers=_answers(queries.by_answer(self.database, since), retriever.units),
            ratings=tuple(
                Rating(one, _title(one.answer, retriever.units))
                for one in queries.latest_ratings(self.database, since, MOST_ROWS)
            ),
            due=_due(retriever.units, now.date()),
            groups=groups,
            gaps=tuple(unanswered.gap(one, retriever, now.date()) for one in shown),
            pages=max(1, -(-len(groups.groups) // PER_PAGE)),
            made_at=now,
        )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.0f} %" if whole else ""


def _trend(now: int, earlier: int) -> str:
    return f"{100 * (now - earlier) / earlier:+.0f} % on the period before" if earlier else ""


def _title(name: str | None, units: Mapping[str, Unit]) -> str:
    unit = units.get(name or "")
    return unit.title if unit else name or ""


def _answers(
    counted: Mapping[str, AnswerCount], units: Mapping[str, Unit]
) -> tuple[GivenAnswer, ...]:
    most = sorted(counted.items(), key=lambda item: (-item[1].asked, item[0]))[:MOST_ROWS]
    return tuple(
        GivenAnswer(_title(name, units), units[name].url if name in units else "", count)
        for name, count in most
    )


def _due(units: Mapping[str, Unit], today: date) -> tuple[Unit, ...]:
    def is_due(unit: Unit) -> bool:
        is_old = unit.reviewed is not None and unit.reviewed < today - STALE_AFTER
        return is_expired(unit, today) or is_old

    due = filter(is_due, units.values())
    return tuple(sorted(due, key=lambda unit: unit.reviewed or today)[:MOST_ROWS])


def _figures(
    overview: Overview, earlier: int, clicked: Mapping[tuple[str | None, str], int]
) -> tuple[DashboardFigure, ...]:
    by_outcome = _sum(overview, lambda one: one.outcome)
    by_kind: Counter[str] = Counter()
    for (_, kind), number in clicked.items():
        by_kind[kind] += number
    asked = sum(by_outcome.values())
    up = sum(one.up for one in overview.verdicts)
    down = sum(one.down for one in overview.verdicts)
    return (
        DashboardFigure("Questions", f"{asked:,}", _trend(asked, earlier)),
        *(
            DashboardFigure(
                WORDS[name].capitalize(), f"{by_outcome[name]:,}", _share(by_outcome[name], asked)
            )
            for name in WORDS
            if name != "smalltalk"
        ),
        DashboardFigure("Thumbs up", f"{up:,}", _share(up, up + down)),
        DashboardFigure("Thumbs down", f"{down:,}", _share(down, up + down)),
        *(
            DashboardFigure(name, f"{by_kind[kind]:,}", _share(by_kind[kind], asked))
            for kind, name in CLICKS.items()
        ),
    )


def _sum(overview: Overview, key: Callable[[Count], str]) -> "Counter[str]":
    sums: Counter[str] = Counter()
    for one in overview.counts:
        sums[key(one)] += one.number
    return sums


def _days(overview: Overview) -> tuple[Bar, ...]:
    counted: dict[date, Counter[str]] = {}
    for one in overview.counts:
        counted.setdefault(one.day, Counter())[one.outcome] += one.number
    length = (overview.until - overview.since).days + 1
    days = [overview.since + timedelta(days=number) for number in range(length)]
    return tuple(Bar(f"{day:%b} {day.day}", _parts(counted.get(day, Counter()))) for day in days)


def _tenths(overview: Overview) -> tuple[Bar, ...]:
    counted: list[Counter[str]] = [Counter() for _ in range(10)]
    for one in overview.counts:
        counted[one.tenth][one.outcome] += one.number
    return tuple(
        Bar(f"{tenth / 10:.1f}\u2013{(tenth + 1) / 10:.1f}", _parts(counts))
        for tenth, counts in enumerate(counted)
    )


def _parts(counts: "Counter[str]") -> dict[str, int]:
    return {name: counts[name] for name in WORDS}


def _versions(overview: Overview, folder: Path) -> tuple[VersionRow, ...]:
    """List the versions in the folder or with answers in the period, the newest first."""
    built, live = _published(folder)
    records = {record.version: record for record in publication_history.history(folder)}
    seen = dict.fromkeys(one.version for one in reversed(overview.counts))
    last = sorted(built, key=lambda name: records[name].at if name in records else "", reverse=True)
    names = [*last, *(name for name in seen if name not in built)]
    return tuple(
        _version_row(name, overview, built, live, records.get(name))
        for name in names[:MOST_VERSIONS]
    )


def _version_row(
    name: str,
    overview: Overview,
    built: Mapping[str, str],
    live: str,
    record: Publication | None,
) -> VersionRow:
    sums: Counter[str] = Counter()
    for one in overview.counts:
        if one.version == name:
            sums[one.outcome] += one.number
    said = [one for one in overview.verdicts if one.version == name]
    asked = sum(sums.values())
    return VersionRow(
        version=name,
        is_live=name == live,
        built_at=built.get(name, ""),
        published=record.at if record else "",
        by=record.by if record else "",
        asked=asked,
        shares={outcome: _share(sums[outcome], asked) for outcome in WORDS},
        up=sum(one.up for one in said),
        down=sum(one.down for one in said),
    )


def _published(folder: Path) -> tuple[dict[str, str], str]:
    """Read when each version of the folder was built, the newest first, and which one is live."""
    try:
        built = {one.version: one.built_at for one in version_store.list_versions(folder)}
        return built, version_store.current(folder)
    except RetrievalError:
        return {}, ""
