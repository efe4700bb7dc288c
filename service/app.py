"""Puts the service together: routes, state, middleware, lifespan."""

import logging
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from datetime import timedelta
from functools import partial
from math import inf
from typing import TYPE_CHECKING, Any

from anyio import create_task_group, to_thread
from fastapi import FastAPI

from index.errors import RetrievalError
from service.analytics.recorder import Interactions
from service.answering.admission_queue import AdmissionQueue
from service.answering.answer_cache import AnswerCache
from service.answering.messages import NO_CONTACT, lacks_contact
from service.answering.pipeline import AskPipeline
from service.api import presenters, routes
from service.api.dependencies import AppState
from service.api.errors import Problem, install_handlers
from service.api.people import People
from service.live.live_index import LiveIndex, OpenRetriever
from service.middleware_stack import layers
from service.settings import Settings
from service.studio import routes as studio_routes
from service.studio.pages import routes as studio_pages
from service.studio.schemas import ContentProblem
from service.studio.studio import Studio
from service.web import admin_pages, api_reference, pages
from service.web.dashboard import Dashboard
from service.web.page_state import PageState
from service.wiring import ServiceParts, make_limiter, make_parts

if TYPE_CHECKING:
    from fastapi.telemetry import TelemetryConfig

    from index.sharing import Sharing
    from service.ops.tracing import Tracing

VERSION = "0.1.0"

_NO_SPANS: "TelemetryConfig" = {
    "tracing": False,
    "metrics": False,
    "logs": False,
    "auto_configure": False,
}
"""FastAPI's own would hold queries, and so what a visitor types; ours are in `service.ops`."""

log = logging.getLogger(__name__)


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Describe the API, with the error envelope that no route returns by itself."""
        if self.openapi_schema is None:
            parts = super().openapi()["components"]["schemas"]
            for model in (Problem, ContentProblem):
                problem = model.model_json_schema(ref_template="#/components/schemas/{model}")
                parts.update(problem.pop("$defs"))
                parts[model.__name__] = problem
        assert self.openapi_schema is not None  # noqa: S101 - FastAPI's own method fills it
        return self.openapi_schema


def create_app(
    settings: Settings,
    open_retriever: OpenRetriever | None = None,
    tracing: "Tracing | None" = None,
    sharing: "Sharing | None" = None,
) -> FastAPI:
    """Put the service together.

    Raises DatabaseError for a database URL that cannot be used, and SettingsError for a part that
    is set on and not installed.

    `tracing` replaces what the settings ask for, and `sharing` what opens the
    indexes of several sites.
    `open_retriever` opens the published version at start, at every reload, and whenever another
    one is published; by default as the settings say.
    """
    parts = make_parts(settings, VERSION, open_retriever, tracing, sharing)
    app = _App(
        title="Careers FAQ",
        version=VERSION,
        description="Answers questions about two careers: verbatim from one article and its FAQ.",
        lifespan=partial(_lifespan, parts),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
        telemetry=_NO_SPANS,
    )
    for router in (
        routes.asking,
        routes.router,
        api_reference.router,
        pages.router,
        admin_pages.router,
    ):
        app.include_router(router)
    if parts.agents:
        app.router.routes.append(parts.agents.route)
    install_handlers(app)
    studio_routes.install(app)
    studio_pages.install(app)
    _add_middleware(app, parts)
    return app


@asynccontextmanager
async def _lifespan(parts: ServiceParts, app: FastAPI) -> AsyncIterator[None]:
    app.state.shared = shared = _state(parts)
    app.state.page_state = pages = PageState(Dashboard(parts.database, parts.settings.index_dir))
    app.state.studio = await _open_studio(parts.settings, shared.live)
    shared.interactions.start()
    sites, live = parts.sites, shared.live
    await (
        sites.start(app, shared, pages, _open_studio)
        if sites
        else _open_first(live, parts.settings.contact_url)
    )
    running = parts.agents.running() if parts.agents else nullcontext()
    async with running, create_task_group() as tasks:
        tasks.start_soon((sites or live).watch, parts.settings.watch_seconds or inf)
        tasks.start_soon((sites or live).warm)
        yield
        tasks.cancel_scope.cancel()
    shared.pipeline.queue.close()
    shared.interactions.close()
    if parts.tracing:
        await to_thread.run_sync(parts.tracing.close)


def _state(parts: ServiceParts) -> AppState:
    settings, metrics = parts.settings, parts.metrics
    interactions = Interactions(
        parts.database,
        keep=settings.log_questions,
        retention=timedelta(days=settings.retention_days),
        on_lost=metrics.lost.inc,
    )
    queue = AdmissionQueue(
        os.cpu_count() or 1,
        settings.max_waiting,
        settings.deadline_seconds,
        # Where clients are not limited, one may well take all there is.
        kept_for_others=0 if settings.rate_limit == "off" else 1,
    )
    metrics.queue.set_function(lambda: queue.waiting)
    live = LiveIndex(settings.index_dir, parts.open_retriever, metrics, parts.origin)
    size = settings.remembered_answers
    pipeline = AskPipeline(
        live=live,
        interactions=interactions,
        metrics=metrics,
        tracing=parts.tracing,
        queue=queue,
        cache=AnswerCache(size) if size else None,
        serialise=presenters.serialiser(settings.contact_url),
    )
    people = People(settings.people_file, settings.trusted_proxies)
    return AppState(settings, live, interactions, metrics, pipeline, people)


async def _open_studio(settings: Settings, live: LiveIndex) -> Studio | None:
    if settings.corpus_dir is None:
        return None
    return await to_thread.run_sync(Studio, settings, live)


async def _open_first(live: LiveIndex, contact_url: str | None) -> None:
    try:
        await live.reload()
    except RetrievalError:
        log.warning("not ready: run `careers-faq build`")
    else:
        if lacks_contact(live.ready, contact_url):
            log.warning("%sset FAQ_CONTACT_URL", NO_CONTACT)


def _add_middleware(app: FastAPI, parts: ServiceParts) -> None:
    """Add the layers, innermost first; each site has them for itself."""
    settings, metrics = parts.settings, parts.metrics
    limiter = make_limiter(settings, metrics)
    if parts.sites:
        from service.extras.tenants.site_routing import SiteLayer

        app.add_middleware(SiteLayer, sites=parts.sites, limiter=limiter)
    else:
        for layer in layers(settings, metrics, limiter):
            app.add_middleware(layer.cls, *layer.args, **layer.kwargs)
    if parts.tracing:
        app.add_middleware(parts.tracing.request)
