import json
from pathlib import Path
from typing import Any

from starlette.types import ASGIApp, Receive, Scope, Send

from service.api.middleware import KINDS, RateLimit
from service.api.rate_limits import MemoryLimiter
from service.app import create_app
from service.ops.observability import Metrics
from tests.support.asgi import Echo, call, headers
from tests.support.serving import settings_for


def limited(rate: str) -> tuple[RateLimit, Metrics]:
    metrics = Metrics()
    return RateLimit(Echo(), MemoryLimiter(rate), metrics), metrics


def statuses(app: ASGIApp, *scopes: dict[str, Any]) -> list[int]:
    return [call(app, **scope)[0]["status"] for scope in scopes]


def test_client_over_its_rate_gets_the_seconds_to_wait() -> None:
    app, metrics = limited("2/hour")
    statuses(app, {}, {})

    sent = call(app)

    assert sent[0]["status"] == 429
    assert 60 < int(headers(sent)["retry-after"]) <= 3600
    assert json.loads(sent[1]["body"])["title"] == "Too Many Requests"
    assert b"faq_limited_total 1.0" in metrics.render()


def test_clients_and_kinds_of_routes_are_counted_apart() -> None:
    app, _ = limited("1/hour")

    assert statuses(
        app,
        {},
        {"client": ("192.0.2.2", 5000)},
        {"client": None},
        {"client": ("a-socket", 0)},
        {"path": "/v1/suggest"},
        {"path": "/v1/answers/a"},
        {"path": "/v1/answers/b"},
        {"path": "/v1/answers/b/c"},
    ) == [200, 200, 200, 200, 200, 200, 429, 429]


def test_ipv6_network_is_one_client() -> None:
    app, _ = limited("1/hour")

    assert statuses(
        app,
        {"client": ("2001:db8::1", 1)},
        {"client": ("2001:db8::2", 1)},
        {"client": ("2001:db8:1::1", 1)},
        {"client": ("::ffff:192.0.2.1", 1)},
        {"client": ("::ffff:192.0.2.2", 1)},
    ) == [200, 429, 200, 200, 200]


def test_pages_and_health_are_not_limited() -> None:
    app, _ = limited("1/hour")

    assert statuses(app, {"path": "/healthz"}, {"path": "/healthz"}) == [200, 200]


def test_words_that_are_no_kind_of_route_are_counted_together() -> None:
    app, _ = limited("2/hour")

    assert statuses(app, *({"path": f"/v1/a{number}"} for number in range(3))) == [200, 200, 429]


def test_tokens_that_may_be_guesses_are_counted_and_pages_are_not() -> None:
    app, _ = limited("1/hour")
    guess = {"path": "/admin", "headers": [(b"authorization", b"Bearer a guess")]}
    other = {"path": "/admin/exchanges.csv", "headers": [(b"authorization", b"Bearer another")]}

    assert statuses(app, guess, other, {"path": "/admin"}, {"path": "/admin"}) == [
        200,
        429,
        200,
        200,
    ]


def test_every_route_of_the_api_is_of_a_known_kind(tmp_path: Path) -> None:
    paths = create_app(settings_for(tmp_path)).openapi()["paths"]

    assert {path.split("/")[2] for path in paths if path.startswith("/v1/")} == KINDS


def test_limiter_is_closed_when_the_app_ends() -> None:
    said: list[str] = []

    class Limiter(MemoryLimiter):
        async def close(self) -> None:
            said.append("closed")

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        said.append("ended")

    call(RateLimit(app, Limiter("1/hour"), Metrics()), type="lifespan")

    assert said == ["ended", "closed"]
