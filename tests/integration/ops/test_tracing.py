import subprocess
import sys
from collections.abc import Iterator, Sequence
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from fastapi.testclient import TestClient
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from service import wiring
from service.app import create_app
from service.ops.tracing import Tracing
from service.settings import SettingsError
from tests.support.paths import ROOT
from tests.support.serving import open_small, serving, settings_for

TYPED = """
from pathlib import Path
from fastapi.testclient import TestClient
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from service.app import create_app
from service.settings import Settings

exporter, provider = InMemorySpanExporter(), TracerProvider()
provider.add_span_processor(SimpleSpanProcessor(exporter))
trace.set_tracer_provider(provider)
settings = Settings(index_dir=Path("none"), database_url="sqlite:///interactions.db")
with TestClient(create_app(settings)) as client:
    assert client.get("/v1/suggest", params={"q": "what I typed"}).status_code == 503
assert not exporter.get_finished_spans(), exporter.get_finished_spans()[-1].to_json()
"""
"""A program that traces whatever says that it can be traced; once a process."""
PAY = "Do cooks earn more than bakers?"
STAGES = ["read", "encode", "dense", "rank", "weigh", "passages", "decide"]
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


@pytest.fixture
def exporter() -> InMemorySpanExporter:
    return InMemorySpanExporter()


@pytest.fixture
def client(
    exporter: InMemorySpanExporter, tmp_path: Path, index_folder: Path
) -> Iterator[TestClient]:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    settings = settings_for(tmp_path, index_dir=index_folder)
    app = create_app(settings, open_small, Tracing(provider))
    with TestClient(app, raise_server_exceptions=False) as client:
        yield client


def requests(spans: Sequence[ReadableSpan]) -> list[ReadableSpan]:
    return [span for span in spans if span.name not in STAGES]


def test_question_is_a_span_with_a_span_for_each_stage(
    client: TestClient, exporter: InMemorySpanExporter
) -> None:
    headers = {"traceparent": f"00-{TRACE}-{PARENT}-01", "X-Request-ID": "r1"}
    client.post("/v1/ask", json={"question": PAY}, headers=headers)

    spans = exporter.get_finished_spans()
    (request,) = requests(spans)
    assert request.name == "POST /v1/ask"
    assert request.attributes
    assert {**request.attributes, "faq.index_version": "", "faq.confidence": 0} == {
        "http.request.method": "POST",
        "http.route": "/v1/ask",
        "http.response.status_code": 200,
        "faq.request_id": "r1",
        "faq.outcome": "answer",
        "faq.reason": "",
        "faq.index_version": "",
        "faq.confidence": 0,
    }
    assert request.context
    assert request.parent
    assert (request.context.trace_id, request.parent.span_id) == (int(TRACE, 16), int(PARENT, 16))

    stages = [span for span in spans if span is not request]
    assert [span.name for span in stages] == STAGES
    assert {span.parent and span.parent.span_id for span in stages} == {request.context.span_id}
    times = [time for span in (*stages, request) for time in (span.start_time, span.end_time)]
    assert all(times)
    assert request.start_time
    assert request.end_time
    assert all(request.start_time <= (time or 0) <= request.end_time for time in times)


def test_no_span_holds_what_a_visitor_wrote(
    client: TestClient, exporter: InMemorySpanExporter
) -> None:
    client.post("/v1/ask", json={"question": PAY})
    client.get("/v1/suggest", params={"q": "do cooks"})
    client.get("/v1/answers/cooks")
    client.get("/cooks")

    told = "".join(span.to_json() for span in exporter.get_finished_spans())
    assert "cooks" not in told
    assert "testclient" not in told
    assert '"GET unmatched"' in told


def test_failure_is_marked(tmp_path: Path, exporter: InMemorySpanExporter) -> None:
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    app = create_app(settings_for(tmp_path), open_small, Tracing(provider))
    with TestClient(app) as client:
        assert client.get("/readyz").status_code == 503

    (request,) = exporter.get_finished_spans()
    assert request.status.status_code.name == "ERROR"


class _Collector(BaseHTTPRequestHandler):
    """Takes OTLP over HTTP."""

    received: list[tuple[str, bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.received.append((self.path, body))
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[ThreadingHTTPServer]:
    _Collector.received = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Collector)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.socket
def test_spans_reach_a_collector_by_the_end_of_the_service(
    collector: ThreadingHTTPServer, tmp_path: Path, index_folder: Path
) -> None:
    endpoint = f"http://127.0.0.1:{collector.server_port}/"
    settings = settings_for(tmp_path, index_dir=index_folder, otlp_endpoint=endpoint)
    with serving(settings) as client:
        client.post("/v1/ask", json={"question": PAY})

    assert {path for path, _ in _Collector.received} == {"/v1/traces"}
    sent = [ExportTraceServiceRequest.FromString(body) for _, body in _Collector.received]
    (resource,) = (span for request in sent for span in request.resource_spans)
    names = [span.name for scope in resource.scope_spans for span in scope.spans]
    assert sorted(names) == sorted([*STAGES, "POST /v1/ask"])
    told = {
        attribute.key: attribute.value.string_value for attribute in resource.resource.attributes
    }
    assert told["service.name"] == "careers-faq"
    assert b"cooks" not in b"".join(body for _, body in _Collector.received)


def test_missing_package_is_reported_with_the_command_to_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(wiring, "find_spec", lambda name: None)

    with pytest.raises(SettingsError, match=r"\[tracing\]"):
        create_app(settings_for(tmp_path, otlp_endpoint="http://127.0.0.1:4318"))


def test_what_a_visitor_types_is_in_no_span_of_a_program_that_traces_everything(
    tmp_path: Path,
) -> None:
    environment = {"PYTHONPATH": str(ROOT), "FASTAPI_OTEL_AUTO_CONFIGURE": "true"}

    subprocess.run([sys.executable, "-c", TYPED], cwd=tmp_path, env=environment, check=True)
