"""The sites of a service, each under its own key; loaded only where FAQ_SITES is set.

A site has its own `AppState`: index, exchanges in the database, cached answers, limits, metrics.
The routes are the same for all sites, and find the state of the requested one through
`request.app`, whose place `Inside` takes. The encoder, threads and connections are shared.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from functools import partial
from math import isinf
from pathlib import Path

from anyio import CapacityLimiter, sleep_forever, to_thread
from anyio import sleep as pause
from fastapi import FastAPI
from starlette.datastructures import State as Attributes

from index.errors import RetrievalError
from index.sharing import Sharing
from service.answering.catalogue import today
from service.answering.messages import NO_CONTACT, lacks_contact
from service.api import presenters
from service.api.dependencies import AppState
from service.api.people import People
from service.extras.tenants.site_file import Site, read_sites
from service.extras.tenants.site_state import (
    MetricsBySite,
    SiteIndex,
    SiteQueue,
)
from service.live.live_index import LiveIndex, Origin
from service.ops.observability import Metrics
from service.ops.observability import site as current_site
from service.settings import Settings, SettingsError
from service.web.dashboard import Dashboard
from service.web.page_state import PageState
from service.web.widget_bundle import Bundle, load_bundle, site_bundle

PREFIX = "/sites/"
_OF_EACH = ("index_source", "allowed_origins", "contact_url", "corpus_dir", "people_file")
"""Settings that stand in the file of the sites only."""

log = logging.getLogger(__name__)
OpenStudio = Callable[[Settings, LiveIndex], Awaitable[object]]
"""Opens the studio of a site; None where no folder of content is set."""
MakeOrigin = Callable[[Settings], "Origin | None"]


class Inside:
    """Takes the place of the app in the requests of one site."""

    def __init__(self, app: FastAPI, **state: object) -> None:
        self.state = Attributes(state)
        self.openapi = app.openapi


@dataclass(slots=True)
class Hosted:
    """One running site."""

    key: str
    site: Site
    settings: Settings
    """The settings of the service, with those of the site in their place."""
    metrics: Metrics
    live: SiteIndex
    inside: Inside | None = None
    """None until the service has started."""
    fingerprint: object = field(default=None)
    """Fingerprint of the file `current` of its index at the last check."""

    @property
    def address(self) -> str:
        """The path prefix under which it is served."""
        return f"{PREFIX}{self.key}"


class Sites:
    """All sites of this process, by their keys."""

    def __init__(
        self,
        settings: Settings,
        metrics: Metrics,
        sharing: Sharing,
        make_origin: MakeOrigin,
    ) -> None:
        """Read the file; opens no index. Raises SettingsError."""
        _check(settings)
        assert settings.sites is not None  # noqa: S101 - else nobody makes this
        assert isinstance(metrics, MetricsBySite)  # noqa: S101 - as above
        sites = read_sites(settings.sites, settings)
        self.settings = settings
        self.metrics = metrics
        self._threads = CapacityLimiter(1)
        self._hosted: dict[str, Hosted] = {}
        for key, site in sites.items():
            own = _settings(settings, site)
            of_site = metrics.of(key)
            live = SiteIndex(
                site.index_dir,
                partial(sharing.open, address=f"{PREFIX}{key}"),
                of_site,
                make_origin(own),
            )
            self._hosted[key] = Hosted(key, site, own, of_site, live)

    def __iter__(self) -> Iterator[Hosted]:
        return iter(self._hosted.values())

    def __len__(self) -> int:
        return len(self._hosted)

    def get(self, key: str) -> Hosted | None:
        """Return the site with this key."""
        return self._hosted.get(key)

    @property
    def are_ready(self) -> bool:
        """Whether any site can answer: one that cannot must not take the others out of service."""
        return any(hosted.live.retriever is not None for hosted in self)

    async def warm(self) -> None:
        """Load what only some questions need; it is shared by all sites of a process."""
        opened = next((hosted for hosted in self if hosted.live.retriever is not None), None)
        if opened is not None:
            await opened.live.warm()

    async def start(
        self, app: FastAPI, shared: AppState, pages: PageState, open_studio: OpenStudio
    ) -> None:
        """Make the state of every site from the shared parts, and open its index."""
        for hosted in self:
            hosted.inside = Inside(
                app,
                shared=_state(hosted, shared),
                page_state=_page_state(hosted, pages),
                studio=await open_studio(hosted.settings, hosted.live),
            )
        for hosted in self:
            await self._open(hosted)
        log.info("sites: %d of %d can answer", sum(self._answering()), len(self))

    async def watch(self, seconds: float) -> None:
        """Open what is published for any site from now on; never returns.

        One task checks one file of each site in turn.
        """
        if isinf(seconds):
            await sleep_forever()
        while True:
            await pause(seconds)
            for hosted in await to_thread.run_sync(self._changed, limiter=self._threads):
                with serving(hosted.key):
                    await hosted.live.look()

    def show_freshness(self) -> None:
        """Update the freshness metrics of every site."""
        for hosted in self:
            hosted.metrics.show_freshness(hosted.live.freshness(today()))

    def _answering(self) -> Iterator[bool]:
        return (hosted.live.retriever is not None for hosted in self)

    async def _open(self, hosted: Hosted) -> None:
        hosted.fingerprint = _fingerprint(hosted.site.index_dir)
        with serving(hosted.key):
            try:
                await hosted.live.reload()
            except RetrievalError:
                log.warning("not ready: build its index, as docs/operations.md says")
            else:
                if lacks_contact(hosted.live.ready, hosted.site.contact_url):
                    log.warning("%sset contact_url of the site", NO_CONTACT)

    def _changed(self) -> list[Hosted]:
        """Find the sites whose index may have changed."""
        changed = []
        for hosted in self:
            seen, hosted.fingerprint = hosted.fingerprint, _fingerprint(hosted.site.index_dir)
            is_as_before = seen == hosted.fingerprint and hosted.live.is_settled
            is_nothing = seen is None and hosted.fingerprint is None
            if hosted.site.index_source or not (is_as_before or is_nothing):
                changed.append(hosted)
        return changed


@contextmanager
def serving(key: str) -> Iterator[None]:
    """Put the key of a site into every log line written within."""
    token = current_site.set(key)
    try:
        yield
    finally:
        current_site.reset(token)


def _fingerprint(folder: Path) -> object:
    """Return what differs between two publications, at the cost of one `stat`; None without any."""
    try:
        stat = (folder / "current").stat()
    except OSError:
        return None
    return (stat.st_mtime_ns, stat.st_size, stat.st_ino)


def _check(settings: Settings) -> None:
    for name in _OF_EACH:
        if getattr(settings, name):
            raise SettingsError(
                f"FAQ_{name.upper()}: with FAQ_SITES, each site has its own. Write {name} into "
                "the file of the sites, and take this setting out."
            )


def _settings(settings: Settings, site: Site) -> Settings:
    return settings.model_copy(
        update={
            "index_dir": site.index_dir,
            "index_source": site.index_source,
            "corpus_dir": site.corpus_dir,
            "people_file": site.people_file,
            "allowed_origins": site.allowed_origins,
            "contact_url": site.contact_url,
            "admin_token": site.admin_token or settings.admin_token,
            "log_questions": site.log_questions or settings.log_questions,
            "retention_days": site.retention_days or settings.retention_days,
        }
    )


def _state(hosted: Hosted, shared: AppState) -> AppState:
    own, key = hosted.settings, hosted.key
    keep = timedelta(days=own.retention_days)
    interactions = shared.interactions.of(key, own.log_questions, keep)
    pipeline = replace(
        shared.pipeline,
        live=hosted.live,
        interactions=interactions,
        metrics=hosted.metrics,
        queue=SiteQueue(shared.pipeline.queue, own.max_waiting),
        serialise=presenters.serialiser(own.contact_url, hosted.site.sentences),
        site=key,
    )
    people = People(own.people_file, own.trusted_proxies)
    return AppState(own, hosted.live, interactions, hosted.metrics, pipeline, people)


def _page_state(hosted: Hosted, shared: PageState) -> PageState:
    database = shared.dashboard.database.of(hosted.key)
    return PageState(Dashboard(database, hosted.settings.index_dir), _widget(hosted.site))


def _widget(site: Site) -> Callable[[], Bundle]:
    texts = {
        name: value
        for name, value in (
            ("texts", {language: dict(named) for language, named in site.texts.items()}),
            ("theme", dict(site.theme)),
            ("contact", site.contact_url),
        )
        if value
    }
    if not texts:
        return load_bundle
    return partial(site_bundle, json.dumps(texts, ensure_ascii=False, sort_keys=True))
