"""The one place where the service is put together."""

import logging
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, nullcontext
from datetime import timedelta
from functools import partial
from importlib.util import find_spec
from math import inf
from typing import TYPE_CHECKING, Any

from anyio import create_task_group, to_thread
from fastapi import FastAPI

from index import open_index, stores
from index.errors import RetrievalError, StoreUnavailable, Unreachable
from service import admin, api, pages, reference
from service.conversations import Memory, make_memory
from service.dashboard import Dashboard
from service.database import Database
from service.dependencies import State
from service.errors import Problem, install_handlers
from service.interactions import Interactions
from service.layers import layers
from service.limiting import make_limiter
from service.live import LiveIndex, OpenRetriever, Origin
from service.messages import USUAL, voice
from service.observability import Metrics
from service.remembered import make_answers
from service.settings import Settings, SettingsError, Switch
from service.waiting import WaitingRoom

if TYPE_CHECKING:
    from index.knowledge import OpenVectors
    from index.sharing import Sharing
    from service.agents import AgentServer
    from service.sites import Sites
    from service.tracing import Tracing

VERSION = "0.1.0"

log = logging.getLogger(__name__)


class _App(FastAPI):
    def openapi(self) -> dict[str, Any]:
        """Describe the API, with the error envelope that no route returns by itself."""
        if self.openapi_schema is None:
            problem = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            parts = super().openapi()["components"]["schemas"]
            parts.update(problem.pop("$defs"))
            parts["Problem"] = problem
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

    `tracing` takes the place of what the settings ask for, and `sharing` of what opens the
    indexes of several sites.
    `open_retriever` opens the published version at start, at every reload, and whenever another
    one is published; by default as the settings say.
    """
    open_retriever = open_retriever or _opener(settings)
    metrics = _metrics(settings)
    by_site = settings.sites is not None
    database = Database(settings.database_url.get_secret_value(), by_site=by_site)
    agents = _agents(settings)
    tracing = tracing or _tracing(settings)
    conversations = _conversations(settings, metrics)
    sites = _sites(settings, metrics, sharing)
    origin = None if sites else _origin(settings)
    app = _App(
        title="Careers FAQ",
        version=VERSION,
        description="Answers questions about two careers: verbatim from one article and its FAQ.",
        lifespan=_lifespan(
            settings,
            open_retriever,
            database,
            metrics,
            agents,
            conversations,
            origin,
            tracing,
            sites,
        ),
        redirect_slashes=False,
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(api.asking)
    app.include_router(api.router)
    app.include_router(reference.router)
    app.include_router(pages.router)
    app.include_router(admin.router)
    if agents:
        app.router.routes.append(agents.route)
    install_handlers(app)
    _add_middleware(app, settings, metrics, sites)
    if tracing:
        app.add_middleware(tracing.request)
    return app


def _metrics(settings: Settings) -> Metrics:
    if settings.sites is None:
        return Metrics()
    # Only here: without several sites, nothing that only they need is loaded.
    from service.site_parts import MetricsBySite

    return MetricsBySite()


def _sites(settings: Settings, metrics: Metrics, sharing: "Sharing | None") -> "Sites | None":
    if settings.sites is None:
        return None
    from index.sharing import Sharing
    from service.sites import Sites

    return Sites(settings, metrics, sharing or Sharing(_vectors(settings)), _origin)


def _agents(settings: Settings) -> "AgentServer | None":
    if settings.mcp is Switch.OFF:
        return None
    if find_spec("mcp") is None:
        raise SettingsError(
            "FAQ_MCP is on, and what it needs is not installed. Run `pip install -c "
            "constraints.txt '.[mcp]'`, or set FAQ_MCP=off."
        )
    # Only here: without it, nothing of the extra `mcp` is loaded.
    from service.agents import agent_server

    return agent_server(VERSION)


def _tracing(settings: Settings) -> "Tracing | None":
    if settings.otlp_endpoint is None:
        return None
    needed = ("opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter")
    if any(find_spec(name) is None for name in needed):
        raise SettingsError(
            "FAQ_OTLP_ENDPOINT is set, and what it needs is not installed. Run `pip install -c "
            "constraints.txt '.[tracing]'`, or take the setting out."
        )
    # Only here: without it, nothing of the extra `tracing` is loaded.
    from service.tracing import export_to

    return export_to(settings.otlp_endpoint, VERSION)


def _conversations(settings: Settings, metrics: Metrics) -> Memory:
    url = settings.conversations.get_secret_value()
    if url == "memory":
        return make_memory()
    if find_spec("redis") is None:
        raise SettingsError(
            "FAQ_CONVERSATIONS: Redis needs a package: pip install 'careers-faq[redis]'"
        )
    # Only here: without it, nothing of the extra `redis` is loaded.
    from service.shared_conversations import SharedConversations

    return SharedConversations(url, metrics.conversations_failed.inc)


def _origin(settings: Settings) -> Origin | None:
    if settings.index_source is None:
        return None
    if find_spec("fsspec") is None:
        raise SettingsError(
            "FAQ_INDEX_SOURCE: a store needs a package: pip install 'careers-faq[store]'"
        )
    # Only here: without it, nothing of the extra `store` is loaded.
    from index.fetching import Place, Source

    try:
        return Source(Place(settings.index_source), settings.index_dir)
    except Unreachable as error:
        raise SettingsError(f"FAQ_INDEX_SOURCE: {error}") from None


def _lifespan(
    settings: Settings,
    open_retriever: OpenRetriever,
    database: Database,
    metrics: Metrics,
    agents: "AgentServer | None",
    conversations: Memory,
    origin: Origin | None,
    tracing: "Tracing | None",
    sites: "Sites | None",
) -> Callable[[FastAPI], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        interactions = Interactions(
            database,
            keep=settings.log_questions,
            retention=timedelta(days=settings.retention_days),
            on_lost=metrics.lost.inc,
        )
        live = LiveIndex(settings.index_dir, open_retriever, metrics, origin)
        waiting = WaitingRoom(os.cpu_count() or 1, settings.max_waiting, settings.deadline_seconds)
        metrics.queue.set_function(lambda: waiting.waiting)
        app.state.shared = shared = State(
            settings=settings,
            live=live,
            interactions=interactions,
            conversations=conversations,
            metrics=metrics,
            dashboard=Dashboard(database, settings.index_dir),
            tracing=tracing,
            waiting=waiting,
            remembered=make_answers(settings.remembered_answers),
            voice=voice(settings.contact_url, USUAL),
        )
        interactions.start()
        await (sites.start(app, shared) if sites else _open_first(live))
        running = agents.running() if agents else nullcontext()
        async with running, create_task_group() as tasks:
            tasks.start_soon((sites or live).watch, settings.watch_seconds or inf)
            tasks.start_soon((sites or live).warm)
            yield
            tasks.cancel_scope.cancel()
        await conversations.close()
        waiting.close()
        interactions.close()
        if tracing:
            await to_thread.run_sync(tracing.close)

    return lifespan


async def _open_first(live: LiveIndex) -> None:
    try:
        await live.reload()
    except RetrievalError:
        log.warning("not ready: run `python scripts/build_index.py`")


def _opener(settings: Settings) -> OpenRetriever:
    """Return what opens a version, with the vector store that the settings name."""
    return partial(open_index, vectors=_vectors(settings))


def _vectors(settings: Settings) -> "OpenVectors | None":
    try:
        return stores.searcher(settings.vector_store, settings.vector_store_seconds)
    except StoreUnavailable as error:
        raise SettingsError(f"FAQ_VECTOR_STORE: {error}") from None


def _add_middleware(
    app: FastAPI, settings: Settings, metrics: Metrics, sites: "Sites | None"
) -> None:
    """Add the layers, innermost first; each site has them for itself."""
    limiter = None if settings.rate_limit == "off" else make_limiter(settings, metrics)
    if sites:
        from service.site_layer import SiteLayer

        app.add_middleware(SiteLayer, sites=sites, limiter=limiter)
        return
    for layer in layers(settings, metrics, limiter):
        app.add_middleware(layer.cls, *layer.args, **layer.kwargs)
