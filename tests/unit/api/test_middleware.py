import pytest
from starlette.types import Message, Receive, Scope, Send

from service.api.middleware import (
    MAX_BODY,
    BodyLimit,
    HostCheck,
    RequestContext,
    SecurityHeaders,
)
from service.api.security_headers import SECURITY_HEADERS
from service.ops.observability import Metrics
from tests.support.asgi import JSON_HEADER, Echo, call, headers, status_and_body


def part(body: bytes, more: bool) -> Message:
    return {"type": "http.request", "body": body, "more_body": more}


def test_body_in_parts_reaches_the_route_as_one() -> None:
    sent = call(BodyLimit(Echo()), [part(b"[1,", True), part(b"2]", False)])

    assert status_and_body(sent) == (200, b"[1,2]")


def test_body_may_be_as_long_as_the_limit() -> None:
    sent = call(BodyLimit(Echo()), [part(b"x" * MAX_BODY, False)])

    assert status_and_body(sent) == (200, b"x" * MAX_BODY)


@pytest.mark.parametrize(
    ("received", "announced"),
    [
        ([], str(MAX_BODY + 1)),
        ([], "9" * 5000),
        ([part(b"x" * MAX_BODY, True), part(b"x", False)], "10"),
        ([part(b"x" * (MAX_BODY + 1), False)], "-5"),
    ],
    ids=["announced", "announced-absurdly", "longer-than-announced", "announced-as-negative"],
)
def test_body_past_the_limit_is_refused(received: list[Message], announced: str) -> None:
    length = (b"content-length", announced.encode())

    sent = call(BodyLimit(Echo()), received, headers=[JSON_HEADER, length])

    assert sent[0]["status"] == 413


@pytest.mark.parametrize("kind", ["", "text/plain", "application/x-www-form-urlencoded", "é"])
def test_body_of_another_kind_is_refused(kind: str) -> None:
    given = [(b"content-type", kind.encode("latin-1"))] if kind else []

    sent = call(BodyLimit(Echo()), [part(b"{}", False)], headers=given)

    assert sent[0]["status"] == 415


@pytest.mark.parametrize(
    "kind",
    [b"application/json", b"Application/JSON; Charset=UTF-8", b'application/json;charset="utf-8"'],
)
def test_body_of_json_in_utf8_is_read(kind: bytes) -> None:
    sent = call(BodyLimit(Echo()), [part(b"{}", False)], headers=[(b"content-type", kind)])

    assert status_and_body(sent) == (200, b"{}")


@pytest.mark.parametrize(
    "given",
    [
        [(b"content-type", b"application/json; charset=utf-16")],
        [(b"content-type", b"application/json; charset=iso-8859-1")],
        [JSON_HEADER, (b"content-type", b"text/plain")],
        [JSON_HEADER, (b"content-encoding", b"gzip")],
        [JSON_HEADER, (b"content-encoding", b"identity, br")],
        [JSON_HEADER, (b"content-encoding", b"identity"), (b"content-encoding", b"gzip")],
        [JSON_HEADER, (b"transfer-encoding", b"gzip, chunked")],
    ],
)
def test_body_in_another_coding_is_refused(given: list[tuple[bytes, bytes]]) -> None:
    sent = call(BodyLimit(Echo()), [part(b"{}", False)], headers=given)

    assert sent[0]["status"] == 415


@pytest.mark.parametrize(
    "body",
    ["{}".encode("utf-16"), "{}".encode("utf-32-le"), b"\xef\xbb\xbf{}", b'{"a": "\xff"}', b"{}\0"],
)
def test_body_that_is_no_plain_utf8_is_refused(body: bytes) -> None:
    assert call(BodyLimit(Echo()), [part(body, False)])[0]["status"] == 400


@pytest.mark.parametrize(
    "hosts",
    [
        [],
        [b""],
        [b"a", b"a"],
        [b"a b"],
        [b"["],
        [b"[::1"],
        [b"a:port"],
        [b"a/b"],
        [b"a@b"],
        [b"\xe9"],
    ],
)
def test_request_without_one_host_is_refused(hosts: list[bytes]) -> None:
    sent = call(HostCheck(Echo()), headers=[(b"host", host) for host in hosts])

    assert sent[0]["status"] == 400


