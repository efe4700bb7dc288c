"""Builds the parts of a service from its settings.

What only some services need, such as an optional package, is imported only where its setting is on.
"""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import TYPE_CHECKING

from index.errors import Unreachable, VectorStoreUnavailable
from index.milvus import addresses
from index.sharing import Sharing
from service.analytics.database import Database
from service.api.rate_limits import Limiter, MemoryLimiter
from service.live.live_index import OpenRetriever, Origin
from service.ops.observability import Metrics
from service.settings import Settings, SettingsError, Switch

if TYPE_CHECKING:
    from index.versions.version_store import Load
    from service.extras.mcp.server import AgentServer
    from service.extras.tenants.sites import Sites
    from service.ops.tracing import Tracing


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceParts:
    """What exists before the service starts."""

    settings: Settings
    open_retriever: OpenRetriever
    """Opens the published version."""
    metrics: Metrics
    database: Database
    agents: "AgentServer | None"
    tracing: "Tracing | None"
    """None when nothing is traced."""
    sites: "Sites | None"
    """None for a service of one site."""
    origin: Origin | None
    """Where versions come from; None where they are built, and with several sites, which have
    one each."""


def make_parts(
    settings: Settings,
    version: str,
    open_retriever: OpenRetriever | None = None,
    tracing: "Tracing | None" = None,
    sharing: Sharing | None = None,
) -> ServiceParts:
    """Build the parts; arguments replace what the settings ask for.

    Args:
        settings: Of the service.
        version: Of this package, for agents and traces.
        open_retriever: Opens the published version.
        tracing: Where spans go.
        sharing: Opens the indexes of several sites.

    Raises:
        DatabaseError: The database's URL cannot be used.
        SettingsError: A part is set on and not installed, or cannot be used as set.

    """
    if settings.corpus_dir is not None and not settings.corpus_dir.is_dir():
        raise SettingsError(f"FAQ_CORPUS_DIR: {settings.corpus_dir} is no folder.")
    open_retriever = open_retriever or Sharing(_load(settings)).open
    metrics = _metrics(settings)
    by_site = settings.sites is not None
    return ServiceParts(
        settings=settings,
        open_retriever=open_retriever,
        metrics=metrics,
        database=Database(settings.database_url.get_secret_value(), by_site=by_site),
        agents=_agents(settings, version),
        tracing=tracing or _tracing(settings, version),
        sites=_sites(settings, metrics, sharing),
        origin=None if by_site else _origin(settings),
    )


def _metrics(settings: Settings) -> Metrics:
    if settings.sites is None:
        return Metrics()
    from service.extras.tenants.site_state import MetricsBySite

    return MetricsBySite()


def _sites(settings: Settings, metrics: Metrics, sharing: Sharing | None) -> "Sites | None":
    if settings.sites is None:
        return None
    from service.extras.tenants.sites import Sites

    return Sites(settings, metrics, sharing or Sharing(_load(settings)), _origin)


def _agents(settings: Settings, version: str) -> "AgentServer | None":
    if settings.mcp is Switch.OFF:
        return None
    if find_spec("mcp") is None:
        raise SettingsError(
            "FAQ_MCP is on, and what it needs is not installed. Run `pip install -c "
            "constraints.txt '.[mcp]'`, or set FAQ_MCP=off."
        )
    from service.extras.mcp.server import agent_server

    return agent_server(version)


def _tracing(settings: Settings, version: str) -> "Tracing | None":
    if settings.otlp_endpoint is None:
        return None
    needed = ("opentelemetry", "opentelemetry.sdk", "opentelemetry.exporter")
    if any(find_spec(name) is None for name in needed):
        raise SettingsError(
            "FAQ_OTLP_ENDPOINT is set, and what it needs is not installed. Run `pip install -c "
            "constraints.txt '.[tracing]'`, or remove the setting."
        )
    from service.ops.tracing import export_to

    return export_to(settings.otlp_endpoint, version)


def _origin(settings: Settings) -> Origin | None:
    if settings.index_source is None:
        return None
    if find_spec("fsspec") is None:
        raise SettingsError(
            "FAQ_INDEX_SOURCE: a store needs a package: pip install 'careers-faq[store]'"
        )
    from index.versions.replication import StoreLocation, VersionSource

    try:
        return VersionSource(StoreLocation(settings.index_source), settings.index_dir)
    except Unreachable as error:
        raise SettingsError(f"FAQ_INDEX_SOURCE: {error}") from None


def make_limiter(settings: Settings, metrics: Metrics) -> Limiter | None:
    """Return what counts requests; None where there is no limit. Raises SettingsError."""
    if settings.rate_limit == "off":
        return None
    memory = MemoryLimiter(settings.rate_limit)
    url = settings.rate_limit_storage.get_secret_value()
    if url == "memory":
        return memory
    if any(find_spec(name) is None for name in ("redis", "pybreaker")):
        raise SettingsError(
            "FAQ_RATE_LIMIT_STORAGE: Redis needs a package: pip install 'careers-faq[redis]'"
        )
    from service.api.redis_limiter import RedisLimiter

    return RedisLimiter(settings.rate_limit, url, memory, metrics.limits_failed.inc)


def _load(settings: Settings) -> "Load":
    try:
        return addresses.loader(settings.vector_store, settings.vector_store_seconds)
    except VectorStoreUnavailable as error:
        raise SettingsError(f"FAQ_VECTOR_STORE: {error}") from None
