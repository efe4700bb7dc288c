"""Traces of requests and of the stages within; the only module that imports OpenTelemetry.

Imported only where traces are exported. No span holds a question, an address or a path as it was
written: the route stands for it.
"""

import time
from collections.abc import Iterable

from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import Span, SpanKind, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator
from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from index.datatypes import Stage

EXPORT_SECONDS = 5
"""For one batch; a missing collector must not delay the end of the process for longer."""


class Tracing:
    """Creates spans; safe to use from several tasks at once."""

    def __init__(self, provider: TracerProvider) -> None:
        self._provider = provider
        self._tracer = provider.get_tracer("careers-faq")
        self._propagator = TraceContextTextMapPropagator()

    def request(self, app: ASGIApp) -> ASGIApp:
        """Put a span around every request, under the one that `traceparent` names."""

        async def traced(scope: Scope, receive: Receive, send: Send) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            parent = self._propagator.extract(dict(Headers(scope=scope)))
            method = scope["method"]
            with self._tracer.start_as_current_span(method, parent, SpanKind.SERVER) as span:

                async def send_recorded(message: Message) -> None:
                    if message["type"] == "http.response.start":
                        _record_status(span, message["status"])
                    await send(message)

                try:
                    await app(scope, receive, send_recorded)
                finally:
                    _record_route(span, scope)

        return traced

    def stages(self, stages: Iterable[Stage], **attributes: str | float) -> None:
        """Add a span for each stage of an answer to the current one, and attributes to that."""
        to_epoch = time.time_ns() - time.perf_counter_ns()
        for stage in stages:
            start = int(stage.started * 1e9) + to_epoch
            span = self._tracer.start_span(stage.name, start_time=start)
            span.end(start + int(stage.seconds * 1e9))
        current = trace.get_current_span()
        for name, value in attributes.items():
            current.set_attribute(f"faq.{name}", value)

    def close(self) -> None:
        """Send what is left, within seconds."""
        self._provider.shutdown()


def _record_status(span: Span, status: int) -> None:
    span.set_attribute("http.response.status_code", status)
    if status >= 500:
        span.set_status(StatusCode.ERROR)


def _record_route(span: Span, scope: Scope) -> None:
    route = getattr(scope.get("route"), "path", "unmatched")
    span.update_name(f"{scope['method']} {route}")
    span.set_attribute("http.request.method", scope["method"])
    span.set_attribute("http.route", route)
    if "site" in scope:
        span.set_attribute("faq.site", scope["site"])
    span.set_attribute("faq.request_id", scope.get("state", {}).get("request_id", "-"))


def export_to(endpoint: str, version: str) -> Tracing:
    """Send spans in batches to a collector by OTLP over HTTP; `OTEL_` variables apply as usual."""
    resource = Resource.create({"service.name": "careers-faq", "service.version": version})
    provider = TracerProvider(resource=resource)
    address = f"{endpoint.rstrip('/')}/v1/traces"
    exporter = OTLPSpanExporter(endpoint=address, timeout=EXPORT_SECONDS)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    return Tracing(provider)