@pytest.mark.parametrize("host", [b"faq.example", b"127.0.0.1:8000", b"[::1]:8000", b"a_b"])
def test_request_with_one_host_is_served(host: bytes) -> None:
    assert call(HostCheck(Echo()), headers=[(b"host", host)])[0]["status"] == 200
    assert call(HostCheck(Echo()), headers=[], http_version="1.0")[0]["status"] == 200


def test_kind_of_an_empty_body_does_not_matter() -> None:
    assert call(BodyLimit(Echo()), headers=[])[0]["status"] == 200


def test_body_that_never_ends_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.api.middleware.BODY_SECONDS", 0.05)

    sent = call(BodyLimit(Echo()), [part(b"{", True)])

    assert sent[0]["status"] == 408


def test_client_that_leaves_gets_nothing() -> None:
    assert call(BodyLimit(Echo()), [part(b"{", True), {"type": "http.disconnect"}]) == []


def test_route_still_hears_that_the_client_left() -> None:
    heard: list[Message] = []

    async def listen(scope: Scope, receive: Receive, send: Send) -> None:
        heard.extend([await receive(), await receive()])

    call(BodyLimit(listen), [part(b"{}", False), {"type": "http.disconnect"}])

    assert heard == [part(b"{}", False), {"type": "http.disconnect"}]


def test_response_that_brings_its_own_policy_keeps_it() -> None:
    async def page(scope: Scope, receive: Receive, send: Send) -> None:
        own = [(b"content-security-policy", b"default-src 'self'")]
        await send({"type": "http.response.start", "status": 200, "headers": own})

    sent = call(SecurityHeaders(page), path="/")

    expected = {name.lower(): value for name, value in SECURITY_HEADERS.items()}
    assert headers(sent) == {**expected, "content-security-policy": "default-src 'self'"}


def test_api_responses_are_not_stored() -> None:
    assert headers(call(SecurityHeaders(Echo())))["cache-control"] == "no-store"


def test_usable_request_id_is_kept() -> None:
    given = [(b"x-request-id", b"abc-1.2_3"), JSON_HEADER]

    sent = call(RequestContext(Echo(), Metrics()), headers=given, path="/id")

    assert headers(sent)["x-request-id"] == "abc-1.2_3"
    assert sent[1]["body"] == b"abc-1.2_3"


@pytest.mark.parametrize("given", [b"", b"a b", b"x" * 65, b"a\xff"])
def test_unusable_request_id_is_replaced(given: bytes) -> None:
    sent = call(RequestContext(Echo(), Metrics()), headers=[(b"x-request-id", given)])

    assert len(headers(sent)["x-request-id"]) == 36


def test_unknown_methods_and_paths_are_one_metric() -> None:
    metrics = Metrics()
    app = RequestContext(Echo(), metrics)
    for number in range(3):
        call(app, method=f"M{number}", path=f"/{number}")

    expected = b'faq_requests_total{method="other",route="unmatched",status="200"} 3.0'
    assert expected in metrics.render()


def test_failed_request_counts_as_500() -> None:
    async def fail(scope: Scope, receive: Receive, send: Send) -> None:
        raise LookupError

    metrics = Metrics()

    with pytest.raises(LookupError):
        call(RequestContext(fail, metrics))

    assert b'status="500"} 1.0' in metrics.render()


def test_client_that_left_counts_as_499() -> None:
    metrics = Metrics()

    call(RequestContext(BodyLimit(Echo()), metrics), [{"type": "http.disconnect"}])

    assert b'status="499"} 1.0' in metrics.render()


@pytest.mark.parametrize("layer", [BodyLimit, SecurityHeaders])
def test_start_and_stop_pass_through(layer: type[BodyLimit] | type[SecurityHeaders]) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])
        await send({"type": "lifespan.startup.complete"})

    assert call(layer(app), type="lifespan") == [{"type": "lifespan.startup.complete"}]
    assert seen == ["lifespan"]
